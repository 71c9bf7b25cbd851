"""Gives a person all that is kept of them, or erases it."""

from __future__ import annotations

from scanly.accounts.policy import permitted
from scanly.core.events import PersonErased
from scanly.core.ids import WorkspaceId, show
from scanly.core.log import Log
from scanly.db.engine import Connection
from scanly.db.erasing import overwrite
from scanly.sites.answers.store import Wanted, list_leads, remove_leads
from scanly.sites.people import store
from scanly.sites.people.matching import By, holder
from scanly.sites.people.model import Kept
from scanly.work import store as outbox
from scanly.work.call import Call

_log = Log("scanly.privacy")


@permitted("privacy.export")
async def find_person(call: Call, workspace_id: WorkspaceId, by: By, value: str) -> Kept:
    """All that holds a mail address, a telephone number or words, in any field. Raises Invalid."""
    async with call.db.read() as connection:
        return await _find(connection, workspace_id, by, value)


@permitted("privacy.erase")
async def erase_person(call: Call, workspace_id: WorkspaceId, by: By, value: str) -> Kept:
    """Erases all of it for good, in one transaction; what it was. Raises Invalid.

    That it was done is left in the outbox and the log, without a word of whom it was about. Seats that were booked
    are free again. What SQLite's log still holds is gone after `db.erasing.settle`.
    """
    async with call.db.write() as connection:
        await overwrite(connection)
        found = await _find(connection, workspace_id, by, value)
        if not found.number:
            return found
        await remove_leads(connection, workspace_id, found.leads)
        await store.drop_invited(connection, workspace_id, found.invited)
        if found.gifts:
            await store.drop_gifts(connection, workspace_id, value.strip())
        fact = PersonErased(len(found.leads), len(found.invited), len(found.gifts), scans=0)
        await outbox.put(connection, workspace_id, {show(call.make_id()): fact}, call.now_ms)
    _log.info(
        "What was kept of a person is erased.",
        workspace=workspace_id,
        answers=len(found.leads),
        invitations=len(found.invited),
        gifts=len(found.gifts),
    )
    return found


async def _find(connection: Connection, workspace_id: WorkspaceId, by: By, value: str) -> Kept:
    holds = holder(by, value)
    leads = await list_leads(connection, workspace_id, Wanted())
    invited = await store.list_invited(connection, workspace_id)
    # The token that a visitor was given is the only word by which a coupon or a card is somebody's.
    gifts = await store.list_gifts(connection, workspace_id, value.strip()) if by == "text" else []
    return Kept(
        tuple(lead for lead in leads if any(map(holds, lead.answer.fields.values()))),
        tuple(each for each in invited if holds(each.guest.name)),
        tuple(gifts),
    )

"""What the people of a shop do with what visitors sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from scanly.accounts.policy import permitted
from scanly.core.errors import Invalid, NotFound
from scanly.core.ids import AnswerId, WorkspaceId, show
from scanly.core.text import nearest, printable
from scanly.db.engine import Connection
from scanly.links import passwords
from scanly.sites.actions import show_site
from scanly.sites.answers import store
from scanly.sites.answers.model import Lead, Status
from scanly.work.call import Call

_PIN = re.compile(r"[0-9]{4,12}")


@permitted("lead.list")
async def list_leads(call: Call, workspace_id: WorkspaceId, wanted: store.Wanted) -> list[Lead]:
    """Newest first."""
    async with call.db.read() as connection:
        return await store.list_leads(connection, workspace_id, wanted)


@permitted("lead.list")
async def count_leads(call: Call, workspace_id: WorkspaceId, wanted: store.Wanted) -> int:
    """How many there are, whatever the limit."""
    async with call.db.read() as connection:
        return await store.count_leads(connection, workspace_id, wanted)


@permitted("lead.show")
async def show_lead(call: Call, workspace_id: WorkspaceId, lead_id: AnswerId) -> Lead:
    """Raises NotFound."""
    async with call.db.read() as connection:
        return (await _found(connection, workspace_id, [lead_id]))[0]


@permitted("lead.edit")
async def mark_leads(
    call: Call, workspace_id: WorkspaceId, lead_ids: Sequence[AnswerId], status: Status
) -> list[Lead]:
    """Gives them a status, all or none. Raises NotFound."""
    async with call.db.write() as connection:
        await _found(connection, workspace_id, lead_ids)
        await store.set_status(connection, workspace_id, lead_ids, status)
        return await store.get_leads(connection, workspace_id, lead_ids)


@permitted("lead.remove")
async def remove_leads(call: Call, workspace_id: WorkspaceId, lead_ids: Sequence[AnswerId]) -> list[Lead]:
    """Removes them for good, all or none, and gives back the seats that they had booked. Raises NotFound."""
    async with call.db.write() as connection:
        found = await _found(connection, workspace_id, lead_ids)
        await store.remove_leads(connection, workspace_id, found)
    return found


@permitted("lead.pin")
async def set_pin(
    call: Call, workspace_id: WorkspaceId, *, host: str, slug: str, block_id: str, pin: str
) -> None:
    """Sets what the staff types to mark stamps; whoever typed the one before types again. Raises Invalid, NotFound."""
    shown = await show_site(call, workspace_id, host=host, slug=slug)
    blocks = shown.release.site.blocks if shown.release else ()
    cards = [block.id for block in blocks if block.type == "loyalty"]
    if block_id not in cards:
        hint = nearest(block_id, cards) or f"The published page has: {', '.join(cards) or 'none'}."
        raise Invalid.field(
            "block", f'"{printable(block_id[:60])}" is no stamp card of this site.', hint=hint
        )
    if not _PIN.fullmatch(pin):
        raise Invalid.field("pin", "has 4 to 12 digits.", hint="Six are good.")
    kept = await asyncio.to_thread(passwords.keep, pin)
    async with call.db.write() as connection:
        await store.keep_pin(connection, workspace_id, store.Form(shown.site.id, block_id), kept)


async def _found(
    connection: Connection, workspace_id: WorkspaceId, lead_ids: Sequence[AnswerId]
) -> list[Lead]:
    found = await store.get_leads(connection, workspace_id, lead_ids)
    missing = set(lead_ids) - {lead.answer.id for lead in found}
    if missing:
        raise NotFound(f'There is no answer "{show(min(missing))}".', hint='Run "scanly leads list".')
    return found

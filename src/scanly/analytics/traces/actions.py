"""Gives a visitor all that the raw scans keep of them, or makes these scans nobody's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scanly.accounts.policy import permitted
from scanly.analytics.store import read_positions_anywhere
from scanly.analytics.traces import store
from scanly.analytics.traces.hashing import Hashes, hashes_of
from scanly.analytics.traces.store import Trace
from scanly.core.errors import Unavailable
from scanly.core.events import PersonErased
from scanly.core.ids import WorkspaceId, show
from scanly.core.log import Log
from scanly.core.paths import DataFolder
from scanly.db.engine import Database
from scanly.db.erasing import overwrite
from scanly.scans.blanking import blank_visitors
from scanly.scans.segments import Position
from scanly.scans.visitor import Salts
from scanly.work import store as outbox
from scanly.work.call import Call

_log = Log("scanly.privacy")


class Where(NamedTuple):
    """What holds raw scans: the data folder with salts and journal, and the database of events."""

    folder: DataFolder
    events: Database


@permitted("visitor.export")
async def find_visitor(
    call: Call,  # noqa: ARG001 - who asks is all that the rule above needs
    workspace_id: WorkspaceId,
    where: Where,
    address: str,
    agent: str = "",
) -> list[Trace]:
    """The raw scans of whoever has this address and agent; with any agent that was seen when none is given.

    Only what has been counted: bring the counting up to date before. Raises Invalid, Unavailable.
    """
    hashes = await _hashes(workspace_id, where, address, agent)
    if hashes is None:
        return []
    async with where.events.read() as connection:
        return await store.find_traces(connection, workspace_id, hashes)


@permitted("visitor.erase")
async def erase_visitor(
    call: Call, workspace_id: WorkspaceId, where: Where, address: str, agent: str = ""
) -> int:
    """Takes the visitor out of those scans, in the database and in the journal; of how many.

    They count on. What SQLite's log still holds is gone after `db.erasing.settle`. Raises Invalid, Unavailable.
    """
    hashes = await _hashes(workspace_id, where, address, agent)
    if hashes is None:
        return 0
    async with where.events.write() as connection:
        await overwrite(connection)
        met = await store.hashes_met(connection, workspace_id, hashes)
        stored = await read_positions_anywhere(connection)
        # The journal first: as long as the database has the scans, whoever was interrupted can do it again.
        await asyncio.to_thread(_blank, where.folder, met, stored)
        number = await store.erase_traces(connection, workspace_id, hashes)
    if number:
        async with call.db.write() as connection:
            fact = PersonErased(answers=0, invitations=0, gifts=0, scans=number)
            await outbox.put(connection, workspace_id, {show(call.make_id()): fact}, call.now_ms)
        _log.info("The scans of a visitor are nobody's now.", workspace=workspace_id, scans=number)
    return number


def _blank(folder: DataFolder, visitors: set[int], stored: Mapping[str, tuple[int, int]]) -> None:
    counted = {int(source): Position(*at) for source, at in stored.items()}
    try:
        blank_visitors(folder.journal, visitors, counted)
    except OSError as error:
        raise Unavailable(f"The journal cannot be written: {error.strerror or error}.") from error


async def _hashes(workspace_id: WorkspaceId, where: Where, address: str, agent: str) -> Hashes | None:
    salts = Salts(where.folder.salts)
    agents: Iterable[str] = (agent,)
    if not agent:
        first = min((window.first for window in salts.living()), default=0)
        async with where.events.read() as connection:
            agents = await store.agents_since_anywhere(connection, first)
    return hashes_of(salts, workspace_id, address, agents)

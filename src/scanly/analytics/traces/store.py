"""Queries of the raw scans of one visitor, by the hashes that stand for them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.counting.rows import ROW, SUBJECT, VISITOR, Row, ids_around
from scanly.analytics.counting.tally import Owner, keys_by_day, meetings
from scanly.analytics.store import link_ids, texts
from scanly.analytics.tables import agents, groups, scans, seen, subjects
from scanly.analytics.traces.hashing import Hashes
from scanly.core.ids import LinkId, ScanId, WorkspaceId, time_of
from scanly.scans.model import NOBODY, Kind, Outcome

_AT_ONCE = 500
_LAST_ID = 2**63 - 1
_TEXTS = (
    "country",
    "city",
    "language",
    "referrer",
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "part",
)


class Trace(msgspec.Struct, frozen=True):
    """A scan with its texts; ``link_id`` is a link's or a site's."""

    id: ScanId
    at_ms: int
    link_id: LinkId
    kind: Kind
    outcome: Outcome
    agent: str
    texts: dict[str, str]


async def agents_since_anywhere(connection: AsyncConnection, day: int) -> list[str]:
    """The agents that were seen on a local day or later."""
    found = await connection.execute(select(agents.c.text).where(agents.c.last_day >= day))
    return [row.text for row in found]


async def find_traces(connection: AsyncConnection, workspace_id: WorkspaceId, hashes: Hashes) -> list[Trace]:
    """Oldest first."""
    rows = await _rows(connection, workspace_id, hashes)
    places = {name: ROW.index(name) for name in (*_TEXTS, "agent")}
    text_of = await texts(connection, workspace_id, {row[places[name]] for row in rows for name in _TEXTS})
    agent_of = await _agents(connection, {row[places["agent"]] for row in rows})
    link_of = await link_ids(connection, workspace_id, {row[SUBJECT] for row in rows})
    kind, outcome = ROW.index("kind"), ROW.index("outcome")
    return [
        Trace(
            ScanId(row[0]),
            time_of(row[0]),
            link_of[row[SUBJECT]],
            Kind(row[kind]),
            Outcome(row[outcome]),
            agent_of.get(row[places["agent"]], ""),
            {name: text_of[row[places[name]]] for name in _TEXTS if row[places[name]] in text_of},
        )
        for row in rows
    ]


async def hashes_met(connection: AsyncConnection, workspace_id: WorkspaceId, hashes: Hashes) -> set[int]:
    """Those of the hashes that there are scans of."""
    return {row[VISITOR] for row in await _rows(connection, workspace_id, hashes)}


async def erase_traces(connection: AsyncConnection, workspace_id: WorkspaceId, hashes: Hashes) -> int:
    """Makes the scans nobody's, without city, agent and referrer; how many. What was counted stays counted.

    By ``seen`` the ingester knows who came again, and it can be turned back into the hash: that goes, too.
    """
    rows = await _rows(connection, workspace_id, hashes)
    owners = await _owners(connection, workspace_id, {row[SUBJECT] for row in rows})
    for day, keys in keys_by_day(meetings(rows, owners), set()).items():
        for some in _chunks(sorted(keys)):
            await connection.execute(delete(seen).where(seen.c.day == day, seen.c.key.in_(some)))
    blank = {"visitor": NOBODY, "city": 0, "agent": 0, "referrer": 0}
    for some in _chunks([row[0] for row in rows]):
        await connection.execute(update(scans).where(scans.c.id.in_(some)).values(blank))
    return len(rows)


async def _rows(connection: AsyncConnection, workspace_id: WorkspaceId, hashes: Hashes) -> list[Row]:
    """A range of the primary key, filtered: nothing else finds scans by their visitor."""
    first = ids_around(hashes.first_day)[0]
    rows: list[Row] = []
    for some in _chunks(sorted(hashes.numbers)):
        query = (
            select(*(scans.c[name] for name in ROW))
            .join_from(scans, subjects, scans.c.subject == subjects.c.number)
            .where(subjects.c.workspace_id == workspace_id)
            .where(scans.c.id.between(first, _LAST_ID), scans.c.visitor.in_(some))
        )
        rows += [tuple(row) for row in await connection.execute(query)]
    return sorted(rows)


async def _agents(connection: AsyncConnection, numbers: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in _chunks(sorted(numbers)):
        query = select(agents.c.number, agents.c.text).where(agents.c.number.in_(some))
        found |= {row.number: row.text for row in await connection.execute(query)}
    return found


async def _owners(
    connection: AsyncConnection, workspace_id: WorkspaceId, numbers: set[int]
) -> dict[int, Owner]:
    mine = and_(groups.c.workspace_id == workspace_id, groups.c.kind == "workspace")
    whole = (await connection.execute(select(groups.c.number).where(mine))).scalar_one_or_none() or 0
    found: dict[int, Owner] = {}
    for some in _chunks(sorted(numbers)):
        query = select(subjects.c.number, subjects.c.host).where(subjects.c.number.in_(some))
        found |= {row.number: Owner(whole, row.host) for row in await connection.execute(query)}
    return found


def _chunks(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE)]

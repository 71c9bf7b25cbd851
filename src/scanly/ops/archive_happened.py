"""Writes what happened into an archive: raw scans and rollups, with texts instead of the numbers of this database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Row, Select, Table, func, select

from scanly.analytics.counting.packed import COUNTERS, PARTS, SCOPES, Counts, unpack
from scanly.analytics.counting.rows import COLUMN, PART, REASON, RULE, WORDS
from scanly.analytics.events.rolling import unpack_rows
from scanly.analytics.store import raw_since
from scanly.analytics.tables import (
    agents,
    arrivals,
    groups,
    profiles,
    rollups,
    rulings,
    scans,
    subjects,
    words,
)
from scanly.core.clock import day_of, iso
from scanly.core.ids import WorkspaceId, time_of
from scanly.db.engine import Connection
from scanly.ops.archive_counted import Texts, counted, numbers_in
from scanly.ops.archive_file import Writer
from scanly.ops.archive_rows import AgentRow, KeptRow, RollupRow, ScanRow
from scanly.scans.model import Kind, Outcome

_SCANS_AT_ONCE, _ROLLUPS_AT_ONCE, _NUMBERS_AT_ONCE = 1_000, 100, 500
_ABOUT_AGENTS = ("text", "reason", "device", "model", "system", "browser", "app")
_OF_LINKS = ("link", "site")
_Query = Select[*tuple[Any, ...]]


async def write_happened(connection: Connection, writer: Writer, workspace_id: WorkspaceId | None) -> None:
    """All in constant memory, in the state that the connection sees. What is not counted yet is left out."""
    await _write_agents(connection, writer, workspace_id)
    await _write_scans(connection, writer, workspace_id)
    await _write_kept(connection, writer, workspace_id)
    for scope, number in SCOPES.items():
        of_links = scope in _OF_LINKS
        table = subjects if of_links else groups
        named = [subjects.c.link_id if of_links else groups.c.name]
        query = select(rollups, table.c.workspace_id, *named).join_from(
            rollups, table, rollups.c.number == table.c.number
        )
        query = query.where(rollups.c.scope == number).order_by(rollups.c.number, rollups.c.day)
        if workspace_id is not None:
            query = query.where(table.c.workspace_id == workspace_id)
        await _write_rollups(connection, query, writer, scope)


async def _write_agents(connection: Connection, writer: Writer, workspace_id: WorkspaceId | None) -> None:
    used = select(scans.c.agent).join_from(scans, subjects, scans.c.subject == subjects.c.number)
    known = select(agents).where(agents.c.number.in_(_of(used, workspace_id)))
    found = await connection.stream(known)
    async for some in found.partitions(_SCANS_AT_ONCE):
        rows = [
            AgentRow(kind=Kind(row.kind).word, **{name: getattr(row, name) for name in _ABOUT_AGENTS})
            for row in some
        ]
        await asyncio.to_thread(writer.add, rows)


async def _write_scans(connection: Connection, writer: Writer, workspace_id: WorkspaceId | None) -> None:
    waiting = {
        row[COLUMN["id"]]
        for (packed,) in await connection.execute(select(arrivals.c.rows))
        for row in unpack_rows(packed)
    }
    found = await connection.stream(_of(_scans(), workspace_id).order_by(scans.c.id))
    async for some in found.partitions(_SCANS_AT_ONCE):
        await asyncio.to_thread(writer.add, [_scan(row) for row in some if row.id not in waiting])


async def _write_kept(connection: Connection, writer: Writer, workspace_id: WorkspaceId | None) -> None:
    everybody = select(groups.c.workspace_id).where(groups.c.kind == "workspace")
    mine = everybody if workspace_id is None else everybody.where(groups.c.workspace_id == workspace_id)
    for (each,) in (await connection.execute(mine)).all():
        since = await raw_since(connection, WorkspaceId(each))
        if since:
            writer.add([KeptRow(each, day_of(since).isoformat())])


def _of(query: _Query, workspace_id: WorkspaceId | None) -> _Query:
    return query if workspace_id is None else query.where(subjects.c.workspace_id == workspace_id)


def _scans() -> _Query:
    """Scans with their words instead of the words' numbers."""
    told = {kind: words.alias(kind) for kind in (*WORDS, RULE, PART, REASON)}
    plain = ("id", "day", "hour", "kind", "outcome", "flags", "visitor", "period")
    query = select(
        *(scans.c[name] for name in plain),
        subjects.c.link_id,
        agents.c.text.label("agent"),
        func.coalesce(groups.c.name, "").label("drive"),
        func.coalesce(rulings.c.version, "").label("ruling"),
        *(func.coalesce(word.c.text, "").label(kind) for kind, word in told.items()),
    )
    query = query.join_from(scans, subjects, scans.c.subject == subjects.c.number)
    query = query.join(agents, scans.c.agent == agents.c.number)
    query = query.outerjoin(groups, scans.c.drive == groups.c.number)
    query = query.outerjoin(rulings, scans.c.ruling == rulings.c.number)
    for kind, word in told.items():
        query = query.outerjoin(word, scans.c[kind] == word.c.number)
    return query


def _scan(row: Row[Any]) -> ScanRow:
    return ScanRow(
        id=row.id,
        link_id=row.link_id,
        scanned_at=iso(time_of(row.id)),
        day=day_of(row.day).isoformat(),
        hour=row.hour,
        kind=Kind(row.kind).word,
        outcome=Outcome(row.outcome).word,
        flags=row.flags,
        visitor=row.visitor,
        agent=row.agent,
        rule=int(row.rule or 0),
        period=day_of(row.period).isoformat() if row.period else None,
        **{name: getattr(row, name) for name in (*WORDS, PART, REASON, "drive", "ruling")},
    )


async def _write_rollups(connection: Connection, query: _Query, writer: Writer, scope: str) -> None:
    found = await connection.stream(query)
    async for some in found.partitions(_ROLLUPS_AT_ONCE):
        counts = [_counts(row) for row in some]
        texts = await _texts(connection, counts)
        rows = [_rollup(row, scope, counted(each, texts)) for row, each in zip(some, counts, strict=True)]
        await asyncio.to_thread(writer.add, rows)


def _counts(row: Row[Any]) -> Counts:
    found: Counts = {}
    for part in PARTS:
        found |= unpack(getattr(row, part))
    return found


def _rollup(row: Row[Any], scope: str, of: str) -> RollupRow:
    return RollupRow(
        scope=scope,
        workspace_id=row.workspace_id,
        link_id=row.link_id if scope in _OF_LINKS else 0,
        name="" if scope in _OF_LINKS else row.name,
        day=day_of(row.day).isoformat(),
        **{name: getattr(row, name) for name in COUNTERS},
        counted=of,
    )


async def _texts(connection: Connection, all_counts: Sequence[Counts]) -> Texts:
    """What the numbers in some rollups stand for."""
    wanted: dict[str, set[int]] = {"words": set(), "profiles": set(), "links": set()}
    for counts in all_counts:
        for what, numbers in numbers_in(counts).items():
            wanted[what] |= numbers
    return Texts(
        await _look_up(connection, words, words.c.text, wanted["words"]),
        await _look_up(connection, profiles, profiles.c.key, wanted["profiles"]),
        await _look_up(connection, subjects, subjects.c.link_id, wanted["links"]),
    )


async def _look_up(
    connection: Connection, table: Table, column: Column[Any], numbers: set[int]
) -> Mapping[int, Any]:
    ordered, found = sorted(numbers), dict[int, Any]()
    for start in range(0, len(ordered), _NUMBERS_AT_ONCE):
        some = table.c.number.in_(ordered[start : start + _NUMBERS_AT_ONCE])
        found |= {
            row[0]: row[1] for row in await connection.execute(select(table.c.number, column).where(some))
        }
    return found

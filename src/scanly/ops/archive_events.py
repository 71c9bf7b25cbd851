"""Stores what happened from an archive, in steps short enough that the ingester goes on in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, select, text

from scanly.analytics.batch import LINK, MET, PART, SEEN_DAYS, SITE, WORDS, WORKSPACE, keys_of
from scanly.analytics.tables import agents, parts, scans, seen, subjects, totals, visitors, words
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Connection, Database
from scanly.db.upsert import insert_all_new
from scanly.ops.archive_file import Reader
from scanly.ops.archive_rows import (
    AgentRow,
    LinkRow,
    PartRow,
    ScanRow,
    TotalRow,
    VisitorRow,
    WorkspaceRow,
)
from scanly.ops.archive_rules import day, kind, outcome
from scanly.ops.archive_site_rows import SiteRow
from scanly.scans.model import NOBODY, Kind

SubjectOf = Callable[[int], int]
WorkspaceOf = Callable[[int], WorkspaceId]
_AT_ONCE = 500


async def clear(events: Database, archive: Reader, subject_of: SubjectOf, workspace_of: WorkspaceOf) -> None:
    """Removes what is stored of the archive's links and sites, none of which exists."""
    for batch in _subjects(archive):
        async with events.write() as connection:
            mine = select(subjects.c.number).where(
                subjects.c.link_id.in_([subject_of(row.id) for row in batch])
            )
            for table in (scans, totals, parts):
                await connection.execute(delete(table).where(table.c.subject.in_(mine)))
            of_subjects = and_(visitors.c.scope.in_((LINK, SITE)), visitors.c.number.in_(mine))
            await connection.execute(delete(visitors).where(of_subjects))
    for batch in archive.batches(WorkspaceRow):
        ids = [workspace_of(row.id) for row in batch]
        async with events.write() as connection:
            of_workspaces = and_(visitors.c.scope == WORKSPACE, visitors.c.number.in_(ids))
            await connection.execute(delete(visitors).where(of_workspaces))


async def store(events: Database, archive: Reader, subject_of: SubjectOf, workspace_of: WorkspaceOf) -> None:
    """Adds subjects, scans, totals and visitors under their new links, sites and workspaces."""
    numbers = _Numbers({row.text: (int(kind(row.kind)), row.rules) for row in archive.rows(AgentRow)})
    for batch in _subjects(archive):
        new = {subject_of(row.id): workspace_of(row.workspace_id) for row in batch}
        async with events.write() as connection:
            await _alone(connection)
            await numbers.learn_subjects(connection, new)
    first_day = await _first_seen_day(events, archive)
    for batch in archive.batches(ScanRow):
        async with events.write() as connection:
            await _alone(connection)
            rows = await _scans(connection, archive, batch, numbers, subject_of)
            await connection.execute(insert(scans), rows)
            recent = [row for row in rows if row["day"] >= first_day]
            await _remember_visitors(connection, recent, numbers.owners)
    for batch in archive.batches(TotalRow):
        async with events.write() as connection:
            await connection.execute(insert(totals), [_total(row, numbers, subject_of) for row in batch])
    for batch in archive.batches(PartRow):
        async with events.write() as connection:
            await _alone(connection)
            await numbers.learn_words(connection, PART, {row.part for row in batch})
            await connection.execute(insert(parts), [_part(row, numbers, subject_of) for row in batch])
    for batch in archive.batches(VisitorRow):
        rows = [_visitors(row, numbers, subject_of, workspace_of) for row in batch]
        async with events.write() as connection:
            await connection.execute(insert(visitors), rows)


def _subjects(archive: Reader) -> Iterator[list[LinkRow] | list[SiteRow]]:
    yield from archive.batches(LinkRow)
    yield from archive.batches(SiteRow)


async def _alone(connection: Connection) -> None:
    """Keeps the ingester from giving out the same numbers; in SQLite, writing alone does."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE positions IN EXCLUSIVE MODE"))


class _Numbers:
    """The small numbers of subjects, agents and words in this database, and who owns which subject."""

    def __init__(self, judged: Mapping[str, tuple[int, int]]) -> None:
        self._judged = judged
        self.subjects: dict[int, int] = {}
        self.owners: dict[int, WorkspaceId] = {}
        self.agents: dict[str, int] = {}
        self.words: dict[str, dict[str, int]] = {name: {"": 0} for name in (*WORDS, PART)}

    async def learn_subjects(self, connection: Connection, owners: Mapping[int, WorkspaceId]) -> None:
        new = {link: {"link_id": link, "workspace_id": owner} for link, owner in owners.items()}
        await _learn(connection, subjects, subjects.c.link_id, new, self.subjects)
        self.owners |= {self.subjects[link]: owner for link, owner in owners.items()}

    async def learn(self, connection: Connection, batch: Iterable[ScanRow]) -> None:
        """Finds or gives the numbers of all agents and words in a batch."""
        texts = {row.agent for row in batch} - self.agents.keys()
        new: dict[Any, dict[str, Any]] = {}
        for each in texts:
            judged, rules = self._judged[each]
            new[each] = {"text": each, "kind": judged, "rules": rules}
        await _learn(connection, agents, agents.c.text, new, self.agents)
        for name in self.words:
            await self.learn_words(connection, name, {getattr(row, name) for row in batch})

    async def learn_words(self, connection: Connection, kind: str, texts: set[str]) -> None:
        known = self.words[kind]
        new = {each: {"text": each, "kind": kind} for each in texts - known.keys()}
        await _learn(connection, words, words.c.text, new, known, words.c.kind == kind)


async def _learn(
    connection: Connection,
    table: Table,
    key: Any,
    new: Mapping[Any, Mapping[str, Any]],
    known: dict[Any, int],
    among: ColumnElement[bool] | None = None,
) -> None:
    wanted = list(new)
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(key, table.c.number).where(key.in_(wanted[start : start + _AT_ONCE]))
        found = await connection.execute(query if among is None else query.where(among))
        known.update({row[0]: row[1] for row in found})
    missing = [each for each in wanted if each not in known]
    if missing:
        last = (await connection.execute(select(func.coalesce(func.max(table.c.number), 0)))).scalar_one()
        known.update({each: last + number for number, each in enumerate(missing, 1)})
        await connection.execute(insert(table), [{**new[each], "number": known[each]} for each in missing])


async def _first_seen_day(events: Database, archive: Reader) -> int:
    """Visitors of earlier days are found again from their scans, should one more come."""
    async with events.read() as connection:
        newest = (await connection.execute(select(func.coalesce(func.max(seen.c.day), 0)))).scalar_one()
    return max(newest, max((day(row.day) for row in archive.rows(TotalRow)), default=0)) - SEEN_DAYS


async def _scans(
    connection: Connection, archive: Reader, batch: list[ScanRow], numbers: _Numbers, subject_of: SubjectOf
) -> list[dict[str, Any]]:
    await numbers.learn(connection, batch)
    ids = await _free_ids(connection, archive, [row.id for row in batch])
    return [
        {
            "id": ids.get(row.id, row.id),
            "subject": numbers.subjects[subject_of(row.link_id)],
            "day": day(row.day),
            "kind": int(kind(row.kind)),
            "outcome": int(outcome(row.outcome)),
            "visitor": row.visitor,
            "agent": numbers.agents[row.agent],
            "rule": row.rule,
            **{name: numbers.words[name][getattr(row, name)] for name in numbers.words},
        }
        for row in batch
    ]


async def _free_ids(connection: Connection, archive: Reader, wanted: list[int]) -> dict[int, int]:
    """For scan ids that are taken, the next that is not: the time in it stays, or nearly so."""
    instead: dict[int, int] = {}
    for taken in sorted(await _taken(connection, wanted)):
        free = taken + 1
        while free in instead.values() or archive.has(ScanRow, free) or await _taken(connection, [free]):
            free += 1
        instead[taken] = free
    return instead


async def _taken(connection: Connection, ids: list[int]) -> set[int]:
    return {row.id for row in await connection.execute(select(scans.c.id).where(scans.c.id.in_(ids)))}


async def _remember_visitors(
    connection: Connection, rows: list[dict[str, Any]], owners: Mapping[int, WorkspaceId]
) -> None:
    """So that a person of today who comes again is not counted twice."""
    keys = {
        (row["day"], key)
        for row in rows
        if row["kind"] == Kind.PERSON and row["outcome"] in MET and row["visitor"] != NOBODY
        for key in keys_of(row["subject"], owners[row["subject"]], row["visitor"], row["outcome"])
    }
    if keys:
        remembered = [{"day": on, "key": key} for on, key in sorted(keys)]
        await insert_all_new(connection, seen, remembered, keys=["day", "key"])


def _total(row: TotalRow, numbers: _Numbers, subject_of: SubjectOf) -> dict[str, int]:
    return {
        "subject": numbers.subjects[subject_of(row.link_id)],
        "day": day(row.day),
        "kind": int(kind(row.kind)),
        "outcome": int(outcome(row.outcome)),
        "scans": row.scans,
    }


def _part(row: PartRow, numbers: _Numbers, subject_of: SubjectOf) -> dict[str, int]:
    return {
        "subject": numbers.subjects[subject_of(row.link_id)],
        "day": day(row.day),
        "kind": int(kind(row.kind)),
        "outcome": int(outcome(row.outcome)),
        "part": numbers.words[PART][row.part],
        "scans": row.scans,
    }


def _visitors(
    row: VisitorRow, numbers: _Numbers, subject_of: SubjectOf, workspace_of: WorkspaceOf
) -> dict[str, int | str]:
    number = numbers.subjects[subject_of(row.id)] if row.scope != WORKSPACE else workspace_of(row.id)
    return {"scope": row.scope, "number": number, "day": day(row.day), "visitors": row.visitors}

"""Stores what happened from an archive, in steps short enough that the ingester goes on in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import msgspec

from scanly.analytics.agents import Agent
from scanly.analytics.counting.names import rules_version
from scanly.analytics.counting.packed import INVITED, KINDS, LINK_OF_GROUP, SCOPES, ScopeKind
from scanly.analytics.counting.rows import WORDS, Row
from scanly.analytics.counting.statements import Sql
from scanly.analytics.events.batch import EventStore
from scanly.analytics.events.importing import Importing, Rollup, Told, forget, keep_since, taken
from scanly.core.clock import at
from scanly.core.errors import NotFound
from scanly.core.ids import WorkspaceId, read, show, time_of
from scanly.ops.archive_counted import read_counted
from scanly.ops.archive_file import Reader
from scanly.ops.archive_rows import KeptRow, LinkRow, RollupRow, ScanRow, WorkspaceRow
from scanly.ops.archive_rules import day, kind, outcome
from scanly.ops.archive_site_rows import SiteRow
from scanly.scans.bots import ruled
from scanly.scans.model import PREFETCH_FLAG, TEST_FLAG, Kind, Outcome, Scan

OpenEvents = Callable[[], AbstractContextManager[EventStore]]
# A step ends with each.
Steps = Generator[None]
_SCANS_AT_ONCE, _ROLLUPS_AT_ONCE = 1_000, 50
_DAY_MS = 86_400_000
_SCOPES: Mapping[str, ScopeKind] = {scope: scope for scope in SCOPES}
# What the kind of a scan says of its flags, in archives of before they were kept.
_FLAGS = {Kind.PREFETCH: PREFETCH_FLAG, Kind.TEST: TEST_FLAG}


@dataclass(frozen=True, slots=True)
class Moving:
    """An archive on its way, with the ids that its links, sites, workspaces and invitations have here."""

    archive: Reader
    subject_of: Callable[[int], int]
    workspace_of: Callable[[int], WorkspaceId]
    invitation_of: Callable[[int], int]
    now_ms: int
    # Workspaces by link, and zones by workspace, as the archive has them.
    owners: dict[int, int] = field(default_factory=dict[int, int])
    zones: dict[int, ZoneInfo] = field(default_factory=dict[int, ZoneInfo])

    def guest(self, part: str) -> str:
        """Of a view, who was invited."""
        with suppress(NotFound):
            return show(self.invitation_of(read(part)))
        return part


async def take(steps: Steps) -> None:
    """Goes through the steps in a thread of their own; whoever is cancelled ends after the one that is under way."""
    loop, over = asyncio.get_running_loop(), object()
    with ThreadPoolExecutor(1) as thread:
        try:
            while await loop.run_in_executor(thread, next, steps, over) is not over:
                pass
        finally:
            await loop.run_in_executor(thread, steps.close)


def clear(open_events: OpenEvents, moving: Moving) -> Steps:
    """Removes what is stored of the archive's links, sites and workspaces, none of which exists."""
    with open_events() as events:
        for batch in _links(moving.archive):
            links = [moving.subject_of(row.id) for row in batch]
            events.alone(lambda sql, links=links: forget(sql, links, []))
            yield
        for batch in moving.archive.batches(WorkspaceRow):
            workspaces = [moving.workspace_of(row.id) for row in batch]
            events.alone(lambda sql, workspaces=workspaces: forget(sql, [], workspaces))
            yield


def store(open_events: OpenEvents, moving: Moving) -> Steps:
    """Adds links, raw scans and rollups; what an old archive has no rollups of is counted."""
    archive, importing = moving.archive, Importing()
    moving.zones.update({row.id: ZoneInfo(row.time_zone) for row in archive.rows(WorkspaceRow)})
    with open_events() as events:
        for batch in _links(archive):
            moving.owners.update({row.id: row.workspace_id for row in batch})
            links = [
                (moving.subject_of(row.id), moving.workspace_of(row.workspace_id), row.host) for row in batch
            ]
            events.alone(lambda sql, links=links: importing.add_links(sql, links))
            yield
        order = "id" if archive.is_counted else "day, id"
        last_day = _last_day(moving)
        for batch in archive.batches(ScanRow, by=order, at_once=_SCANS_AT_ONCE):
            events.alone(
                lambda sql, batch=batch: importing.remember_visitors(
                    sql, _add_scans(sql, importing, moving, batch), last_day
                )
            )
            yield
        for batch in archive.batches(RollupRow, at_once=_ROLLUPS_AT_ONCE):
            days = [_rollup(row, moving) for row in batch]
            events.alone(lambda sql, days=days: importing.add_rollups(sql, days))
            yield
        for row in archive.rows(KeptRow):
            owner, since = moving.workspace_of(row.workspace_id), day(row.since)
            events.alone(lambda sql, owner=owner, since=since: keep_since(sql, owner, since))
            yield


def _links(archive: Reader) -> Iterator[list[LinkRow] | list[SiteRow]]:
    yield from archive.batches(LinkRow)
    yield from archive.batches(SiteRow)


def _last_day(moving: Moving) -> int:
    """The newest that is taken in. A clock that was ahead must not make visitors of today forgotten."""
    newest = moving.archive.last_day()
    return min(day(newest), moving.now_ms // _DAY_MS + 1) if newest else 0


def _add_scans(sql: Sql, importing: Importing, moving: Moving, batch: Sequence[ScanRow]) -> list[Row]:
    archive = moving.archive
    ids = _free_ids(sql, archive, [row.id for row in batch])
    judged = _told if archive.is_counted else _judged
    told = [judged(row, ids.get(row.id, row.id), moving) for row in batch]
    rows = importing.add_scans(sql, told, moving.now_ms)
    if not archive.is_counted:
        importing.count(sql, rows)
    return rows


def _free_ids(sql: Sql, archive: Reader, wanted: list[int]) -> dict[int, int]:
    """For scan ids that are taken, the next that is not: the time in it stays, or nearly so."""
    instead: dict[int, int] = {}
    for known in sorted(taken(sql, wanted)):
        free = known + 1
        while free in instead.values() or archive.has(ScanRow, free) or taken(sql, [free]):
            free += 1
        instead[known] = free
    return instead


def _told(row: ScanRow, scan_id: int, moving: Moving) -> Told:
    """As it was judged where it comes from."""
    return Told(_scan(row, scan_id, moving), int(kind(row.kind)), row.reason, row.ruling)


def _judged(row: ScanRow, scan_id: int, moving: Moving) -> Told:
    """As it is judged now, with the local hour: that was not kept."""
    hour = at(time_of(row.id), moving.zones[moving.owners[row.link_id]]).hour
    flags = _FLAGS.get(kind(row.kind), 0)
    scan = msgspec.structs.replace(_scan(row, scan_id, moving), hour=hour, flags=flags)
    now, reason = ruled(row.agent, flags)
    return Told(scan, int(now), reason, rules_version())


def _scan(row: ScanRow, scan_id: int, moving: Moving) -> Scan:
    return Scan(
        id=scan_id,
        link_id=moving.subject_of(row.link_id),
        workspace_id=moving.workspace_of(moving.owners[row.link_id]),
        day=day(row.day),
        outcome=outcome(row.outcome),
        period=0 if row.period is None else day(row.period),
        **{name: getattr(row, name) for name in ("flags", "visitor", "agent", "rule", "hour", "drive")},
        part=moving.guest(row.part) if row.outcome == Outcome.VIEW.word else row.part,
        **{name: getattr(row, name) for name in WORDS},
    )


def _rollup(row: RollupRow, moving: Moving) -> Rollup:
    counts = read_counted(row.counted)
    for dimension in counts.keys() & _MOVED:
        counts[dimension] = [each._replace(value=_moved(each.value, moving)) for each in counts[dimension]]
    return Rollup(
        scope=_SCOPES[row.scope],
        workspace_id=moving.workspace_of(row.workspace_id),
        key=moving.subject_of(row.link_id) if row.link_id else row.name,
        day=day(row.day),
        scans=row.scans,
        visitors=row.visitors,
        kinds=tuple(getattr(row, name) for name in KINDS),
        counts=counts,
    )


# Whose values are ids: of links as numbers, of invitations as texts.
_MOVED = {LINK_OF_GROUP, INVITED}


def _moved(value: int | str | Agent, moving: Moving) -> int | str | Agent:
    if isinstance(value, int):
        return moving.subject_of(value)
    return moving.guest(value) if isinstance(value, str) else value

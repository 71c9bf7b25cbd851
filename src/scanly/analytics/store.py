"""Questions to the rollups, and to what says how far they go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import (
    ColumnElement,
    Engine,
    Row,
    Select,
    Table,
    and_,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.counting.packed import (
    COUNTERS,
    KINDS,
    PROFILE,
    SCOPES,
    Counts,
    Part,
    ScopeKind,
    first_of_month,
    month_of,
    unpack,
)
from scanly.analytics.counting.rows import raw_since_of
from scanly.analytics.reports.slices import Scope, Slice, Unfolded
from scanly.analytics.tables import (
    arrivals,
    groups,
    positions,
    profiles,
    recounts,
    rollup_months,
    rollups,
    rulings,
    scans,
    states,
    subjects,
    words,
)
from scanly.core.clock import day_number, day_of
from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.upsert import insert_all_new

_AT_ONCE = 500
_NEVER = -1
_WORDS_KEPT = 50_000


class Standing(NamedTuple):
    """How far numbers can be relied on.

    Of days before ``raw_since`` raw scans were removed (0: of none). ``rules_changed_ms`` is when the present rules
    for robots came into use (0: there were no others before). ``recounting``: some days do not agree yet.
    """

    raw_since: int
    rules_changed_ms: int
    recounting: bool


class Counting(NamedTuple):
    """How the counting stands: workspaces that are counted again, scans that are stored and wait.

    Of days before ``raw_since`` raw scans were removed (0: of none). ``is_uncounted``: there are scans, and nothing
    that counts them.
    """

    raw_since: int
    recounts: int
    waiting: int
    is_uncounted: bool


async def read_slices(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    scopes: Sequence[Scope],
    days: tuple[int, int],
    parts: Sequence[Part] = (),
    *,
    months: bool = False,
) -> list[Slice]:
    """The rollups of scopes from the first to the last day, in order of time, each with these parts.

    ``months``: whole months come in one slice, as far as they are folded. It costs about 10 µs for each slice and
    part, and is the way where nothing is asked for by day.
    """
    asked = await _stretches(connection, days) if months else [_Stretch(rollups, *days)]
    by_kind: dict[ScopeKind, dict[int | str, None]] = {}
    for scope in scopes:
        by_kind.setdefault(scope.kind, {})[scope.key] = None
    found: list[Slice] = []
    version = _NEVER
    for kind, named in by_kind.items():
        keys = list(named)
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            selects = (_of_stretch(workspace_id, kind, some, stretch, parts) for stretch in asked)
            for row in await connection.execute(union_all(*selects)):
                found.append(_slice(kind, row))
                version = row.profiles
    found.sort(key=lambda each: each.first)
    return await _unfolded(connection, found, version) if found and "device" in parts else found


async def texts(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,  # noqa: ARG001 - words are everybody's; which of them are asked for is not
    numbers: Collection[int],
) -> dict[int, str]:
    """The words with these numbers."""
    known = _known_of(connection).words
    ordered = sorted(set(numbers) - known.keys())
    if len(known) + len(ordered) > _WORDS_KEPT:
        known.clear()
        ordered = sorted(set(numbers))
    found: dict[int, str] = {}
    for start in range(0, len(ordered), _AT_ONCE):
        some = words.c.number.in_(ordered[start : start + _AT_ONCE])
        query = select(words.c.number, words.c.text).where(some)
        found |= {row.number: row.text for row in await connection.execute(query)}
    known |= found
    return {number: known[number] for number in numbers if number in known}


async def link_ids(
    connection: AsyncConnection, workspace_id: WorkspaceId, numbers: Collection[int]
) -> dict[int, LinkId]:
    """Ids of links and sites by subject number, as far as they are the workspace's."""
    ordered, found = sorted(numbers), dict[int, LinkId]()
    for start in range(0, len(ordered), _AT_ONCE):
        query = select(subjects.c.number, subjects.c.link_id).where(
            subjects.c.workspace_id == workspace_id,
            subjects.c.number.in_(ordered[start : start + _AT_ONCE]),
        )
        found |= {row.number: LinkId(row.link_id) for row in await connection.execute(query)}
    return found


async def subject_numbers(
    connection: AsyncConnection, workspace_id: WorkspaceId, ids: Collection[int]
) -> dict[int, int]:
    """Subject numbers of links and sites by id, of those that were ever visited."""
    ordered, found = sorted(ids), dict[int, int]()
    for start in range(0, len(ordered), _AT_ONCE):
        query = select(subjects.c.number, subjects.c.link_id).where(
            subjects.c.workspace_id == workspace_id,
            subjects.c.link_id.in_(ordered[start : start + _AT_ONCE]),
        )
        found |= {row.link_id: row.number for row in await connection.execute(query)}
    return found


async def raw_since(connection: AsyncConnection, workspace_id: WorkspaceId) -> int:
    """The first day of which every raw scan is kept; 0 when none was removed."""
    return (await connection.execute(select(_raw_since(workspace_id)))).scalar_one()


async def is_recounting(connection: AsyncConnection, workspace_id: WorkspaceId) -> bool:
    """Whether a recount of the workspace is under way, so that its days do not agree yet."""
    return bool((await connection.execute(select(_recounting(workspace_id)))).scalar_one())


async def read_standing(connection: AsyncConnection, workspace_id: WorkspaceId) -> Standing:
    """How far the numbers of a workspace can be relied on."""
    since, recounting = _raw_since(workspace_id), _recounting(workspace_id)
    query = select(since, recounting, func.count(), func.max(rulings.c.at_ms)).select_from(rulings)
    first, running, number, at_ms = (await connection.execute(query)).one()
    return Standing(first, at_ms if number > 1 else 0, bool(running))


async def read_waiting_anywhere(connection: AsyncConnection) -> tuple[int, int]:
    """Numbers of the oldest and the newest batch that is stored and not yet counted; 0 for none."""
    found = await connection.execute(select(func.min(arrivals.c.number), func.max(arrivals.c.number)))
    oldest, newest = found.one()
    return oldest or 0, newest or 0


async def ask_recounts_anywhere(connection: AsyncConnection, zones: Mapping[WorkspaceId, str]) -> None:
    """Asks the ingester to judge and count all raw scans of these workspaces again, in these zones."""
    rows = [
        {"workspace_id": workspace, "zone": zone, "stage": 0, "next_day": 0}
        for workspace, zone in zones.items()
    ]
    await insert_all_new(connection, recounts, rows, keys=["workspace_id"])


async def read_positions_anywhere(connection: AsyncConnection) -> dict[str, tuple[int, int]]:
    """Up to which segment and offset each node's journal has been counted."""
    rows = await connection.execute(select(positions))
    return {row.source: (row.segment, row.offset) for row in rows}


async def read_counting_anywhere(connection: AsyncConnection) -> Counting:
    """How the counting of all scans stands; a few short queries."""
    since = await connection.execute(select(states.c.value).where(states.c.name == "raw_since"))
    asked = await connection.execute(select(func.count()).select_from(recounts))
    waiting = await connection.execute(select(func.coalesce(func.sum(arrivals.c.scans), 0)))
    stored = (await connection.execute(select(scans.c.id).limit(1))).first() is not None
    counted = (await connection.execute(select(rollups.c.day).limit(1))).first() is not None
    recounted, left = asked.scalar_one(), int(waiting.scalar_one())
    return Counting(
        raw_since=since.scalar_one_or_none() or 0,
        recounts=recounted,
        waiting=left,
        is_uncounted=stored and not (counted or recounted or left),
    )


async def _unfolded(connection: AsyncConnection, slices: Sequence[Slice], version: int | None) -> list[Slice]:
    known = _known_of(connection)
    if version != known.version:
        known.version = version
        known.profiles.clear()
    wanted = set[int]().union(*(each.counts.get(PROFILE, ()) for each in slices)) - known.profiles.keys()
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _AT_ONCE):
        some = profiles.c.number.in_(ordered[start : start + _AT_ONCE])
        for row in await connection.execute(select(profiles.c.number, profiles.c.counted).where(some)):
            known.profiles[row.number] = _unpack_profile(row.counted)
    return [each._replace(counts=Unfolded(each.counts, known.profiles)) for each in slices]


class _Known:
    """What a process has read and need not read again.

    Words never change; what profiles count for changes only by a recount, and then so does ``version``.
    """

    def __init__(self) -> None:
        self.words: dict[int, str] = {}
        self.version: int | None = _NEVER
        self.profiles: dict[int, dict[int, int]] = {}


def _known_of(connection: AsyncConnection) -> _Known:
    return _known_by_engine.setdefault(connection.engine.sync_engine, _Known())


_known_by_engine: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()
_unpack_profile = msgspec.msgpack.Decoder(dict[int, int]).decode


class _Stretch(NamedTuple):
    """Days or months, from the first to the last, of the table that has them."""

    table: Table
    first: int
    last: int


async def _stretches(connection: AsyncConnection, days: tuple[int, int]) -> list[_Stretch]:
    """Whole months as far as they are folded, and the days around them."""
    first, last = days
    inner = _whole_months(first, last, await _folded(connection))
    if inner is None:
        return [_Stretch(rollups, first, last)]
    found = [
        _Stretch(rollups, first, _first_day(inner[0]) - 1),
        _Stretch(rollup_months, *inner),
        _Stretch(rollups, _first_day(inner[1] + 1), last),
    ]
    return [each for each in found if each.first <= each.last]


def _of_stretch(
    workspace_id: WorkspaceId,
    kind: ScopeKind,
    keys: Sequence[int | str],
    stretch: _Stretch,
    parts: Sequence[Part],
) -> Select[Any]:
    """Key, time, whether that is a month, version of the profiles, counters, parts. Found by primary keys alone."""
    table, first, last = stretch
    time = table.c.day if table is rollups else table.c.month
    if kind in ("link", "site"):
        owner, key = subjects, subjects.c.link_id
        mine = subjects.c.workspace_id == workspace_id
    else:
        owner, key = groups, groups.c.name
        mine = and_(groups.c.workspace_id == workspace_id, groups.c.kind == kind)
    numbers = select(owner.c.number).where(mine, key.in_(keys))
    named = select(key).where(owner.c.number == table.c.number)
    version = select(states.c.value).where(states.c.name == "profiles")
    columns: list[ColumnElement[Any]] = [
        named.scalar_subquery().label("key"),
        time.label("time"),
        literal_column(str(int(table is rollup_months))).label("is_month"),
        version.scalar_subquery().label("profiles"),
        *(table.c[name] for name in (*COUNTERS, *parts)),
    ]
    return select(*columns).where(
        table.c.scope == SCOPES[kind], table.c.number.in_(numbers), time.between(first, last)
    )


def _slice(kind: ScopeKind, row: Row[Any]) -> Slice:
    key, time, is_month, _, scans, visitors, *values = tuple(row)
    counts: Counts = {}
    for blob in values[len(KINDS) :]:
        if blob:
            counts |= unpack(blob)
    first, last = (_first_day(time), _first_day(time + 1) - 1) if is_month else (time, time)
    return Slice(Scope(kind, key), first, last, scans, visitors, tuple(values[: len(KINDS)]), counts)


def _whole_months(first: int, last: int, folded: int) -> tuple[int, int] | None:
    """The first and last month that lie in the days and are folded."""
    if folded == _NEVER:
        return None
    begins, ends = day_of(first), day_of(last)
    start = month_of(begins.year, begins.month) + (begins.day > 1)
    end = min(month_of(ends.year, ends.month), folded)
    if _first_day(end + 1) - 1 > last:
        end -= 1
    return (start, end) if start <= end else None


def _first_day(month: int) -> int:
    return day_number(day_of(0).replace(*first_of_month(month), 1))


async def _folded(connection: AsyncConnection) -> int:
    found = await connection.execute(select(states.c.value).where(states.c.name == "folded"))
    value = found.scalar_one_or_none()
    return _NEVER if value is None else value


def _raw_since(workspace_id: WorkspaceId) -> ColumnElement[int]:
    named = states.c.name.in_(("raw_since", raw_since_of(workspace_id)))
    return func.coalesce(select(func.max(states.c.value)).where(named).scalar_subquery(), 0)


def _recounting(workspace_id: WorkspaceId) -> ColumnElement[int]:
    mine = recounts.c.workspace_id == workspace_id
    return select(func.count()).select_from(recounts).where(mine).scalar_subquery()

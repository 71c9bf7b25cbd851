"""Questions to the raw scans about people: what they did on one day, and on which days they came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.counting.rows import ids_around
from scanly.analytics.journeys.cohorts import Presence
from scanly.analytics.journeys.funnel import StepName
from scanly.analytics.tables import scans, subjects, words
from scanly.core.ids import WorkspaceId
from scanly.scans.model import LANDED, NOBODY, Kind, Outcome

# Whoever sent a form pressed something, too; the steps are told in `funnel.STEPS`.
_DID: dict[StepName, tuple[Outcome, ...]] = {
    "scan": tuple(sorted(LANDED)),
    "view": (Outcome.VIEW,),
    "click": (Outcome.CLICK, Outcome.LEAD),
    "lead": (Outcome.LEAD,),
}


class Deed(NamedTuple):
    """What somebody got: one of these outcomes, of this block or one thing in it (any, when empty)."""

    outcomes: Sequence[Outcome]
    part: str = ""


async def people_by_step(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    numbers: Sequence[int],
    days: tuple[int, int],
    steps: Sequence[StepName],
) -> list[int]:
    """How many people did each step and all before it on one local day, added up over the days."""
    did = [func.max(case((scans.c.outcome.in_(_DID[step]), 1), else_=0)).label(step) for step in steps]
    each = (
        select(*did)
        .where(_people(workspace_id, numbers, days))
        .group_by(scans.c.day, scans.c.visitor)
        .subquery()
    )
    sums: list[ColumnElement[int]] = []
    all_so_far: ColumnElement[int] = literal(1)
    for step in steps:
        all_so_far = all_so_far * each.c[step]
        sums.append(func.coalesce(func.sum(all_so_far), 0))
    return [int(number) for number in (await connection.execute(select(*sums).select_from(each))).one()]


async def people_by_day(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    numbers: Sequence[int],
    days: tuple[int, int],
    did: Deed,
) -> dict[int, int]:
    """How many different people did it, by local day."""
    query = select(scans.c.day, func.count(scans.c.visitor.distinct())).where(
        _people(workspace_id, numbers, days), _got(did)
    )
    return {day: number for day, number in await connection.execute(query.group_by(scans.c.day))}  # noqa: C416


async def people_who(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    days: tuple[int, int],
    could: tuple[Sequence[int] | None, Deed],
    did: tuple[Sequence[int], Deed],
) -> tuple[int, int]:
    """How many people did the first, and how many of those the second on the same local day; each of its subjects.

    None as subjects are all of the workspace.
    """

    def flag(subject: Sequence[int] | None, deed: Deed) -> ColumnElement[int]:
        mine = _got(deed) if subject is None else and_(_got(deed), _of(subject))
        return func.max(case((mine, 1), else_=0))

    every = None if could[0] is None else [*could[0], *did[0]]
    each = (
        select(flag(*could).label("could"), flag(*did).label("did"))
        .where(_people(workspace_id, every, days))
        .group_by(scans.c.day, scans.c.visitor)
        .subquery()
    )
    both = func.sum(each.c.could * each.c.did)
    query = select(func.coalesce(func.sum(each.c.could), 0), func.coalesce(both, 0))
    of, some = (await connection.execute(query)).one()
    return int(of), int(some)


async def presences(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    numbers: Sequence[int],
    windows: tuple[int, int],
    longest_days: int,
) -> list[Presence]:
    """On which days people came, of the windows that begin on a day from the first to the last of ``windows``."""
    first, last = windows
    landed = scans.c.outcome.in_([*LANDED, Outcome.VIEW])
    came = (
        select(scans.c.period, scans.c.visitor, scans.c.day)
        .where(_people(workspace_id, numbers, (first, last + longest_days)), landed)
        .where(scans.c.period > 0, scans.c.period.between(first, last))
        .distinct()
        .subquery()
    )
    bit = literal(1).bitwise_lshift(came.c.day - came.c.period)
    each = (
        select(came.c.period, func.sum(bit).label("mask")).group_by(came.c.period, came.c.visitor).subquery()
    )
    query = select(each.c.period, each.c.mask, func.count()).group_by(each.c.period, each.c.mask)
    return [Presence(period, int(mask), number) for period, mask, number in await connection.execute(query)]


def _got(deed: Deed) -> ColumnElement[bool]:
    outcome = scans.c.outcome.in_(deed.outcomes)
    if not deed.part:
        return outcome
    text = (words.c.text == deed.part) | words.c.text.startswith(f"{deed.part}/", autoescape=True)
    return and_(outcome, scans.c.part.in_(select(words.c.number).where(words.c.kind == "part", text)))


def _people(
    workspace_id: WorkspaceId, numbers: Sequence[int] | None, days: tuple[int, int]
) -> ColumnElement[bool]:
    """People who are told apart, of these subjects (None: all of the workspace), on the days from first to last."""
    mine = select(subjects.c.number).where(subjects.c.workspace_id == workspace_id)
    if numbers is not None:
        mine = mine.where(_of(numbers, subjects.c.number))
    # Ids carry their time, so the index of a subject is read for these days alone.
    start, end = ids_around(days[0])[0], ids_around(days[1])[1]
    return and_(
        scans.c.subject.in_(mine),
        scans.c.id >= start,
        scans.c.id < end,
        scans.c.day.between(*days),
        scans.c.kind == Kind.PERSON,
        scans.c.visitor != NOBODY,
    )


def _of(numbers: Sequence[int], column: ColumnElement[int] = scans.c.subject) -> ColumnElement[bool]:
    """However many numbers there are, the statement does not run out of parameters."""
    listed: BindParameter[Sequence[int]] = bindparam(
        None, value=list(numbers), expanding=True, literal_execute=True, unique=True
    )
    return column.in_(listed)

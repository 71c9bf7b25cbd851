"""People among the raw scans, counted by any fields at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.agents import Agent
from scanly.analytics.counting.rows import ids_around
from scanly.analytics.tables import agents, groups, scans, subjects, words
from scanly.core.ids import WorkspaceId
from scanly.scans.model import LANDED, NO_HOUR, NOBODY, Kind, Outcome

_AT_ONCE = 500
_LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose people are counted: of links or sites by their ids, of one group by its kind and name, or of all links.

    ``fields`` are columns of the raw scans; ``hours`` and ``links`` say whether these are told apart, too.
    """

    days: tuple[int, int]
    fields: Sequence[str]
    ids: Sequence[int] | None = None
    group: tuple[str, str] | None = None
    views: bool = False
    hours: bool = False
    links: bool = False


class Found(NamedTuple):
    """People of a local day, hour (24: unknown), link or site (0: not told apart), and the same numbers in fields.

    ``visitors`` are those of them whom the whole that was asked for had not met on that day, ``visitors_of_one``
    those whom the link had not met.
    """

    day: int
    hour: int
    link_id: int
    values: tuple[int, ...]
    scans: int
    visitors: int
    visitors_of_one: int


async def count_people(connection: AsyncConnection, workspace_id: WorkspaceId, sought: Sought) -> list[Found]:
    """People who landed, or who viewed. Reads every raw scan of the days, however many there are."""
    if sought.ids is None:
        return await _count(connection, workspace_id, sought)
    found: list[Found] = []
    for start in range(0, len(sought.ids), _AT_ONCE):
        some = sought.ids[start : start + _AT_ONCE]
        found += await _count(connection, workspace_id, replace(sought, ids=some))
    return found


async def field_texts(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,  # noqa: ARG001 - texts are the installation's; which ones, its scans say
    field: str,
    numbers: Collection[int],
) -> Mapping[int, str | Agent]:
    """What the numbers of a field stand for: texts, or agents."""
    found: dict[int, str | Agent] = {}
    known = sorted(numbers)
    for start in range(0, len(known), _AT_ONCE):
        some = known[start : start + _AT_ONCE]
        if field == "agent":
            columns = [agents.c[name] for name in Agent._fields]
            rows = await connection.execute(
                select(agents.c.number, *columns).where(agents.c.number.in_(some))
            )
            found |= {row[0]: Agent(*row[1:]) for row in rows}
        else:
            rows = await connection.execute(
                select(words.c.number, words.c.text).where(words.c.number.in_(some))
            )
            found |= {row.number: row.text for row in rows}
    return found


async def _count(connection: AsyncConnection, workspace_id: WorkspaceId, sought: Sought) -> list[Found]:
    of_one = _met(scans.c.subject)
    whole = of_one if sought.ids is not None else _met()
    each = _people(workspace_id, sought).add_columns(whole.label("met"), of_one.label("met_one")).subquery()
    keys = [each.c[name] for name in ("day", "hour", "link_id", *sought.fields)]
    query = select(*keys, func.count(), func.sum(each.c.met), func.sum(each.c.met_one)).group_by(*keys)
    found: list[Found] = []
    for row in await connection.execute(query):
        day, hour, link_id, *values, people, visitors, of_one_each = tuple(row)
        found.append(Found(day, hour, link_id, tuple(values), people, int(visitors), int(of_one_each)))
    return found


def _people(workspace_id: WorkspaceId, sought: Sought) -> Select[Any]:
    first, last = sought.days
    outcomes = (Outcome.VIEW,) if sought.views else LANDED
    hour = scans.c.hour if sought.hours else literal(NO_HOUR)
    link_id = subjects.c.link_id if sought.links else literal(0)
    fields = (scans.c[name] for name in sought.fields)
    query = (
        select(scans.c.day, hour.label("hour"), link_id.label("link_id"), *fields)
        .join_from(scans, subjects, scans.c.subject == subjects.c.number)
        .where(subjects.c.workspace_id == workspace_id, scans.c.day.between(first, last))
        .where(scans.c.id.between(ids_around(first)[0], min(ids_around(last)[1], _LAST_ID)))
        .where(scans.c.kind == Kind.PERSON, scans.c.outcome.in_([int(each) for each in outcomes]))
    )
    if sought.ids is not None:
        query = query.where(subjects.c.link_id.in_(sought.ids))
    if sought.group is not None:
        kind, name = sought.group
        mine = and_(groups.c.workspace_id == workspace_id, groups.c.kind == kind, groups.c.name == name)
        column = scans.c.drive if kind == "campaign" else subjects.c.host
        query = query.where(column == select(groups.c.number).where(mine).scalar_subquery())
    return query


def _met(*within: ColumnElement[Any]) -> ColumnElement[int]:
    """1 for the first scan of a visitor's day, 0 for the others and for nobody."""
    place = func.row_number().over(partition_by=(*within, scans.c.day, scans.c.visitor), order_by=scans.c.id)
    return case((and_(scans.c.visitor != NOBODY, place == 1), 1), else_=0)

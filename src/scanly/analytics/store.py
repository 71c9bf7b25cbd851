"""Questions to the totals and the raw scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.tables import parts, positions, subjects, totals, visitors, words
from scanly.core.ids import LinkId, WorkspaceId
from scanly.scans.model import LANDED, OF_SITES, Kind, Outcome

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Total:
    """How many scans of one kind and outcome a link had on a local day (days since 1970-01-01)."""

    link_id: LinkId
    day: int
    kind: Kind
    outcome: Outcome
    scans: int


@dataclass(frozen=True, slots=True)
class SiteTotal:
    """How many views or clicks of one kind a site had on a local day.

    Clicks have a ``part``, what was clicked. Views have none; those of somebody who was invited are told once more
    with one, the invitation.
    """

    day: int
    kind: Kind
    outcome: Outcome
    number: int
    part: str


@dataclass(frozen=True, slots=True)
class LinkToday:
    """A link's day: people who were sent on, how many different ones, and robots and previews."""

    link_id: LinkId
    scans: int
    visitors: int
    robots: int


async def list_totals(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    days: tuple[int, int],
    links: Sequence[LinkId] | None = None,
) -> list[Total]:
    """Totals of the days from first to last, both included, of the workspace or of some of its links."""
    query = (
        select(subjects.c.link_id, totals.c.day, totals.c.kind, totals.c.outcome, totals.c.scans)
        .join_from(totals, subjects, totals.c.subject == subjects.c.number)
        .where(subjects.c.workspace_id == workspace_id, totals.c.day.between(*days))
        .where(totals.c.outcome.not_in(OF_SITES))
    )
    rows = await _for_links(connection, query, links)
    return [
        Total(LinkId(row.link_id), row.day, Kind(row.kind), Outcome(row.outcome), row.scans) for row in rows
    ]


async def list_visitors(
    connection: AsyncConnection, workspace_id: WorkspaceId, days: tuple[int, int], links: Sequence[LinkId]
) -> dict[tuple[LinkId, int], int]:
    """Different people by link and day."""
    of_links = and_(visitors.c.scope == "link", visitors.c.number == subjects.c.number)
    query = (
        select(subjects.c.link_id, visitors.c.day, visitors.c.visitors)
        .join_from(visitors, subjects, of_links)
        .where(subjects.c.workspace_id == workspace_id, visitors.c.day.between(*days))
    )
    rows = await _for_links(connection, query, links)
    return {(LinkId(row.link_id), row.day): row.visitors for row in rows}


async def workspace_visitors(
    connection: AsyncConnection, workspace_id: WorkspaceId, days: tuple[int, int]
) -> dict[int, int]:
    """Different people by day, whichever links they scanned."""
    mine = and_(visitors.c.scope == "workspace", visitors.c.number == workspace_id)
    query = select(visitors.c.day, visitors.c.visitors).where(mine, visitors.c.day.between(*days))
    return {row.day: row.visitors for row in await connection.execute(query)}


async def today(connection: AsyncConnection, workspace_id: WorkspaceId, day: int) -> list[LinkToday]:
    """Every link that was visited on that day."""
    people = and_(totals.c.kind == Kind.PERSON, totals.c.outcome.in_([int(each) for each in LANDED]))
    robots = totals.c.kind.in_([int(Kind.BOT), int(Kind.PREVIEW), int(Kind.PREFETCH)])
    of_link = and_(
        visitors.c.scope == "link", visitors.c.number == subjects.c.number, visitors.c.day == totals.c.day
    )
    query = (
        select(
            subjects.c.link_id,
            _sum_where(people).label("scans"),
            func.coalesce(func.max(visitors.c.visitors), 0).label("visitors"),
            _sum_where(robots).label("robots"),
        )
        .join_from(totals, subjects, totals.c.subject == subjects.c.number)
        .outerjoin(visitors, of_link)
        .where(subjects.c.workspace_id == workspace_id, totals.c.day == day)
        .where(totals.c.outcome.not_in(OF_SITES))
        .group_by(subjects.c.link_id)
    )
    rows = await connection.execute(query)
    return [LinkToday(LinkId(row.link_id), row.scans, row.visitors, row.robots) for row in rows]


async def list_site_totals(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, days: tuple[int, int]
) -> list[SiteTotal]:
    """Views and clicks of a site on the days from first to last; clicks by what was clicked."""
    mine = and_(subjects.c.workspace_id == workspace_id, subjects.c.link_id == site_id)
    viewed = (
        select(totals.c.day, totals.c.kind, totals.c.outcome, totals.c.scans)
        .join_from(totals, subjects, totals.c.subject == subjects.c.number)
        .where(mine, totals.c.day.between(*days), totals.c.outcome == Outcome.VIEW)
    )
    of_parts = (
        select(parts.c.day, parts.c.kind, parts.c.outcome, parts.c.scans, words.c.text)
        .join_from(parts, subjects, parts.c.subject == subjects.c.number)
        .join(words, parts.c.part == words.c.number)
        .where(mine, parts.c.day.between(*days))
    )
    return [
        SiteTotal(row[0], Kind(row[1]), Outcome(row[2]), row[3], row[4] if len(row) > 4 else "")
        for query in (viewed, of_parts)
        for row in await connection.execute(query)
    ]


async def list_site_visitors(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, days: tuple[int, int]
) -> dict[int, int]:
    """Different people who viewed a site, by day."""
    query = (
        select(visitors.c.day, visitors.c.visitors)
        .join_from(
            visitors, subjects, and_(visitors.c.scope == "site", visitors.c.number == subjects.c.number)
        )
        .where(subjects.c.workspace_id == workspace_id, subjects.c.link_id == site_id)
        .where(visitors.c.day.between(*days))
    )
    return {row.day: row.visitors for row in await connection.execute(query)}


def _sum_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, totals.c.scans), else_=0)), 0)


async def _for_links(
    connection: AsyncConnection, query: Select[*tuple[Any, ...]], links: Sequence[LinkId] | None
) -> list[Any]:
    if links is None:
        return list((await connection.execute(query)).all())
    rows: list[Any] = []
    for start in range(0, len(links), _AT_ONCE):
        some = query.where(subjects.c.link_id.in_(links[start : start + _AT_ONCE]))
        rows += (await connection.execute(some)).all()
    return rows


async def read_positions_anywhere(connection: AsyncConnection) -> dict[str, tuple[int, int]]:
    """Up to which segment and offset each node's journal has been counted."""
    rows = await connection.execute(select(positions))
    return {row.source: (row.segment, row.offset) for row in rows}

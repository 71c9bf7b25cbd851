"""Queries of what was found where links lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.upsert import upsert
from scanly.links.model import Link
from scanly.links.tables import links, target_checks

_LINK = [links.c[name] for name in Link.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class Check:
    """The last look at an address of a link; ``status`` is 0 when nobody answered."""

    link_id: LinkId
    target: str
    checked_ms: int
    status: int
    problem: str
    failing_since_ms: int | None


async def ids_by_last_check(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[LinkId]:
    """Every link that is not removed, those first that were looked at longest ago or never."""
    last = (
        select(target_checks.c.link_id, func.max(target_checks.c.checked_ms).label("at_ms"))
        .where(target_checks.c.workspace_id == workspace_id)
        .group_by(target_checks.c.link_id)
        .subquery()
    )
    query = (
        select(links.c.id)
        .outerjoin(last, last.c.link_id == links.c.id)
        .where(links.c.workspace_id == workspace_id, links.c.removed_ms.is_(None))
        .order_by(func.coalesce(last.c.at_ms, 0), links.c.id)
    )
    return [LinkId(row.id) async for row in await connection.stream(query)]


async def broken_ids(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[LinkId]:
    """The links whose target was found broken and that are not removed."""
    mine = and_(links.c.workspace_id == workspace_id, links.c.removed_ms.is_(None))
    query = select(links.c.id).where(mine, links.c.broken_ms.is_not(None)).order_by(links.c.id)
    return [LinkId(row.id) for row in await connection.execute(query)]


async def living_links(
    connection: AsyncConnection, workspace_id: WorkspaceId, ids: Sequence[LinkId]
) -> list[Link]:
    """Those of the links that are not removed, by id."""
    mine = and_(links.c.workspace_id == workspace_id, links.c.id.in_(ids), links.c.removed_ms.is_(None))
    rows = await connection.execute(select(*_LINK).where(mine).order_by(links.c.id))
    return [Link(**row._mapping) for row in rows]  # pyright: ignore[reportPrivateUsage] - public in spite of its name


async def list_checks(
    connection: AsyncConnection, workspace_id: WorkspaceId, ids: Sequence[LinkId]
) -> list[Check]:
    """What was found at the last look at these links, also of addresses to which they no longer lead."""
    columns = [target_checks.c[name] for name in Check.__dataclass_fields__]
    mine = and_(target_checks.c.workspace_id == workspace_id, target_checks.c.link_id.in_(ids))
    return [Check(*row) for row in await connection.execute(select(*columns).where(mine))]


async def keep_checks(connection: AsyncConnection, workspace_id: WorkspaceId, found: Iterable[Check]) -> None:
    """Writes what was found over what was known."""
    # In one order, so that two looks at the same time wait for each other instead of holding each other up.
    for check in sorted(found, key=lambda each: (each.link_id, each.target)):
        row = {name: getattr(check, name) for name in Check.__dataclass_fields__}
        await upsert(
            connection, target_checks, row | {"workspace_id": workspace_id}, keys=["link_id", "target"]
        )


async def forget_checks(
    connection: AsyncConnection, workspace_id: WorkspaceId, past: Sequence[tuple[LinkId, str]]
) -> None:
    """Drops what was found of addresses, each with the link that once led to it."""
    if past:
        these = tuple_(target_checks.c.link_id, target_checks.c.target).in_(past)
        mine = and_(target_checks.c.workspace_id == workspace_id, these)
        await connection.execute(delete(target_checks).where(mine))


async def set_broken(
    connection: AsyncConnection, workspace_id: WorkspaceId, link: Link, broken_ms: int | None
) -> bool:
    """Notes since when a link's target fails; False when the link leads elsewhere by now."""
    mine = and_(links.c.workspace_id == workspace_id, links.c.id == link.id, links.c.target == link.target)
    return (await connection.execute(update(links).where(mine).values(broken_ms=broken_ms))).rowcount == 1


async def sum_up_anywhere(connection: AsyncConnection) -> tuple[int | None, int]:
    """When anybody last looked where links lead, and how many lead to a broken target."""
    last_ms = (await connection.execute(select(func.max(target_checks.c.checked_ms)))).scalar_one()
    broken = select(func.count()).where(links.c.broken_ms.is_not(None), links.c.removed_ms.is_(None))
    return last_ms, (await connection.execute(broken)).scalar_one()

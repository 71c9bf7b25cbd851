"""Queries of the register of printed things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.codes.placements.details import Details
from scanly.codes.placements.model import Filter, Placement
from scanly.codes.placements.tables import placements
from scanly.core.ids import LinkId, WorkspaceId
from scanly.core.money import Money
from scanly.db.upsert import insert_all_new
from scanly.links.tables import links

_AT_ONCE = 500


async def add_placements(
    connection: AsyncConnection, workspace_id: WorkspaceId, new: Mapping[LinkId, Details], now_ms: int
) -> None:
    """Registers links; those that have a line already, also a removed one, are passed over."""
    about = {"workspace_id": workspace_id, "created_ms": now_ms, "changed_ms": now_ms, "removed_ms": None}
    rows = [{"link_id": link_id, **about, **_columns(details)} for link_id, details in new.items()]
    if rows:
        await insert_all_new(connection, placements, rows, keys=["link_id"])


async def edit_placements(
    connection: AsyncConnection, workspace_id: WorkspaceId, edited: Mapping[LinkId, Details], now_ms: int
) -> None:
    mine = and_(placements.c.workspace_id == workspace_id, placements.c.link_id == bindparam("its_id"))
    rows = [
        {"its_id": link_id, "changed_ms": now_ms, **_columns(details)} for link_id, details in edited.items()
    ]
    if rows:
        await connection.execute(update(placements).where(mine), rows)


async def set_removed(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    link_id: LinkId,
    removed_ms: int | None,
    now_ms: int,
) -> None:
    mine = and_(placements.c.workspace_id == workspace_id, placements.c.link_id == link_id)
    await connection.execute(update(placements).where(mine).values(removed_ms=removed_ms, changed_ms=now_ms))


async def get_placements(
    connection: AsyncConnection, workspace_id: WorkspaceId, link_ids: Sequence[LinkId]
) -> dict[LinkId, Placement]:
    """Those of these links that are in the register, also removed ones."""
    found: dict[LinkId, Placement] = {}
    for start in range(0, len(link_ids), _AT_ONCE):
        some = placements.c.link_id.in_(link_ids[start : start + _AT_ONCE])
        rows = await connection.execute(_query(workspace_id).where(some))
        found |= {row.link_id: _placement(row) for row in rows}
    return found


async def list_placements(
    connection: AsyncConnection, workspace_id: WorkspaceId, wanted: Filter
) -> list[Placement]:
    """In the order in which their links were made; those that are due, the most urgent first."""
    query = _filtered(_query(workspace_id), wanted).limit(wanted.limit)
    order = (
        (placements.c.link_id,) if wanted.due_by is None else (placements.c.replace_by, placements.c.link_id)
    )
    return [_placement(row) for row in await connection.execute(query.order_by(*order))]


async def count_placements(connection: AsyncConnection, workspace_id: WorkspaceId, wanted: Filter) -> int:
    """How many the filter finds, whatever its limit."""
    found = _filtered(_query(workspace_id), wanted).subquery()
    return (await connection.execute(select(func.count()).select_from(found))).scalar_one()


async def photos_in_use(connection: AsyncConnection, workspace_id: WorkspaceId) -> dict[str, str]:
    """The pictures that the register shows, each with the code of (one of) its placements."""
    query = select(placements.c.photo, func.min(links.c.code).label("code")).join_from(placements, links)
    mine = and_(placements.c.workspace_id == workspace_id, placements.c.photo != "")
    rows = await connection.execute(query.where(mine).group_by(placements.c.photo))
    return {row.photo: row.code for row in rows}


async def list_due_anywhere(connection: AsyncConnection, due_by: date) -> list[tuple[str, date]]:
    """Code and day of every placement that is to be replaced until then, the most urgent first."""
    query = select(links.c.host, links.c.code, placements.c.replace_by).join_from(placements, links)
    query = query.where(placements.c.replace_by <= due_by.isoformat(), *_IN_USE)
    rows = await connection.execute(query.order_by(placements.c.replace_by, placements.c.link_id))
    return [
        (f"{row.host}/{row.code}" if row.host else row.code, date.fromisoformat(row.replace_by))
        for row in rows
    ]


# What still hangs and still leads somewhere.
_IN_USE = (placements.c.removed_ms.is_(None), links.c.removed_ms.is_(None))


def _query(workspace_id: WorkspaceId) -> Select[Any]:
    about = (links.c.host, links.c.code, links.c.placement, links.c.removed_ms.label("link_removed_ms"))
    return (
        select(placements, *about)
        .join_from(placements, links)
        .where(placements.c.workspace_id == workspace_id)
    )


def _filtered(query: Select[Any], wanted: Filter) -> Select[Any]:
    removed = placements.c.removed_ms
    query = query.where(removed.is_not(None) if wanted.removed else removed.is_(None))
    if wanted.batch is not None:
        query = query.where(placements.c.batch == wanted.batch)
    if wanted.place is not None:
        query = query.where(placements.c.place == wanted.place)
    if wanted.due_by is not None:
        query = query.where(
            placements.c.replace_by <= wanted.due_by.isoformat(), links.c.removed_ms.is_(None)
        )
    return query


def _columns(details: Details) -> dict[str, object]:
    cost = details.cost
    return {
        "batch": details.batch,
        "place": details.place,
        "photo": details.photo,
        "cost_minor": cost.minor if cost else None,
        "currency": cost.currency if cost else "",
        "printed_on": details.printed_on.isoformat() if details.printed_on else None,
        "replace_by": details.replace_by.isoformat() if details.replace_by else None,
        "copies": details.copies,
        "note": details.note,
    }


def _placement(row: Row[Any]) -> Placement:
    details = Details(
        batch=row.batch,
        place=row.place,
        photo=row.photo,
        cost=None if row.cost_minor is None else Money(row.cost_minor, row.currency),
        printed_on=date.fromisoformat(row.printed_on) if row.printed_on else None,
        replace_by=date.fromisoformat(row.replace_by) if row.replace_by else None,
        copies=row.copies,
        note=row.note,
    )
    return Placement(
        link_id=row.link_id,
        workspace_id=row.workspace_id,
        host=row.host,
        code=row.code,
        name=row.placement,
        details=details,
        created_ms=row.created_ms,
        changed_ms=row.changed_ms,
        removed_ms=row.removed_ms,
        link_removed_ms=row.link_removed_ms,
    )

"""Queries of pictures."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import WorkspaceId
from scanly.db.upsert import upsert
from scanly.media.model import Picture, Variant
from scanly.media.tables import pictures

_MOST_NAMES = 500  # of one question


def _picture(row: Row[Any]) -> Picture:
    variants = msgspec.convert(row.variants, tuple[Variant, ...])
    return Picture(row.name, row.hash, row.width, row.height, variants)


async def list_pictures(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Picture]:
    """By name."""
    query = select(pictures).where(pictures.c.workspace_id == workspace_id).order_by(pictures.c.name)
    return [_picture(row) for row in await connection.execute(query)]


async def find_pictures(
    connection: AsyncConnection, workspace_id: WorkspaceId, names: Collection[str]
) -> dict[str, Picture]:
    """Those of ``names`` that there are."""
    wanted = sorted(set(names))
    found: dict[str, Picture] = {}
    for start in range(0, len(wanted), _MOST_NAMES):
        some = pictures.c.name.in_(wanted[start : start + _MOST_NAMES])
        query = select(pictures).where(pictures.c.workspace_id == workspace_id, some)
        found |= {row.name: _picture(row) for row in await connection.execute(query)}
    return found


async def keep_picture(
    connection: AsyncConnection, workspace_id: WorkspaceId, picture: Picture, kept_ms: int
) -> None:
    """Takes the place of one of the same name."""
    row = msgspec.to_builtins(picture) | {"workspace_id": workspace_id, "kept_ms": kept_ms}
    await upsert(connection, pictures, row, keys=["workspace_id", "name"])


async def remove_picture(connection: AsyncConnection, workspace_id: WorkspaceId, name: str) -> bool:
    """False when there is none of that name."""
    mine = (pictures.c.workspace_id == workspace_id) & (pictures.c.name == name)
    return (await connection.execute(delete(pictures).where(mine))).rowcount == 1


async def files_in_use_anywhere(connection: AsyncConnection, files: Collection[str]) -> set[str]:
    """Those of ``files`` that a picture of any workspace still names; reads every picture there is."""
    rows = await connection.execute(select(pictures.c.variants))
    return {each["file"] for row in rows for each in row.variants if each["file"] in files}

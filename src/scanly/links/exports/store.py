"""Queries of exports: every link in the order in which formats want them, and the folders that follow changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import WorkspaceId
from scanly.db.upsert import upsert
from scanly.links.model import Link
from scanly.links.tables import links, standing_exports

_ALL = 0
_AT_ONCE = 1_000
_DECISIVE = ("id", "workspace_id", "host", "code", "target", "removed_ms", "terms", "broken_ms")
_LINK = [links.c[name] for name in _DECISIVE]


@dataclass(frozen=True, slots=True)
class Standing:
    """A folder that is written again after every change; ``workspace_id`` is None for all workspaces.

    ``written_ms`` is None before the first time, ``problem`` says why the last time failed.
    """

    folder: str
    format: str
    workspace_id: WorkspaceId | None
    since_ms: int
    written_ms: int | None = None
    problem: str = ""


async def links_in_order_anywhere(
    connection: AsyncConnection, only: WorkspaceId | None
) -> AsyncGenerator[list[Link]]:
    """Links without what only describes them, in batches: by host with the default host last, then by code.

    Codes that differ in case only are side by side.
    """
    query = select(*_LINK).order_by(links.c.host.desc(), func.lower(links.c.code), links.c.code)
    if only is not None:
        query = query.where(links.c.workspace_id == only)
    async for rows in (await connection.stream(query)).partitions(_AT_ONCE):
        yield [_link(row) for row in rows]


def _link(row: Row[Any]) -> Link:
    """Without title, tags and the like, which decide nothing and cost a third of the time."""
    link_id, workspace_id, host, code, target, removed_ms, terms, broken_ms = cast("tuple[Any, ...]", row)
    return Link(link_id, workspace_id, host, code, target, "", (), "", "", 0, 0, removed_ms, terms, broken_ms)


async def hosts_in_use_anywhere(connection: AsyncConnection, only: WorkspaceId | None) -> set[str]:
    """Hosts that have links; the default host is the empty string."""
    query = select(links.c.host).distinct()
    if only is not None:
        query = query.where(links.c.workspace_id == only)
    return {row.host for row in await connection.execute(query)}


async def standing_anywhere(connection: AsyncConnection) -> list[Standing]:
    """The folders that follow changes, by path."""
    rows = await connection.execute(select(standing_exports).order_by(standing_exports.c.folder))
    return [
        Standing(
            row.folder,
            row.format,
            None if row.workspace_id == _ALL else WorkspaceId(row.workspace_id),
            row.since_ms,
            row.written_ms,
            row.problem,
        )
        for row in rows
    ]


async def keep_standing_anywhere(connection: AsyncConnection, standing: Standing) -> None:
    """Has a folder follow changes from now on, in this format and no other."""
    row = {name: getattr(standing, name) for name in Standing.__dataclass_fields__}
    row["workspace_id"] = _ALL if standing.workspace_id is None else standing.workspace_id
    await upsert(connection, standing_exports, row, keys=["folder"])


async def drop_standing_anywhere(connection: AsyncConnection, folder: str) -> bool:
    """Whether the folder followed changes until now."""
    dropped = delete(standing_exports).where(standing_exports.c.folder == folder)
    return (await connection.execute(dropped)).rowcount == 1


async def note_standing_anywhere(
    connection: AsyncConnection, folder: str, written_ms: int | None, problem: str = ""
) -> None:
    """What came of the last time; without ``written_ms`` the time before stays noted."""
    values: dict[str, object] = {"problem": problem}
    if written_ms is not None:
        values["written_ms"] = written_ms
    await connection.execute(
        update(standing_exports).where(standing_exports.c.folder == folder).values(values)
    )

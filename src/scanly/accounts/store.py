"""Queries of workspaces and people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.accounts.model import Member, Workspace
from scanly.accounts.tables import people, workspaces
from scanly.core.actor import Role
from scanly.core.ids import PersonId, WorkspaceId
from scanly.db.quick import QuickReader
from scanly.db.upsert import insert_new


def _workspace(row: Row[Any]) -> Workspace:
    return Workspace(**dict(row._mapping))  # pyright: ignore[reportPrivateUsage] - public in spite of its name


def _member(row: Row[Any]) -> Member:
    return Member(PersonId(row.id), row.name, row.email, Role(row.role))


async def list_workspaces_anywhere(connection: AsyncConnection) -> list[Workspace]:
    """Every workspace, oldest first."""
    return [_workspace(row) for row in await connection.execute(select(workspaces).order_by(workspaces.c.id))]


def look_at_workspaces_anywhere(reader: QuickReader) -> list[Workspace]:
    """The same on the event loop."""
    columns = workspaces.c.keys()
    rows = reader.rows(f"SELECT {', '.join(columns)} FROM workspaces")  # noqa: S608 - names of our own columns
    return [Workspace(**dict(zip(columns, row, strict=True))) for row in rows]


async def find_workspace_anywhere(connection: AsyncConnection, name: str) -> Workspace | None:
    """By name, case does not count: compared here, because SQLite knows only the case of A to Z."""
    known = await list_workspaces_anywhere(connection)
    return next((each for each in known if each.name.casefold() == name.casefold()), None)


async def add_workspace_anywhere(connection: AsyncConnection, workspace: Workspace) -> bool:
    """False when the name is taken."""
    row = {name: getattr(workspace, name) for name in workspaces.c.keys()}  # noqa: SIM118 - a column collection
    return await insert_new(connection, workspaces, row, keys=["name"])


async def get_workspace(connection: AsyncConnection, workspace_id: WorkspaceId) -> Workspace | None:
    row = (await connection.execute(select(workspaces).where(workspaces.c.id == workspace_id))).first()
    return _workspace(row) if row else None


async def edit_workspace(
    connection: AsyncConnection, workspace_id: WorkspaceId, changes: Mapping[str, object]
) -> None:
    await connection.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(dict(changes)))


async def list_members(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Member]:
    query = select(people).where(people.c.workspace_id == workspace_id).order_by(people.c.name)
    return [_member(row) for row in await connection.execute(query)]


async def add_member(
    connection: AsyncConnection, workspace_id: WorkspaceId, member: Member, created_ms: int
) -> bool:
    """False when the workspace has this e-mail address already."""
    row = {
        "id": member.id,
        "workspace_id": workspace_id,
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "created_ms": created_ms,
    }
    return await insert_new(connection, people, row, keys=["workspace_id", "email"])


async def set_role(connection: AsyncConnection, workspace_id: WorkspaceId, email: str, role: Role) -> bool:
    mine = (people.c.workspace_id == workspace_id) & (people.c.email == email)
    return (await connection.execute(update(people).where(mine).values(role=role))).rowcount == 1


async def remove_member(connection: AsyncConnection, workspace_id: WorkspaceId, email: str) -> bool:
    mine = (people.c.workspace_id == workspace_id) & (people.c.email == email)
    return (await connection.execute(delete(people).where(mine))).rowcount == 1

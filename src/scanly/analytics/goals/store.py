"""Queries of goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.goals.model import Goal
from scanly.analytics.goals.tables import goals
from scanly.core.ids import WorkspaceId
from scanly.db.upsert import insert_new

_COLUMNS = [goals.c[name] for name in Goal.__dataclass_fields__]


def _goal(row: Row[Any]) -> Goal:
    return Goal(*row)


async def add_goal(connection: AsyncConnection, workspace_id: WorkspaceId, goal: Goal) -> bool:
    """False when the name is taken."""
    row = {name: getattr(goal, name) for name in Goal.__dataclass_fields__} | {"workspace_id": workspace_id}
    return await insert_new(connection, goals, row, keys=["workspace_id", "name"])


async def list_goals(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Goal]:
    """In the order of their making."""
    query = select(*_COLUMNS).where(goals.c.workspace_id == workspace_id).order_by(goals.c.id)
    return [_goal(row) for row in await connection.execute(query)]


async def edit_goal(
    connection: AsyncConnection, workspace_id: WorkspaceId, goal_id: int, changes: Mapping[str, object]
) -> None:
    mine = and_(goals.c.workspace_id == workspace_id, goals.c.id == goal_id)
    await connection.execute(update(goals).where(mine).values(dict(changes)))


async def remove_goal(connection: AsyncConnection, workspace_id: WorkspaceId, goal_id: int) -> bool:
    mine = and_(goals.c.workspace_id == workspace_id, goals.c.id == goal_id)
    return (await connection.execute(delete(goals).where(mine))).rowcount == 1

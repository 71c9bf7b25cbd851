"""INSERT … ON CONFLICT for both engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def _insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


async def upsert(
    connection: AsyncConnection, table: Table, row: Mapping[str, object], *, keys: Sequence[str]
) -> None:
    """Writes ``row``; where ``keys`` exist already, every other column takes the new value."""
    statement = _insert(connection, table).values(dict(row))
    changed = {name: statement.excluded[name] for name in row if name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))


async def insert_new(
    connection: AsyncConnection, table: Table, row: Mapping[str, object], *, keys: Sequence[str]
) -> bool:
    """Writes ``row`` unless ``keys`` exist already; whether it was written."""
    statement = _insert(connection, table).values(dict(row))
    result = await connection.execute(statement.on_conflict_do_nothing(index_elements=list(keys)))
    return result.rowcount == 1


async def insert_all_new(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, object]], *, keys: Sequence[str]
) -> None:
    """Writes many rows, passing over those whose ``keys`` exist already."""
    statement = _insert(connection, table).on_conflict_do_nothing(index_elements=list(keys))
    await connection.execute(statement, [dict(row) for row in rows])

"""Numbers in order of commit, for whoever follows a table by "greater than the last I saw"."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def in_commit_order(connection: AsyncConnection, table: str) -> None:
    """Call before inserting: lets one transaction at a time number rows of ``table``.

    SQLite has one writer anyway. In PostgreSQL numbers are given at insert but seen at commit, so without
    this a follower could pass a smaller number that appears later.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": table})

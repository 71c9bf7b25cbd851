"""Erases for good: SQLite lets go of what is deleted, and keeps it until somebody writes there again.

Source: SQLite, PRAGMA secure_delete and wal_checkpoint. PostgreSQL does the like at its next vacuum.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.errors import Unavailable
from scanly.db.engine import BUSY_TIMEOUT_MS, Database


async def overwrite(connection: AsyncConnection) -> None:
    """From here on this connection overwrites with zeros what it deletes or changes."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("PRAGMA secure_delete = ON")


async def settle(database: Database, wait_s: float = BUSY_TIMEOUT_MS / 1000) -> bool:
    """Moves what was committed from SQLite's log into the file, and empties the log.

    False when others still read it after ``wait_s``. Raises Unavailable.
    """
    if database.engine_name != "sqlite":
        return True
    return await asyncio.to_thread(_emptied, str(database.writer.url.database), wait_s)


def _emptied(path: str, wait_s: float) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=wait_s)) as database:
            (busy, *_) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise Unavailable(f"The log of {path} cannot be emptied: {error}.") from error
    return busy == 0

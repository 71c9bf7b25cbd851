"""What is deleted is gone from the files of SQLite, not only let go."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import text

from scanly.db.engine import Database, open_sqlite
from scanly.db.erasing import overwrite, settle

SECRET = "Ravindranath"


async def filled(path: Path) -> Database:
    database = open_sqlite(path, "main")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"))
        for length in (10, 9_000):
            await connection.execute(text("INSERT INTO t (b) VALUES (:b)"), {"b": SECRET + "x" * length})
    return database


def holding(path: Path) -> list[str]:
    return [each.name for each in path.parent.glob("t.db*") if SECRET.encode() in each.read_bytes()]


def test_what_is_overwritten_is_in_neither_the_file_nor_the_log(tmp_path: Path) -> None:
    path = tmp_path / "t.db"

    async def work() -> None:
        database = await filled(path)
        async with database.write() as connection:
            # Some builds of SQLite overwrite by default.
            await connection.exec_driver_sql("PRAGMA secure_delete = OFF")
        assert await settle(database) and holding(path) == ["t.db"]
        async with database.write() as connection:
            await overwrite(connection)
            await connection.execute(text("DELETE FROM t WHERE a = 2"))
            await connection.execute(text("UPDATE t SET b = 'nobody' WHERE a = 1"))
        assert await settle(database)
        assert holding(path) == []
        await database.close()

    asyncio.run(work())


def test_a_log_that_somebody_reads_is_not_said_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.db"

    async def work() -> None:
        database = await filled(path)
        with sqlite3.connect(path) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM t").fetchall()
            async with database.write() as connection:
                await connection.execute(text("DELETE FROM t"))
            assert not await settle(database, wait_s=0.1)
        reader.close()
        assert await settle(database)
        await database.close()

    asyncio.run(work())

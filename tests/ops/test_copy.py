"""Copies of databases that others go on changing."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from scanly.app import App
from scanly.core.errors import Unavailable
from scanly.ops.copy import copy_sqlite, faults

House = Any


def test_a_copy_is_one_state_also_of_what_is_only_in_the_log_and_it_ends_under_writing(
    tmp_path: Path,
) -> None:
    source, target = tmp_path / "source.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(source, check_same_thread=False, isolation_level=None)) as writer:
        writer.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
            "CREATE TABLE first (x BLOB); CREATE TABLE last (x BLOB);"
        )
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                writer.execute("BEGIN")
                writer.execute("INSERT INTO first VALUES (randomblob(9000))")
                writer.execute("INSERT INTO last VALUES (randomblob(9000))")
                writer.execute("COMMIT")

        writer.execute("BEGIN")
        for table in ("first", "last"):
            writer.executemany(f"INSERT INTO {table} VALUES (randomblob(9000))", [()] * 2000)
        writer.execute("COMMIT")
        writing = threading.Thread(target=write)
        writing.start()
        try:
            copying = threading.Thread(target=copy_sqlite, args=(source, target))
            copying.start()
            copying.join(5)
            assert not copying.is_alive(), "every commit began the copy anew"
        finally:
            stop.set()
            writing.join()
    assert faults(target) == []
    assert not target.with_name("copy.db-wal").exists()
    with closing(sqlite3.connect(target)) as database:
        (first, last) = database.execute(
            "SELECT (SELECT count(*) FROM first), (SELECT count(*) FROM last)"
        ).fetchone()
    assert first == last >= 2000


def test_a_copy_row_by_row_does_not_see_what_is_committed_meanwhile(house: House, database_url: str) -> None:
    house.settings = msgspec.structs.replace(house.settings, database_url=database_url)

    async def work(app: App) -> list[int]:
        counted: list[int] = []
        query = text("SELECT count(*) FROM default_hosts")
        async with app.main.read() as connection:
            for number in range(2):
                counted.append((await connection.execute(query)).scalar_one())
                async with app.main.write() as writer:
                    host = {"host": f"{number}.example.com"}
                    await writer.execute(text("INSERT INTO default_hosts VALUES (:host, 1)"), host)
        async with app.main.read() as connection:
            counted.append((await connection.execute(query)).scalar_one())
        return counted

    assert house.run(work) == [0, 0, 2]


def test_what_cannot_be_copied_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"missing\.db cannot be copied"):
        copy_sqlite(tmp_path / "missing.db", tmp_path / "copy.db")

import asyncio
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from tests.db import processes
from tests.db.conftest import THINGS

from scanly.core.errors import Invalid, Unavailable
from scanly.db import engine
from scanly.db.engine import Database, open_postgres, open_sqlite


async def names(database: Database) -> list[str]:
    async with database.read() as connection:
        return [row.name for row in await connection.execute(select(THINGS.c.name))]


async def _write_and_fail(database: Database, rows: list[dict[str, str]]) -> None:
    async with database.write() as connection:
        for row in rows:
            await connection.execute(insert(THINGS), row)
        raise RuntimeError("on purpose")


def test_a_block_commits_as_a_whole_or_not_at_all(bare):
    async def work(database):
        async with database.write() as connection:
            await connection.execute(insert(THINGS), [{"name": "one"}, {"name": "two"}])
        for error, rows in (
            (RuntimeError, [{"name": "three"}]),
            (IntegrityError, [{"name": "4"}, {"name": "one"}]),
        ):
            with pytest.raises(error):
                await _write_and_fail(database, rows)
        return await names(database)

    assert bare.run(work) == ["one", "two"]
    assert bare.commits == 1


def test_a_reading_connection_cannot_write(bare):
    async def work(database):
        with pytest.raises(Unavailable):
            async with database.read() as connection:
                await connection.execute(insert(THINGS), {"name": "one"})
        return await names(database)

    assert bare.run(work) == []


def test_a_reading_block_sees_one_state(bare):
    async def work(database):
        count = select(func.count()).select_from(THINGS)
        async with database.read() as reading:
            before = (await reading.execute(count)).scalar_one()
            async with database.write() as writing:
                await writing.execute(insert(THINGS), {"name": "one"})
            within = (await reading.execute(count)).scalar_one()
        return before, within, await names(database)

    assert bare.run(work) == (0, 0, ["one"])


def test_two_processes_that_read_and_then_write_lose_nothing(bare):
    async def zero(database):
        async with database.write() as connection:
            await connection.execute(insert(THINGS), {"name": "counter", "size": 0})

    async def size(database):
        async with database.read() as connection:
            return (await connection.execute(select(THINGS.c.size))).scalar_one()

    bare.run(zero)
    command = [sys.executable, processes.__file__, bare.path, bare.url]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(2)]
    for process in both:
        process.stdin.close()  # go
    assert [process.wait(30) for process in both] == [0, 0]
    assert bare.run(size) == 2 * processes.TIMES


def test_sqlite_keeps_to_what_a_power_cut_needs(tmp_path):
    async def pragmas(part):
        database = open_sqlite(tmp_path / f"{part}.db", part)
        async with database.write() as connection:
            found = [
                (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        await database.close()
        return found

    assert asyncio.run(pragmas("main")) == ["wal", 2, 1]
    assert asyncio.run(pragmas("events")) == ["wal", 1, 1]


async def _write(database: Database, size_bytes: int = 1) -> None:
    try:
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS filler (data BLOB)"))
            await connection.execute(text("INSERT INTO filler VALUES (zeroblob(:n))"), {"n": size_bytes})
    finally:
        await database.close()


def test_a_database_that_another_process_holds_is_called_busy(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    asyncio.run(_write(open_sqlite(tmp_path / "a.db", "main")))
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="The database is busy"):
        asyncio.run(_write(open_sqlite(tmp_path / "a.db", "main")))
    other.close()


def test_a_full_disk_is_named_and_nothing_was_changed(tmp_path):
    async def work():
        database = open_sqlite(tmp_path / "a.db", "main")
        async with database.write() as connection:
            await connection.execute(text("PRAGMA max_page_count = 8"))
        await _write(database, 100_000)

    with pytest.raises(Unavailable, match=r"The disk is full\. Free some space; nothing was changed"):
        asyncio.run(work())
    assert sqlite3.connect(tmp_path / "a.db").execute("SELECT * FROM sqlite_master").fetchall() == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing/a.db", "cannot be opened. Check the data folder"),
        ("junk.db", "is damaged. Restore a backup"),
        ("half.db", "is damaged. Restore a backup"),
    ],
)
def test_a_file_that_is_no_database_is_called_damaged(tmp_path, path, said):
    (tmp_path / "junk.db").write_bytes(b"no database " * 500)
    asyncio.run(_write(open_sqlite(tmp_path / "half.db", "main"), 50_000))
    whole = (tmp_path / "half.db").read_bytes()
    (tmp_path / "half.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    async def work():
        try:
            await _write(open_sqlite(tmp_path / path, "main"))
        finally:
            await asyncio.sleep(0.1)  # the driver's thread ends a moment after it could not open the file

    with pytest.raises(Unavailable) as refused:
        asyncio.run(work())
    assert said in str(refused.value)


def test_a_file_of_which_only_reading_is_allowed_is_said_to_be_so(tmp_path):
    async def work():
        database = open_sqlite(tmp_path / "a.db", "main")
        async with database.write() as connection:
            await connection.execute(text("PRAGMA query_only = 1"))
        await _write(database)

    with pytest.raises(Unavailable, match=r"cannot be written\. Check the permissions"):
        asyncio.run(work())


@pytest.mark.parametrize(
    "url", ["mysql://localhost/a", "sqlite:///a.db", "localhost", "postgresql://h:port/a"]
)
def test_an_address_of_another_kind_is_refused(url):
    with pytest.raises(Invalid, match="database_url"):
        open_postgres(url, "main")


@pytest.mark.postgres
@pytest.mark.parametrize("change", [("/scanly_", "/nobody_"), ("postgres@", "nobody@")])
def test_a_server_that_turns_us_away_is_unavailable(postgres_url, change):
    if change[0] not in postgres_url:
        pytest.skip("this server's address has no user name")
    with pytest.raises(Unavailable, match=r"The database does not answer: .*does not exist"):
        asyncio.run(_write(open_postgres(postgres_url.replace(*change), "main")))


def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable, match="The database does not answer"):
        asyncio.run(_write(open_postgres("postgresql://127.0.0.1:1/a", "main")))


def test_a_mistake_of_our_own_is_not_taken_for_bad_weather(bare):
    async def work(database):
        async with database.write() as connection:
            await connection.execute(insert(THINGS), [{"size": 1, "big": 1}, {"size": 1, "big": 1}])

    with pytest.raises(IntegrityError):
        bare.run(work)

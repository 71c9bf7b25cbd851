"""Events of an older version go on as events of this one."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.schema import CreateSchema
from tests.analytics.conftest import close, house_of
from tests.analytics.test_ingest import drain

from scanly.core.ids import first_of
from scanly.core.paths import DataFolder
from scanly.db.engine import Database, open_postgres, open_sqlite
from scanly.ops import schema

DAY_MS = 86_400_000
TODAY = 20_415
SCANS_OF_BEFORE = 30
# What the version before kept of words: number, kind and text.
WORDS = [(1, "country", "IN"), (2, "city", "Pune"), (3, "part", "call/1")]


@pytest.fixture
def old(database_url: str, folder: DataFolder) -> Database:
    """An empty database of events of the version before."""

    async def make() -> Database:
        made = (
            open_postgres(database_url, "events") if database_url else open_sqlite(folder.events_db, "events")
        )
        async with made.write() as connection:
            if database_url:
                await connection.execute(CreateSchema("events"))
            await schema.take_steps(connection, "events", to="0002")
        await made.close()
        return made

    asyncio.run(make())
    return open_postgres(database_url, "events") if database_url else open_sqlite(folder.events_db, "events")


async def filled(database: Database) -> None:
    columns = (
        "id, subject, day, kind, outcome, visitor, agent, country, city, language, referrer, source, medium,"
    )
    add = f"INSERT INTO scans ({columns} campaign, term, content, rule, part)"
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO subjects VALUES (1, 1001, 7), (2, 1002, 7)"))
        await connection.execute(text("INSERT INTO agents VALUES (1, 'Firefox', 0, 1), (2, 'curl/8', 1, 1)"))
        for number, kind, word in WORDS:
            row = {"number": number, "kind": kind, "text": word}
            await connection.execute(text("INSERT INTO words VALUES (:number, :kind, :text)"), row)
        for n in range(SCANS_OF_BEFORE):
            day = TODAY - 5 * n
            numbers = (
                f"{first_of(day * DAY_MS) + n}, {1 + n % 2}, {day}, {n % 5}, 0, {n % 9}, {1 + n % 2}, 1, 2"
            )
            rule = (0, 2**62)[n % 2]
            await connection.execute(text(f"{add} VALUES ({numbers}, 0, 0, 0, 0, 0, 0, 0, {rule}, 0)"))


def test_scans_of_an_older_version_keep_everything_and_are_counted_anew(
    old: Database, database_url: str, folder: DataFolder
) -> None:
    async def step() -> None:
        await filled(old)
        async with old.write() as connection:
            await schema.take_steps(connection, "events")
        await old.close()

    asyncio.run(step())
    house = house_of(database_url, folder)
    assert len(house.counted_ids()) == SCANS_OF_BEFORE
    rules = house.ask("SELECT text, count(*) FROM scans JOIN words ON number = rule GROUP BY text")
    assert rules == [(str(2**62), SCANS_OF_BEFORE // 2)]
    # Of old scans, the rules for robots know flags only by the kind.
    assert set(house.ask("SELECT kind, flags FROM scans")) == {(0, 0), (1, 0), (2, 0), (3, 1), (4, 2)}
    store = house.store()
    store.ask_recount({7: "Asia/Kolkata"})
    while store.recount():
        pass
    house.assert_counts_agree()
    journal = house.journal()
    for n in range(60):
        journal.append(house.scan(day=TODAY - n % 3))
    assert drain(house.ingester()) == 60
    house.assert_counts_agree()
    if database_url:
        assert house.ask("SELECT * FROM scans_rest") == []
        months = house.ask(
            "SELECT relname FROM pg_class WHERE relname LIKE 'scans_20_____' AND relkind = 'r'"
        )
        assert {("scans_2025_07",), ("scans_2025_11",), ("scans_2025_12",)} <= set(months)
    close(house)

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import create_mock_engine
from tests.analytics.plain import assert_rollups_are_those_of

import scanly.analytics.tables  # noqa: F401 - adds its tables to EVENTS
from scanly.analytics.events.batch import EventStore
from scanly.analytics.events.sqlite import SqliteEvents
from scanly.analytics.ingest import Ingester
from scanly.core.ids import first_of
from scanly.core.paths import DataFolder
from scanly.db.types import EVENTS
from scanly.scans.journal import Journal
from scanly.scans.model import OF_SITES, Outcome, Scan

DAY_MS = 86_400_000
TODAY = 20_415
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537"
)
AGENTS = (PHONE, PHONE, PHONE, "curl/8.5.0", "WhatsApp/2.23.20.0 A", "")


def _schema(dialect: str) -> list[str]:
    statements: list[str] = []
    engine: Any = create_mock_engine(
        f"{dialect}://", lambda made, *_: statements.append(str(made.compile(dialect=engine.dialect)))
    )
    EVENTS.create_all(engine, checkfirst=False)
    return statements


@pytest.fixture(scope="session")
def make_events_db() -> Callable[[Path], None]:
    """Makes an empty events database."""
    statements = _schema("sqlite")

    def make(path: Path) -> None:
        database = sqlite3.connect(path)
        for statement in statements:
            database.execute(statement)
        database.close()

    return make


@dataclass
class House:
    """A data folder whose journal is ingested into one of the two databases."""

    folder: DataFolder
    open_store: Callable[[], EventStore]
    ask: Callable[[str], list[tuple[Any, ...]]]
    opened: list[EventStore | Journal] = field(default_factory=list)
    made: int = 0

    def journal(self, node: int = 0) -> Journal:
        journal = Journal(self.folder.journal, node, lambda: TODAY * DAY_MS)
        self.opened.append(journal)
        return journal

    def store(self) -> EventStore:
        store = self.open_store()
        self.opened.append(store)
        return store

    def ingester(self) -> Ingester:
        return Ingester(
            self.folder.journal, self.store(), nodes_dir=self.folder.nodes, clock=lambda: TODAY * DAY_MS
        )

    def scan(self, day: int = TODAY, **fields: object) -> Scan:
        """The next of a series of random scans of a day."""
        self.made += 1
        dice = random.Random(self.made)
        values: dict[str, Any] = {
            "id": first_of(day * DAY_MS) + self.made,
            "link_id": fields.get("link_id", 2**60 + dice.randrange(4)),
            "day": day,
            "outcome": dice.choice([Outcome.REDIRECT, Outcome.REDIRECT, *Outcome]),
            "flags": dice.choice([0, 0, 0, 1, 2]),
            "visitor": (dice.randrange(12) - 6) * 2**59 + day,
            "country": dice.choice(["", "IN", "DE"]),
            "agent": dice.choice(AGENTS),
            "language": dice.choice(["hi", "en-in"]),
            "rule": dice.choice([0, 2**62]),
            "hour": dice.choice([0, 7, 12, 23, 24]),
            "drive": dice.choice(["", "", "diwali"]),
            "referrer": dice.choice(["", "google.com/", "shop.example/menu"]),
            "city": dice.choice(["", "Pune"]),
            "campaign": dice.choice(["", "", "summer"]),
            "part": "",
        }
        if values["outcome"] in OF_SITES:
            values["link_id"] = 2**61 + dice.randrange(2)
            values["part"] = dice.choice(["", "call/1"])
        values |= fields
        of_link = {
            "workspace_id": 2**59 + values["link_id"] % 2,
            "host": ["", "go.example"][values["link_id"] // 2 % 2],
        }
        return Scan(**(of_link | values))

    def counted_ids(self) -> list[int]:
        return sorted(identifier for (identifier,) in self.ask("SELECT id FROM scans"))

    def assert_counts_agree(self) -> None:
        """Rollups are what a plain count of the raw rows finds."""
        assert_rollups_are_those_of(self.ask)


def _in_sqlite(path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    def run(sql: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(path, isolation_level=None)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    return run


async def _make_in_postgres(url: str) -> None:
    connection = await asyncpg.connect(url, server_settings={"search_path": "events"})
    await connection.execute(";".join(["CREATE SCHEMA events", *_schema("postgresql")]))
    await connection.close()


def _in_postgres(url: str) -> Callable[[str], list[tuple[Any, ...]]]:
    async def fetch(sql: str) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url, server_settings={"search_path": "events"})
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return lambda sql: asyncio.run(fetch(sql))


def house_of(url: str, folder: DataFolder) -> House:
    """A house over a database that is there; of SQLite without a ``url``."""
    if url:
        from scanly.analytics.events.postgres import PostgresEvents

        return House(folder, lambda: PostgresEvents(url), _in_postgres(url))
    return House(folder, lambda: SqliteEvents(folder.events_db), _in_sqlite(folder.events_db))


def close(house: House) -> None:
    for part in house.opened:
        part.close()


@pytest.fixture
def house(database_url: str, folder: DataFolder, make_events_db: Callable[[Path], None]) -> Iterator[House]:
    """Runs a test on both engines."""
    if database_url:
        asyncio.run(_make_in_postgres(database_url))
    else:
        make_events_db(folder.events_db)
    house = house_of(database_url, folder)
    yield house
    close(house)

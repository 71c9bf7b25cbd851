from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Column, MetaData, UniqueConstraint
from sqlalchemy.schema import CreateSchema

from scanly.db.engine import Database, open_postgres, open_sqlite
from scanly.db.types import Big, Flag, Json, Small, Tags, Words, table

T = TypeVar("T")
METADATA = MetaData()
THINGS = table(
    "things",
    METADATA,
    Column("seq", Big, primary_key=True, autoincrement=True),
    Column("name", Words, unique=True),
    Column("size", Small),
    Column("big", Big),
    Column("open", Flag),
    Column("data", Json),
    Column("tags", Tags),
    UniqueConstraint("size", "big"),
    counted=True,
)


@dataclass
class Bare:
    """A database with the one table `THINGS`; ``commits`` grows with each commit."""

    url: str
    path: Path
    commits: int = 0

    def open(self) -> Database:
        def committed() -> None:
            self.commits += 1

        if self.url:
            return open_postgres(self.url, "main", committed)
        return open_sqlite(self.path, "main", committed)

    def run(self, work: Callable[[Database], Awaitable[T]]) -> T:
        async def inside() -> T:
            database = self.open()
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(inside())


@pytest.fixture
def bare(database_url: str, tmp_path: Path) -> Bare:
    """Runs a test on both engines."""
    made = Bare(database_url, tmp_path / "bare.db")

    async def create(database: Database) -> None:
        async with database.write() as connection:
            if database_url:
                await connection.execute(CreateSchema("main"))
            await connection.run_sync(METADATA.create_all)

    made.run(create)
    made.commits = 0
    return made

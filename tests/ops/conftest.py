from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from scanly.accounts.actions import add_workspace
from scanly.app import App, open_app
from scanly.core.ids import first_of
from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.db.engine import Database
from scanly.links.actions import add_links
from scanly.links.model import Link, LinkDraft
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan

WORDS = (
    *("country", "city", "language", "referrer", "source", "medium", "campaign", "term", "content"),
    *("rule", "part", "reason"),
)
NOW_MS = 1_795_400_000_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
DAY = NOW_MS // DAY_MS
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
CONTENTS = {
    "workspaces": ("main", "SELECT * FROM workspaces ORDER BY id"),
    "links": ("main", "SELECT * FROM links ORDER BY id"),
    "codes": ("main", "SELECT id, link_id, content, origin FROM qr_codes ORDER BY id"),
    "people": ("main", "SELECT * FROM people ORDER BY id"),
    "hosts": ("main", "SELECT host, since_ms FROM default_hosts ORDER BY host"),
    "goals": ("main", "SELECT * FROM goals ORDER BY id"),
    "rules": ("main", "SELECT * FROM alert_rules ORDER BY id"),
    "alerts": ("main", "SELECT * FROM alerts ORDER BY rule_id, period"),
    "printers": ("main", "SELECT * FROM printers ORDER BY name"),
    "scans": (
        "events",
        (
            "SELECT scans.id, link_id, day, hour, scans.kind, outcome, flags, visitor, period, agents.text,"
            f" rulings.version, groups.name, {', '.join(f'{name}.text' for name in WORDS)}"
            " FROM scans JOIN subjects ON subject = subjects.number JOIN agents ON agent = agents.number"
            " LEFT JOIN rulings ON scans.ruling = rulings.number LEFT JOIN groups ON drive = groups.number"
            f" {' '.join(f'LEFT JOIN words AS {name} ON {name}.number = scans.{name}' for name in WORDS)}"
            " ORDER BY scans.id"
        ),
    ),
}
ROLLUPS = """
    SELECT scope, subjects.workspace_id, link_id, '', rollups.* FROM {table} AS rollups
    JOIN subjects USING (number) WHERE scope <= 2
    UNION ALL SELECT scope, groups.workspace_id, 0, name, rollups.* FROM {table} AS rollups
    JOIN groups USING (number) WHERE scope > 2"""
NUMBERED = (
    "SELECT number, text FROM words",
    "SELECT number, key FROM profiles",
    "SELECT number, link_id FROM subjects",
)


@dataclass
class House:
    """A data folder that tests fill, look into and carry elsewhere."""

    folder: DataFolder
    settings: Settings
    template: Path
    opened: int = 0

    def run(self, work: Callable[[App], Awaitable[Any]]) -> Any:
        self.opened += 1
        if not self.settings.database_url and not self.folder.main_db.exists():
            for path in self.template.glob("*.db"):
                shutil.copy(path, self.folder.root)

        async def inside() -> Any:
            async with open_app(self.folder, self.settings, lambda: NOW_MS + self.opened) as app:
                return await work(app)

        return asyncio.run(inside())

    def furnish(
        self, codes: tuple[str, ...] = ("menu", "window"), scans: int = 30, name: str = "Café"
    ) -> None:
        """A workspace with links, and people and robots who scanned them; half of it counted already."""

        async def work(app: App) -> None:
            workspace = await add_workspace(app.call(), name, {"time_zone": "Asia/Kolkata"})
            drafts = [LinkDraft(f"https://example.com/{code}", code, tags=("indoor",)) for code in codes]
            links = await add_links(app.call(), workspace.id, drafts, printed_host="go.example.com")
            assert all(isinstance(link, Link) for link in links), links
            journal = Journal(self.folder.journal, app.node, lambda: NOW_MS)
            for number in range(scans):
                link = links[number % len(links)]
                agent = "curl/8.5.0" if number % 5 == 0 else PHONE
                day = DAY - number % 3
                scan = Scan(
                    *(
                        first_of(day * DAY_MS + HOUR_MS + self.opened) + number,
                        link.id,
                        workspace.id,
                        day,
                        Outcome.REDIRECT,
                    ),
                    *(
                        0,
                        number % 7 and number % 7 + day * 100 * (1 - number % 2),
                        "IN",
                        "Pune",
                        agent,
                        "hi-in",
                        "example.org/a",
                        "poster",
                    ),
                    rule=number % 2 * 7,
                    hour=6,  # 01:00 UTC is 06:30 in Kolkata
                    drive=("", "", "monsoon")[number % 3],
                    period=(day - 4) * (number % 2),
                )
                assert journal.append(scan)
                if number == scans // 2:
                    journal.close()
                    self.ingest()
                    journal = Journal(self.folder.journal, app.node, lambda: NOW_MS)
            journal.close()

        self.run(work)

    def ingest(self) -> None:
        """Counts the whole journal."""
        from scanly.analytics.ingest import Ingester, caught_up

        store = self._store()
        ingester = Ingester(self.folder.journal, store, nodes_dir=self.folder.nodes, clock=lambda: NOW_MS)
        while ingester.step():
            pass
        assert caught_up(self.folder.journal, store)
        store.close()

    def _store(self) -> Any:
        if self.settings.database_url:
            from scanly.analytics.events.postgres import PostgresEvents

            return PostgresEvents(self.settings.database_url)
        from scanly.analytics.events.sqlite import SqliteEvents

        return SqliteEvents(self.folder.events_db)

    def rows(self, part: str, query: str) -> list[tuple[Any, ...]]:
        return self._ask((part, query))[0]

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that must survive a journey, with the small numbers of events resolved."""
        tables = ("rollups", "rollup_months")
        questions = [*(ROLLUPS.format(table=table) for table in tables), *NUMBERED]
        found = self._ask(*CONTENTS.values(), *(("events", query) for query in questions))
        days, months, words, profiles, links = found[len(CONTENTS) :]
        numbered = (dict(words), dict(profiles), dict(links))
        return dict(zip(CONTENTS, found, strict=False)) | {
            "rollups": sorted(_in_words(row, *numbered) for row in days),
            "months": sorted(_in_words(row, *numbered) for row in months),
        }

    def _ask(self, *questions: tuple[str, str]) -> list[list[tuple[Any, ...]]]:
        async def work(app: App) -> list[list[tuple[Any, ...]]]:
            answers: list[list[tuple[Any, ...]]] = []
            for part, query in questions:
                database: Database = getattr(app, part)
                async with database.read() as connection:
                    rows = await connection.execute(text(query))
                    answers.append([tuple(map(_plain, row)) for row in rows])
            return answers

        return self.run(work)


def _in_words(row: tuple[Any, ...], words: Any, profiles: Any, links: Any) -> tuple[Any, ...]:
    """A rollup with texts instead of the numbers of its database."""
    scope, owner, link, name, _, _, day, *counters = row[:14]
    counts = {}
    for blob in row[14:]:
        for dimension, values in (msgspec.msgpack.decode(blob, strict=False) if blob else {}).items():
            kind = dimension % 128
            text = {1: str, 2: str, 3: links.get, 7: profiles.get}.get(kind, words.get)
            counts[str(dimension)] = {str(text(value)): n for value, n in values.items()}
    return (scope, owner, link, name, day, *counters, json.dumps(counts, sort_keys=True))


def _plain(value: Any) -> Any:
    """A JSON object is the same in whatever order an engine keeps its names."""
    is_object = isinstance(value, str) and value.startswith("{")
    return json.loads(value) if is_object else value


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose databases have their tables: migrations run once for all tests."""
    folder = DataFolder(tmp_path_factory.mktemp("migrated"))

    async def make() -> None:
        async with open_app(folder, Settings()):
            pass

    asyncio.run(make())
    return folder.root


@pytest.fixture
def house(folder: DataFolder, migrated: Path) -> House:
    return House(folder, Settings(), migrated)


@pytest.fixture
def empty_house(tmp_path: Path, migrated: Path) -> House:
    made = DataFolder(tmp_path / "elsewhere")
    made.create()
    return House(made, Settings(), migrated)


@pytest.fixture
def server_lock(folder: DataFolder) -> FileLock:
    """As a running server holds it."""
    lock = FileLock(folder.server_lock)
    assert lock.acquire()
    lock.note("4711")
    return lock

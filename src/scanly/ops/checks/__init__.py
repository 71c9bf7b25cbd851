"""What ``scanly doctor`` looks at: one file per check, found by folder.

A check has a ``TITLE`` and ``async def run(site) -> list[Finding]``. It changes nothing and asks nobody outside.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.db.engine import Database, Part, open_postgres, open_sqlite

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing, with what to do unless it is well; ``check`` is the check's title."""

    level: Level
    sentence: str
    hint: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """The installation that is looked at."""

    folder: DataFolder
    settings: Settings
    now_ms: int

    def server(self) -> str | None:
        """The process id of the server that runs on the folder, None when there is none."""
        lock = FileLock(self.folder.server_lock)
        if not lock.path.exists() or lock.acquire():
            lock.release()
            return None
        return lock.noted() or "unknown"

    @asynccontextmanager
    async def database(self, part: Part) -> AsyncGenerator[Database | None]:
        """A database to read from; None when there is no file, which is not made."""
        path = self.folder.main_db if part == "main" else self.folder.events_db
        if not self.settings.database_url and not path.exists():
            yield None
            return
        url = self.settings.database_url
        database = open_postgres(url, part) if url else open_sqlite(path, part)
        try:
            yield database
        finally:
            await database.close()

"""Questions to a SQLite file that are asked on the event loop: a few microseconds, less than asking a thread.

A connection that only reads sees every commit at once and waits for no writer (WAL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from scanly.core.errors import Unavailable

# A schema change in another process is waited for, not longer: everybody who scans waits, too.
_BUSY_MS = 250


class QuickReader:
    """One file, one thread. Raises Unavailable when it cannot be read now."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            self._connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise Unavailable(f"{path} cannot be read: {error}.") from error

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows that a query finds; the statement is prepared once."""
        try:
            with closing(self._connection.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"The database cannot be read: {error}.") from error

    def first(self, query: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row that a query finds."""
        found = self.rows(query, values)
        return found[0] if found else None

    def close(self) -> None:
        self._connection.close()

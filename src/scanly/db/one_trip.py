"""SQLite on a thread of its own, a whole statement in one trip there.

The driver makes a trip for the cursor, one to execute, one to fetch and one to close; each costs more than most of
our questions, so here they are one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any, Self

import aiosqlite

# What is fetched with the statement itself; a longer answer is fetched when it is asked for.
_ROWS_AT_ONCE = 10_000
_ITER_ROWS = 64


def connect(path: str) -> aiosqlite.Connection:
    """A connection that is made when it is awaited."""
    connection = _Connection(lambda: sqlite3.connect(path), _ITER_ROWS)
    connection._thread.daemon = True  # as SQLAlchemy does: nobody waits for it at the end of the process
    return connection


class _Connection(aiosqlite.Connection):
    def cursor(self) -> _Cursor:
        return _Cursor(self)


class _Cursor:
    """What SQLAlchemy uses of the driver's cursor."""

    def __init__(self, connection: _Connection) -> None:
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._connection = connection
        self._fetched: Sequence[Any] = ()
        self._open: sqlite3.Cursor | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        await self._connection._execute(self._run, sqlite3.Cursor.execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        await self._connection._execute(self._run, sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def fetchall(self) -> Sequence[Any]:
        return await self._take(None)

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        return await self._take(size or self.arraysize)

    async def fetchone(self) -> Any:
        return next(iter(await self._take(1)), None)

    async def __aiter__(self) -> AsyncGenerator[Any]:
        while rows := await self._take(_ITER_ROWS):
            for row in rows:
                yield row

    async def close(self) -> None:
        self._fetched = ()
        if self._open:
            await self._connection._execute(self._open.close)
            self._open = None

    def _run(self, do: Any, sql: str, parameters: Any) -> None:
        if self._open:
            self._open.close()
        cursor = self._connection._conn.cursor()
        do(cursor, sql, parameters)
        self._fetched = cursor.fetchmany(_ROWS_AT_ONCE) if cursor.description else ()
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        self._open = cursor if len(self._fetched) == _ROWS_AT_ONCE else None

    async def _take(self, number: int | None) -> Sequence[Any]:
        if self._open and (number is None or number > len(self._fetched)):
            rest = await self._connection._execute(self._open.fetchall if number is None else self._more(number))
            self._fetched = [*self._fetched, *rest]
        rows = self._fetched if number is None else self._fetched[:number]
        self._fetched = self._fetched[len(rows) :]
        return rows

    def _more(self, number: int) -> Any:
        cursor = self._open
        return lambda: cursor.fetchmany(max(number, _ROWS_AT_ONCE))

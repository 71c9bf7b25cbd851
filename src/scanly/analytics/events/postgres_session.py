"""A connection to PostgreSQL for code that waits for each answer: asyncpg in an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - see _Connection

from scanly.core.errors import Unavailable

_TIMEOUT_S = 30
# A node whose machine is gone must not hold what others wait for.
_SETTINGS = {
    "search_path": "events",
    "application_name": "scanly ingest",
    "idle_in_transaction_session_timeout": "60000",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}

_Result = TypeVar("_Result")


class _Connection(Protocol):
    """The part of a connection that is used here; the library brings no types."""

    async def execute(self, query: str) -> str: ...

    async def executemany(self, command: str, args: Sequence[Sequence[object]]) -> None: ...

    async def fetch(self, query: str, *args: object, timeout: float = ...) -> list[Any]: ...  # noqa: ASYNC109 - its name

    async def copy_records_to_table(
        self, table_name: str, *, records: Sequence[Sequence[object]], columns: Sequence[str]
    ) -> str: ...

    def is_closed(self) -> bool: ...

    def terminate(self) -> None: ...

    async def close(self) -> None: ...


class Session:
    """Connects when it is first used, and again after it was cut off. Raises Unavailable."""

    def __init__(self, url: str, runner: asyncio.Runner) -> None:
        self._url, self._runner = url, runner
        self._db: _Connection | None = None

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a statement returns; ``?`` stands for a value."""
        return [tuple(row) for row in self._run(lambda db: db.fetch(_numbered(query), *values))]

    def many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            self._run(lambda db: db.executemany(_numbered(statement), rows))

    def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        if rows:
            self._run(lambda db: db.copy_records_to_table(table, records=rows, columns=columns))

    def run_long(self, statement: str) -> None:
        """Lets a statement take as long as it takes."""
        self._run(lambda db: db.fetch(statement, timeout=_FOR_EVER_S))

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All of it, or nothing."""
        self._run(lambda db: db.execute("BEGIN"))
        try:
            yield
            self._run(lambda db: db.execute("COMMIT"))
        except BaseException:
            self._roll_back()
            raise

    def close(self) -> None:
        if self._db is not None and not self._db.is_closed():
            self._run(lambda db: db.close())

    def _roll_back(self) -> None:
        if self._db is not None and not self._db.is_closed():
            try:
                self._run(lambda db: db.execute("ROLLBACK"))
            except Unavailable:
                self._db.terminate()

    def _run(self, work: Callable[[_Connection], Awaitable[_Result]]) -> _Result:
        try:
            return self._runner.run(self._use(work))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            if self._db is not None and not is_fault_of_a_scan(error):
                self._db.terminate()
            raise _unavailable(error) from error
        except ValueError as error:
            raise _unavailable(error) from error

    async def _use(self, work: Callable[[_Connection], Awaitable[_Result]]) -> _Result:
        if self._db is None or self._db.is_closed():
            connect = cast("Callable[..., Awaitable[_Connection]]", asyncpg.connect)
            self._db = await connect(
                self._url, server_settings=_SETTINGS, timeout=_TIMEOUT_S, command_timeout=_TIMEOUT_S
            )
        return await work(self._db)


_FOR_EVER_S = 86_400.0


def is_fault_of_a_scan(error: BaseException | None) -> bool:
    """Whether the cause of Unavailable is a value that can never be stored, or a scan that is there already."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return str(getattr(error, "table_name", "")).startswith("scans")
    return isinstance(error, (asyncpg.DataError, ValueError))


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"The events database cannot be used: {error}.")


@lru_cache(maxsize=1_000)
def _numbered(query: str) -> str:
    """With the marks for values as the server wants them."""
    first, *others = query.split("?")
    return first + "".join(f"${n}{other}" for n, other in enumerate(others, 1))

"""Opens the two databases of an installation: ``main`` (what people made) and ``events`` (what happened).

SQLite: two files in WAL mode, one writing connection each, every writing transaction begins with
BEGIN IMMEDIATE, so that a read followed by a write can never lose another process's update.
PostgreSQL: two schemas of one database.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, event, make_url
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from scanly.core.errors import Invalid, Unavailable

Part = Literal["main", "events"]
Connection = AsyncConnection
BUSY_TIMEOUT_MS = 5000


@dataclass(frozen=True, slots=True)
class Database:
    """One part of an installation; ``write`` and ``read`` are the only ways in.

    ``committed`` is called after every commit, so that other processes can be told to look.
    """

    writer: AsyncEngine
    reader: AsyncEngine
    committed: Callable[[], None]

    @property
    def engine_name(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.writer.dialect.name

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """One transaction that commits at the end of the block and rolls back on any error.

        Raises Unavailable when the database is locked, full or does not answer.
        """
        try:
            async with self.writer.begin() as connection:
                yield connection
        except (DBAPIError, OSError) as error:
            if _is_ours(error):
                raise
            raise _translated(error) from error
        self.committed()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that sees one consistent state and cannot write."""
        try:
            async with self.reader.connect() as connection:
                yield connection
        except (DBAPIError, OSError) as error:
            if _is_ours(error):
                raise
            raise _translated(error) from error

    async def close(self) -> None:
        await self.reader.dispose()
        if self.writer is not self.reader:
            await self.writer.dispose()


def do_nothing() -> None:
    return None


def open_sqlite(path: Path, part: Part, committed: Callable[[], None] = do_nothing) -> Database:
    """The SQLite file ``path``; it is made at the first connection.

    ``main`` survives a power cut with every commit (synchronous FULL), ``events`` consistently (NORMAL).
    """
    synchronous = "FULL" if part == "main" else "NORMAL"
    url = f"sqlite+aiosqlite:///{path}"
    writer = create_async_engine(url, pool_size=1, max_overflow=0)
    reader = create_async_engine(url, pool_size=2, max_overflow=6)
    _prepare_sqlite(writer, synchronous, begin="BEGIN IMMEDIATE", query_only=False)
    _prepare_sqlite(reader, synchronous, begin="BEGIN", query_only=True)
    return Database(writer, reader, committed)


def _prepare_sqlite(engine: AsyncEngine, synchronous: str, *, begin: str, query_only: bool) -> None:
    pragmas = [
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        *([] if query_only else ["journal_mode = WAL", f"synchronous = {synchronous}"]),
        "foreign_keys = ON",
        f"query_only = {int(query_only)}",
    ]

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        try:
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()  # nobody else would, and its thread would outlive the event loop
            raise
        cursor.close()

    def begun(connection: SyncConnection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)


def open_postgres(url: str, part: Part, committed: Callable[[], None] = do_nothing) -> Database:
    """The schema ``part`` of the PostgreSQL database at ``url``. Raises Invalid for any other URL."""
    try:
        engine = create_async_engine(
            _postgres_address(url),
            pool_size=4,
            pool_pre_ping=True,
            connect_args={
                "timeout": 5,
                "server_settings": {"search_path": part, "application_name": "scanly"},
            },
        )
    except ImportError as error:
        raise Unavailable(
            "PostgreSQL needs the driver asyncpg.", hint="Install it with: pip install 'scanly[postgres]'."
        ) from error
    # The same connections; one that only reads sees the state of its first question until its end.
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(engine, reader, committed)


def _postgres_address(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise Invalid(
            "database_url is not the address of a PostgreSQL database.",
            hint="Write it like postgresql://user:password@host/database.",
        )
    return parsed.set(drivername="postgresql+asyncpg")


def _is_ours(error: DBAPIError | OSError) -> bool:
    """Whether a statement of ours is at fault, not the database: that must not be taken for bad weather."""
    if not isinstance(error, DBAPIError) or isinstance(error, DataError | IntegrityError | ProgrammingError):
        return isinstance(error, DBAPIError)
    # PostgreSQL's driver has one class for most errors: a value it cannot send, or SQLSTATE class 22.
    told = error.orig.__cause__ if error.orig else None
    return isinstance(told, ValueError) or str(getattr(told, "sqlstate", "")).startswith("22")


def _translated(error: DBAPIError | OSError) -> Unavailable:
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    sentences = {
        "database is locked": ("The database is busy.", "Another process holds it; try again."),
        "disk is full": ("The disk is full.", "Free some space; nothing was changed."),
        "disk I/O error": ("The disk is full or fails.", "Free some space, or look after the disk."),
        "readonly database": ("The database cannot be written.", "Check the permissions of the data folder."),
        "unable to open database": (
            "The database cannot be opened.",
            "Check the data folder and its permissions.",
        ),
        "not a database": ("The database file is damaged.", "Restore a backup with: scanly backup restore."),
        "malformed": ("The database file is damaged.", "Restore a backup with: scanly backup restore."),
    }
    for sign, (message, hint) in sentences.items():
        if sign in said:
            return Unavailable(message, hint=hint)
    return Unavailable(
        f"The database does not answer: {said.splitlines()[0] if said else type(error).__name__}."
    )

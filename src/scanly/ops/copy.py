"""Copies of whole databases: SQLite files as they are, PostgreSQL to SQLite and back, row by row.

What is copied is what the database has, not what this version knows: the tables are read from it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Table, Text, bindparam, cast, func, insert, select, text
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import CreateSchema, DropSchema

from scanly.analytics.counting.rollups import month_of_day
from scanly.analytics.events.partitions import make_partition
from scanly.core.errors import Invalid, Unavailable
from scanly.core.ids import first_of
from scanly.db.engine import Connection, Part, open_postgres, open_sqlite
from scanly.ops import schema

_PAGES_AT_ONCE = 1_024
_ROWS_AT_ONCE = 2_000
_VERSIONS = "alembic_version"
_DAY_MS = 86_400_000


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy as one plain file, while others go on writing. Raises Unavailable.

    The open transaction keeps the state: without it every commit of another process starts the copy anew.
    """
    with (
        _translated(source),
        closing(
            sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        old.execute("PRAGMA busy_timeout = 5000")
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        old.backup(new, pages=_PAGES_AT_ONCE)
    _make_plain(target)


@contextmanager
def open_copy(path: Path) -> Generator[sqlite3.Connection]:
    """A database file that nobody writes and that may come from anybody: nothing in it is run.

    Raises Invalid for what SQLite cannot read.
    """
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(
            sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        ) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            yield database
    except sqlite3.Error as error:
        raise Invalid(f"{path.name} is damaged: {error}.") from error


def faults(path: Path) -> list[str]:
    """What is wrong inside a database file: damage, rows without their parents, things that would run."""
    try:
        with open_copy(path) as database:
            alive = database.execute(
                "SELECT count(*) FROM sqlite_schema"
                " WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
            ).fetchone()[0]
            if alive:
                return [f"{path.name} holds triggers, views or virtual tables, which Scanly never makes."]
            said = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
            orphans = len(database.execute("PRAGMA foreign_key_check").fetchall())
    except Invalid as error:
        return [error.message]
    found = [f"{path.name} is damaged: {line}." for line in said if line != "ok"]
    return found + ([f"{path.name} has {orphans} rows whose parents are missing."] if orphans else [])


async def to_sqlite(url: str, part: Part, target: Path) -> str | None:
    """Writes one part of a PostgreSQL installation as a SQLite file; its schema step, None without one."""
    source, copied = open_postgres(url, part), open_sqlite(target, part)
    try:
        step = await schema.version(source)
        if step is not None:
            async with source.read() as old, copied.write() as new:
                await schema.take_steps(new, part, step)
                await copy_rows(old, new)
    finally:
        await source.close()
        await copied.close()
    if step is not None:
        await asyncio.to_thread(_make_plain, target)
    return step


def _make_plain(path: Path) -> None:
    """One file without a write-ahead log beside it."""
    with _translated(path):
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = DELETE")
        path.chmod(0o600)


async def to_postgres(source: Path, url: str, part: Part, name: str) -> None:
    """Fills the PostgreSQL schema ``name``, made anew, from a SQLite file: all of it or nothing."""
    old_database, new_database = open_sqlite(source, part), open_postgres(url, part)
    try:
        step = await schema.version(old_database)
        if step is None:
            raise Invalid(f"{source.name} has no tables of Scanly.")
        async with old_database.read() as old, new_database.write() as new:
            await new.execute(DropSchema(name, cascade=True, if_exists=True))
            await new.execute(CreateSchema(name))
            await new.execute(text("SELECT set_config('search_path', :name, true)"), {"name": name})
            await schema.take_steps(new, part, step)
            if part == "events":
                await _make_months(old, new)
            await copy_rows(old, new)
    finally:
        await old_database.close()
        await new_database.close()


async def _make_months(old: Connection, new: Connection) -> None:
    """Makes a partition for each month that has scans, if scans are parted in this version."""
    if await new.run_sync(_partitions):
        days = await old.execute(text(f"SELECT DISTINCT id / {first_of(_DAY_MS)} FROM scans"))  # noqa: S608 - a number
        for month in sorted({month_of_day(day) for (day,) in days}):
            await new.execute(text(make_partition(month)))


async def copy_rows(source: Connection, target: Connection) -> dict[str, int]:
    """Fills the empty tables of ``target`` with the rows of ``source``, parents first; rows by table."""
    theirs, ours = await source.run_sync(_tables), await target.run_sync(_tables)
    copied: dict[str, int] = {}
    for table in ours.sorted_tables:
        if table.name != _VERSIONS:
            copied[table.name] = await _copy_table(source, theirs.tables[table.name], target, table)
            await _copy_counter(source, theirs.tables[table.name], target, table)
    return copied


def _tables(connection: SyncConnection) -> MetaData:
    parts = _partitions(connection)
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name not in parts)
    return found


def _partitions(connection: SyncConnection) -> set[str]:
    """The tables that are parts of another one, in PostgreSQL; who copies that has copied them."""
    if connection.dialect.name != "postgresql":
        return set()
    query = (
        "SELECT relname FROM pg_class WHERE relispartition AND relnamespace = current_schema()::regnamespace"
    )
    return set(connection.scalars(text(query)))


async def _copy_table(source: Connection, theirs: Table, target: Connection, ours: Table) -> int:
    # JSON travels as text: that is what SQLite keeps.
    wanted = [
        cast(column, Text).label(column.name) if _is_json(column) else column for column in theirs.columns
    ]
    given: dict[str, Any] = {
        column.name: cast(bindparam(column.name, type_=Text), JSONB)
        if _is_json(column)
        else bindparam(column.name)
        for column in ours.columns
    }
    copied = 0
    rows = await source.stream(select(*wanted))
    async for some in rows.mappings().partitions(_ROWS_AT_ONCE):
        await target.execute(insert(ours).values(given), [dict(row) for row in some])
        copied += len(some)
    return copied


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSONB)


async def _copy_counter(source: Connection, theirs: Table, target: Connection, ours: Table) -> None:
    """A number that was given once is not given again, also when its row is gone."""
    last = await _last_number(source, theirs)
    if target.dialect.name == "postgresql":
        if sequence := await _sequence(target, ours):
            await target.execute(select(func.setval(sequence, max(last, 1), last > 0)))
    elif last and await _is_counted(target, ours):
        given = {"name": ours.name, "last": last}
        await target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), given)
        await target.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), given)


async def _last_number(connection: Connection, table: Table) -> int:
    """The last number given in a table that counts by itself, 0 for none."""
    if connection.dialect.name == "postgresql":
        sequence = await _sequence(connection, table)
        # The server quoted the name; a sequence that was never used holds its first number all the same.
        query = text(f"SELECT last_value * is_called::int FROM {sequence}") if sequence else None  # noqa: S608
    else:
        counted = await _is_counted(connection, table)
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name").bindparams(name=table.name)
        query = query if counted else None
    return int((await connection.execute(query)).scalar() or 0) if query is not None else 0


async def _is_counted(connection: Connection, table: Table) -> bool:
    query = text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE type = 'table' AND name = :name")
    return bool((await connection.execute(query, {"name": table.name})).scalar())


async def _sequence(connection: Connection, table: Table) -> str | None:
    """The quoted name of the sequence that numbers a table, in PostgreSQL."""
    for column in table.primary_key.columns:
        query = select(func.pg_get_serial_sequence(table.name, column.name))
        if found := (await connection.execute(query)).scalar():
            return str(found)
    return None


_DAMAGE = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})


@contextmanager
def _translated(path: Path) -> Generator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorname", "") in _DAMAGE:
            hint = "Restore a backup with: scanly backup restore."
            raise Unavailable(f"{path} is damaged: {error}.", hint=hint) from error
        raise Unavailable(
            f"{path} cannot be copied: {error}.", hint="Check the disk and its free space."
        ) from error

"""Events in PostgreSQL: asyncpg in an event loop of its own, COPY for the scans."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - see _Connection

from scanly.analytics.batch import (
    LED_ON,
    MET,
    ROW,
    SEEN_CHUNK,
    SEEN_DAYS,
    Batch,
    Move,
    Numbers,
    Unknown,
    Visitors,
    ids_around,
    keys_of,
    parts,
    source_of,
    totals,
)
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.scans.model import Kind
from scanly.scans.segments import Position

_TIMEOUT_S = 30
# One ingester at a time gives out numbers; any constant that nobody else locks on.
_LOCK = 0x5CA71E5
_ADD_TOTAL = """
    INSERT INTO totals (subject, day, kind, outcome, scans) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (subject, day, kind, outcome) DO UPDATE SET scans = totals.scans + excluded.scans"""
_ADD_PART = """
    INSERT INTO parts (subject, day, kind, outcome, part, scans) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (subject, day, kind, outcome, part) DO UPDATE SET scans = parts.scans + excluded.scans"""
_ADD_VISITORS = """
    INSERT INTO visitors (scope, number, day, visitors) VALUES ($1, $2, $3, $4)
    ON CONFLICT (scope, number, day) DO UPDATE SET visitors = visitors.visitors + excluded.visitors"""
_START = """
    INSERT INTO positions (source, segment, "offset", at_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING source"""
_ADVANCE = """
    UPDATE positions SET segment = $2, "offset" = $3, at_ms = $4
    WHERE source = $1 AND segment = $5 AND "offset" = $6 RETURNING source"""
_ADD_SEEN = """
    INSERT INTO seen (day, key) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING RETURNING key"""
_FORGET_SEEN = """
    DELETE FROM seen WHERE (day, key) IN (SELECT day, key FROM seen WHERE day < $1 LIMIT $2)"""
_PEOPLE_OF_DAY = f"""
    SELECT DISTINCT scans.subject, subjects.workspace_id, scans.visitor, scans.outcome
    FROM scans JOIN subjects ON subjects.number = scans.subject
    WHERE scans.day = $1 AND scans.kind = {int(Kind.PERSON)}
      AND scans.outcome IN ({", ".join(str(int(outcome)) for outcome in sorted(MET))})
      AND scans.id >= $2 AND scans.id < $3"""  # noqa: S608 - only numbers of our own

_NOTE = ("at_ms", "source", "segment", "message")

_Result = TypeVar("_Result")


class _Connection(Protocol):
    """The part of a connection that is used here; the library brings no types."""

    async def execute(self, query: str, *args: object) -> str: ...

    async def executemany(self, command: str, args: Sequence[Sequence[object]]) -> None: ...

    async def fetch(self, query: str, *args: object) -> list[tuple[Any, ...]]: ...

    async def fetchval(self, query: str, *args: object) -> Any: ...

    async def copy_records_to_table(
        self, table_name: str, *, records: Sequence[Sequence[object]], columns: Sequence[str]
    ) -> str: ...

    def transaction(self) -> AbstractAsyncContextManager[object]: ...

    def is_closed(self) -> bool: ...

    def terminate(self) -> None: ...

    async def close(self) -> None: ...


class PostgresEvents:
    """The schema ``events`` of a PostgreSQL database, connected when it is first used."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner = asyncio.Runner()
        self._db: _Connection | None = None
        self._numbers = Numbers()

    def positions(self) -> dict[int, Position]:
        return self._run(_positions)

    def led_on(self, link_id: int) -> int:
        return int(self._run(lambda db: db.fetchval(f"{LED_ON} $1", link_id)))

    def apply(self, batch: Batch) -> None:
        self._numbers.keep_small()
        try:
            visitors = self._run(lambda db: self._write(db, batch))
        except BaseException:
            self._numbers.forget()
            raise
        self._numbers.remember(visitors)

    def forget_seen(self) -> int:
        return self._run(_forget_seen) if self._numbers.may_forget() else 0

    def settle(self) -> bool:
        """A commit is on the server's disk before it is answered."""
        return True

    def close(self) -> None:
        if self._db is not None and not self._db.is_closed():
            self._runner.run(_close(self._db))
        self._runner.close()

    def _run(self, work: Callable[[_Connection], Awaitable[_Result]]) -> _Result:
        """Invalid for what can never be stored, Unavailable for what may work later."""
        try:
            return self._runner.run(self._use(work))
        except (asyncpg.UniqueViolationError, asyncpg.DataError, ValueError) as error:
            raise Invalid(f"The events database refuses a scan: {error}.") from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if self._db is not None:
                self._db.terminate()
            raise Unavailable(f"The events database cannot be used: {error}.") from error

    async def _use(self, work: Callable[[_Connection], Awaitable[_Result]]) -> _Result:
        if self._db is None or self._db.is_closed():
            self._db = await _connect(self._url)
        return await work(self._db)

    async def _write(self, db: _Connection, batch: Batch) -> Visitors:
        """Returns the visitors that are now counted."""
        async with db.transaction():
            await db.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            for move in batch.moves:
                await _advance(db, move, batch.at_ms)
            await self._revive(db, batch)
            for unknown in self._numbers.unknown(batch):
                await _number(db, unknown)
            rows = self._numbers.rows(batch)
            await db.copy_records_to_table("scans", records=rows, columns=ROW)
            await db.executemany(_ADD_TOTAL, [(*key, count) for key, count in totals(rows).items()])
            await db.executemany(_ADD_PART, [(*key, count) for key, count in parts(rows).items()])
            visitors = self._numbers.visitors(batch, rows)
            await _count_visitors(db, visitors)
            notes = [(batch.at_ms, source_of(note.node), note.segment, note.message) for note in batch.notes]
            await db.copy_records_to_table("ingest_notes", records=notes, columns=_NOTE)
        return visitors

    async def _revive(self, db: _Connection, batch: Batch) -> None:
        """Brings back the visitor keys of days that were forgotten, from the scans themselves."""
        for day in self._numbers.late_days(batch, await _first_seen_day(db)):
            people = await db.fetch(_PEOPLE_OF_DAY, day, *ids_around(day))
            await db.fetch(_ADD_SEEN, day, sorted({key for person in people for key in keys_of(*person)}))


async def _connect(url: str) -> _Connection:
    settings = {"search_path": "events", "application_name": "scanly ingest"}
    connect = cast("Callable[..., Awaitable[_Connection]]", asyncpg.connect)
    return await connect(url, server_settings=settings, timeout=_TIMEOUT_S, command_timeout=_TIMEOUT_S)


async def _close(db: _Connection) -> None:
    await db.close()


async def _positions(db: _Connection) -> dict[int, Position]:
    rows = await db.fetch('SELECT source, segment, "offset" FROM positions')
    return {int(source): Position(segment, offset) for source, segment, offset in rows}


async def _advance(db: _Connection, move: Move, at_ms: int) -> None:
    """Only from where this batch began: two ingesters at once must not store the same scans."""
    source, end = source_of(move.node), (move.end.segment, move.end.offset, at_ms)
    if move.start is None:
        moved = await db.fetchval(_START, source, *end)
    else:
        moved = await db.fetchval(_ADVANCE, source, *end, move.start.segment, move.start.offset)
    if moved is None:
        raise Conflict(f"The journal of node {source} is being ingested by another process.")


async def _number(db: _Connection, unknown: Unknown) -> None:
    """Gives numbers to the subjects, agents or words of one kind that have none yet."""
    table, key = unknown.table, unknown.key
    stored = await db.fetch(
        f"SELECT {key}, number FROM {table} WHERE {key} = ANY($1)"  # noqa: S608 - names of our own
        + (f" AND kind = '{unknown.kind}'" if unknown.kind else ""),
        list(unknown.rest),
    )
    last = await db.fetchval(f"SELECT coalesce(max(number), 0) FROM {table}")  # noqa: S608 - likewise
    rows = unknown.complete(dict(stored), last)
    await db.copy_records_to_table(table, records=rows, columns=("number", key, *unknown.columns))


async def _count_visitors(db: _Connection, visitors: Visitors) -> None:
    for day, keys in visitors.keys.items():
        new = [key for (key,) in await db.fetch(_ADD_SEEN, day, sorted(keys))]
        counted = [(*what, count) for what, count in visitors.counted(day, new).items()]
        await db.executemany(_ADD_VISITORS, counted)


async def _forget_seen(db: _Connection) -> int:
    done = await db.execute(_FORGET_SEEN, await _first_seen_day(db), SEEN_CHUNK)
    return int(done.rpartition(" ")[2])


async def _first_seen_day(db: _Connection) -> int:
    return await db.fetchval("SELECT coalesce(max(day), 0) FROM seen") - SEEN_DAYS

"""Events in SQLite, by the standard library alone: the ingester's process loads no SQL toolkit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from scanly.analytics.counting import rollups
from scanly.analytics.counting.names import Names
from scanly.analytics.counting.numbering import Unknown
from scanly.analytics.counting.packed import LINK, OUTCOME_OF_KIND, OUTCOMES, Where, unpack
from scanly.analytics.counting.recounting import Recounting, present_ruling
from scanly.analytics.counting.rows import ROW, Row
from scanly.analytics.counting.statements import LAST_SEEN, PACKED, TIME, Rollups, Sql
from scanly.analytics.counting.tally import Tallies, keys_by_day, meetings, tally
from scanly.analytics.counting.visitor_keys import kept_since, times_forgotten
from scanly.analytics.events.batch import (
    FEED_DAYS,
    PURGE_CHUNK,
    Batch,
    Move,
    Progress,
    Result,
    source_of,
)
from scanly.analytics.events.rolling import Rolling
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.core.ids import first_of
from scanly.scans.model import Kind, Outcome
from scanly.scans.segments import Position

_BUSY_MS = 5_000
_CHECKPOINT_BUSY_MS = 100
# How long the write-ahead log may be, and how long readers who are in the way of that are then waited for.
LOG_BYTES = 64_000_000
_LOG_BUSY_MS = 1_000
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA wal_autocheckpoint = 8000",
    "PRAGMA cache_size = -65536",
    f"PRAGMA busy_timeout = {_BUSY_MS}",
)
# Every other error is the database's, and all scans wait until it is mended.
_FAULTS_OF_A_SCAN = frozenset({
    "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_DATATYPE", "SQLITE_TOOBIG",
})  # fmt: skip
_ADD_SEEN = """
    INSERT INTO seen (day, key) SELECT ?, value FROM json_each(?) WHERE true
    ON CONFLICT DO NOTHING RETURNING key"""
_PURGE = "DELETE FROM scans WHERE id IN (SELECT id FROM scans WHERE id < ? ORDER BY id LIMIT ?)"
_LED_ON = f"""
    SELECT rollups.time FROM rollups JOIN subjects ON subjects.number = rollups.number
    WHERE rollups.scope = {LINK} AND subjects.link_id = ?"""  # noqa: S608 - only a number of our own
_DAY_MS = 86_400_000


class SqliteEvents:
    """The events database of a data folder; it must have its tables. Raises Unavailable."""

    def __init__(self, path: Path) -> None:
        self._names = Names()
        self._ruling = 0
        self._new_keys: set[int] = set()
        self._log, self._log_limit_bytes = path.with_name(f"{path.name}-wal"), LOG_BYTES
        with _translated():
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
            for pragma in _PRAGMAS:
                self._db.execute(pragma)

    def positions(self) -> dict[int, Position]:
        with _translated():
            rows = self._db.execute("SELECT source, segment, offset FROM positions").fetchall()
        return {int(source): Position(segment, offset) for source, segment, offset in rows}

    def led_on(self, link_id: int) -> int:
        what = Kind.PERSON * OUTCOMES + Outcome.REDIRECT
        with _translated():
            days = self._db.execute(_LED_ON, (link_id,)).fetchall()
        return sum(unpack(time).get(OUTCOME_OF_KIND, {}).get(what, 0) for (time,) in days)

    def apply(self, batch: Batch) -> None:
        self._names.keep_small()
        self._in_one_go(lambda: self._write(batch))
        self._names.remember(self._new_keys)

    def count_stored(self) -> frozenset[int]:
        """What is stored is counted with it. Only a copy of a PostgreSQL database may hold what is not."""
        while self._arrived():
            self._in_one_go(Rolling(self, self._names).step)
        return frozenset()

    def tidy(self, now_ms: int, keep_days: int) -> int:
        self._shorten_log()
        today = now_ms // _DAY_MS
        done = self._in_one_go(lambda: Rolling(self, self._names).forget_seen(today))
        done += self._in_one_go(lambda: self._forget_feed(now_ms))
        if keep_days:
            done += self._in_one_go(lambda: self._purge(today - keep_days))
        return done + self._in_one_go(lambda: rollups.fold(self, today))

    def ask_recount(self, zones: Mapping[int, str]) -> None:
        self._in_one_go(lambda: Recounting(self, self._names).ask(zones))

    def recount(self) -> Progress | None:
        def do() -> Progress | None:
            return Recounting(self, self._names).step(self._present_ruling(0))

        return self._in_one_go(do)

    def recounting(self) -> Progress | None:
        return self._in_one_go(Recounting(self, self._names).progress)

    def alone(self, work: Callable[[Sql], Result]) -> Result:
        return self._in_one_go(lambda: work(self))

    def settle(self) -> bool:
        """Empties the write-ahead log into the database file, unless readers are in the way."""
        return self._empty_log(_CHECKPOINT_BUSY_MS)

    def _empty_log(self, patience_ms: int) -> bool:
        with _translated():
            self._db.execute(f"PRAGMA busy_timeout = {patience_ms}")
            try:
                busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        return not busy

    def _shorten_log(self) -> None:
        """Readers who follow one another without a gap would let it grow for ever. One who stays is not waited for
        again before it is that much longer."""
        size = self._log.stat().st_size if self._log.exists() else 0
        if size > self._log_limit_bytes:
            is_empty = self._empty_log(_LOG_BUSY_MS)
            self._log_limit_bytes = LOG_BYTES if is_empty else size + LOG_BYTES

    def close(self) -> None:
        self._db.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._db.execute(query, values).fetchall()

    def many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        self._db.executemany(statement, rows)

    def read_packed(self, table: Rollups, wheres: Sequence[Where]) -> dict[Where, tuple[Any, ...]]:
        query = (
            f"SELECT number, {', '.join(PACKED)} FROM {table} WHERE scope = ? AND {TIME[table]} = ?"  # noqa: S608
            " AND number IN (SELECT value FROM json_each(?))"
        )
        numbers: dict[tuple[int, int], list[int]] = {}
        for scope, number, time in wheres:
            numbers.setdefault((scope, time), []).append(number)
        return {
            Where(scope, row[0], time): row[1:]
            for (scope, time), some in numbers.items()
            for row in self._db.execute(query, (scope, time, _json(some)))
        }

    def put_packed(self, table: Rollups, rows: Sequence[tuple[Any, ...]]) -> None:
        columns = ("scope", "number", TIME[table], *PACKED)
        self._db.executemany(_insert(table, columns).replace("INSERT", "INSERT OR REPLACE", 1), rows)

    def number(self, unknown: Unknown) -> None:
        """Gives numbers to what has none yet."""
        table, key = unknown.table, unknown.key
        narrowed = "".join(f" AND {column} = ?" for column in unknown.within)
        found = self._db.execute(
            f"SELECT {key}, number FROM {table} WHERE {key} IN (SELECT value FROM json_each(?)){narrowed}",  # noqa: S608
            (_json(list(unknown.rest)), *unknown.within.values()),
        )
        (last,) = self._db.execute(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()  # noqa: S608
        given = {new: last + n for n, new in enumerate(unknown.missing(dict(found.fetchall())), 1)}
        rows = [(number, *unknown.values(new)) for new, number in given.items()]
        self._db.executemany(_insert(table, ("number", *unknown.columns_of_values)), rows)
        unknown.take(given)

    def add_seen(self, day: int, keys: Sequence[int]) -> list[int]:
        return [key for (key,) in self._db.execute(_ADD_SEEN, (day, _json(keys))).fetchall()]

    def stop_storing(self) -> None:
        """Who writes is alone already."""

    def _in_one_go(self, work: Callable[[], Result]) -> Result:
        """One transaction; after one that failed, nothing that was learnt in it is true."""
        with _translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                result = work()
                self._db.execute("COMMIT")
            except BaseException:
                self._names.forget()
                self._ruling = 0
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        return result

    def _arrived(self) -> bool:
        with _translated():
            return bool(self._db.execute("SELECT 1 FROM arrivals LIMIT 1").fetchone())

    def _write(self, batch: Batch) -> None:
        for move in batch.moves:
            self._advance(move, batch.at_ms)
        notes = [(batch.at_ms, source_of(note.node), note.segment, note.message) for note in batch.notes]
        self._db.executemany(_insert("ingest_notes", ("at_ms", "source", "segment", "message")), notes)
        self._new_keys = set()
        if batch.scans:
            self._revive({scan.day for scan in batch.scans})
            self._count(self._store(batch))

    def _store(self, batch: Batch) -> list[Row]:
        """The raw scans, after everything in them has a number."""
        names, ruling = self._names, self._present_ruling(batch.at_ms)
        for unknown in names.groups(batch):
            self.number(unknown)
        for unknown in names.texts(batch, ruling):
            self.number(unknown)
        self._db.executemany(
            "UPDATE subjects SET host = ? WHERE link_id = ? AND host = 0", names.hosts(batch)
        )
        names.own(batch)
        rows = names.rows(batch, ruling)
        texts = names.new_texts(batch, rows)
        for unknown in names.values(texts):
            self.number(unknown)
        for unknown in names.profiled(texts):
            self.number(unknown)
        names.mean(texts)
        self._db.executemany(_insert("scans", ROW), rows)
        self._db.executemany(LAST_SEEN, names.last_days(rows))
        ids = msgspec.msgpack.encode([row[0] for row in rows])
        self._db.execute(_insert("feed", ("at_ms", "ids")), (batch.at_ms, ids))
        return rows

    def _count(self, rows: list[Row]) -> None:
        met = meetings(rows, self._names.owners)
        asked = keys_by_day(met, self._names.seen)
        fresh: set[int] = set()
        for day, keys in asked.items():
            fresh.update(self.add_seen(day, sorted(keys)))
            self._new_keys |= keys
        tallies: Tallies = {}
        tally(tallies, rows, self._names.owners, met, fresh, self._names.meanings)
        rollups.add(self, tallies)

    def _present_ruling(self, at_ms: int) -> int:
        if not self._ruling:
            self._ruling = present_ruling(self, at_ms)
        return self._ruling

    def _advance(self, move: Move, at_ms: int) -> None:
        """Only from where this batch began: two ingesters at once must not store the same scans."""
        end, source = move.end, source_of(move.node)
        if move.start is None:
            changed = self._db.execute(
                _insert("positions", ("source", "segment", "offset", "at_ms")) + " ON CONFLICT DO NOTHING",
                (source, end.segment, end.offset, at_ms),
            )
        else:
            changed = self._db.execute(
                "UPDATE positions SET segment = ?, offset = ?, at_ms = ?"
                " WHERE source = ? AND segment = ? AND offset = ?",
                (end.segment, end.offset, at_ms, source, move.start.segment, move.start.offset),
            )
        if changed.rowcount != 1:
            raise Conflict(f"The journal of node {source} is being ingested by another process.")

    def _revive(self, days: set[int]) -> None:
        """Brings back the visitor keys of days that were forgotten, from the scans themselves."""
        self._names.agree(profiles=rollups.state(self, "profiles") or 0, forgotten=times_forgotten(self))
        for day in self._names.late(days, kept_since(self)):
            Recounting(self, self._names).revive(day)

    def _forget_feed(self, now_ms: int) -> int:
        old = "DELETE FROM feed WHERE seq IN (SELECT seq FROM feed WHERE at_ms < ? ORDER BY seq LIMIT ?)"
        return self._db.execute(old, (now_ms - FEED_DAYS * _DAY_MS, PURGE_CHUNK)).rowcount

    def _purge(self, first_day: int) -> int:
        """Ends raw scans from before a day in UTC, and agents that nobody has used since."""
        gone = self._db.execute(_PURGE, (first_of(max(first_day, 0) * _DAY_MS), PURGE_CHUNK)).rowcount
        kept = first_day + 1  # a local day may begin before the day in UTC
        if gone and kept > (rollups.state(self, "raw_since") or 0):
            rollups.set_state(self, "raw_since", kept)
        if not gone:
            gone = self._db.execute(
                "DELETE FROM agents WHERE number IN"
                " (SELECT number FROM agents WHERE last_day BETWEEN 1 AND ? LIMIT ?)",
                (first_day - 2, PURGE_CHUNK),
            ).rowcount
            if gone:
                self._names.forget()
        return gone


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


def _json(values: Sequence[int | str]) -> str:
    return msgspec.json.encode(values).decode()


@contextmanager
def _translated() -> Generator[None]:
    """Invalid for what can never be stored, Unavailable for what may work later (locked, full, failing)."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") in _FAULTS_OF_A_SCAN:
            raise Invalid(f"The events database refuses a scan: {error}.") from error
        raise Unavailable(f"The events database cannot be used: {error}.") from error

"""Events in SQLite, by the standard library alone: the ingester's process loads no SQL toolkit."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

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

_BUSY_MS = 5_000
_CHECKPOINT_BUSY_MS = 100
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
_ADD_TOTAL = """
    INSERT INTO totals (subject, day, kind, outcome, scans) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (subject, day, kind, outcome) DO UPDATE SET scans = totals.scans + excluded.scans"""
_ADD_PART = """
    INSERT INTO parts (subject, day, kind, outcome, part, scans) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (subject, day, kind, outcome, part) DO UPDATE SET scans = parts.scans + excluded.scans"""
_ADD_VISITORS = """
    INSERT INTO visitors (scope, number, day, visitors) VALUES (?, ?, ?, ?)
    ON CONFLICT (scope, number, day) DO UPDATE SET visitors = visitors.visitors + excluded.visitors"""
_ADD_SEEN = """
    INSERT INTO seen (day, key) SELECT ?, value FROM json_each(?) WHERE true
    ON CONFLICT DO NOTHING RETURNING key"""
_FORGET_SEEN = """
    DELETE FROM seen WHERE (day, key) IN (SELECT day, key FROM seen WHERE day < ? LIMIT ?)"""
_PEOPLE_OF_DAY = f"""
    SELECT DISTINCT scans.subject, subjects.workspace_id, scans.visitor, scans.outcome
    FROM scans JOIN subjects ON subjects.number = scans.subject
    WHERE scans.day = ? AND scans.kind = {int(Kind.PERSON)}
      AND scans.outcome IN ({", ".join(str(int(outcome)) for outcome in sorted(MET))})
      AND scans.id >= ? AND scans.id < ?"""  # noqa: S608 - only numbers of our own


class SqliteEvents:
    """The events database of a data folder; it must have its tables. Raises Unavailable."""

    def __init__(self, path: Path) -> None:
        self._numbers = Numbers()
        with _translated():
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
            for pragma in _PRAGMAS:
                self._db.execute(pragma)

    def positions(self) -> dict[int, Position]:
        with _translated():
            rows = self._db.execute("SELECT source, segment, offset FROM positions").fetchall()
        return {int(source): Position(segment, offset) for source, segment, offset in rows}

    def led_on(self, link_id: int) -> int:
        with _translated():
            return int(self._db.execute(f"{LED_ON} ?", (link_id,)).fetchone()[0])

    def apply(self, batch: Batch) -> None:
        self._numbers.keep_small()
        with _translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                visitors = self._write(batch)
                self._db.execute("COMMIT")
            except BaseException:
                self._numbers.forget()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        self._numbers.remember(visitors)

    def forget_seen(self) -> int:
        if not self._numbers.may_forget():
            return 0
        with _translated():
            return self._db.execute(_FORGET_SEEN, (self._first_seen_day(), SEEN_CHUNK)).rowcount

    def settle(self) -> bool:
        """Empties the write-ahead log into the database file, unless readers are in the way."""
        with _translated():
            self._db.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_BUSY_MS}")
            try:
                busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        return not busy

    def close(self) -> None:
        self._db.close()

    def _write(self, batch: Batch) -> Visitors:
        """Returns the visitors that are counted once this is committed."""
        for move in batch.moves:
            self._advance(move, batch.at_ms)
        self._revive(batch)
        for unknown in self._numbers.unknown(batch):
            self._number(unknown)
        rows = self._numbers.rows(batch)
        self._db.executemany(_insert("scans", ROW), rows)
        self._db.executemany(_ADD_TOTAL, [(*key, count) for key, count in totals(rows).items()])
        self._db.executemany(_ADD_PART, [(*key, count) for key, count in parts(rows).items()])
        visitors = self._numbers.visitors(batch, rows)
        self._count_visitors(visitors)
        notes = [(batch.at_ms, source_of(note.node), note.segment, note.message) for note in batch.notes]
        self._db.executemany(_insert("ingest_notes", ("at_ms", "source", "segment", "message")), notes)
        return visitors

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

    def _number(self, unknown: Unknown) -> None:
        """Gives numbers to the subjects, agents or words of one kind that have none yet."""
        table, key = unknown.table, unknown.key
        found = self._db.execute(
            f"SELECT {key}, number FROM {table} WHERE {key} IN (SELECT value FROM json_each(?))"  # noqa: S608
            + (f" AND kind = '{unknown.kind}'" if unknown.kind else ""),
            (_json(list(unknown.rest)),),
        )
        (last,) = self._db.execute(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()  # noqa: S608
        rows = unknown.complete(dict(found.fetchall()), last)
        columns = ("number", key, *unknown.columns)
        self._db.executemany(_insert(table, columns), rows)

    def _count_visitors(self, visitors: Visitors) -> None:
        for day, keys in visitors.keys.items():
            new = self._add_seen(day, sorted(keys))
            counted = [(*what, count) for what, count in visitors.counted(day, new).items()]
            self._db.executemany(_ADD_VISITORS, counted)

    def _add_seen(self, day: int, keys: list[int]) -> list[int]:
        """The keys that were not there."""
        return [key for (key,) in self._db.execute(_ADD_SEEN, (day, _json(keys))).fetchall()]

    def _revive(self, batch: Batch) -> None:
        """Brings back the visitor keys of days that were forgotten, from the scans themselves."""
        for day in self._numbers.late_days(batch, self._first_seen_day()):
            people = self._db.execute(_PEOPLE_OF_DAY, (day, *ids_around(day))).fetchall()
            self._add_seen(day, sorted({key for person in people for key in keys_of(*person)}))

    def _first_seen_day(self) -> int:
        (newest,) = self._db.execute("SELECT coalesce(max(day), 0) FROM seen").fetchone()
        return newest - SEEN_DAYS


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

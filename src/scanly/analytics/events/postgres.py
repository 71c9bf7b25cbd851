"""Events in PostgreSQL, for any number of nodes: each stores the scans of its journal, one at a time counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from scanly.analytics.counting import rollups
from scanly.analytics.counting.names import Names
from scanly.analytics.counting.packed import LINK, OUTCOME_OF_KIND, OUTCOMES, unpack
from scanly.analytics.counting.recounting import Recounting, present_ruling
from scanly.analytics.counting.rows import KIND, OUTCOME, ROW, SUBJECT, Row
from scanly.analytics.counting.statements import LAST_SEEN, Sql
from scanly.analytics.events.batch import (
    FEED_DAYS,
    PURGE_CHUNK,
    Batch,
    Move,
    Progress,
    Result,
    source_of,
)
from scanly.analytics.events.partitions import Partitions
from scanly.analytics.events.postgres_session import is_fault_of_a_scan
from scanly.analytics.events.postgres_sql import PostgresSql
from scanly.analytics.events.rolling import Rolling, pack_rows, unpack_rows
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.core.ids import first_of
from scanly.scans.model import Kind, Outcome
from scanly.scans.segments import Position

_COUNT_S = 0.5
_START = """
    INSERT INTO positions (source, segment, "offset", at_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING RETURNING source"""
_ADVANCE = """
    UPDATE positions SET segment = ?, "offset" = ?, at_ms = ?
    WHERE source = ? AND segment = ? AND "offset" = ? RETURNING source"""
_SUBJECT = "(SELECT number FROM subjects WHERE link_id = ?)"
_LED_ON = f"""
    SELECT number, true, time FROM rollups WHERE scope = {LINK} AND number = {_SUBJECT}
    UNION ALL SELECT {_SUBJECT}, false, rows FROM arrivals"""  # noqa: S608 - only a number of our own
_FORGET_FEED = """
    DELETE FROM feed WHERE seq IN (SELECT seq FROM feed WHERE at_ms < ? ORDER BY seq LIMIT ?) RETURNING seq"""
_PURGE = """
    DELETE FROM scans WHERE id < ? AND id IN (SELECT id FROM scans WHERE id < ? ORDER BY id LIMIT ?) RETURNING id"""
_FORGET_AGENTS = """
    DELETE FROM agents WHERE number IN (SELECT number FROM agents WHERE last_day BETWEEN 1 AND ? LIMIT ?)
    RETURNING number"""
_DAY_MS = 86_400_000


class PostgresEvents:
    """The schema ``events`` of a PostgreSQL database, connected when it is first used."""

    def __init__(self, url: str) -> None:
        self._sql = PostgresSql(url)
        self._names = Names()
        self._partitions = Partitions(self._sql)
        self._ruling = 0
        self._agents_gone: int | None = None

    def positions(self) -> dict[int, Position]:
        rows = self._sql.rows('SELECT source, segment, "offset" FROM positions')
        return {int(source): Position(segment, offset) for source, segment, offset in rows}

    def led_on(self, link_id: int) -> int:
        """Of what is counted and what has arrived, at the same moment."""
        found = 0
        for subject, counted, blob in self._sql.rows(_LED_ON, link_id, link_id):
            if counted:
                what = Kind.PERSON * OUTCOMES + Outcome.REDIRECT
                found += unpack(blob).get(OUTCOME_OF_KIND, {}).get(what, 0)
            else:
                led = (subject, Kind.PERSON, Outcome.REDIRECT)
                found += sum((row[SUBJECT], row[KIND], row[OUTCOME]) == led for row in unpack_rows(blob))
        return found

    def apply(self, batch: Batch) -> None:
        """In one transaction, but for the numbers of new texts: they are kept, whatever becomes of the batch."""
        self._names.keep_small()
        try:
            while not self._stored(batch):
                self._forget()
        except Unavailable as error:
            if is_fault_of_a_scan(error.__cause__):
                raise Invalid(f"The events database refuses a scan: {error.__cause__}.") from error
            raise
        self._names.remember(())

    def count_stored(self) -> frozenset[int]:
        deadline_s = time.monotonic() + _COUNT_S
        while waiting := self._waiting():
            if time.monotonic() > deadline_s or not self._count_some():
                break
        return waiting

    def tidy(self, now_ms: int, keep_days: int) -> int:
        today = now_ms // _DAY_MS
        done = self._in_turn(lambda: Rolling(self._sql, self._names).forget_seen(today))
        done += self._in_turn(lambda: self._forget_feed(now_ms))
        if keep_days:
            done += self._in_turn(lambda: self._purge(today - keep_days))
        return done + self._in_turn(lambda: rollups.fold(self._sql, today))

    def ask_recount(self, zones: Mapping[int, str]) -> None:
        with self._in_one_go():
            self._sql.wait_for_turn()
            Recounting(self._sql, self._names).ask(zones)

    def recount(self) -> Progress | None:
        if not self._sql.rows("SELECT 1 FROM recounts LIMIT 1"):
            return None
        ruling = self._present_ruling(0)
        with self._in_one_go():
            self._sql.wait_for_turn()
            self._sql.stop_storing()  # what has not been counted would be counted twice
            while Rolling(self._sql, self._names).step() is not None:
                pass
            return Recounting(self._sql, self._names).step(ruling)

    def recounting(self) -> Progress | None:
        return Recounting(self._sql, self._names).progress()

    def alone(self, work: Callable[[Sql], Result]) -> Result:
        with self._in_one_go():
            self._sql.wait_for_turn()
            self._sql.pass_gate()
            return work(self._sql)

    def settle(self) -> bool:
        """A commit is on the server's disk before it is answered."""
        return True

    def close(self) -> None:
        self._sql.close()

    def _stored(self, batch: Batch) -> bool:
        """False when agents were removed meanwhile, whose numbers may be in use here."""
        with self._learning():
            if self._agents_gone is None:
                self._agents_gone = rollups.state(self._sql, "agents") or 0
            rows = self._rows(batch) if batch.scans else []
            self._partitions.prepare((row[0] for row in rows), batch.at_ms)
            with self._sql.transaction():
                self._sql.pass_gate()
                if self._agents_gone != (rollups.state(self._sql, "agents") or 0):
                    return False
                self._write(batch, rows)
        return True

    def _rows(self, batch: Batch) -> list[Row]:
        """The raw scans, after everything in them has a number."""
        names, ruling = self._names, self._present_ruling(batch.at_ms)
        for unknown in names.groups(batch):
            self._sql.number(unknown)
        for unknown in names.texts(batch, ruling):
            self._sql.number(unknown)
        self._sql.many("UPDATE subjects SET host = ? WHERE link_id = ? AND host = 0", names.hosts(batch))
        names.own(batch)
        return names.rows(batch, ruling)

    def _write(self, batch: Batch, rows: list[Row]) -> None:
        for move in sorted(batch.moves, key=lambda move: move.node):
            self._advance(move, batch.at_ms)
        notes = [(batch.at_ms, source_of(note.node), note.segment, note.message) for note in batch.notes]
        self._sql.copy("ingest_notes", ("at_ms", "source", "segment", "message"), notes)
        if rows:
            self._sql.many(LAST_SEEN, self._names.last_days(rows))
            self._sql.copy("scans", ROW, rows)
            self._sql.copy(
                "arrivals", ("at_ms", "scans", "rows"), [(batch.at_ms, len(rows), pack_rows(rows))]
            )

    def _advance(self, move: Move, at_ms: int) -> None:
        """Only from where this batch began: two ingesters at once must not store the same scans."""
        source, end = source_of(move.node), move.end
        if move.start is None:
            moved = self._sql.rows(_START, source, end.segment, end.offset, at_ms)
        else:
            begin = (move.start.segment, move.start.offset)
            moved = self._sql.rows(_ADVANCE, end.segment, end.offset, at_ms, source, *begin)
        if not moved:
            raise Conflict(f"The journal of node {source} is being ingested by another process.")

    def _waiting(self) -> frozenset[int]:
        return frozenset(number for (number,) in self._sql.rows("SELECT number FROM arrivals"))

    def _count_some(self) -> bool:
        """False when another process counts."""
        with self._in_one_go():
            if not self._sql.take_turn():
                return False
            keys = Rolling(self._sql, self._names).step()
        self._names.remember(keys or ())
        return True

    def _forget_feed(self, now_ms: int) -> int:
        return len(self._sql.rows(_FORGET_FEED, now_ms - FEED_DAYS * _DAY_MS, PURGE_CHUNK))

    def _purge(self, first_day: int) -> int:
        """Ends raw scans from before a day in UTC, and agents that nobody has used since."""
        first_id = first_of(max(first_day, 0) * _DAY_MS)
        self._sql.stop_storing()
        gone = self._partitions.drop_before(first_id)
        gone += len(self._sql.rows(_PURGE, first_id, first_id, PURGE_CHUNK))
        kept = first_day + 1  # a local day may begin before the day in UTC
        if gone and kept > (rollups.state(self._sql, "raw_since") or 0):
            rollups.set_state(self._sql, "raw_since", kept)
        if not gone:
            gone = len(self._sql.rows(_FORGET_AGENTS, first_day - 2, PURGE_CHUNK))
            if gone:
                rollups.set_state(self._sql, "agents", (rollups.state(self._sql, "agents") or 0) + 1)
        return gone

    def _present_ruling(self, at_ms: int) -> int:
        if not self._ruling:
            self._ruling = present_ruling(self._sql, at_ms)
        return self._ruling

    def _in_turn(self, work: Callable[[], int]) -> int:
        """One transaction of the only process that counts; 0 when that is another."""
        with self._in_one_go():
            return work() if self._sql.take_turn() else 0

    @contextmanager
    def _in_one_go(self) -> Generator[None]:
        with self._learning(), self._sql.transaction():
            yield

    @contextmanager
    def _learning(self) -> Generator[None]:
        """After something that failed, nothing that was learnt in it is taken for true."""
        try:
            yield
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        self._names.forget()
        self._agents_gone = None
        self._ruling = 0

"""Counts scans that are stored but not counted yet.

Where several nodes store into one database, each adds raw scans and a row of ``arrivals`` in one transaction, and
one of them at a time counts what arrived. A row of ``arrivals`` ends when it is counted, so nothing is passed over
because it was numbered earlier than it was committed; and ``feed``, written by the one who counts, can be followed
by its numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scanly.analytics.counting import rollups
from scanly.analytics.counting.learning import learn_meanings, learn_owners
from scanly.analytics.counting.names import Names
from scanly.analytics.counting.recounting import Recounting
from scanly.analytics.counting.rows import COLUMN, DAY, ROW, Row
from scanly.analytics.counting.statements import Sql
from scanly.analytics.counting.tally import Tallies, keys_by_day, meetings, tally
from scanly.analytics.counting.visitor_keys import forget, kept_since, times_forgotten
from scanly.analytics.events.batch import SEEN_CHUNK

SCANS_AT_ONCE = 10_000
_ID = COLUMN["id"]
_NEXT = """
    SELECT number, at_ms, rows FROM
    (SELECT number, at_ms, rows, sum(scans) OVER (ORDER BY number) - scans AS before FROM arrivals) AS ordered
    WHERE before < ? ORDER BY number"""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[tuple[str, ...], list[Row]]).decode


def pack_rows(rows: Sequence[Row]) -> bytes:
    """As a row of ``arrivals`` holds them: with the names of their columns, which a later version may add to."""
    return _encode((ROW, rows))


def unpack_rows(packed: bytes) -> list[Row]:
    """Rows in the order of `ROW`; a column that is not there is 0."""
    columns, rows = _decode(packed)
    if columns == ROW:
        return rows
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    return [tuple(row.get(name, 0) for name in ROW) for row in told]


class Rolling:
    """One transaction's work, of the only process that counts."""

    def __init__(self, sql: Sql, names: Names) -> None:
        self._sql, self._names = sql, names

    def step(self) -> set[int] | None:
        """Counts some 10,000 scans; the keys of their visitors, or None when all is counted."""
        arrived = self._sql.rows(_NEXT, SCANS_AT_ONCE)
        if not arrived:
            return None
        batches = [(at_ms, unpack_rows(packed)) for _, at_ms, packed in arrived]
        rows = [row for _, some in batches for row in some]
        self._names.agree(
            profiles=rollups.state(self._sql, "profiles") or 0,
            forgotten=times_forgotten(self._sql),
        )
        self._revive({row[DAY] for row in rows})
        keys = self._count(rows)
        self._sql.many(
            "INSERT INTO feed (at_ms, ids) VALUES (?, ?)",
            [(at_ms, _encode([row[_ID] for row in some])) for at_ms, some in batches],
        )
        self._sql.many("DELETE FROM arrivals WHERE number = ?", [(number,) for number, _, _ in arrived])
        return keys

    def forget_seen(self, today: int) -> int:
        """Forgets visitor keys of days that are over, unless scans of such days come in."""
        return forget(self._sql, today, SEEN_CHUNK) if self._names.may_forget() else 0

    def _count(self, rows: Sequence[Row]) -> set[int]:
        names = self._names
        learn_owners(self._sql, names, rows)
        learn_meanings(self._sql, names, rows)
        met = meetings(rows, names.owners)
        asked = keys_by_day(met, names.seen)
        fresh = {key for day in sorted(asked) for key in self._sql.add_seen(day, sorted(asked[day]))}
        tallies: Tallies = {}
        tally(tallies, rows, names.owners, met, fresh, names.meanings)
        rollups.add(self._sql, tallies)
        return set[int]().union(*asked.values())

    def _revive(self, days: set[int]) -> None:
        """Brings back the visitor keys of days that were forgotten, from the scans that are counted."""
        late = self._names.late(days, kept_since(self._sql))
        if not late:
            return
        self._sql.stop_storing()
        waiting = {
            row[_ID]
            for (packed,) in self._sql.rows("SELECT rows FROM arrivals")
            for row in unpack_rows(packed)
        }
        for day in sorted(late):
            Recounting(self._sql, self._names).revive(day, waiting)

"""What the plain SQL of both databases of events has in common: how it is run, and rows that are packed."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add
from typing import Any, Literal, Protocol

from scanly.analytics.counting.numbering import Unknown
from scanly.analytics.counting.packed import COUNTERS, PARTS, Counts, Where, merge, pack, unpack
from scanly.analytics.counting.tally import Tallies, Tally

Rollups = Literal["rollups", "rollup_months"]
PACKED = (*COUNTERS, *PARTS)
TIME: dict[Rollups, str] = {"rollups": "day", "rollup_months": "month"}
# Day twice and number: scans of an earlier day may come later.
LAST_SEEN = "UPDATE agents SET last_day = ? WHERE number = ? AND last_day < ?"


class Sql(Protocol):
    """A transaction on a database of events. ``?`` stands for a value; numbers, texts and bytes are values."""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]: ...

    def many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """The statement once for each row."""
        ...

    def read_packed(self, table: Rollups, wheres: Sequence[Where]) -> dict[Where, tuple[Any, ...]]:
        """The rows that are there, in the order of `PACKED`; they stay as they are until the end."""
        ...

    def put_packed(self, table: Rollups, rows: Sequence[tuple[Any, ...]]) -> None:
        """Writes whole rows: scope, number, time, `PACKED`."""
        ...

    def number(self, unknown: Unknown) -> None:
        """Gives numbers to what has none yet."""
        ...

    def add_seen(self, day: int, keys: Sequence[int]) -> list[int]:
        """Adds sorted visitor keys; those that were not there."""
        ...

    def stop_storing(self) -> None:
        """Nobody else stores scans until the end of the transaction."""
        ...


def add_tallies(sql: Sql, table: Rollups, tallies: Tallies) -> None:
    """Adds to what is there."""
    wheres = sorted(tallies)
    stored = sql.read_packed(table, wheres)
    sql.put_packed(table, [(*where, *_added(stored.get(where), tallies[where])) for where in wheres])


def _added(row: Sequence[Any] | None, more: Tally) -> tuple[Any, ...]:
    """What is stored, in the order of `PACKED`, with more added to it. Only parts that grow are unpacked."""
    if row is None:
        return packed_row(more)
    sums = map(add, row, (more.scans, more.visitors, *more.kinds))
    return (*sums, *map(_repacked, row[len(COUNTERS) :], more.counts))


def _repacked(blob: bytes | None, more: Counts) -> bytes | None:
    if blob and more:
        counts = unpack(blob)
        merge(counts, more)
        return pack(counts)
    return blob or pack(more)


def add_packed(found: Tally, row: Sequence[Any]) -> None:
    """Adds a stored row, in the order of `PACKED`."""
    scans, visitors, *kinds = row[: len(COUNTERS)]
    found.scans += scans
    found.visitors += visitors
    for place, number in enumerate(kinds):
        found.kinds[place] += number
    for counts, blob in zip(found.counts, row[len(COUNTERS) :], strict=True):
        if blob:
            merge(counts, unpack(blob))


def packed_row(found: Tally) -> tuple[Any, ...]:
    """A row to be stored, in the order of `PACKED`."""
    return (found.scans, found.visitors, *found.kinds, *map(pack, found.counts))

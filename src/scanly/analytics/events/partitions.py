"""Raw scans in PostgreSQL lie in a partition for each month, so that old months end without a trace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scanly.analytics.counting.packed import first_of_month
from scanly.analytics.counting.rollups import days_of_month, month_of_day
from scanly.core.ids import first_of, time_of

if TYPE_CHECKING:
    from scanly.analytics.events.postgres_sql import PostgresSql

# Scans of clocks that are further off lie in the partition of the rest.
_MONTHS_BACK = 24
_DAY_MS = 86_400_000
_NAME = "scans_{:04}_{:02}"
_NAMES = """
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'scans'::regclass"""


def make_partition(month: int) -> str:
    """The statement that makes an empty partition for a month, before any of its scans are there."""
    first, end = _bounds(month)
    return f"CREATE TABLE {_name(month)} PARTITION OF scans FOR VALUES FROM ({first}) TO ({end})"


class Partitions:
    """The partitions that one process knows of."""

    def __init__(self, sql: PostgresSql) -> None:
        self._sql = sql
        self._known: set[str] = set()

    def prepare(self, ids: Iterable[int], now_ms: int) -> None:
        """Makes what is missing for these scans, for this month and the next."""
        present = month_of_day(now_ms // _DAY_MS)
        first, end = _bounds(present - _MONTHS_BACK)[0], _bounds(present + 1)[1]
        months = {
            month_of_day(day) for day in {time_of(each) // _DAY_MS for each in ids if first <= each < end}
        }
        wanted = {_name(month): month for month in months | {present, present + 1}}
        if wanted.keys() <= self._known:
            return
        with self._sql.transaction():
            self._sql.stop_storing()
            self._known = set(self._names())
            for name in sorted(wanted.keys() - self._known):
                self._make(name, *_bounds(wanted[name]))
        self._known |= wanted.keys()

    def drop_before(self, first_id: int) -> int:
        """Drops the months that lie wholly before an id; how many. Nothing may be stored meanwhile."""
        limit = month_of_day(time_of(first_id) // _DAY_MS)
        past = [name for name in self._names() if name < _name(limit)]
        for name in past:
            self._sql.rows(f"DROP TABLE {name}")
            self._known.discard(name)
        return len(past)

    def _names(self) -> list[str]:
        return [name for (name,) in self._sql.rows(_NAMES) if name[-1].isdigit()]

    def _make(self, name: str, first: int, end: int) -> None:
        """Takes over what the partition of the rest has of that month."""
        self._sql.rows(f"CREATE TABLE {name} (LIKE scans INCLUDING DEFAULTS)")
        self._sql.run_long(
            f"WITH moved AS (DELETE FROM scans_rest WHERE id >= {first} AND id < {end} RETURNING *)"  # noqa: S608
            f" INSERT INTO {name} SELECT * FROM moved"
        )
        self._sql.run_long(f"ALTER TABLE scans ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end})")


def _name(month: int) -> str:
    return _NAME.format(*first_of_month(month))


def _bounds(month: int) -> tuple[int, int]:
    """The first id of a month in UTC, and the first after it."""
    first, last = days_of_month(month)
    return first_of(max(first, 0) * _DAY_MS), first_of((last + 1) * _DAY_MS)

"""Plain SQL on a PostgreSQL database of events that several nodes write at once.

Two locks order them. The gate is passed by all who store scans, and closed by who needs the raw scans to stand
still. The turn is held by the one who counts. Both end with the transaction. Who needs both takes the turn first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from scanly.analytics.counting.numbering import Unknown
from scanly.analytics.counting.packed import Where
from scanly.analytics.counting.statements import PACKED, TIME, Rollups
from scanly.analytics.events.postgres_session import Session
from scanly.core.errors import Unavailable

# Any constants that nobody else locks on.
_GATE, _TURN = 0x5CA71E5, 0x5CA71E6
_TYPES = (*("int[]",) * (3 + len(PACKED) - 5), *("bytea[]",) * 5)
# Whose turn it is writes alone; to look first costs a third less than ON CONFLICT.
_ADD_SEEN = """
    WITH added AS (
        INSERT INTO seen (day, key)
        SELECT day, key FROM (SELECT ?::int AS day, unnest(?::bigint[]) AS key) AS wanted
        WHERE NOT EXISTS (SELECT FROM seen WHERE seen.day = wanted.day AND seen.key = wanted.key) RETURNING key)
    SELECT array_agg(key) FROM added"""
_MANY_AT_ONCE = 10_000
_TRIES = 5


class PostgresSql:
    """The schema ``events``. Numbers are given on a connection of their own: once given, they stay given.

    So no transaction holds a text that another one waits for, and nodes cannot block each other in a circle.
    """

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._main, self._numbers = Session(url, self._runner), Session(url, self._runner)

    def transaction(self) -> AbstractContextManager[None]:
        return self._main.transaction()

    def pass_gate(self) -> None:
        """To store scans: waits while somebody keeps the gate closed."""
        self._main.rows("SELECT pg_advisory_xact_lock_shared(?)", _GATE)

    def stop_storing(self) -> None:
        """Nothing more is stored until the end of the transaction."""
        self._main.rows("SELECT pg_advisory_xact_lock(?)", _GATE)

    def take_turn(self) -> bool:
        """To count; whether nobody else is counting."""
        return self._main.rows("SELECT pg_try_advisory_xact_lock(?)", _TURN) == [(True,)]

    def wait_for_turn(self) -> None:
        self._main.rows("SELECT pg_advisory_xact_lock(?)", _TURN)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._main.rows(query, *values)

    def many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        for start in range(0, len(rows), _MANY_AT_ONCE):
            self._main.many(statement, rows[start : start + _MANY_AT_ONCE])

    def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        self._main.copy(table, columns, rows)

    def run_long(self, statement: str) -> None:
        """Lets a statement take as long as it takes."""
        self._main.run_long(statement)

    def read_packed(self, table: Rollups, wheres: Sequence[Where]) -> dict[Where, tuple[Any, ...]]:
        if not wheres:
            return {}
        rows = self._main.rows(
            f"SELECT scope, number, {TIME[table]}, {', '.join(PACKED)} FROM {table}"  # noqa: S608 - names of our own
            f" JOIN unnest(?::int[], ?::int[], ?::int[]) AS wanted (scope, number, {TIME[table]})"
            f" USING (scope, number, {TIME[table]})",
            *map(list, zip(*wheres, strict=True)),
        )
        return {Where(*row[:3]): row[3:] for row in rows}

    def put_packed(self, table: Rollups, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        arrays = ", ".join(f"?::{kind}" for kind in _TYPES)
        changed = ", ".join(f"{name} = excluded.{name}" for name in PACKED)
        self._main.rows(
            f"INSERT INTO {table} (scope, number, {TIME[table]}, {', '.join(PACKED)})"  # noqa: S608 - likewise
            f" SELECT * FROM unnest({arrays})"
            f" ON CONFLICT (scope, number, {TIME[table]}) DO UPDATE SET {changed}",
            *map(list, zip(*rows, strict=True)),
        )

    def add_seen(self, day: int, keys: Sequence[int]) -> list[int]:
        ((added,),) = self._main.rows(_ADD_SEEN, day, keys)
        return added or []

    def number(self, unknown: Unknown) -> None:
        table, columns = unknown.table, unknown.columns_of_values
        new = sorted(unknown.missing(self._known_numbers(unknown, list(unknown.rest))))
        given: dict[Any, int] = {}
        for _ in range(_TRIES):
            if len(given) == len(new):
                unknown.take(given)
                return
            self._numbers.many(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
                " ON CONFLICT DO NOTHING",
                [unknown.values(key) for key in new if key not in given],
            )
            given = self._known_numbers(unknown, new)
            if len(given) < len(new):
                self._catch_up(table)
        raise Unavailable(f"The events database gives no numbers to new {table}.")

    def close(self) -> None:
        self._main.close()
        self._numbers.close()
        self._runner.close()

    def _known_numbers(self, unknown: Unknown, keys: list[Any]) -> dict[Any, int]:
        narrowed = "".join(f" AND {column} = ?" for column in unknown.within)
        query = f"SELECT {unknown.key}, number FROM {unknown.table} WHERE {unknown.key} = ANY(?){narrowed}"  # noqa: S608
        return dict(self._numbers.rows(query, keys, *unknown.within.values()))

    def _catch_up(self, table: str) -> None:
        """After rows were copied in with their numbers, the next ones follow behind them."""
        ((sequence,),) = self._numbers.rows("SELECT pg_get_serial_sequence(?, 'number')", table)
        self._numbers.rows(
            f"SELECT setval(?, greatest((SELECT max(number) FROM {table}), (SELECT last_value FROM {sequence})))",  # noqa: S608
            sequence,
        )

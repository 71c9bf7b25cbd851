"""Rollups of days and months: what is counted is added to a day's row, and to its month's when that is folded.

A month is folded piece by piece once it is over; the states ``folded``, ``folding_scope`` and ``folding_number``
say how far that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from scanly.analytics.counting.packed import SCOPES, first_of_month, month_of
from scanly.analytics.counting.statements import PACKED, Sql, add_packed, add_tallies, packed_row
from scanly.analytics.counting.tally import Tallies, Tally
from scanly.core.clock import day_number, day_of

_READ_DAYS = f"SELECT {', '.join(PACKED)} FROM rollups WHERE scope = ? AND number = ? AND day BETWEEN ? AND ?"  # noqa: S608
# Days after its end at which a month is folded; what comes later is added to both.
_FOLD_AFTER_DAYS = 3
_FOLDED_AT_ONCE = 200


def state(sql: Sql, name: str) -> int | None:
    found = sql.rows("SELECT value FROM states WHERE name = ?", name)
    return found[0][0] if found else None


def set_state(sql: Sql, name: str, value: int) -> None:
    sql.rows(
        "INSERT INTO states (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )


def add(sql: Sql, tallies: Tallies) -> None:
    """Adds tallies to their days, and to the months of those that are folded."""
    add_tallies(sql, "rollups", tallies)
    reached = _reached(sql)
    late: Tallies = {}
    for where, found in tallies.items():
        month = month_of_day(where.day)
        if (month, *where[:2]) <= reached:
            in_month = late.setdefault(where._replace(day=month), Tally())
            add_packed(in_month, packed_row(found))
    if late:
        add_tallies(sql, "rollup_months", late)


def replace(sql: Sql, day: int, numbers: Sequence[tuple[int, int]], tallies: Tallies) -> None:
    """Puts tallies in the place of all that a day has of these scopes and numbers."""
    sql.many(
        "DELETE FROM rollups WHERE scope = ? AND number = ? AND day = ?",
        [(scope, number, day) for scope, number in numbers],
    )
    sql.put_packed("rollups", [(*where, *packed_row(tallies[where])) for where in sorted(tallies)])


def refold(sql: Sql, day: int, numbers: Sequence[tuple[int, int]]) -> None:
    """Makes the months of a day again from their days, if they are folded."""
    month, reached = month_of_day(day), _reached(sql)
    for scope, number in numbers:
        if (month, scope, number) <= reached:
            _fold(sql, scope, number, month)


def fold(sql: Sql, today: int) -> int:
    """Folds a piece of the oldest month that is over; 0 when there is none."""
    folded = _folded(sql)
    if folded == _NEVER:
        ((first,),) = sql.rows("SELECT min(day) FROM rollups")
        if first is None:
            return 0
        folded = month_of_day(first) - 1
        set_state(sql, "folded", folded)
    month = folded + 1
    if days_of_month(month)[1] + _FOLD_AFTER_DAYS >= today:
        return 0
    scope, number = state(sql, "folding_scope") or 1, state(sql, "folding_number") or 0
    numbers = sql.rows(
        "SELECT DISTINCT number FROM rollups WHERE scope = ? AND number > ? ORDER BY number LIMIT ?",
        scope,
        number,
        _FOLDED_AT_ONCE,
    )
    for (each,) in numbers:
        _fold(sql, scope, each, month)
    if numbers:
        _set_folding(sql, scope, numbers[-1][0])
    elif scope < len(SCOPES):
        _set_folding(sql, scope + 1, 0)
    else:
        set_state(sql, "folded", month)
        _set_folding(sql, 0, 0)
    return len(numbers) + 1


def _set_folding(sql: Sql, scope: int, number: int) -> None:
    set_state(sql, "folding_scope", scope)
    set_state(sql, "folding_number", number)


def month_of_day(day: int) -> int:
    found = day_of(day)
    return month_of(found.year, found.month)


def days_of_month(month: int) -> tuple[int, int]:
    """Its first and last day."""
    first, after = date(*first_of_month(month), 1), date(*first_of_month(month + 1), 1)
    return day_number(first), day_number(after) - 1


_NEVER = -1


def _folded(sql: Sql) -> int:
    found = state(sql, "folded")
    return _NEVER if found is None else found


def _reached(sql: Sql) -> tuple[int, int, int]:
    """Up to which month, scope and number in it months are folded."""
    return _folded(sql) + 1, state(sql, "folding_scope") or 0, state(sql, "folding_number") or 0


def _fold(sql: Sql, scope: int, number: int, month: int) -> None:
    found = Tally()
    rows = sql.rows(_READ_DAYS, scope, number, *days_of_month(month))
    for row in rows:
        add_packed(found, row)
    if rows:
        sql.put_packed("rollup_months", [(scope, number, month, *packed_row(found))])
    else:
        sql.rows(
            "DELETE FROM rollup_months WHERE scope = ? AND number = ? AND month = ?", scope, number, month
        )

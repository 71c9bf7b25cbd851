"""Which visitor keys are in ``seen``: those of the last days, by which a visitor who comes again is known.

Keys of earlier days are forgotten. When scans of such a day come in late, its keys are first brought back from the
raw scans; the states ``seen_since`` and ``forgotten`` tell every process when that has to be done (again).
"""

from __future__ import annotations

from scanly.analytics.counting.rollups import set_state, state
from scanly.analytics.counting.statements import Sql
from scanly.analytics.events.batch import SEEN_DAYS


def kept_since(sql: Sql) -> int:
    """The first day of which no key was ever forgotten."""
    return state(sql, "seen_since") or 0


def times_forgotten(sql: Sql) -> int:
    return state(sql, "forgotten") or 0


def forget(sql: Sql, today: int, at_once: int) -> int:
    """Forgets keys of days that are over, at most so many; how many there were."""
    ((newest,),) = sql.rows("SELECT coalesce(max(day), 0) FROM seen")
    first = min(newest, today) - SEEN_DAYS  # a clock that was wrong may be behind either of them
    gone = sql.rows(
        "DELETE FROM seen WHERE (day, key) IN (SELECT day, key FROM seen WHERE day < ? LIMIT ?) RETURNING day",
        first,
        at_once,
    )
    if gone:
        let_go(sql, first)
    return len(gone)


def let_go(sql: Sql, first: int) -> None:
    """Says that keys of days before ``first`` may be gone, also those that somebody had brought back."""
    set_state(sql, "seen_since", max(first, kept_since(sql)))
    tell(sql)


def tell(sql: Sql) -> None:
    """Says that keys are no longer those that somebody may remember."""
    set_state(sql, "forgotten", times_forgotten(sql) + 1)

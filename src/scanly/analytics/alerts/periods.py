"""The hours, days and weeks that rules are judged by: all local, so some are shorter and some are not there at all.

A period has a number that grows with time: of a day its day number, of an hour ``day * 24 + hour``, of a week, which
begins on Monday, how many Mondays there were. When clocks go back, the hour that comes twice is one period.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scanly.analytics.alerts.model import Every
from scanly.core.clock import at, day_number, day_of

NO_HOUR = 24
# 1970-01-01 was a Thursday.
_THURSDAY = 3


class Days(NamedTuple):
    """A period's first and last day, and its hour (24 when it is not one)."""

    first: int
    last: int
    hour: int = NO_HOUR


def number_at(every: Every, ms: int, zone: ZoneInfo) -> int:
    """The period that it is at a moment."""
    local = at(ms, zone)
    return number_of(every, day_number(local.date()), local.hour)


def number_of(every: Every, day: int, hour: int = 0) -> int:
    """The period of a local day, or of an hour of it."""
    match every:
        case "hour":
            return day * 24 + hour
        case "day":
            return day
        case "week":
            return (day + _THURSDAY) // 7


def days_of(every: Every, number: int) -> Days:
    match every:
        case "hour":
            return Days(number // 24, number // 24, number % 24)
        case "day":
            return Days(number, number)
        case "week":
            monday = number * 7 - _THURSDAY
            return Days(monday, monday + 6)


def start_ms(every: Every, number: int, zone: ZoneInfo) -> int:
    """The first moment of a period, also where clocks skip it: then it is that of the next."""
    first, _, hour = days_of(every, number)
    begin = datetime.combine(day_of(first), time(0 if hour == NO_HOUR else hour), zone)
    return int(begin.timestamp() * 1000)


def takes_place(every: Every, number: int, zone: ZoneInfo) -> bool:
    """False for an hour (or a day) that clocks skipped."""
    return start_ms(every, number, zone) < start_ms(every, number + 1, zone)


def title_of(days: Days) -> str:
    """``2026-11-22``, ``2026-11-22 19:00``, ``2026-11-16 to 2026-11-22``."""
    first, last, hour = days
    if hour != NO_HOUR:
        return f"{day_of(first)} {hour:02d}:00"
    return f"{day_of(first)}" if first == last else f"{day_of(first)} to {day_of(last)}"

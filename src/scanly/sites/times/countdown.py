"""How long until a moment, in the one unit that a person would say, and when those words change.

Days are counted as people count them, by midnights in the shop's zone; within a day it is hours, rounded down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from scanly.core.clock import at
from scanly.sites.times.local_time import tomorrow_ms

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

Unit = Literal["days", "hours", "soon", "today", "over"]


@dataclass(frozen=True, slots=True)
class Left:
    """``number`` of ``unit`` are left; from ``until_ms`` on it is otherwise, or never when None.

    ``soon`` is less than an hour, ``today`` the whole day of a countdown without a time.
    """

    unit: Unit
    number: int
    until_ms: int | None


def time_left(now_ms: int, moment_ms: int, zone: ZoneInfo) -> Left:
    """What is left until a moment."""
    left_ms = moment_ms - now_ms
    if left_ms <= 0:
        return Left("over", 0, None)
    if left_ms < HOUR_MS:
        return Left("soon", 0, moment_ms)
    if left_ms < DAY_MS:
        hours = left_ms // HOUR_MS
        return Left("hours", hours, moment_ms - hours * HOUR_MS + 1)
    # A day on which clocks change can be short: what is 24 hours or more away is at least a day.
    days = max(1, (at(moment_ms, zone).date() - at(now_ms, zone).date()).days)
    return Left("days", days, min(tomorrow_ms(now_ms, zone), moment_ms - DAY_MS + 1))


def days_left(now_ms: int, day: date, zone: ZoneInfo) -> Left:
    """What is left until a day, which is over when it ends."""
    days = (day - at(now_ms, zone).date()).days
    if days < 0:
        return Left("over", 0, None)
    return Left("days" if days else "today", days, tomorrow_ms(now_ms, zone))

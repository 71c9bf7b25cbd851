"""The only place that reads the clock; time enters an action once, through ``Call.now_ms``."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo

Clock = Callable[[], int]

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def now_ms() -> int:
    """Milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


def at(ms: int, zone: tzinfo = UTC) -> datetime:
    """The moment ``ms`` as an aware datetime in ``zone``."""
    return datetime.fromtimestamp(ms / 1000, zone)


def iso(ms: int) -> str:
    """``2026-11-23T09:30:00Z``: how every machine-readable output writes a moment."""
    return at(ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_number(day: date) -> int:
    """Days since 1970-01-01, the form in which local days are stored."""
    return day.toordinal() - EPOCH_ORDINAL


def day_of(number: int) -> date:
    """The date of a stored day number."""
    return date.fromordinal(number + EPOCH_ORDINAL)


def local_day(ms: int, zone: tzinfo) -> int:
    """The day number on a calendar in ``zone`` at the moment ``ms``."""
    return day_number(at(ms, zone).date())

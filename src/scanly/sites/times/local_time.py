"""The days and moments of a site's file as Unix time, on the shop's clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scanly.core.clock import at
from scanly.links.moments import to_ms

_DAY_ALONE = len("2026-12-24")


def is_day(iso: str) -> bool:
    """Whether a moment was given without a time."""
    return len(iso) <= _DAY_ALONE


def begin_ms(iso: str, zone: ZoneInfo) -> int:
    """``2026-12-24T18:00``, or the beginning of ``2026-12-24``."""
    return to_ms(date.fromisoformat(iso[:_DAY_ALONE]), datetime.fromisoformat(iso).time(), zone)


def end_ms(iso: str, zone: ZoneInfo) -> int:
    """``2026-12-24T18:00``, or the midnight that ends ``2026-12-24``."""
    return day_end_ms(date.fromisoformat(iso), zone) if is_day(iso) else begin_ms(iso, zone)


def day_begin_ms(day: date, zone: ZoneInfo) -> int:
    """The midnight that begins a day."""
    return to_ms(day, time(), zone)


def day_end_ms(day: date, zone: ZoneInfo) -> int:
    """The midnight that ends a day."""
    return day_begin_ms(day + timedelta(days=1), zone)


def tomorrow_ms(now_ms: int, zone: ZoneInfo) -> int:
    """The midnight that ends the day of a moment."""
    return day_end_ms(at(now_ms, zone).date(), zone)

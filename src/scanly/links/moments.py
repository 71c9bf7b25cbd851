"""Moments as people write them, on the clocks of a zone; times that clocks skip are those an hour later.

Source: ISO 8601 (date, time, offset); where a local time happens twice, the first one is meant.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scanly.core.clock import at
from scanly.core.errors import Invalid
from scanly.core.text import printable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?")
_END_OF_DAY = ("24:00", "24.00")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:t\d.*|[ t].*(?:z|[+-]\d\d:?\d\d))")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_YEARLY = re.compile(r"\d\d-\d\d")
_LATER = re.compile(r"in (\d{1,4}) (minute|hour|day|week)s?")
_HINT = 'Write it like 2026-12-24, "2026-12-24 18:00", "sunday 21:00", "tomorrow 9:00" or "in 3 days".'
_DAY_MS = 86_400_000


def find_zone(name: str, *, field: str = "zone") -> ZoneInfo:
    """An IANA time zone. Raises Invalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid.field(
            field, f'"{printable(name[:60])}" is not a time zone.', hint="Such as Asia/Kolkata."
        ) from error


def weekday(word: str) -> int:
    """Monday is 0; ``mon``, ``Monday``. Raises ValueError."""
    name = word.strip().lower()
    return WEEKDAYS.index(name) if name in WEEKDAYS else _FULL.index(name)


def parse_time(text: str) -> time:
    """``9:00``, ``21.30``; ``24:00`` is the end of a day and reads as 0:00. Raises ValueError."""
    if text.strip() in _END_OF_DAY:
        return time(0)
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def is_date(text: str) -> bool:
    """Whether it is a date: ``2026-12-24``, or ``12-24`` for every year."""
    try:
        # 2024 was a leap year: 02-29 is a date of every year that has it.
        date.fromisoformat(f"2024-{text}" if _YEARLY.fullmatch(text) else text)
    except ValueError:
        return False
    return bool(_YEARLY.fullmatch(text) or _DATE.fullmatch(text))


def to_ms(day: date, clock: time, zone: ZoneInfo) -> int:
    """The moment at which the clocks of a zone show that."""
    return round(datetime.combine(day, clock, zone).timestamp() * 1000)


def parse_moment(text: str, zone: ZoneInfo, now_ms: int, *, field: str, whole_day: bool = False) -> int:
    """Unix milliseconds. A date alone is its beginning, with ``whole_day`` its end. Raises Invalid."""
    words = " ".join(text.strip().lower().split())
    try:
        found = _moment(words, zone, now_ms, whole_day=whole_day)
    except (ValueError, OverflowError) as error:
        shown = printable(text[:60])
        raise Invalid.field(field, f'"{shown}" is not a moment.', hint=_HINT) from error
    if found < 0:
        raise Invalid.field(field, f'"{printable(text[:60])}" is before 1970.', hint="Give a later moment.")
    return found


def _moment(words: str, zone: ZoneInfo, now_ms: int, *, whole_day: bool) -> int:
    if words == "now":
        return now_ms
    if found := _LATER.fullmatch(words):
        length = timedelta(**{f"{found[2]}s": int(found[1])})
        return now_ms + int(length.total_seconds() * 1000)
    if _ISO.fullmatch(words):
        return _iso(words, zone)
    day_words, _, clock_words = words.partition(" ")
    if not clock_words and (_TIME.fullmatch(day_words) or day_words in _END_OF_DAY):
        day_words, clock_words = "today", day_words
    day = _day(day_words, at(now_ms, zone).date())
    clock_words = clock_words.removeprefix("at ")
    clock = parse_time(clock_words) if clock_words else time(0)
    ends = clock_words in _END_OF_DAY or (whole_day and not clock_words)
    return to_ms(day + timedelta(days=1) if ends else day, clock, zone)


def _iso(words: str, zone: ZoneInfo) -> int:
    found = datetime.fromisoformat(words.upper().replace(" ", "T", 1))
    return round((found if found.tzinfo else found.replace(tzinfo=zone)).timestamp() * 1000)


def _day(words: str, today: date) -> date:
    """A date, ``today``, ``tomorrow``, or the next day of that name (today's own when it is that day)."""
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    if _DATE.fullmatch(words):
        return date.fromisoformat(words)
    return today + timedelta(days=(weekday(words) - today.weekday()) % 7)


def shown_end(ms: int, zone: ZoneInfo) -> str:
    """The same of an end: midnight is the 24:00 of the day that it ends, as people who gave a date alone meant."""
    moment = at(ms, zone)
    if moment.time() != time(0):
        return shown(ms, zone)
    return f"{moment.date() - timedelta(days=1):%a %Y-%m-%d} 24:00"


def shown(ms: int, zone: ZoneInfo) -> str:
    """``Sun 2026-12-06 21:00`` on the clocks of a zone."""
    return at(ms, zone).strftime("%a %Y-%m-%d %H:%M")

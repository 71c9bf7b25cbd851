"""The days a report covers, as people say them: ``30d``, ``last-month``; always local, both ends included."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scanly.core.clock import EPOCH_ORDINAL, day_number
from scanly.core.errors import Invalid
from scanly.core.text import nearest

LONGEST_DAYS = 3_660
_COUNTED = re.compile(r"([1-9]\d{0,4})\s*(d|days?|w|weeks?|m|months?|y|years?)")
_MONTHS = {"m": 1, "y": 12}
_HINT = "Write it like 2026-11-23, 30d, 12m, yesterday or last-month."


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last local day."""

    since: date
    until: date

    @property
    def numbers(self) -> tuple[int, int]:
        """Both days as days since 1970-01-01."""
        return day_number(self.since), day_number(self.until)

    def __len__(self) -> int:
        return (self.until - self.since).days + 1

    def days(self) -> list[date]:
        return [self.since + timedelta(days=number) for number in range(len(self))]

    def before(self, since: date | None = None) -> Period:
        """As many days from ``since`` on, or those that end where this period begins. Raises Invalid."""
        first = since or self.since - timedelta(days=len(self))
        return Period(_recorded("compare-to", first), first + timedelta(days=len(self) - 1))


def parse_period(since: str, until: str, today: date) -> Period:
    """``since`` is a date, a name, or a number of days that ends with ``until``; an empty ``until`` is today.

    Raises Invalid for what is no date, a period that ends before it begins, and more than ten years.
    """
    said = since.strip().lower()
    named = NAMED.get(said)
    if named and not until:
        return named(today)
    last = parse_day("until", until, today) if until else today
    counted = _COUNTED.fullmatch(said)
    first = _counted_back(counted, last) if counted else parse_day("since", since, today, last=False)
    if first is None:
        raise Invalid.field("since", f'"{since}" is more than ten years.', hint="Ask for less.")
    if first > last:
        raise Invalid.field("since", f"{first} is after {last}.", hint="Swap them.")
    if (last - first).days >= LONGEST_DAYS:
        raise Invalid.field("since", f"{first} to {last} is more than ten years.", hint="Ask for less.")
    return Period(_recorded("since", first), last)


def parse_day(name: str, text: str, today: date, *, last: bool = True) -> date:
    """A date, or the last (or first) day of a named period. Raises Invalid for the field ``name``."""
    named = NAMED.get(text.strip().lower())
    if named:
        return named(today).until if last else named(today).since
    try:
        return _recorded(name, date.fromisoformat(text.strip()))
    except ValueError as error:
        hint = nearest(text.strip().lower(), NAMED) or _HINT
        raise Invalid.field(name, f'"{text}" is not a date.', hint=hint) from error


def _recorded(name: str, day: date) -> date:
    if day.toordinal() < EPOCH_ORDINAL:
        raise Invalid.field(name, f"{day} is before 1970, when days begin to be numbered.")
    return day


def _counted_back(counted: re.Match[str], last: date) -> date | None:
    """The first of so many days, weeks, months or years that end with ``last``; None for more than ten years."""
    number, unit = int(counted[1]), counted[2][0]
    if unit in _MONTHS:
        months = number * _MONTHS[unit]
        return _months_back(last, months) + timedelta(days=1) if months <= LONGEST_DAYS // 30 else None
    days = number * (7 if unit == "w" else 1)
    return last - timedelta(days=days - 1) if days <= LONGEST_DAYS else None


def _months_back(day: date, months: int) -> date:
    """The same day of an earlier month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, _last_of(year, month + 1)))


def _last_of(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _of_week(ago: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        monday = today - timedelta(days=today.weekday() + 7 * ago)
        return Period(monday, today if not ago else monday + timedelta(days=6))

    return period


def _of_month(ago: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        first = _months_back(today.replace(day=1), ago)
        return Period(first, first.replace(day=_last_of(first.year, first.month)) if ago else today)

    return period


def _of_year(ago: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        year = today.year - ago
        return Period(date(year, 1, 1), date(year, 12, 31) if ago else today)

    return period


def _of_day(ago: int) -> Callable[[date], Period]:
    return lambda today: Period(today - timedelta(days=ago), today - timedelta(days=ago))


NAMED: Mapping[str, Callable[[date], Period]] = {
    "today": _of_day(0),
    "yesterday": _of_day(1),
    "this-week": _of_week(0),
    "last-week": _of_week(1),
    "this-month": _of_month(0),
    "last-month": _of_month(1),
    "this-year": _of_year(0),
    "last-year": _of_year(1),
}

"""The days a report covers, as people say them: ``30d``, ``2026-11-01``; always local, both ends included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from scanly.core.clock import day_number
from scanly.core.errors import Invalid

LONGEST_DAYS = 3_660
_DAYS = re.compile(r"([1-9]\d{0,4})\s*(d|days?|w|weeks?)")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last local day."""

    since: date
    until: date

    @property
    def numbers(self) -> tuple[int, int]:
        """Both days as days since 1970-01-01."""
        return day_number(self.since), day_number(self.until)

    def days(self) -> list[date]:
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days + 1)]


def parse_period(since: str, until: str, today: date) -> Period:
    """``since`` is a date or a number of days that ends with ``until``; an empty ``until`` is today.

    Raises Invalid for what is no date, a period that ends before it begins, and more than ten years.
    """
    last = _date("until", until) if until else today
    counted = _DAYS.fullmatch(since.strip().lower())
    if counted:
        length = int(counted[1]) * (7 if counted[2].startswith("w") else 1)
        if length > LONGEST_DAYS:
            raise Invalid.field("since", f'"{since}" is more than ten years.', hint="Ask for less.")
        return Period(last - timedelta(days=length - 1), last)
    first = _date("since", since)
    if first > last:
        raise Invalid.field("since", f"{first} is after {last}.", hint="Swap them.")
    if (last - first).days >= LONGEST_DAYS:
        raise Invalid.field("since", f"{first} to {last} is more than ten years.", hint="Ask for less.")
    return Period(first, last)


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        hint = "Write it like 2026-11-23, or 30d for the last thirty days."
        raise Invalid.field(name, f'"{text}" is not a date.', hint=hint) from error

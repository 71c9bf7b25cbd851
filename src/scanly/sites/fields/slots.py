"""Times that visitors can book: hours of the week, how long one takes, how far ahead, for how many at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from scanly.core.clock import at
from scanly.core.text import nearest
from scanly.sites.answers.slots import Timetable, free, next_change_ms
from scanly.sites.fields import At, Field
from scanly.sites.times.hours_text import is_hours_key, read_week
from scanly.sites.times.local_time import tomorrow_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanly.sites.page import Page

EXAMPLE = {"mon-fri": "10:00-13:00", "every": "30 minutes", "ahead": "14 days", "seats": 1}


class Amount(NamedTuple):
    """A number of the timetable: its limits, its value where none is given, and the units it is written in."""

    least: int
    most: int
    default: int
    units: dict[str, int]


_MINUTES = {"minute": 1, "min": 1, "hour": 60, "h": 60}
_AMOUNTS = {
    "every": Amount(5, 8 * 60, 30, _MINUTES),
    "ahead": Amount(1, 60, 14, {"day": 1, "week": 7}),
    "notice": Amount(0, 14 * 24, 0, {"hour": 1, "h": 1, "day": 24}),
    "seats": Amount(1, 100, 1, {"seat": 1, "person": 1}),
}
_WRITTEN = re.compile(r"(\d{1,4})\s*([a-z]*?)s?")


class Time(NamedTuple):
    """A moment that is free, and how its clock reads."""

    ms: int
    text: str


class FreeTimes(NamedTuple):
    """One day, in words, and its free times in order."""

    day: str
    times: tuple[Time, ...]


@dataclass(frozen=True, slots=True)
class Bookable:
    """A timetable as a template sees it."""

    timetable: Timetable
    page: Page

    def free(self, taken: Mapping[int, int]) -> tuple[FreeTimes, ...]:
        """The days on which one can still come; ``taken`` counts the seats that are (by moment, Unix ms)."""
        days = free(self.timetable, self.page.now_ms, self.page.zone, taken)
        self.page.until(tomorrow_ms(self.page.now_ms, self.page.zone))
        change_ms = next_change_ms(days, self.timetable)
        if change_ms is not None:
            self.page.until(change_ms)
        said = {
            clock: self.page.time(clock)
            for clock in {self._clock(ms) for day in days for ms in day.starts_ms}
        }
        return tuple(
            FreeTimes(
                self.page.date(day.day, weekday=True),
                tuple(Time(ms, said[self._clock(ms)]) for ms in day.starts_ms),
            )
            for day in days
        )

    def _clock(self, ms: int) -> time:
        return at(ms, self.page.zone).time()


def check(field: Field, value: Any, at: At) -> dict[str, Any] | None:
    """The hours as they were written, and every amount as a number of its unit."""
    if not isinstance(value, dict):
        at.wrong("must have hours.", 'Such as {mon-fri: "10:00-13:00", every: 30 minutes}.')
        return None
    given = cast("dict[str, Any]", value)
    before = len(at.found)
    hours = {name: text for name, text in given.items() if name not in _AMOUNTS and is_hours_key(name)}
    for name in given.keys() - hours.keys() - _AMOUNTS.keys():
        hint = nearest(name, [*_AMOUNTS, "mon-fri"]) or f"There are days, and {', '.join(_AMOUNTS)}."
        at.step(name).wrong("is not known here.", hint, at_key=True)
    _, problems = read_week(hours)
    for wrong in problems:
        there = At((*at.path, *wrong.path), at.found, at.about)
        there.wrong(wrong.message, wrong.hint, at_key=wrong.at_key)
    amounts = {name: _amount(given[name], name, at.step(name)) for name in _AMOUNTS if name in given}
    return None if len(at.found) > before else hours | amounts


def timetable(value: dict[str, Any]) -> Timetable:
    """What a checked value means."""
    amounts = {name: value.get(name, amount.default) for name, amount in _AMOUNTS.items()}
    week, _ = read_week({name: text for name, text in value.items() if name not in _AMOUNTS})
    return Timetable(week, amounts["every"], amounts["ahead"], amounts["notice"], amounts["seats"])


def schema(field: Field) -> dict[str, Any]:
    def amount(one: Amount) -> dict[str, Any]:
        number = {"type": "integer", "minimum": one.least, "maximum": one.most}
        return {"anyOf": [number, {"type": "string", "pattern": r"^\d{1,4}\s*[a-z]*$"}]}

    return {"type": "object", "properties": {name: amount(one) for name, one in _AMOUNTS.items()}}


def view(field: Field, value: dict[str, Any], page: Page) -> Bookable:
    return Bookable(timetable(value), page)


def _amount(value: Any, name: str, at: At) -> int:
    """A number alone, or with one of its units: ``30``, ``30 minutes``, ``2 weeks``."""
    limits = _AMOUNTS[name]
    found = _WRITTEN.fullmatch(str(value).strip().lower())
    unit = limits.units.get(found[2] or next(iter(limits.units))) if found else None
    number = int(found[1]) * unit if found and unit else -1
    if not limits.least <= number <= limits.most:
        word = next(iter(limits.units))
        at.wrong(
            "cannot be used.", f"It is {limits.least} to {limits.most} {word}s, such as {limits.default}."
        )
    return number

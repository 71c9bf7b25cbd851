"""When somebody comes: a stretch of time, dates, weekdays, hours, a shop's week, days off.

All of it on the clocks of the rule's zone, with its daylight saving. A stretch that ends before it begins
goes past midnight, and belongs to the day on which it began.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from scanly.core.errors import Invalid
from scanly.links import calendars
from scanly.links.conditions import Setting
from scanly.links.moments import WEEKDAYS, find_zone, is_date, parse_moment, parse_time, weekday
from scanly.links.values import Path, Wrong, as_mapping, mapping, words
from scanly.links.visitor import Visitor

_RANGE = re.compile(r"\s*([0-9:.]+)\s*[-–]\s*([0-9:.]+)\s*")
_WEEK = range(7)
_HOURS_HINT = 'Write it like "09:00-17:30".'

Stretch = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Time:
    """Between two moments, ``to`` not included."""

    start_ms: int
    end_ms: int
    zone: str
    name: str = "time"

    def holds(self, visitor: Visitor) -> bool:
        return self.start_ms <= visitor.now_ms < self.end_ms

    def fact(self, visitor: Visitor) -> str:
        return f"it is {visitor.local(self.zone):%Y-%m-%d %H:%M} in {self.zone}"


@dataclass(frozen=True, slots=True)
class Dates:
    """Between two dates, both included; without a year, every year."""

    first: str
    last: str
    zone: str
    name: str = "dates"

    def holds(self, visitor: Visitor) -> bool:
        today = visitor.local(self.zone).date().isoformat()
        if len(self.first) == len(today):
            return self.first <= today <= self.last
        today = today[5:]
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last

    def fact(self, visitor: Visitor) -> str:
        return f"the date is {visitor.local(self.zone):%Y-%m-%d} in {self.zone}"


@dataclass(frozen=True, slots=True)
class Days:
    """On these weekdays."""

    days: frozenset[int]
    zone: str
    name: str = "days"

    def holds(self, visitor: Visitor) -> bool:
        return visitor.local(self.zone).weekday() in self.days

    def fact(self, visitor: Visitor) -> str:
        return f"it is {visitor.local(self.zone):%A} in {self.zone}"


@dataclass(frozen=True, slots=True)
class Week:
    """Within the hours of each weekday; ``hours`` holds Monday first."""

    hours: tuple[tuple[Stretch, ...], ...]
    zone: str
    name: str = "weekly"

    def holds(self, visitor: Visitor) -> bool:
        now = visitor.local(self.zone)
        clock, today = now.time(), now.weekday()
        if any(_within(stretch, clock) for stretch in self.hours[today]):
            return True
        return any(_after_midnight(stretch, clock) for stretch in self.hours[today - 1])

    def fact(self, visitor: Visitor) -> str:
        return f"it is {visitor.local(self.zone):%A %H:%M} in {self.zone}"


@dataclass(frozen=True, slots=True)
class Holiday:
    """On a day off of one of these calendars."""

    names: tuple[str, ...]
    own: tuple[tuple[str, ...], ...]
    zone: str
    name: str = "holiday"

    def holds(self, visitor: Visitor) -> bool:
        return self._found(visitor) is not None

    def fact(self, visitor: Visitor) -> str:
        found = self._found(visitor)
        day = visitor.local(self.zone).date()
        return f"{day} is {found}" if found else f"{day} is no day off in {', '.join(self.names)}"

    def _found(self, visitor: Visitor) -> str | None:
        day = visitor.local(self.zone).date()
        for name, dates in zip(self.names, self.own, strict=True):
            off = _own(name, dates, day) if dates else calendars.holiday(name, day)
            if off:
                return off
        return None


def _own(name: str, dates: tuple[str, ...], day: date) -> str | None:
    text = day.isoformat()
    return f"a day of {name}" if text in dates or text[5:] in dates else None


def _within(stretch: Stretch, clock: time) -> bool:
    start, end = stretch
    return start <= clock and (clock < end or end <= start)


def _after_midnight(stretch: Stretch, clock: time) -> bool:
    """Whether it began the day before and goes on."""
    start, end = stretch
    return end <= start and clock < end


def _time(value: Any, path: Path, setting: Setting) -> Time:
    found = mapping(value, path, ("from", "to"), '{from: "2026-12-24 18:00", to: "2026-12-24 23:00"}')
    start = _moment(found.get("from"), (*path, "from"), setting.zone, whole_day=False)
    end = _moment(found.get("to"), (*path, "to"), setting.zone, whole_day=True)
    if start is not None and end is not None and start >= end:
        raise Wrong(path, "ends before it begins.", "Swap from and to.")
    return Time(start or 0, 2**62 if end is None else end, setting.zone)


def _moment(value: Any, path: Path, zone: str, *, whole_day: bool) -> int | None:
    if value is None:
        return None
    text = str(value)
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        raise Wrong(path, "must be a date and time.", 'Write it like "2026-12-24 18:00".')
    try:
        return parse_moment(text, find_zone(zone), 0, field="time", whole_day=whole_day)
    except Invalid as error:
        raise Wrong(path, "must be a date and time.", 'Write it like "2026-12-24 18:00".') from error


def _dates(value: Any, path: Path, setting: Setting) -> Dates:
    found = mapping(value, path, ("from", "to"), "{from: 2026-12-01, to: 2026-12-31}")
    first, last = (_date(found.get(name), (*path, name)) for name in ("from", "to"))
    if len(first) != len(last):
        raise Wrong(path, "has a year on one side only.", "Give both dates with a year, or none.")
    if len(first) == 10 and first > last:
        raise Wrong(path, "ends before it begins.", "Swap from and to.")
    return Dates(first, last, setting.zone)


def _date(value: Any, path: Path) -> str:
    text = str(value)
    if not is_date(text):
        raise Wrong(path, "must be a date.", "Such as 2026-12-24, or 12-24 for every year.")
    return text


def _days(value: Any, path: Path, setting: Setting) -> Days:
    days: set[int] = set()
    for word in words(value, path, "[sat, sun]"):
        days |= _weekdays(word, path)
    return Days(frozenset(days), setting.zone)


def _weekdays(word: str, path: Path, *, at_key: bool = False) -> set[int]:
    """``mon``, ``mon-fri``, ``fri-mon``."""
    first, dash, last = word.partition("-")
    try:
        start = weekday(first)
        end = weekday(last) if dash else start
    except ValueError as error:
        hint = f"There are {', '.join(WEEKDAYS)}."
        raise Wrong(path, f'"{word[:40]}" is no weekday.', hint, at_key=at_key) from error
    return {(start + step) % 7 for step in range((end - start) % 7 + 1)}


def _hours(value: Any, path: Path, setting: Setting) -> Week:
    stretches = _stretches(value, path)
    return Week((stretches,) * 7, setting.zone, name="hours")


def _weekly(value: Any, path: Path, setting: Setting) -> Week:
    example = '{mon-fri: "09:00-17:00", sat: ["09:00-12:00", "14:00-18:00"], sun: closed}'
    given = as_mapping(value)
    if not given:
        raise Wrong(path, "must have hours by weekday.", f"Such as {example}.")
    week: dict[int, tuple[Stretch, ...]] = {}
    for word, hours in given.items():
        for day in _weekdays(word, (*path, word), at_key=True):
            if day in week:
                hint = "Keep one of them."
                raise Wrong((*path, word), f"names {WEEKDAYS[day]} a second time.", hint, at_key=True)
            week[day] = _stretches(hours, (*path, word))
    return Week(tuple(week.get(day, ()) for day in _WEEK), setting.zone)


def _stretches(value: Any, path: Path) -> tuple[Stretch, ...]:
    listed = words(value, path, '"09:00-17:30"')
    if listed == ("closed",):
        return ()
    if listed == ("all",) or listed == ("open",):
        return ((time(0), time(0)),)
    return tuple(_stretch(word, path) for word in listed)


def _stretch(word: str, path: Path) -> Stretch:
    found = _RANGE.fullmatch(word)
    try:
        if found is None:
            raise ValueError(word)
        return parse_time(found[1]), parse_time(found[2])
    except ValueError as error:
        raise Wrong(path, f'"{word[:40]}" are no hours.', _HOURS_HINT) from error


def _holiday(value: Any, path: Path, setting: Setting) -> Holiday:
    names = words(value, path, "IN-MH")
    own = tuple(setting.calendars.get(name, ()) for name in names)
    for name, dates in zip(names, own, strict=True):
        problem = "" if dates else calendars.unknown(name, setting.calendars)
        if problem:
            raise Wrong(path, f'"{name[:40]}" is no calendar.', problem)
    return Holiday(names, own, setting.zone)


CONDITIONS = {
    "time": _time,
    "dates": _dates,
    "days": _days,
    "hours": _hours,
    "weekly": _weekly,
    "holiday": _holiday,
}
EXAMPLES = {
    "time": {"from": "2026-12-24 18:00", "to": "2026-12-24 23:00"},
    "dates": {"from": "12-24", "to": "01-06"},
    "days": ["sat", "sun"],
    "hours": "18:00-02:00",
    "weekly": {"mon-fri": "09:00-17:00", "sat": ["09:00-12:00", "14:00-18:00"], "sun": "closed"},
    "holiday": ["IN-MH"],
}

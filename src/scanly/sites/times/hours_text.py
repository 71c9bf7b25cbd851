"""Opening hours as people write them: ``mon-sat: "09:00-13:00, 16:00-21:00"``, ``sun: closed``, ``holidays``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from scanly.core.text import nearest, printable
from scanly.links import calendars
from scanly.links.moments import WEEKDAYS, is_date, weekday
from scanly.links.values import Path, Wrong, as_list, as_mapping
from scanly.sites.times.hours import BY_APPOINTMENT, CLOSED, WHOLE_DAY, Day, Stretch, Week

HOLIDAYS = "holidays"
_SEVERAL = {
    **dict.fromkeys(("daily", "every day", "everyday"), range(7)),
    **dict.fromkeys(("weekdays", "weekday"), range(5)),
    **dict.fromkeys(("weekend", "weekends"), range(5, 7)),
}
_WORDS = {
    **dict.fromkeys(("closed", "shut"), CLOSED),
    **dict.fromkeys(("24 hours", "24h", "open 24 hours", "all day"), WHOLE_DAY),
    **dict.fromkeys(("by appointment", "appointment"), BY_APPOINTMENT),
}
_CLOCK = r"(\d{1,2})(?:[:.](\d\d))?(?:\s*([ap])\.?m\.?)?"
_STRETCH = re.compile(rf"\s*{_CLOCK}\s*(?:-|–|—|to)\s*{_CLOCK}\s*", re.IGNORECASE)
_DAY_MINUTES = 24 * 60
_DAYS_HINT = "Days are mon to sun, such as mon-fri or sat; or daily, weekdays, weekend."
_HOURS_HINT = 'Write "09:00-21:00", "09:00-13:00, 16:00-21:00", closed, 24 hours or by appointment.'
_HOLIDAYS_HINT = 'Such as {2026-12-25: closed, "12-24": "09:00-13:00", IN-MH: closed}.'


def is_hours_key(name: str) -> bool:
    """Whether a key of a block is about hours: it begins as a day does, or names holidays."""
    first = re.split(r"[\s,–-]", name.strip().lower(), maxsplit=1)[0]
    return name == HOLIDAYS or name.lower() in _SEVERAL or _weekday(first) is not None


def read_week(given: Mapping[str, Any]) -> tuple[Week, tuple[Wrong, ...]]:
    """The hours, and all that is wrong with them; days that are not named are closed."""
    reading = _Reading()
    for name, value in given.items():
        if name == HOLIDAYS:
            reading.holidays(value)
        else:
            reading.weekly(name, value)
    if not reading.days and not reading.problems:
        reading.problems.append(Wrong((), "has no hours.", 'Such as mon-sat: "09:00-21:00".'))
    days = tuple(reading.days.get(day, CLOSED) for day in range(7))
    return Week(days, reading.dates, reading.calendars), tuple(reading.problems)


class _Reading:
    """What was read so far, and what was wrong with it."""

    def __init__(self) -> None:
        self.days: dict[int, Day] = {}
        self.dates: dict[str, Day] = {}
        self.calendars: dict[str, Day] = {}
        self.problems: list[Wrong] = []

    def weekly(self, name: str, value: Any) -> None:
        try:
            days = read_days(name, (name,))
            hours = read_hours(value, (name,))
        except Wrong as wrong:
            self.problems.append(wrong)
            return
        if twice := sorted(self.days.keys() & days):
            message = f"names {WEEKDAYS[twice[0]]} a second time."
            self.problems.append(Wrong((name,), message, "Keep one of them.", at_key=True))
        self.days.update(dict.fromkeys(days, hours))

    def holidays(self, value: Any) -> None:
        given = as_mapping(value)
        if not given:
            self.problems.append(Wrong((HOLIDAYS,), "must have dates.", _HOLIDAYS_HINT))
            return
        for name, hours in given.items():
            try:
                self._holiday(name, read_hours(hours, (HOLIDAYS, name)))
            except Wrong as wrong:
                self.problems.append(wrong)

    def _holiday(self, name: str, hours: Day) -> None:
        if is_date(name):
            self.dates[name] = hours
        elif name[:1].isdigit():
            message = f'"{printable(name[:40])}" is not a date.'
            raise Wrong((HOLIDAYS, name), message, _HOLIDAYS_HINT, at_key=True)
        elif unknown := calendars.unknown(name, ()):
            message = f'"{printable(name[:40])}" is neither a date nor a country\'s calendar.'
            raise Wrong((HOLIDAYS, name), message, unknown, at_key=True)
        else:
            self.calendars[name] = hours


def read_days(text: str, path: Path) -> frozenset[int]:
    """``mon``, ``mon-fri``, ``fri-mon``, ``mon, wed``, ``daily``; Monday is 0. Raises Wrong."""
    found: set[int] = set()
    for part in text.lower().split(","):
        word = part.strip()
        if word in _SEVERAL:
            found |= set(_SEVERAL[word])
            continue
        first, *last = (_weekday(each) for each in re.split(r"\s*[-–]\s*", word, maxsplit=1))
        end = last[0] if last else first
        if first is None or end is None:
            hint = nearest(word, [*WEEKDAYS, *_SEVERAL]) or _DAYS_HINT
            raise Wrong(path, f'"{printable(word[:40])}" is no day of the week.', hint, at_key=True)
        found |= {(first + step) % 7 for step in range((end - first) % 7 + 1)}
    return frozenset(found)


def read_hours(value: Any, path: Path) -> Day:
    """``09:00-21:00``, several of them, ``closed``, ``24 hours``, ``by appointment``. Raises Wrong."""
    several = as_list(value)
    parts = several if several is not None else value.split(",") if isinstance(value, str) else [value]
    if not parts or not all(isinstance(part, str) and part.strip() for part in parts):
        raise Wrong(path, "must have hours.", _HOURS_HINT)
    whole = " ".join(parts[0].lower().split())
    if len(parts) == 1 and whole in _WORDS:
        return _WORDS[whole]
    stretches = tuple(sorted(_stretch(part, path) for part in parts))
    _refuse_overlap(stretches, path)
    return WHOLE_DAY if stretches[0] == Stretch(0, _DAY_MINUTES) else Day(stretches)


def _stretch(text: str, path: Path) -> Stretch:
    found = _STRETCH.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        start, end = _minutes(found[1], found[2], found[3]), _minutes(found[4], found[5], found[6])
        if start in (_DAY_MINUTES, end) or (found[3] is None) != (found[6] is None):
            raise ValueError(text)
    except ValueError as error:
        hint = nearest(text.strip().lower(), _WORDS) or _HOURS_HINT
        raise Wrong(path, f'"{printable(text.strip()[:40])}" are no hours.', hint) from error
    return Stretch(start, end if start < end else end + _DAY_MINUTES)


def _minutes(hour: str, minute: str | None, half: str | None) -> int:
    """Minutes after midnight, 0 to 1440. Raises ValueError."""
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(hour)
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    found = hours * 60 + minutes
    if minutes > 59 or found > _DAY_MINUTES:
        raise ValueError(hour)
    return found


def _refuse_overlap(stretches: Iterable[Stretch], path: Path) -> None:
    before = None
    for stretch in stretches:
        if before and stretch.start_minutes < before.end_minutes:
            message = f"has hours that overlap at {stretch.start:%H:%M}."
            raise Wrong(path, message, "Each begins when the one before has ended.")
        before = stretch


def _weekday(word: str) -> int | None:
    try:
        return weekday(word)
    except ValueError:
        return None

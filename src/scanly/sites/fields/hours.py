"""Opening hours, day by day; on the page: rows of days, what holds today, and whether it is open now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from scanly.core.clock import at
from scanly.sites.fields import At, Field
from scanly.sites.times.hours import SOON_MS, Day, Status, Stretch, Week, open_now
from scanly.sites.times.hours_text import HOLIDAYS, read_week

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = {"mon-sat": "09:00-21:00", "sun": "closed"}
_SPECIAL_ROWS = 6
_DAY = "(mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_DAY_PATTERN = f"^({_DAY}|daily|every ?day|weekdays?|weekends?)( *[,–-] *({_DAY}|weekdays?|weekends?))*$"
_HOURS_PATTERN = "[0-9]|closed|shut|all day|appointment"


def check(field: Field, value: Any, at: At) -> dict[str, Any] | None:
    """The hours as they were written, once they are known to be right."""
    given = cast("dict[str, Any]", value)
    if not isinstance(value, dict) or not given:
        at.wrong("must have days.", 'Such as mon-sat: "09:00-21:00".')
        return None
    problems = read_week(given)[1]
    for wrong in problems:
        there = At((*at.path, *wrong.path), at.found, at.about)
        there.wrong(wrong.message, wrong.hint, at_key=wrong.at_key)
    return None if problems else given


def schema(field: Field) -> dict[str, Any]:
    one = {"type": "string", "pattern": _HOURS_PATTERN}
    hours: dict[str, Any] = {
        "anyOf": [one, {"type": "array", "items": one, "minItems": 1}],
        "examples": ["09:00-21:00", "09:00-13:00, 16:00-21:00", "closed", "24 hours", "by appointment"],
    }
    holidays = {"type": "object", "additionalProperties": hours, "minProperties": 1}
    return {
        "type": "object",
        "properties": {HOLIDAYS: holidays},
        "patternProperties": {_DAY_PATTERN: hours},
    }


def view(field: Field, value: dict[str, Any], page: Page) -> Hours:
    return Hours(read_week(value)[0], page)


@dataclass(frozen=True, slots=True)
class Row:
    """Some days and what holds on them, in words; ``times`` has a line for each shift."""

    days: str
    times: tuple[str, ...]
    open: bool
    today: bool


class Hours:
    """The hours as a template sees them. Whatever depends on the moment says until when it is true."""

    def __init__(self, week: Week, page: Page) -> None:
        self.week, self._page = week, page

    @cached_property
    def _status(self) -> Status:
        found = open_now(self.week, self._page.now_ms, self._page.zone)
        if found.until_ms is not None:
            self._page.until(found.until_ms)
            if found.open:
                self._page.until(found.until_ms - SOON_MS)
        return found

    @property
    def open(self) -> bool:
        return self._status.open

    @property
    def status(self) -> str:
        """``Open now · closes at 21:00``."""
        page, found = self._page, self._status
        if not found.open:
            return self._closed(found.until_ms)
        if found.until_ms is None:
            return page.t("Open 24 hours")
        time = page.time(at(found.until_ms, page.zone))
        if found.soon(page.now_ms):
            return page.t("Open now · closes soon, at {time}", time=time)
        return page.t("Open now · closes at {time}", time=time)

    def _closed(self, opens_ms: int | None) -> str:
        page = self._page
        if self.week.on(page.today).by_appointment:
            return page.t("Today by appointment")
        if opens_ms is None:
            return page.t("Closed now")
        opens = at(opens_ms, page.zone)
        time, days = page.time(opens), (opens.date() - page.today).days
        if days == 0:
            return page.t("Closed now · opens at {time}", time=time)
        if days == 1:
            return page.t("Closed now · opens tomorrow at {time}", time=time)
        day = page.words.day(opens.weekday()) if days < 7 else page.date(opens.date(), weekday=True)
        return page.t("Closed now · opens on {day} at {time}", day=day, time=time)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The week, days in a row with the same hours together."""
        page = self._page
        weekday = -1 if self.week.special(page.today) else page.today.weekday()
        return tuple(
            self._row(self._days(days), day, today=weekday in days) for days, day in self.week.groups()
        )

    @cached_property
    def special(self) -> tuple[Row, ...]:
        """The next days that differ."""
        return tuple(self._special_rows())

    def _special_rows(self) -> Iterator[Row]:
        for number, (day, hours) in enumerate(self.week.coming(self._page.today)):
            if number == _SPECIAL_ROWS:
                return
            yield self._row(self._page.date(day), hours, today=day == self._page.today)

    def _days(self, days: range) -> str:
        said = self._page.words.day
        if len(days) == 1:
            return said(days[0])
        if len(days) == 7:
            return self._page.t("Every day")
        return f"{said(days[0], short=True)} – {said(days[-1], short=True)}"

    def _row(self, days: str, day: Day, *, today: bool) -> Row:
        return Row(days, tuple(self._times(day)), bool(day.stretches), today)

    def _times(self, day: Day) -> Iterator[str]:
        page = self._page
        if day.whole:
            yield page.t("24 hours")
        elif day.by_appointment:
            yield page.t("By appointment")
        elif not day.stretches:
            yield page.t("Closed")
        for stretch in () if day.whole else day.stretches:
            yield self._stretch(stretch)

    def _stretch(self, stretch: Stretch) -> str:
        start, end = self._page.time(stretch.start), self._page.time(stretch.end)
        return f"{start} – {end}"

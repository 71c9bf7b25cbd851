"""When a shop is open: hours by weekday, days that differ, whether it is open now and when that changes.

All of it on the shop's clocks. Hours that end before they begin go past midnight and belong to the day on which
they began. Where clocks jump, a time that they skip is the one an hour later, and a time that they show twice is
the first.
Source: schema.org, OpeningHoursSpecification.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from scanly.core.clock import at
from scanly.links import calendars
from scanly.links.moments import to_ms

FORESEEN_DAYS = 60
SOON_MS = 30 * 60_000
_DAY_MINUTES = 24 * 60
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From the first minute of the day to the one after the last; ``end_minutes`` over 1440 is tomorrow."""

    start_minutes: int
    end_minutes: int

    @property
    def start(self) -> time:
        return clock(self.start_minutes)

    @property
    def end(self) -> time:
        """24:00 is 0:00."""
        return clock(self.end_minutes)


@dataclass(frozen=True, slots=True)
class Day:
    """What holds on one day; without stretches it is closed, or open to those who have an appointment."""

    stretches: tuple[Stretch, ...] = ()
    by_appointment: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is open from midnight to midnight."""
        return self.stretches == (Stretch(0, _DAY_MINUTES),)


CLOSED = Day()
WHOLE_DAY = Day((Stretch(0, _DAY_MINUTES),))
BY_APPOINTMENT = Day(by_appointment=True)


@dataclass(frozen=True, slots=True)
class Status:
    """Open or not, and until when; ``until_ms`` is None where nothing changes within 60 days."""

    open: bool
    until_ms: int | None

    def soon(self, now_ms: int) -> bool:
        """Whether it closes within half an hour."""
        return self.open and self.until_ms is not None and self.until_ms - now_ms <= SOON_MS


@dataclass(frozen=True, slots=True)
class Week:
    """Hours of the seven days, Monday first, and days that differ.

    ``dates`` are days such as ``2026-12-24``, or ``12-24`` of every year; ``calendars`` public holidays by
    country and region, such as ``IN-MH``. A date with its year goes before one without, and both before those.
    """

    days: tuple[Day, ...] = (CLOSED,) * 7
    dates: Mapping[str, Day] = field(default_factory=dict[str, Day])
    calendars: Mapping[str, Day] = field(default_factory=dict[str, Day])

    def special(self, day: date) -> Day | None:
        """What holds on a day that differs, None on an ordinary one."""
        text = day.isoformat()
        found = self.dates.get(text) or self.dates.get(text[5:])
        if found:
            return found
        return next((off for name, off in self.calendars.items() if calendars.holiday(name, day)), None)

    def on(self, day: date) -> Day:
        """What holds on a day."""
        return self.special(day) or self.days[day.weekday()]

    def coming(self, today: date) -> Iterator[tuple[date, Day]]:
        """The days that differ, from today on and as far as is foreseen."""
        if self.dates or self.calendars:
            for step in range(FORESEEN_DAYS):
                day = today + timedelta(days=step)
                if (special := self.special(day)) is not None:
                    yield day, special

    def groups(self) -> Iterator[tuple[range, Day]]:
        """Weekdays in a row with the same hours, Monday is 0."""
        first = 0
        for day in range(1, 8):
            if day == 7 or self.days[day] != self.days[first]:
                yield range(first, day), self.days[first]
                first = day

    def specification(self, today: date) -> list[dict[str, object]]:
        """The hours as search engines read them."""
        found: dict[Stretch, list[str]] = {}
        for name, day in zip(_NAMES, self.days, strict=True):
            for stretch in day.stretches:
                found.setdefault(stretch, []).append(name)
        weekly = [_specified(stretch) | {"dayOfWeek": names} for stretch, names in found.items()]
        return weekly + [
            _specified(stretch) | {"validFrom": day.isoformat(), "validThrough": day.isoformat()}
            for day, special in self.coming(today)
            if not special.by_appointment
            for stretch in special.stretches or (Stretch(0, 0),)
        ]


def clock(minutes: int) -> time:
    """The time of day so many minutes after midnight; those of tomorrow count from its midnight."""
    return time(*divmod(minutes % _DAY_MINUTES, 60))


def open_now(week: Week, now_ms: int, zone: ZoneInfo) -> Status:
    """Whether it is open, and until when."""
    for start_ms, end_ms in _opened(week, now_ms, zone):
        if end_ms > now_ms:
            known = end_ms < _horizon_ms(now_ms, zone)
            opened = start_ms <= now_ms
            return Status(opened, start_ms if not opened else end_ms if known else None)
    return Status(open=False, until_ms=None)


def closing_ms(week: Week, day: date, zone: ZoneInfo) -> int | None:
    """When it closes for the last time on a day, which may be tomorrow; None when it does not open."""
    return max((end_ms for _, end_ms in _moments(week, day, zone)), default=None)


def _opened(week: Week, now_ms: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """When it is open without a break, in order, from yesterday on; what meets is one."""
    first = at(now_ms, zone).date() - timedelta(days=1)
    whole: tuple[int, int] | None = None
    for step in range(FORESEEN_DAYS + 1):
        for start_ms, end_ms in sorted(_moments(week, first + timedelta(days=step), zone)):
            if whole and start_ms <= whole[1]:
                whole = whole[0], max(whole[1], end_ms)
                continue
            if whole:
                yield whole
            whole = start_ms, end_ms
    if whole:
        yield whole


def _moments(week: Week, day: date, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    for stretch in week.on(day).stretches:
        tomorrow = timedelta(days=stretch.end_minutes // _DAY_MINUTES)
        start_ms = to_ms(day, stretch.start, zone)
        end_ms = to_ms(day + tomorrow, stretch.end, zone)
        if start_ms < end_ms:  # Clocks may skip the whole of it.
            yield start_ms, end_ms


def _horizon_ms(now_ms: int, zone: ZoneInfo) -> int:
    return to_ms(at(now_ms, zone).date() + timedelta(days=FORESEEN_DAYS), time(0), zone)


def _specified(stretch: Stretch) -> dict[str, object]:
    """A day that ends at 24:00 closes at 23:59 there; one that is closed opens and closes at 00:00."""
    closes = time(23, 59) if stretch.end_minutes == _DAY_MINUTES else stretch.end
    return {
        "@type": "OpeningHoursSpecification",
        "opens": f"{stretch.start:%H:%M}",
        "closes": f"{closes:%H:%M}",
    }

"""Times that can be booked: cut from hours of the week, as far ahead as the owner wants, on the shop's clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from scanly.core.clock import at
from scanly.links.moments import to_ms
from scanly.sites.times.hours import Week, clock

MINUTE_MS = 60_000
_HOUR_MS = 60 * MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
# A time that is over may still be on a page until it is drawn again.
LOOK_BACK_MS = 24 * _HOUR_MS
# A page lists them all.
MOST_SLOTS = 400


@dataclass(frozen=True, slots=True)
class Timetable:
    """When one can come: ``week`` cut into pieces of ``every_minutes``, each for as many people as ``seats``.

    From ``notice_hours`` from now until the end of the day ``ahead_days`` from today.
    """

    week: Week
    every_minutes: int = 30
    ahead_days: int = 14
    notice_hours: int = 0
    seats: int = 1


@dataclass(frozen=True, slots=True)
class FreeDay:
    """The moments of one day at which one can still come (Unix ms), in order."""

    day: date
    starts_ms: tuple[int, ...]


def starts_on(timetable: Timetable, day: date, zone: ZoneInfo) -> tuple[int, ...]:
    """When the pieces of a day begin, in order. A piece fits in whole; a time that the clocks skip is none."""
    found = set[int]()
    for stretch in timetable.week.on(day).stretches:
        last = stretch.end_minutes - timetable.every_minutes
        for minutes in range(stretch.start_minutes, last + 1, timetable.every_minutes):
            shown = clock(minutes)
            start_ms = to_ms(day + timedelta(days=minutes // (24 * 60)), shown, zone)
            if at(start_ms, zone).time() == shown:
                found.add(start_ms)
    return tuple(sorted(found))


def free(timetable: Timetable, now_ms: int, zone: ZoneInfo, taken: Mapping[int, int]) -> tuple[FreeDay, ...]:
    """The days on which one can still come; ``taken`` says how many seats of a start are gone."""
    days: dict[date, list[int]] = {}
    offered = _offered(timetable, now_ms, zone, _days(timetable, now_ms, zone))
    starts = (each for each in offered if taken.get(each[1], 0) < timetable.seats)
    for day, start_ms in islice(starts, MOST_SLOTS):
        days.setdefault(day, []).append(start_ms)
    return tuple(FreeDay(day, tuple(starts_ms)) for day, starts_ms in days.items())


def is_offered(timetable: Timetable, start_ms: int, now_ms: int, zone: ZoneInfo) -> bool:
    """Whether a piece begins then that can be booked, where there is a seat."""
    if not now_ms < start_ms < now_ms + (timetable.ahead_days + 2) * _DAY_MS:
        return False
    its_day = at(start_ms, zone).date()
    near = [day for day in _days(timetable, now_ms, zone) if timedelta(0) <= its_day - day <= timedelta(1)]
    return any(start_ms == start for _, start in _offered(timetable, now_ms, zone, near))


def next_change_ms(days: tuple[FreeDay, ...], timetable: Timetable) -> int | None:
    """When the first of the free moments can no longer be booked."""
    return days[0].starts_ms[0] - timetable.notice_hours * _HOUR_MS if days else None


def _days(timetable: Timetable, now_ms: int, zone: ZoneInfo) -> Iterator[date]:
    """From yesterday on, whose hours may go past midnight."""
    today = at(now_ms, zone).date()
    for step in range(-1, timetable.ahead_days + 1):
        yield today + timedelta(days=step)


def _offered(
    timetable: Timetable, now_ms: int, zone: ZoneInfo, days: Iterable[date]
) -> Iterator[tuple[date, int]]:
    earliest_ms = now_ms + timetable.notice_hours * _HOUR_MS
    for day in days:
        for start_ms in starts_on(timetable, day, zone):
            if start_ms > earliest_ms:
                yield day, start_ms

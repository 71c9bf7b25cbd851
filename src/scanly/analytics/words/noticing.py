"""Finds what is worth saying in the numbers of a period: the facts, in the order in which they matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanly.analytics.rhythm import hours as rhythm_hours
from scanly.analytics.rhythm.anomaly import unusual_days
from scanly.analytics.rhythm.counts import Count
from scanly.analytics.rhythm.forecast import forecast
from scanly.analytics.rhythm.rhythm import WARM_DAYS, WEEK_DAYS, follow
from scanly.analytics.rhythm.silence import silence, silent_codes
from scanly.analytics.rhythm.trend import trend
from scanly.analytics.words.facts import (
    AgainstUsual,
    BestCode,
    BestHours,
    BusiestDay,
    Fact,
    Outlook,
    Robots,
    RobotWave,
    Silent,
    SteadyChange,
    Today,
    TooLittle,
    Total,
    UnusualDay,
)
from scanly.core.clock import day_of

# How far back the days before a period are read: what is usual needs eight weeks, steady change sixteen.
HISTORY_DAYS = 16 * WEEK_DAYS
# Of so many days before today it must be known at what hours they had their scans.
HOURS_DAYS = 4 * WEEK_DAYS
OUTLOOK_DAYS = 7
_SILENT_CHANCE = 0.01
# A period up to so long is held against the usual as a whole, of a longer one its last week.
_COMPARED_DAYS = 14
_COMPARED_CHANCE, _LEAST_CHANGE = 0.05, 0.1
# Fewer scans than these in the known days tell nothing of a rhythm.
_LEAST_KNOWN = 20
# Today is held against the usual when about so much of a day's scans should have come, and hours are known of so many.
_LEAST_OF_TODAY, _LEAST_HOURS = 0.1, 50
_LEAST_BUSY = 5
_LEAST_ROBOTS, _ROBOTS_TIMES = 20, 3


class Code(NamedTuple):
    """One of several codes; ``scans`` by day, on the same days as the whole."""

    code: str
    title: str
    scans: Sequence[int]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Scans by local day from ``first`` to ``until``, of which the period begins with ``since`` (day numbers).

    ``today`` is not over yet, only its first ``hours_passed``. ``before`` is the number of the time before the
    period, None where it is not known. ``hours`` are 24 numbers for each day that had scans, as far as hours are
    known: of the period, and of `HOURS_DAYS` before today.
    """

    first: int
    since: int
    until: int
    today: int
    scans: Sequence[int]
    robots: Sequence[int]
    hours_passed: float = 0.0
    before: int | None = None
    hours: Mapping[int, Sequence[int]] = field(default_factory=dict[int, Sequence[int]])
    codes: Sequence[Code] = ()

    @property
    def over(self) -> int:
        """The first day that is not over, or is after the period."""
        return min(self.until + 1, self.today)

    @property
    def begun(self) -> int:
        """The first day of which something is known: what lies before the first scan is no silence."""
        return next((day for day, count in enumerate(self.scans, self.first) if count), self.over)

    def whole_days(self) -> list[int]:
        """The numbers of all days that are over, from the first scan on."""
        return list(self.scans[self.begun - self.first : max(self.over, self.begun) - self.first])

    def by_hour(self, first: int, until: int) -> list[int]:
        """24 numbers: the scans of some days by hour."""
        days = [hours for day, hours in self.hours.items() if first <= day <= until]
        return [sum(hour) for hour in zip(*days, strict=True)]

    def of_period(self) -> Sequence[int]:
        return self.scans[self.since - self.first :]


def notice(numbers: Numbers) -> tuple[Fact, ...]:
    """All facts of a period."""
    facts = tuple(fact for find in _FINDERS for fact in find(numbers))
    return facts if _enough(numbers) else (*facts, _too_little(numbers))


def _total(numbers: Numbers) -> Iterator[Fact]:
    so_far = numbers.until >= numbers.today
    yield Total(_iso(numbers.since), _iso(numbers.until), sum(numbers.of_period()), numbers.before, so_far)


def _busiest(numbers: Numbers) -> Iterator[Fact]:
    """Not of a single day, and not when two days share the place."""
    period = numbers.of_period()
    most = max(period)
    if len(period) < 2 or most < _LEAST_BUSY or list(period).count(most) > 1:
        return
    day = numbers.since + list(period).index(most)
    earlier = range(day - 1, numbers.begun - 1, -1)
    as_many = next((_iso(one) for one in earlier if numbers.scans[one - numbers.first] >= most), "")
    hours = _hours(numbers.hours.get(day, ()))
    yield BusiestDay(_iso(day), most, as_many, day - numbers.begun, hours)


def _unusual(numbers: Numbers) -> Iterator[Fact]:
    days = numbers.whole_days()
    if not _enough(numbers):
        return
    for found in unusual_days(_weekday(numbers.begun), days, max(numbers.since - numbers.begun, 0)):
        day, (low, high) = _iso(numbers.begun + found.number), found.expected.band(0.95)
        yield UnusualDay(day, found.scans, found.expected.mean, low, high, found.chance)


def _silent(numbers: Numbers) -> Iterator[Fact]:
    """The whole subject, or else those of its codes that are."""
    whole = silence(_weekday(numbers.begun), numbers.whole_days())
    if whole and whole.chance <= _SILENT_CHANCE:
        yield Silent("", "", whole.days, _iso(numbers.over - whole.days), whole.expected, whole.chance)
        return
    begun = [_begun(code.scans) for code in numbers.codes]
    over = numbers.over - numbers.first
    days = {place: code.scans[begun[place] : over] for place, code in enumerate(numbers.codes)}
    weekdays = {place: _weekday(numbers.first + start) for place, start in enumerate(begun)}
    for place, found in silent_codes(weekdays, days).items():
        code = numbers.codes[place]
        since = _iso(numbers.over - found.days)
        yield Silent(code.code, code.title, found.days, since, found.expected, found.chance)


def _against_usual(numbers: Numbers) -> Iterator[Fact]:
    days = numbers.over - numbers.since
    if days > _COMPARED_DAYS:
        days = WEEK_DAYS
    whole = numbers.whole_days()
    known = follow(_weekday(numbers.begun), whole[: len(whole) - days])
    if days < 1 or not known or not _enough(numbers):
        return
    since, scans = numbers.over - days, sum(whole[-days:])
    expected = known[-1].expect_sum(_weekday(since), days)
    yield AgainstUsual(_iso(since), _iso(numbers.over - 1), scans, *_held_against(expected, scans))


def _today(numbers: Numbers) -> Iterator[Fact]:
    """Only where the period reaches to today."""
    hours = numbers.by_hour(numbers.today - HOURS_DAYS, numbers.today - 1)
    if (
        not numbers.since <= numbers.today <= numbers.until
        or sum(hours) < _LEAST_HOURS
        or not _enough(numbers)
    ):
        return
    whole, part = divmod(numbers.hours_passed, 1)
    passed = sum(hours[: int(whole)]) + part * sum(hours[int(whole) : int(whole) + 1])
    share = passed / sum(hours)
    if share < _LEAST_OF_TODAY:
        return
    known = follow(_weekday(numbers.begun), numbers.whole_days())[-1]
    day = known.expect(_weekday(numbers.today))
    scans = numbers.scans[numbers.today - numbers.first]
    expected = Count(day.mean * share, day.dispersion)
    yield Today(_iso(numbers.today), scans, *_held_against(expected, scans))


def _held_against(expected: Count, scans: int) -> tuple[float, int, int, float, float, bool]:
    """Mean and bounds of what was expected, the change, how probable it is, and whether it is more than chance."""
    change, chance = scans / expected.mean - 1, expected.surprise(scans)
    stands_out = chance <= _COMPARED_CHANCE and abs(change) >= _LEAST_CHANGE
    return expected.mean, *expected.band(0.95), change, chance, stands_out


def _steady(numbers: Numbers) -> Iterator[Fact]:
    days = numbers.whole_days()
    weeks = [sum(days[end - WEEK_DAYS : end]) for end in range(len(days), WEEK_DAYS - 1, -WEEK_DAYS)]
    found = trend(weeks[::-1])
    if found:
        yield SteadyChange(found.weeks, found.change_a_week, found.chance)


def _best_hours(numbers: Numbers) -> Iterator[Fact]:
    found = _hours(numbers.by_hour(numbers.since, numbers.until))
    if found:
        yield found


def _best_code(numbers: Numbers) -> Iterator[Fact]:
    start = numbers.since - numbers.first
    had = {place: sum(code.scans[start:]) for place, code in enumerate(numbers.codes)}
    had = {place: scans for place, scans in had.items() if scans}
    total, most = sum(had.values()), max(had.values(), default=0)
    if len(had) > 1 and most >= _LEAST_BUSY and list(had.values()).count(most) == 1:
        best = numbers.codes[next(place for place, scans in had.items() if scans == most)]
        yield BestCode(best.code, best.title, most, most / total, len(had))


def _robots(numbers: Numbers) -> Iterator[Fact]:
    begun = min(numbers.begun, numbers.first + _begun(numbers.robots))
    whole = numbers.robots[begun - numbers.first : numbers.over - numbers.first]
    for found in unusual_days(_weekday(begun), whole, max(numbers.since - begun, 0)):
        if found.scans >= max(_LEAST_ROBOTS, _ROBOTS_TIMES * found.expected.mean):
            day = _iso(begun + found.number)
            yield RobotWave(day, found.scans, found.expected.mean, found.chance)
    visits = sum(numbers.robots[numbers.since - numbers.first :])
    if visits:
        yield Robots(visits)


def _outlook(numbers: Numbers) -> Iterator[Fact]:
    """Only from now on: what was to be expected of days gone by helps nobody."""
    if numbers.over != numbers.today or not _enough(numbers):
        return
    found = forecast(_weekday(numbers.begun), numbers.whole_days(), OUTLOOK_DAYS)
    if found:
        until = _iso(numbers.today + OUTLOOK_DAYS - 1)
        yield Outlook(
            _iso(numbers.today),
            until,
            found.total,
            found.days,
            found.method,
            found.tried_days,
            found.rhythm,
            found.last_week,
        )


def _enough(numbers: Numbers) -> bool:
    days = numbers.whole_days()
    return len(days) > WARM_DAYS and sum(days) >= _LEAST_KNOWN


def _too_little(numbers: Numbers) -> TooLittle:
    days = numbers.whole_days()
    return TooLittle(len(days), sum(days))


def _hours(by_hour: Sequence[int]) -> BestHours | None:
    found = rhythm_hours.best_hours(by_hour)
    return BestHours(found.first, found.end, found.scans, found.share, found.chance) if found else None


def _begun(scans: Sequence[int]) -> int:
    return next((number for number, count in enumerate(scans) if count), len(scans))


def _weekday(day: int) -> int:
    return day_of(day).weekday()


def _iso(day: int) -> str:
    return day_of(day).isoformat()


_FINDERS: tuple[Callable[[Numbers], Iterator[Fact]], ...] = (
    _total,
    _busiest,
    _unusual,
    _silent,
    _against_usual,
    _today,
    _steady,
    _best_hours,
    _best_code,
    _robots,
    _outlook,
)

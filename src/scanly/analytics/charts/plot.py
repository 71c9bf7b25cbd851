"""Where lines, ticks and labels of a chart stand, as fractions of its box: x to the right, y downwards, 0 to 1.

SVG and PDF are both written from these values, so they cannot disagree. An axis begins at zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from scanly.analytics.charts.wording import Wording
from scanly.analytics.reports.answer import Report

_MOST_TICKS = 4
_MOST_DATES = 6
# With more days than these, dates are months.
DAYS_BY_MONTH = 93
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place on an axis. ``spare`` ones are left out where there is little room."""

    at: float
    text: str
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """``lines`` are levels with what they stand for, ``dates`` stand below; ``before`` may be empty. Time runs
    from right to left where it is ``mirrored``, as those who write so expect."""

    now: tuple[Point, ...]
    before: tuple[Point, ...]
    lines: tuple[Label, ...]
    dates: tuple[Label, ...]
    mirrored: bool


def steps(largest: int) -> list[int]:
    """Levels of an axis from zero up to at least ``largest``: at most four round steps of whole numbers."""
    step = next(size for size in _round() if size * _MOST_TICKS >= largest)
    return list(range(0, max(-(-largest // step), 1) * step + 1, step))


def _round() -> Iterator[int]:
    """Whole numbers that are easy to count in."""
    yield from (1, 2, 5)
    for power in count():
        yield from (size * 10**power for size in (10, 20, 25, 50))


def plot_days(report: Report, wording: Wording) -> Plot:
    """Of a series by day or month."""
    scans = [row.scans for row in report.rows]
    before = [row.before for row in report.rows if row.before is not None]
    levels = steps(max([*scans, *before], default=0))
    mirrored = wording.direction == "rtl"
    places = across(len(scans), mirrored=mirrored)
    return Plot(
        now=_points(places, scans, levels[-1]),
        before=_points(places, before, levels[-1]) if len(before) == len(scans) else (),
        lines=tuple(Label(1 - level / levels[-1], wording.number(level)) for level in levels),
        dates=tuple(_dates(report.by, [row.key for row in report.rows], places, wording)),
        mirrored=mirrored,
    )


def across(number: int, *, mirrored: bool = False) -> list[float]:
    """Places of a series from edge to edge; a single one stands in the middle."""
    places = [place / (number - 1) for place in range(number)] if number > 1 else [0.5] * number
    return [1 - place for place in places] if mirrored else places


def _points(places: Sequence[float], values: Sequence[int], top: int) -> tuple[Point, ...]:
    return tuple((x, 1 - value / top) for x, value in zip(places, values, strict=True))


def _dates(by: str, days: Sequence[str], places: Sequence[float], wording: Wording) -> list[Label]:
    """Days, or the beginnings of months where there are many days; every second one is spare."""
    if by == "month":
        every = max(-(-len(days) // _MOST_DATES), 1)
        chosen = [(place, wording.day(days[place])) for place in range(0, len(days), every)]
    elif len(days) <= DAYS_BY_MONTH:
        every = max(-(-len(days) // _MOST_DATES), 1)
        chosen = [(place, wording.short_day(days[place])) for place in range(0, len(days), every)]
    else:
        firsts = [place for place, day in enumerate(days) if day.endswith("-01")]
        every = max(-(-len(firsts) // _MOST_DATES), 1)
        chosen = [(place, wording.month(days[place])) for place in firsts[::every]]
    return [Label(places[place], text, bool(order % 2)) for order, (place, text) in enumerate(chosen)]


def shares(values: Sequence[int]) -> list[float]:
    """Each value as a part of the largest, 0 to 1."""
    largest = max([*values, 1])
    return [value / largest for value in values]


def has_before(report: Report) -> bool:
    """Whether the rows say what the period before had."""
    return any(row.before is not None for row in report.rows)

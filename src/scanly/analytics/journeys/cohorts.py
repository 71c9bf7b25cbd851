"""Who came back: people by the day (or week) on which they first came, as far as they can be told apart.

A visitor is the same number only within one window of 7 or 30 local days, whose salt is then destroyed. Everything
here stays within windows: whoever comes in the next one is new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from scanly.core.clock import day_of

By = Literal["day", "week"]
_UNIT_DAYS: dict[By, int] = {"day": 1, "week": 7}


class Presence(NamedTuple):
    """On which days of a window somebody came: bit ``n`` of ``mask`` is day ``first + n``; how many people did."""

    first: int
    mask: int
    people: int


class Span(NamedTuple):
    """The windows are ``days`` long, cohorts begin from ``since`` to ``until``, ``last`` is the last whole day."""

    days: int
    since: int
    until: int
    last: int


class Cell(msgspec.Struct, frozen=True):
    """Of ``of`` people who can be known again at this distance, ``back`` came."""

    of: int
    back: int


class Cohort(msgspec.Struct, frozen=True):
    """People whose first day lies on one day, or in the week that begins on ``key``.

    ``cells[n]`` says who came back ``n + 1`` days (or weeks) after their first day; None where that lies beyond
    the window, or has not passed yet.
    """

    key: str
    people: int
    cells: Sequence[Cell | None]


class Newcomers(msgspec.Struct, frozen=True):
    """A day's people: who came for the first time in the window, and who had been there on an earlier day of it."""

    key: str
    first: int
    returning: int


class Cohorts(msgspec.Struct, frozen=True):
    """``followed_days`` is the length of the windows. ``average`` adds the rows up."""

    subject: str
    since: str
    until: str
    time_zone: str
    by: By
    followed_days: int
    rows: Sequence[Cohort]
    average: Sequence[Cell | None]
    days: Sequence[Newcomers]
    notes: Sequence[str] = ()


def rows_of(presences: Iterable[Presence], span: Span, by: By) -> list[Cohort]:
    """Cohorts in order of time, without those in which nobody came."""
    unit = _UNIT_DAYS[by]
    width = columns_of(span.days, by)
    people, of, back = Counter[int](), Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for window, mask, number in presences:
        first = window + _lowest(mask)
        if not span.since <= first <= span.until:
            continue
        row = first if by == "day" else _monday(first)
        people[row] += number
        end = min(window + span.days - 1, span.last)
        for column in range(width):
            start = first + (column + 1) * unit
            if start + unit - 1 > end:
                break
            of[row, column] += number
            came = mask >> (start - window) & ((1 << unit) - 1)
            back[row, column] += number if came else 0
    return [
        Cohort(
            day_of(row).isoformat(),
            people[row],
            [_cell(of[row, column], back[row, column]) for column in range(width)],
        )
        for row in sorted(people)
    ]


def columns_of(days: int, by: By) -> int:
    """How many times a whole day (or week) after the first can lie in a window of so many days."""
    return days // _UNIT_DAYS[by] - 1


def average_of(rows: Sequence[Cohort]) -> list[Cell | None]:
    """All cohorts together: of everybody who can be known again at a distance, who came."""
    columns = zip(*(row.cells for row in rows), strict=True)
    return [
        _cell(sum(cell.of for cell in column if cell), sum(cell.back for cell in column if cell))
        for column in columns
    ]


def newcomers_of(presences: Iterable[Presence], span: Span) -> list[Newcomers]:
    """Every day of the period, also one without anybody."""
    first, returning = Counter[int](), Counter[int]()
    for window, mask, number in presences:
        low = _lowest(mask)
        first[window + low] += number
        for offset in range(low + 1, mask.bit_length()):
            if mask >> offset & 1:
                returning[window + offset] += number
    return [
        Newcomers(day_of(day).isoformat(), first[day], returning[day])
        for day in range(span.since, span.until + 1)
    ]


def length_of(window: int, usual_days: int) -> int:
    """How long a window is that begins on this day; ``usual_days`` where it could be either length.

    Windows are counted from 1970-01-01, so those of 7 and of 30 days begin together only every 210 days.
    """
    weekly, monthly = window % 7 == 0, window % 30 == 0
    if weekly == monthly:
        return usual_days
    return 7 if weekly else 30


def _cell(of: int, back: int) -> Cell | None:
    return Cell(of, back) if of else None


def _lowest(mask: int) -> int:
    """The number of the lowest bit that is set."""
    return (mask & -mask).bit_length() - 1


def _monday(day: int) -> int:
    """The Monday of the week that a day number is in; 1970-01-01 was a Thursday."""
    return day - (day + 3) % 7

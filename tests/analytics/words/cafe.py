"""A café whose last months are known: six tables, and five things that happened to them.

Scans grow by 3 % a week, with more of them from Friday to Sunday and in the evening. Then there was a festival (1.8
times as many), a day on which nobody came, a wave of robots, and table 4, whose code has not been scanned any more.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from scanly.analytics.words.noticing import HISTORY_DAYS, Code, Numbers

PERIOD_DAYS = 30
DAYS = HISTORY_DAYS + PERIOD_DAYS
# Before today, which is the last of the days.
FESTIVAL_AGO, SHUT_AGO, ROBOTS_AGO, TABLE_4_SILENT = 17, 8, 12, 3
FESTIVAL_TIMES, ROBOTS = 1.8, 300
GROWTH_A_WEEK = 1.03
BY_WEEKDAY = (0.8, 0.8, 0.9, 0.9, 1.2, 1.5, 1.0)
BY_HOUR = (0,) * 9 + (1, 1, 2, 2, 2, 1, 1, 2, 4, 9, 9, 3, 1, 0, 0)


def scattered(dice: random.Random, mean: float, dispersion: float = 0.0) -> int:
    """A number of scans with this mean, by chance: negative binomial."""
    rate = dice.gammavariate(1 / dispersion, dispersion * mean) if dispersion and mean else mean
    count, passed = 0, dice.expovariate(1)
    while passed < rate:
        count, passed = count + 1, passed + dice.expovariate(1)
    return count


@dataclass(frozen=True)
class Cafe:
    """``today`` is a day number. ``odd`` says whether the five things happened."""

    today: int
    odd: bool = True
    seed: int = 6

    @property
    def first(self) -> int:
        return self.today - DAYS + 1

    @cached_property
    def tables(self) -> dict[str, list[list[int]]]:
        """By the code of a table the hour of each scan, for each day."""
        dice = random.Random(self.seed)
        return {
            f"table-{n}": [self._hours(dice, n, ago) for ago in reversed(range(DAYS))] for n in range(1, 7)
        }

    def _hours(self, dice: random.Random, table: int, ago: int) -> list[int]:
        weekday = (self.today - ago + 3) % 7
        mean = (3 + table) * BY_WEEKDAY[weekday]
        if self.odd:
            mean *= GROWTH_A_WEEK ** ((DAYS - ago) / 7)
            mean *= FESTIVAL_TIMES if ago == FESTIVAL_AGO else 1
            mean *= ago != SHUT_AGO and (table != 4 or ago > TABLE_4_SILENT)
        return dice.choices(range(24), BY_HOUR, k=scattered(dice, mean * (0.5 if ago == 0 else 1)))

    @cached_property
    def robots(self) -> list[int]:
        dice = random.Random(self.seed + 1)
        return [
            scattered(dice, 2) + (ROBOTS if self.odd and ago == ROBOTS_AGO else 0)
            for ago in reversed(range(DAYS))
        ]

    def numbers(self) -> Numbers:
        codes = [
            Code(code, f"Table {code[-1]}", [len(hours) for hours in days])
            for code, days in self.tables.items()
        ]
        scans = [sum(day) for day in zip(*(code.scans for code in codes), strict=True)]
        since = self.today - PERIOD_DAYS + 1
        return Numbers(
            first=self.first,
            since=since,
            until=self.today,
            today=self.today,
            scans=scans,
            robots=self.robots,
            hours_passed=19.0,
            before=sum(scans[-2 * PERIOD_DAYS : -PERIOD_DAYS]),
            hours={day: self._by_hour(day) for day in range(since, self.today + 1)},
            codes=codes,
        )

    def _by_hour(self, day: int) -> Sequence[int]:
        hours = [hour for days in self.tables.values() for hour in days[day - self.first]]
        return [hours.count(hour) for hour in range(24)]

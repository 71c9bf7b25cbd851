"""The usual course of a week: what each day of one code should bring, learnt from the days before it alone.

A day's scans are the level times the weekday's factor, both learnt with forgetting: sums of what came over sums of
what such days stand for, in which every day counts less than the one after it. So the next day is negative binomial,
and wide as long as little is known. Two levels that forget at different speed tell how fast things grow; growth is
believed as far as it stands out from chance, and fades. A day far out pulls no more than the edge of what was likely,
so that one festival does not become the norm.

Source: Harvey, Fernandes, Time Series Models for Count or Qualitative Observations, Journal of Business & Economic
Statistics 7 (1989), 407-417 (levels with forgetting); Gelper, Fried, Croux, Robust Forecasting with Exponential and
Holt-Winters Smoothing, Journal of Forecasting 29 (2010), 285-300 (bounded pull); Gardner, McKenzie, Forecasting Trends
in Time Series, Management Science 31 (1985), 1237-1246 (growth that fades).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from scanly.analytics.rhythm.counts import Count

WEEK_DAYS = 7
# So many days come before anything is said of a day.
WARM_DAYS = 14
# What is left of a day's weight after a day, for the level and for the slower one; of a week's after a week, for a
# weekday's factor.
_KEPT_A_DAY, _KEPT_SLOWLY = 0.93, 0.97
_KEPT_A_WEEK = 0.9
_KEPT_OF_SPREAD = 0.98
# A weekday is as good as any other until this many scans have said otherwise.
_EVEN_SCANS = 4.0
# How far a day may pull, in standard deviations; farther for the scatter, which is made of days far out.
_FARTHEST, _FARTHEST_OF_SPREAD = 3.0, 4.0
# How much of their scatter the days of a week have in common (their correlation).
_ALIKE = 0.3
# Growth needs levels of different age (days), fades by this a day, and is never more than this a day.
_LEAST_AGE_DAYS, _GROWTH_KEPT, _MOST_GROWTH = 3.0, 0.95, 0.05
# What is thought of the scatter before anything is known, and the days that this weighs.
_FIRST_DISPERSION, _FIRST_SPREAD_DAYS = 0.08, 10
_NEVER = 1e-9


class Level(NamedTuple):
    """Scans on a day like any other: what came, over the days it stood for. ``ages`` adds up how old those are."""

    came: float
    stood_for: float
    ages: float

    @property
    def rate(self) -> float:
        return max(self.came / self.stood_for, _NEVER)

    @property
    def age_days(self) -> float:
        """How old what it tells is, on average."""
        return self.ages / self.stood_for

    def after(self, came: float, stood_for: float, kept: float) -> Level:
        aged = kept * (self.ages + self.stood_for)
        return Level(self.came * kept + came, self.stood_for * kept + stood_for, aged)


@dataclass(frozen=True)
class Rhythm:
    """What is known after some days. ``excess`` over ``squares`` is the dispersion."""

    quick: Level
    slow: Level
    came_by_weekday: tuple[float, ...]
    usual_by_weekday: tuple[float, ...]
    excess: float
    squares: float

    @cached_property
    def dispersion(self) -> float:
        """How much more than by chance alone a day scatters; see `Count`."""
        return max(0.0, self.excess / max(self.squares, _NEVER))

    @cached_property
    def level(self) -> float:
        """Scans on a day like any other, now."""
        return self.quick.rate * math.exp(self.growth * self.quick.age_days)

    @cached_property
    def level_doubt(self) -> float:
        """The relative variance of the level."""
        return (1 + self.dispersion * self.quick.rate) / max(self.quick.came, 1.0)

    @cached_property
    def growth(self) -> float:
        """By how much the logarithm of the level grows a day, as far as it is more than chance."""
        apart_days = self.slow.age_days - self.quick.age_days
        if apart_days < _LEAST_AGE_DAYS:
            return 0.0
        seen = math.log(self.quick.rate / self.slow.rate) / apart_days
        chance = self.level_doubt / apart_days**2
        believed = seen * seen**2 / (seen**2 + chance)
        return min(max(believed, -_MOST_GROWTH), _MOST_GROWTH)

    @cached_property
    def factors(self) -> tuple[float, ...]:
        """How each weekday, Monday first, stands to a day like any other."""
        pairs = zip(self.came_by_weekday, self.usual_by_weekday, strict=True)
        shares = [(came + _EVEN_SCANS) / (usual + _EVEN_SCANS) for came, usual in pairs]
        mean = sum(shares) / WEEK_DAYS
        return tuple(share / mean for share in shares)

    def expect(self, weekday: int, ahead_days: int = 1) -> Count:
        """The scans of a day to come; 1 is the next one."""
        grown_days = _GROWTH_KEPT * (1 - _GROWTH_KEPT**ahead_days) / (1 - _GROWTH_KEPT)
        mean = self.level * self.factors[weekday] * math.exp(self.growth * grown_days)
        level_doubt = self.level_doubt / _KEPT_A_DAY**ahead_days
        weekday_doubt = (1 + self.dispersion * mean) / (self.came_by_weekday[weekday] + _EVEN_SCANS)
        return Count(mean, self.dispersion + level_doubt + weekday_doubt)

    def expect_sum(self, weekday: int, days: int) -> Count:
        """The scans of the next ``days`` together, of which the first falls on ``weekday``."""
        coming = [self.expect((weekday + ahead) % WEEK_DAYS, ahead + 1).mean for ahead in range(days)]
        mean = max(sum(coming), _NEVER)
        # What is wrong about the level is wrong on all of them; of the scatter, some is common to neighbouring days.
        apart = sum(one**2 for one in coming) / mean**2
        own = self.dispersion * (apart + _ALIKE * (1 - apart))
        return Count(mean, own + self.level_doubt / _KEPT_A_DAY**days)

    def after(self, weekday: int, scans: int) -> Rhythm:
        """What is known when the next day has brought ``scans``."""
        expected, factor = self.expect(weekday), self.factors[weekday]
        pull = _bounded(scans, expected, _FARTHEST)
        doubt = expected.dispersion - self.dispersion
        square = (_bounded(scans, expected, _FARTHEST_OF_SPREAD) - expected.mean) ** 2
        excess = square - expected.mean - doubt * expected.mean**2
        return Rhythm(
            quick=self.quick.after(pull, factor, _KEPT_A_DAY),
            slow=self.slow.after(pull, factor, _KEPT_SLOWLY),
            came_by_weekday=_faded(self.came_by_weekday, weekday, pull),
            usual_by_weekday=_faded(self.usual_by_weekday, weekday, expected.mean / factor),
            excess=self.excess * _KEPT_OF_SPREAD + excess,
            squares=self.squares * _KEPT_OF_SPREAD + expected.mean**2,
        )


def begin(first_weekday: int, scans: Sequence[int]) -> Rhythm:
    """From the first `WARM_DAYS` of a code, of which the first fell on ``first_weekday``."""
    days = len(scans)
    level = Level(float(sum(scans)), float(days), days * (days - 1) / 2)
    by_weekday, usual = [0.0] * WEEK_DAYS, [0.0] * WEEK_DAYS
    for number, count in enumerate(scans):
        by_weekday[(first_weekday + number) % WEEK_DAYS] += count
        usual[(first_weekday + number) % WEEK_DAYS] += level.rate
    squares = _FIRST_SPREAD_DAYS * level.rate**2
    return Rhythm(level, level, tuple(by_weekday), tuple(usual), _FIRST_DISPERSION * squares, squares)


def follow(first_weekday: int, scans: Sequence[int]) -> list[Rhythm]:
    """What was known before each day from `WARM_DAYS` on, and after the last; empty for fewer days."""
    if len(scans) < WARM_DAYS:
        return []
    known = [begin(first_weekday, scans[:WARM_DAYS])]
    for number in range(WARM_DAYS, len(scans)):
        known.append(known[-1].after((first_weekday + number) % WEEK_DAYS, scans[number]))
    return known


def _bounded(scans: int, expected: Count, farthest: float) -> float:
    reach = farthest * expected.deviation
    return min(max(float(scans), expected.mean - reach), expected.mean + reach)


def _faded(sums: tuple[float, ...], weekday: int, more: float) -> tuple[float, ...]:
    faded = sums[weekday] * _KEPT_A_WEEK + more
    return (*sums[:weekday], faded, *sums[weekday + 1 :])

"""Series of days on which nothing happened but chance, and what can be done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tests.conftest import imported

numpy = imported("numpy")

SHOP = (0.8, 0.7, 0.8, 0.9, 1.3, 1.6, 0.9)
CLOSED_ON_SUNDAY = (1.1, 1.0, 1.1, 1.2, 1.4, 1.2, 0.0)


class Family(NamedTuple):
    """Codes of one sort: scans a day, dispersion, the course of a week, growth a week."""

    level: float
    dispersion: float
    week: Sequence[float] = SHOP
    growth_a_week: float = 1.0


FAMILIES = {
    "a code scanned twice a week": Family(0.3, 0.1),
    "a quiet counter": Family(2, 0.05),
    "a counter": Family(20, 0.05),
    "a counter of chance alone": Family(20, 0.0),
    "closed on Sunday": Family(20, 0.05, CLOSED_ON_SUNDAY),
    "a station": Family(200, 0.03),
    "growing": Family(20, 0.05, growth_a_week=1.02),
    "shrinking": Family(80, 0.05, growth_a_week=0.9),
}


def series(family: Family, days: int, seed: int, first_weekday: int = 0) -> list[int]:
    """Negative binomial numbers of a family."""
    dice = numpy.random.default_rng(seed)
    day = numpy.arange(days)
    week = numpy.array(family.week)[(first_weekday + day) % 7]
    means = family.level * week * family.growth_a_week ** (day / 7)
    if family.dispersion:
        means = dice.gamma(1 / family.dispersion, family.dispersion * means)
    return [int(count) for count in dice.poisson(means)]

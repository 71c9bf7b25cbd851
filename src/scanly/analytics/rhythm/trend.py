"""Whether weeks rise or fall steadily, and by how much.

Source: Mann, Nonparametric Tests Against Trend, Econometrica 13 (1945), 245-259, with Kendall's variance for ties;
Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, JASA 63 (1968), 1379-1389 (the median slope).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist, median

_LEAST_WEEKS, _MOST_WEEKS = 6, 16
_LEAST_A_WEEK = 10
_MOST_CHANCE = 0.01
# Less than this a week is not worth a sentence.
_LEAST_CHANGE = 0.02


@dataclass(frozen=True, slots=True)
class Trend:
    """So many weeks, and the share by which a week was usually above (or below) the one before."""

    weeks: int
    change_a_week: float
    chance: float


def trend(weeks: Sequence[int]) -> Trend | None:
    """``weeks`` are totals of whole weeks, the last one last. None when no steady change stands out."""
    last = weeks[-_MOST_WEEKS:]
    if len(last) < _LEAST_WEEKS or sum(last) < _LEAST_A_WEEK * len(last):
        return None
    logs = [math.log(max(week, 0.5)) for week in last]
    slope = median((logs[b] - logs[a]) / (b - a) for a, b in combinations(range(len(logs)), 2))
    found = Trend(len(last), math.expm1(slope), steadiness(last))
    return found if found.chance <= _MOST_CHANCE and abs(found.change_a_week) >= _LEAST_CHANGE else None


def steadiness(numbers: Sequence[int]) -> float:
    """The chance that numbers without a trend are ordered at least so much, to either side."""
    count = len(numbers)
    ordered = sum((b > a) - (b < a) for a, b in combinations(numbers, 2))
    ties = sum(n * (n - 1) * (2 * n + 5) for n in Counter(numbers).values())
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    if not ordered or variance <= 0:
        return 1.0
    return 2 * NormalDist().cdf(-(abs(ordered) - 1) / math.sqrt(variance))

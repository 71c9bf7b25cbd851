"""The hours that bring the most: the shortest run of hours that stands out from an even day.

Source: a one-sided binomial test of the run's share, by the number of runs that were looked at (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanly.analytics.rhythm.counts import incomplete_beta

DAY_HOURS = 24
_LEAST_SCANS = 20
_MOST_CHANCE = 0.01
# Runs of two to so many hours; the shortest that holds more than half is told, else the best two hours.
_SHORTEST, _LONGEST = 2, 6
# The best two hours of a day without a majority bring at least this many times an even day's.
_LEAST_TIMES = 1.5


@dataclass(frozen=True, slots=True)
class BestHours:
    """From an hour (0 to 23) up to another, which may lie after midnight; ``share`` of all scans fell between."""

    first: int
    end: int
    scans: int
    share: float
    chance: float


def best_hours(by_hour: Sequence[int]) -> BestHours | None:
    """``by_hour`` holds 24 numbers. None when there are too few scans, or the day is even."""
    total = sum(by_hour)
    if total < _LEAST_SCANS:
        return None
    runs = [_best(by_hour, length) for length in range(_SHORTEST, _LONGEST + 1)]
    most = next((run for run in runs if run.share > 1 / 2), runs[0])
    stands_out = most.share * DAY_HOURS / ((most.end - most.first) % DAY_HOURS) >= _LEAST_TIMES
    return most if stands_out and most.chance <= _MOST_CHANCE else None


def _best(by_hour: Sequence[int], length: int) -> BestHours:
    total = sum(by_hour)
    scans, first = max(
        (sum(by_hour[(hour + step) % DAY_HOURS] for step in range(length)), -hour)
        for hour in range(DAY_HOURS)
    )
    even = length / DAY_HOURS
    chance = incomplete_beta(scans, total - scans + 1, even) if scans else 1.0
    looked_at = DAY_HOURS * (_LONGEST - _SHORTEST + 1)
    end = (length - first) % DAY_HOURS
    return BestHours(-first, end, scans, scans / total, min(1.0, chance * looked_at))

"""Days that leave the rhythm: so far from what was to be expected that chance is no good explanation.

Each day is judged by what was known before it. Over a month some day looks odd by chance alone, so the chances of all
days are held against each other, and what is small in numbers is no news however improbable.
Source: Benjamini, Hochberg, Controlling the False Discovery Rate, Journal of the Royal Statistical Society B 57 (1995),
289-300.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanly.analytics.rhythm.counts import Count
from scanly.analytics.rhythm.rhythm import WARM_DAYS, WEEK_DAYS, follow

# Of what is called unusual, the share that may be chance.
FALSE_SHARE = 0.02
# A day is no news unless it is this many scans from the usual, and this many times it or this share of it.
_LEAST_SCANS, _LEAST_TIMES, _MOST_SHARE = 5, 1.4, 0.65


@dataclass(frozen=True, slots=True)
class Unusual:
    """The day with this number in the series, what was expected of it, and how probable such a day was."""

    number: int
    scans: int
    expected: Count
    chance: float


def unusual_days(first_weekday: int, scans: Sequence[int], since: int) -> list[Unusual]:
    """The days from number ``since`` on that left the rhythm, in order; those before it are history only."""
    known = follow(first_weekday, scans)
    judged: list[Unusual] = []
    for number in range(max(since, WARM_DAYS), len(scans)):
        expected = known[number - WARM_DAYS].expect((first_weekday + number) % WEEK_DAYS)
        chance = expected.surprise(scans[number]) if _matters(scans[number], expected.mean) else 1.0
        judged.append(Unusual(number, scans[number], expected, chance))
    limit = chance_limit([one.chance for one in judged], FALSE_SHARE)
    return [one for one in judged if one.chance <= limit]


def chance_limit(chances: Sequence[float], false_share: float) -> float:
    """Up to which chance findings hold when all are looked at together; below 0 when none does."""
    ranked = sorted(chances)
    held = [chance for rank, chance in enumerate(ranked, 1) if chance <= false_share * rank / len(ranked)]
    return max(held, default=-1.0)


def _matters(scans: int, usual: float) -> bool:
    far = abs(scans - usual) >= _LEAST_SCANS
    return far and (scans >= _LEAST_TIMES * usual or scans <= _MOST_SHARE * usual)

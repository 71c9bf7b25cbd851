"""Codes that have gone silent: nobody has scanned them for longer than chance explains.

Every code has gaps. A gap is news where so long a one has a chance below one in a hundred for this very code, by its
own rhythm before the gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scanly.analytics.rhythm.anomaly import chance_limit
from scanly.analytics.rhythm.rhythm import WARM_DAYS, WEEK_DAYS, follow

# Of the codes that are called silent, the share that may be chance.
FALSE_SHARE = 0.01
_LEAST_DAYS = 2
# Where fewer than about this many scans are missed, silence is no surprise (e to the minus 4.6 is one in a hundred).
_LEAST_MISSED = 4.6
_LATELY_DAYS = 28

Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class Silence:
    """Days without a scan up to the last one, what they should have brought, and how probable so long a gap was."""

    days: int
    expected: float
    chance: float


def silence(first_weekday: int, scans: Sequence[int]) -> Silence | None:
    """The gap at the end of a series, if there is one and enough is known of the time before."""
    spoken = max((number for number, count in enumerate(scans, 1) if count), default=0)
    gap = len(scans) - spoken
    if gap < _LEAST_DAYS or spoken < WARM_DAYS:
        return None
    lately = scans[max(spoken - _LATELY_DAYS, 0) : spoken]
    if 2 * gap * sum(lately) / len(lately) < _LEAST_MISSED:
        return None
    before = follow(first_weekday, scans[:spoken])[-1]
    missed = before.expect_sum((first_weekday + spoken) % WEEK_DAYS, gap)
    return Silence(gap, missed.mean, missed.at_most(0))


def silent_codes(
    first_weekdays: Mapping[Name, int], codes: Mapping[Name, Sequence[int]]
) -> dict[Name, Silence]:
    """Those of many codes whose silence is no chance, also when so many are looked at; the most surprising first.

    Each series begins with its own first weekday.
    """
    each = ((name, silence(first_weekdays[name], scans)) for name, scans in codes.items())
    gaps = {name: found for name, found in each if found}
    # A code that spoke yesterday was looked at, too.
    chances = [gap.chance for gap in gaps.values()] + [1.0] * (len(codes) - len(gaps))
    limit = chance_limit(chances, FALSE_SHARE)
    silent = [(name, gap) for name, gap in gaps.items() if gap.chance <= limit]
    return dict(sorted(silent, key=lambda one: one[1].chance))

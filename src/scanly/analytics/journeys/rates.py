"""A rate with how far it can be trusted, so that 1 of 2 does not look like 500 of 1,000.

Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927), 209-212.
"""

from __future__ import annotations

from math import sqrt

import msgspec

# The standard normal quantile of 97.5 %.
_Z = 1.959963984540054


class Rate(msgspec.Struct, frozen=True):
    """How many of how many. ``low`` and ``high`` are the 95 % interval; all ratios are 0 to 1."""

    some: int
    of: int
    ratio: float
    low: float
    high: float


def rate(some: int, of: int) -> Rate | None:
    """``some`` of ``of`` people, 0 <= some <= of; None of nobody."""
    if of <= 0:
        return None
    ratio, shrink = some / of, 1 + _Z * _Z / of
    middle = (ratio + _Z * _Z / (2 * of)) / shrink
    half = _Z * sqrt(ratio * (1 - ratio) / of + _Z * _Z / (4 * of * of)) / shrink
    low = middle - half if some else 0.0
    high = middle + half if some < of else 1.0
    return Rate(some, of, ratio, max(low, 0.0), min(high, 1.0))

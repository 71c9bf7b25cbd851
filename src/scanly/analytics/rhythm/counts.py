"""How numbers of scans scatter around their mean: the negative binomial distribution, exact in both tails.

Scans come in bursts, so their variance is larger than the Poisson distribution allows: mean + dispersion × mean².
Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, 3rd edition, 5.1 and 5.6; NIST DLMF 8.17.22 (the
incomplete beta function as a continued fraction).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Nothing that people do is steadier than one in a hundred of its mean.
LEAST_DISPERSION = 1e-4
_TINY = 1e-300
_PRECISION = 1e-13
_MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Count:
    """A number of scans that is not known yet; ``dispersion`` 0 is Poisson's, but for `LEAST_DISPERSION`."""

    mean: float
    dispersion: float

    @property
    def deviation(self) -> float:
        """The standard deviation."""
        return math.sqrt(self.mean + max(self.dispersion, LEAST_DISPERSION) * self.mean**2)

    def at_most(self, number: int) -> float:
        """The probability of ``number`` or fewer."""
        if number < 0:
            return 0.0
        if self.mean <= 0:
            return 1.0
        size, share = self._size_and_share()
        return incomplete_beta(size, number + 1, share)

    def at_least(self, number: int) -> float:
        """The probability of ``number`` or more."""
        if number <= 0:
            return 1.0
        if self.mean <= 0:
            return 0.0
        size, share = self._size_and_share()
        return incomplete_beta(number, size, 1 - share)

    def surprise(self, number: int) -> float:
        """The probability of something at least as far out, to either side: at most 1."""
        return min(1.0, 2 * min(self.at_most(number), self.at_least(number)))

    def quantile(self, share: float) -> int:
        """The smallest number that is not exceeded with probability ``share``, more than 0 and less than 1."""
        low, high = -1, max(1, math.ceil(self.mean))
        while self.at_most(high) < share:
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            if self.at_most(middle) < share:
                low = middle
            else:
                high = middle
        return high

    def band(self, share: float) -> tuple[int, int]:
        """From where to where the middle ``share`` of what may come lies, both included."""
        tail = (1 - share) / 2
        return self.quantile(tail), self.quantile(1 - tail)

    def _size_and_share(self) -> tuple[float, float]:
        size = 1 / max(self.dispersion, LEAST_DISPERSION)
        return size, size / (size + self.mean)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, for ``a`` and ``b`` above 0 and ``x`` from 0 to 1."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    # The fraction is quick on one side of the mean; the other side is what is left.
    if x < (a + 1) / (a + b + 2):
        return min(1.0, math.exp(front) * _fraction(a, b, x) / a)
    return max(0.0, 1 - math.exp(front) * _fraction(b, a, 1 - x) / b)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction by Lentz's method."""
    above, below = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            below = 1 / _away(1 + term * below)
            above = _away(1 + term / above)
            step = above * below
            value *= step
        if abs(step - 1) < _PRECISION:
            break
    return value


def _away(value: float) -> float:
    """Away from zero, by which is divided."""
    return value if abs(value) > _TINY else _TINY

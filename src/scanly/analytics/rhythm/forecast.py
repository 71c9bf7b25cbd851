"""What the next days will bring, held against the plainest guess: the same as on the same weekday a week before.

Both ways are tried on weeks that are known already but were not shown to them: forecasts are made on several past
days, each from the days before it alone, and compared with what came. Whichever was nearer is given.
Source: Tashman, Out-of-sample Tests of Forecasting Accuracy, International Journal of Forecasting 16 (2000), 437-450
(rolling origin); Hyndman, Koehler, Another Look at Measures of Forecast Accuracy, the same 22 (2006), 679-688 (MASE);
Gneiting, Raftery, Strictly Proper Scoring Rules, JASA 102 (2007), 359-378 (pinball loss of quantiles).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, NamedTuple

from scanly.analytics.rhythm.rhythm import WARM_DAYS, WEEK_DAYS, Rhythm, follow

Method = Literal["rhythm", "last-week"]
SHARES = (0.8, 0.95)
# Forecasts are tried on so many past days, a week apart; fewer than the least tell nothing.
_MOST_TRIALS, _LEAST_TRIALS = 8, 3
# Of how many days the plain guess learns how wrong it is.
_SEEN_DAYS = 8 * WEEK_DAYS
# What the smallest history holds before the first trial.
_LEAST_DAYS = WARM_DAYS + WEEK_DAYS


class Band(NamedTuple):
    """The scans of a day to come: the mean, and within which bounds 80 and 95 of 100 such days lie."""

    mean: float
    low_80: int
    high_80: int
    low_95: int
    high_95: int


@dataclass(frozen=True, slots=True)
class Score:
    """How a way did on days it had not seen.

    ``mase`` is its mean error over that of the plain guess in the time before; ``pinball`` the mean loss of the four
    bounds, in scans; ``inside_80`` and ``inside_95`` the shares of days that lay within.
    """

    mase: float
    pinball: float
    inside_80: float
    inside_95: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """``days`` by the better way; ``total`` is the band of all together, by the same way."""

    method: Method
    days: tuple[Band, ...]
    total: Band
    tried_days: int
    rhythm: Score
    last_week: Score


class _Trial(NamedTuple):
    seen: Sequence[int]
    came: Sequence[int]
    known: Rhythm


def forecast(first_weekday: int, scans: Sequence[int], ahead_days: int) -> Forecast | None:
    """The ``ahead_days`` after the last of a series. None when there are too few days to try it on."""
    known = follow(first_weekday, scans)
    starts = range(len(scans) - ahead_days, _LEAST_DAYS - 1, -WEEK_DAYS)[:_MOST_TRIALS]
    trials = [_Trial(scans[:at], scans[at : at + ahead_days], known[at - WARM_DAYS]) for at in starts]
    if len(trials) < _LEAST_TRIALS or not any(scans[-_SEEN_DAYS:]):
        return None

    def by_rhythm(trial: _Trial) -> list[Band]:
        weekday = (first_weekday + len(trial.seen)) % WEEK_DAYS
        return _by_rhythm(trial.known, weekday, ahead_days)

    def by_last_week(trial: _Trial) -> list[Band]:
        return _by_last_week(trial.seen, ahead_days)

    scale = _scale(trials[-1].seen)
    rhythm, last_week = (_score(trials, way, scale) for way in (by_rhythm, by_last_week))
    weekday = (first_weekday + len(scans)) % WEEK_DAYS
    if rhythm.mase <= last_week.mase:
        days = _by_rhythm(known[-1], weekday, ahead_days)
        total = _sum_by_rhythm(known[-1], weekday, ahead_days)
        return Forecast("rhythm", tuple(days), total, len(trials) * ahead_days, rhythm, last_week)
    days = _by_last_week(scans, ahead_days)
    total = _sum_by_last_week(scans, ahead_days)
    return Forecast("last-week", tuple(days), total, len(trials) * ahead_days, rhythm, last_week)


def _by_rhythm(known: Rhythm, weekday: int, ahead_days: int) -> list[Band]:
    expected = [known.expect((weekday + day) % WEEK_DAYS, day + 1) for day in range(ahead_days)]
    return [Band(one.mean, *one.band(SHARES[0]), *one.band(SHARES[1])) for one in expected]


def _sum_by_rhythm(known: Rhythm, weekday: int, ahead_days: int) -> Band:
    expected = known.expect_sum(weekday, ahead_days)
    return Band(expected.mean, *expected.band(SHARES[0]), *expected.band(SHARES[1]))


def _by_last_week(seen: Sequence[int], ahead_days: int) -> list[Band]:
    """The guess, with bounds as wide as it was wrong lately."""
    wrong = _wrong(seen, 1)
    return [_around(seen[-WEEK_DAYS + day % WEEK_DAYS], wrong) for day in range(ahead_days)]


def _sum_by_last_week(seen: Sequence[int], ahead_days: int) -> Band:
    guess = sum(seen[-WEEK_DAYS + day % WEEK_DAYS] for day in range(ahead_days))
    return _around(guess, _wrong(seen, ahead_days))


def _wrong(seen: Sequence[int], days: int) -> list[int]:
    """By how much ``days`` together differed from the week before each of them, lately, from low to high."""
    last = seen[-_SEEN_DAYS:]
    sums = [sum(last[at : at + days]) for at in range(len(last) - days + 1)]
    return sorted(now - before for before, now in zip(sums, sums[WEEK_DAYS:], strict=False)) or [0]


def _around(guess: int, wrong: Sequence[int]) -> Band:
    def bound(share: float) -> int:
        return max(0, guess + wrong[min(round(share * (len(wrong) - 1)), len(wrong) - 1)])

    return Band(float(guess), *(bound(share) for share in (0.1, 0.9, 0.025, 0.975)))


def _scale(seen: Sequence[int]) -> float:
    """The mean error of the plain guess before the first trial; 1 where it was never wrong."""
    return fmean(abs(now - before) for before, now in zip(seen, seen[WEEK_DAYS:], strict=False)) or 1.0


def _score(trials: Sequence[_Trial], way: Callable[[_Trial], list[Band]], scale: float) -> Score:
    pairs = [pair for trial in trials for pair in zip(way(trial), trial.came, strict=True)]
    return Score(
        mase=fmean(abs(band.mean - came) for band, came in pairs) / scale,
        pinball=fmean(_pinball(band, came) for band, came in pairs),
        inside_80=fmean(band.low_80 <= came <= band.high_80 for band, came in pairs),
        inside_95=fmean(band.low_95 <= came <= band.high_95 for band, came in pairs),
    )


def _pinball(band: Band, came: int) -> float:
    bounds = ((0.1, band.low_80), (0.9, band.high_80), (0.025, band.low_95), (0.975, band.high_95))
    return fmean(max(share * (came - bound), (share - 1) * (came - bound)) for share, bound in bounds)

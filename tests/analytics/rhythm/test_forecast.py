"""Forecasts: nearer than the plainest guess, and honest about it."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.rhythm.calm import FAMILIES, Family, series

from scanly.analytics.rhythm.forecast import forecast


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.level >= 2])
def test_days_that_were_never_shown_are_met_better_than_by_the_week_before(name):
    errors, plain, inside_80, inside_95 = [], [], [], []
    for seed in range(12):
        scans = series(FAMILIES[name], 126, seed)
        seen, came = scans[:-14], scans[-14:]
        found = forecast(0, seen, 14)
        assert found is not None
        for number, (band, count) in enumerate(zip(found.days, came, strict=True)):
            errors.append(abs(band.mean - count))
            plain.append(abs(seen[-7 + number % 7] - count))
            inside_80.append(band.low_80 <= count <= band.high_80)
            inside_95.append(band.low_95 <= count <= band.high_95)
    assert fmean(errors) < 0.9 * fmean(plain)
    assert fmean(inside_80) >= 0.68
    assert fmean(inside_95) >= 0.87


def test_where_the_week_before_is_the_better_guess_it_is_given_and_said():
    changing = [week * day for week in (1, 9, 2, 8, 3, 7) for day in (3, 3, 4, 5, 9, 12, 0)]
    exact = [40 + (week % 2) for week in range(20) for _ in range(7)]
    repeated = [10, 20, 30, 40, 50, 60, 70] * 12
    found = forecast(0, repeated, 7)
    assert found and found.method == "last-week" and found.last_week.mase == 0 < found.rhythm.mase
    assert [band.mean for band in found.days] == repeated[:7]
    assert found.total.mean == sum(repeated[:7]) and found.total.low_95 == found.total.high_95
    for scans in (changing * 3, exact):
        found = forecast(0, scans, 7)
        assert found
        best = min(found.rhythm.mase, found.last_week.mase)
        assert best == (found.rhythm if found.method == "rhythm" else found.last_week).mase


def test_trials_are_made_of_days_before_them_alone():
    scans = series(Family(30, 0.05), 112, 1)
    found, shifted = forecast(0, scans, 7), forecast(0, [*scans[:-7], *([900] * 7)], 7)
    assert found and shifted and found.tried_days == shifted.tried_days == 56
    assert shifted.rhythm.mase > found.rhythm.mase, "the last week was a trial, and a bad one"


@pytest.mark.parametrize("scans", [[], [3] * 40, [0] * 200, [5] * 100 + [0] * 60])
def test_too_little_gives_no_forecast(scans):
    assert forecast(0, scans, 7) is None


@given(st.lists(st.integers(0, 5_000), min_size=45, max_size=90), st.integers(0, 6), st.sampled_from([7, 14]))
@settings(max_examples=25, deadline=None)
def test_bands_lie_within_each_other(scans, weekday, ahead):
    found = forecast(weekday, scans, ahead)
    for band in [*found.days, found.total] if found else []:
        assert 0 <= band.low_95 <= band.low_80 <= band.high_80 <= band.high_95
        assert band.mean >= 0

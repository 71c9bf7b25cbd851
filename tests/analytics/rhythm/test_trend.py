"""Weeks that rise or fall steadily."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.rhythm.calm import Family, series
from tests.conftest import imported

from scanly.analytics.rhythm.trend import steadiness, trend


@pytest.mark.parametrize("growth", [1.05, 1.1, 0.9])
def test_growth_is_told_as_large_as_it_is(growth):
    weeks = [round(400 * growth**week + (week % 3) * 5) for week in range(12)]
    found = trend(weeks)
    assert found and found.change_a_week == pytest.approx(growth - 1, abs=0.01)
    assert found.weeks == 12


@pytest.mark.parametrize(
    "weeks",
    [
        [],
        [100, 110, 121, 133, 146],  # too few
        [1, 2, 3, 4, 5, 6, 7, 8],  # too small
        [200] * 12,
        [200 + week for week in range(12)],  # steady, and not worth a word
        [200, 260] * 6,
    ],
)
def test_there_is_none(weeks):
    assert trend(weeks) is None


def test_of_calm_months_hardly_any_has_one():
    calm = Family(20, 0.05)
    found = 0
    for seed in range(300):
        days = series(calm, 112, seed)
        found += trend([sum(days[start : start + 7]) for start in range(0, 112, 7)]) is not None
    assert found <= 6


@given(st.lists(st.integers(0, 12), min_size=6, max_size=16))
def test_steadiness_is_the_test_of_kendall(numbers):
    """SciPy has no correction for continuity, so its chance is a little smaller."""
    stats = imported("scipy.stats")
    if len(set(numbers)) == 1:
        assert steadiness(numbers) == 1
        return
    judged = stats.kendalltau(range(len(numbers)), numbers, method="asymptotic").pvalue
    assert judged - 1e-9 <= min(steadiness(numbers), 1) <= judged + 0.25

"""The hours that bring the most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import imported

from scanly.analytics.rhythm.hours import best_hours

EVEN = [10] * 24


def day(**hours):
    """24 numbers; ``h18=30`` for those that are not 1."""
    return [hours.get(f"h{hour}", 1) for hour in range(24)]


@pytest.mark.parametrize(
    ("by_hour", "first", "end"),
    [
        (day(h18=40, h19=42), 18, 20),
        (day(h18=20, h19=20, h20=20), 18, 21),
        (day(h23=40, h0=40), 23, 1),
        (day(h22=40, h23=40), 22, 0),
        # No run of six hours holds more than half: the best two are told.
        ([6] * 8 + [8] * 8 + [8, 8, 20, 20, 8, 8, 8, 8], 18, 20),
    ],
)
def test_the_best_hours_are(by_hour, first, end):
    found = best_hours(by_hour)
    assert found and (found.first, found.end) == (first, end)
    assert found.scans == round(found.share * sum(by_hour))


@pytest.mark.parametrize("by_hour", [[], [0] * 24, EVEN, day(), [0] * 18 + [9, 10] + [0] * 4])
def test_there_are_none_of_an_even_day_or_of_few_scans(by_hour):
    assert best_hours(by_hour) is None


@given(st.lists(st.integers(0, 60), min_size=24, max_size=24), st.integers(0, 23))
def test_a_day_that_is_turned_has_its_best_hours_turned(by_hour, turn):
    found, turned = best_hours(by_hour), best_hours(by_hour[-turn:] + by_hour[:-turn] if turn else by_hour)
    assert (found is None) == (turned is None)
    if found and turned:
        assert found.scans == turned.scans and found.share == turned.share


def test_chance_is_that_of_a_binomial_test():
    stats = imported("scipy.stats")
    by_hour = day(h18=15, h19=14)
    found = best_hours(by_hour)
    assert found is not None
    alone = stats.binomtest(29, sum(by_hour), 2 / 24, alternative="greater").pvalue
    assert found.chance == pytest.approx(alone * 24 * 5, rel=1e-6)

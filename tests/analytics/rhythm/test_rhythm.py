"""What is learnt of a code's week."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.rhythm.calm import CLOSED_ON_SUNDAY, FAMILIES, SHOP, Family, series

from scanly.analytics.rhythm.rhythm import WARM_DAYS, follow

SCANS = st.lists(st.integers(0, 100_000), min_size=WARM_DAYS, max_size=60)


def test_two_weeks_are_too_few_to_follow_and_then_each_day_has_its_own():
    assert follow(0, [3] * (WARM_DAYS - 1)) == []
    assert len(follow(0, [3] * WARM_DAYS)) == 1
    assert len(follow(0, [3] * (WARM_DAYS + 5))) == 6


@given(scans=SCANS, weekday=st.integers(0, 6), later=SCANS)
@settings(max_examples=60, deadline=None)
def test_what_is_expected_of_a_day_knows_nothing_of_later_days(scans, weekday, later):
    alone, together = follow(weekday, scans), follow(weekday, scans + later)
    assert together[: len(alone)] == alone


@given(scans=SCANS, weekday=st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_any_series_gives_a_number_that_can_be_expected(scans, weekday):
    expected = follow(weekday, scans)[-1].expect(weekday, 7)
    assert 0 <= expected.mean < 10 * (max(scans) + 1)
    assert 0 <= expected.dispersion < 100


@pytest.mark.parametrize("first_weekday", [0, 3, 6])
def test_each_weekday_is_learnt_wherever_the_series_begins(first_weekday):
    known = follow(first_weekday, series(Family(200, 0.01), 112, 4, first_weekday))[-1]
    assert known.factors == pytest.approx([7 * share / sum(SHOP) for share in SHOP], rel=0.12)
    assert known.level == pytest.approx(200 * fmean(SHOP), rel=0.12)


def test_a_day_on_which_a_shop_is_closed_is_expected_to_be_empty():
    known = follow(0, series(Family(40, 0.02, CLOSED_ON_SUNDAY), 112, 4))[-1]
    assert known.expect(6).mean < 1.5 < 30 < known.expect(0).mean
    assert known.expect(6).surprise(0) > 0.3


def test_a_festival_does_not_become_the_norm():
    calm = series(Family(60, 0.02), 112, 8)
    festive = [*calm[:-3], calm[-3] * 10, *calm[-2:]]
    usual, after = follow(0, calm)[-1], follow(0, festive)[-1]
    assert after.expect(0).mean < 1.15 * usual.expect(0).mean


def test_steady_growth_is_followed_and_fades():
    grown = series(Family(50, 0.01, growth_a_week=1.05), 112, 2)
    known = follow(0, grown)[-1]
    assert 0.003 < known.growth < 0.011
    week, far = known.expect(0, 7).mean, known.expect(0, 700).mean
    assert known.expect(0, 1).mean < week < far < 1.4 * week


@pytest.mark.parametrize("name", FAMILIES)
def test_bands_hold_what_they_promise(name):
    inside, days = 0, 0
    for seed in range(15):
        scans = series(FAMILIES[name], 112, seed)
        known = follow(0, scans)
        for day in range(70, 112):
            low, high = known[day - WARM_DAYS].expect(day % 7).band(0.8)
            inside, days = inside + (low <= scans[day] <= high), days + 1
    # A band of whole numbers holds more, the fewer numbers there are.
    assert 0.75 <= inside / days <= (0.92 if FAMILIES[name].level > 2 else 1.0)


def test_the_days_of_a_week_together_are_wider_than_if_each_were_for_itself():
    known = follow(0, series(Family(60, 0.05), 112, 3))[-1]
    together = known.expect_sum(0, 7)
    apart = sum(known.expect(day, day + 1).deviation ** 2 for day in range(7)) ** 0.5
    assert together.mean == pytest.approx(sum(known.expect(day, day + 1).mean for day in range(7)))
    assert together.deviation > apart

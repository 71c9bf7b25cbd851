"""Unusual days: how often chance is taken for news, and news for chance."""

from __future__ import annotations

import pytest
from tests.analytics.rhythm.calm import FAMILIES, Family, series
from tests.conftest import imported

from scanly.analytics.rhythm.anomaly import chance_limit, unusual_days

DAYS, PERIOD = 112, 30
BUSY = Family(100, 0.01)


def odd(scans, since=DAYS - PERIOD):
    return [found.number for found in unusual_days(0, scans, since)]


def test_of_a_thousand_calm_months_no_more_than_five_in_a_hundred_raise_an_alarm():
    each = 1_000 // len(FAMILIES)
    alarms = {
        name: sum(bool(odd(series(family, DAYS, seed))) for seed in range(each))
        for name, family in FAMILIES.items()
    }
    assert sum(alarms.values()) <= 0.05 * each * len(FAMILIES), alarms
    assert max(alarms.values()) <= 0.09 * each, alarms


# What became of a day, and of how many in a hundred it must be noticed.
@pytest.mark.parametrize(("times", "noticed"), [(2, 85), (0.3, 90), (0, 100)])
def test_what_happens_to_a_busy_code_is_noticed(times, noticed):
    found = 0
    for seed in range(100):
        scans = series(BUSY, DAYS, seed)
        day = 90 + seed % 20
        scans[day] = round(scans[day] * times)
        found += day in odd(scans)
    assert found >= noticed


def test_small_numbers_are_no_news():
    for more in range(5):
        assert odd([*([1] * 100), 1 + more, 0, 1, 1]) == []


def test_a_code_of_two_weeks_has_nothing_usual_yet():
    assert odd([5] * 13 + [500], since=0) == []
    assert odd([5] * 14 + [500], since=0) == [14]


def test_an_empty_day_is_news_where_nobody_knows_empty_days_only():
    assert odd([40] * 110 + [0, 40]) == [110]
    weekends_off = [40, 40, 40, 40, 40, 0, 0] * 16
    assert odd(weekends_off) == []


def test_only_days_of_the_period_are_told():
    scans = [40] * 60 + [200] + [40] * 40
    assert odd(scans, since=60) == [60]
    assert odd(scans, since=61) == []


@pytest.mark.parametrize("false_share", [0.01, 0.05, 0.2])
def test_the_limit_is_that_of_benjamini_and_hochberg(false_share):
    numpy, stats = imported("numpy"), imported("scipy.stats")
    dice = numpy.random.default_rng(5)
    for _ in range(50):
        chances = [float(chance) for chance in dice.uniform(0, 1, 20) ** dice.uniform(1, 8)]
        kept = [chance <= chance_limit(chances, false_share) for chance in chances]
        assert kept == list(stats.false_discovery_control(chances) <= false_share)
    assert chance_limit([], false_share) < 0

"""Where lines and labels of charts stand."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.samples import report, series

from scanly.analytics.charts.plot import plot_days, steps
from scanly.analytics.charts.wording import Wording, wording
from scanly.analytics.reports.answer import Row
from scanly.sites.words.language import find_language

ENGLISH = wording("en")
ARABIC = Wording(find_language("ar"), ENGLISH.words)


@given(st.integers(0, 10**9))
def test_an_axis_begins_at_zero_and_has_at_most_four_round_steps_of_one_size(largest: int):
    levels = steps(largest)
    size = levels[1]
    assert levels == list(range(0, size * len(levels), size)) and 2 <= len(levels) <= 5
    assert levels[-1] >= largest > levels[-1] - size or levels == [0, 1]
    assert str(size).rstrip("0") in ("1", "2", "5", "25") and isinstance(size, int)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_heights_are_in_proportion_to_the_numbers(numbers: list[int]):
    rows = [Row(f"2026-{1 + n // 28:02}-{1 + n % 28:02}", scans) for n, scans in enumerate(numbers)]
    plot = plot_days(report("day", rows), ENGLISH)
    top = steps(max(numbers))[-1]
    assert [round((1 - y) * top) for _, y in plot.now] == numbers
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in plot.now)


def test_both_periods_are_drawn_to_one_scale():
    plot = plot_days(series(100, 10, before=5_000), ENGLISH)
    assert min(y for _, y in plot.now) > 0.8 > 0.5 > min(y for _, y in plot.before)


def test_a_period_before_that_is_not_known_for_every_day_is_not_drawn():
    whole = series(300, 10, before=200)
    rows = [msgspec.structs.replace(whole.rows[0], before=None), *whole.rows[1:]]
    assert plot_days(msgspec.structs.replace(whole, rows=rows), ENGLISH).before == ()


def test_where_people_write_from_the_right_time_runs_from_there():
    there, here = plot_days(series(300, 10), ARABIC), plot_days(series(300, 10), ENGLISH)
    assert there.mirrored and [(round(1 - x, 9), y) for x, y in there.now] == [
        (round(x, 9), y) for x, y in here.now
    ]


@pytest.mark.parametrize("days", [1, 2, 7, 30, 92, 93, 94, 365, 400, 731])
def test_dates_below_never_stand_close(days: int):
    places = [label.at for label in plot_days(series(1_000, days), ENGLISH).dates]
    assert 1 <= len(places) <= 6
    assert all(after - before > 0.1 for before, after in itertools.pairwise(places))


def test_many_days_are_labelled_by_month():
    dates = [label.text for label in plot_days(series(1_000, 365), ENGLISH).dates]
    assert dates == ["Dec", "Feb", "Apr", "Jun", "Aug", "Oct"]

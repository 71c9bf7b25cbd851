"""The days that people mean."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.analytics.reports.period import LONGEST_DAYS, NAMED, Period, parse_day, parse_period
from scanly.core.errors import Invalid

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("30d", "", "2026-10-25", "2026-11-23"),
        ("1 day", "", "2026-11-23", "2026-11-23"),
        ("2w", "2026-03-01", "2026-02-16", "2026-03-01"),
        ("12m", "", "2025-11-24", "2026-11-23"),
        ("1 month", "2026-03-31", "2026-03-01", "2026-03-31"),
        ("1m", "2026-03-30", "2026-03-01", "2026-03-30"),
        ("2y", "", "2024-11-24", "2026-11-23"),
        ("10y", "", "2016-11-24", "2026-11-23"),
        ("2026-11-01", "2026-11-01", "2026-11-01", "2026-11-01"),
        ("2024-02-29", "2024-03-01", "2024-02-29", "2024-03-01"),
        ("today", "", "2026-11-23", "2026-11-23"),
        ("yesterday", "", "2026-11-22", "2026-11-22"),
        ("this-week", "", "2026-11-23", "2026-11-23"),
        ("last-week", "", "2026-11-16", "2026-11-22"),
        ("This-Month", "", "2026-11-01", "2026-11-23"),
        ("last-month", "", "2026-10-01", "2026-10-31"),
        ("this-year", "", "2026-01-01", "2026-11-23"),
        ("last-year", "", "2025-01-01", "2025-12-31"),
        ("last-month", "2026-11-05", "2026-10-01", "2026-11-05"),
        ("last-month", "yesterday", "2026-10-01", "2026-11-22"),
        ("7d", "yesterday", "2026-11-16", "2026-11-22"),
        ("2026-10-01", "last-month", "2026-10-01", "2026-10-31"),
        ("9999-12-01", "9999-12-31", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_period_includes_both_its_ends(since, until, first, last):
    period = parse_period(since, until, TODAY)
    assert (str(period.since), str(period.until)) == (first, last)
    assert len(period.days()) == len(period) == period.numbers[1] - period.numbers[0] + 1
    assert (period.days()[0], period.days()[-1]) == (period.since, period.until)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-02-30", "", "not a date"),
        ("0d", "", "not a date"),
        ("", "", "not a date"),
        ("2026-11-24", "", "is after"),
        ("9999d", "", "more than ten years"),
        ("99999 months", "", "more than ten years"),
        ("11y", "", "more than ten years"),
        ("2000-01-01", "", "more than ten years"),
        ("7d", "tomorrow", "until"),
        ("yesterdy", "", 'Did you mean "yesterday"'),
        ("1969-12-31", "1970-01-02", "before 1970"),
        ("30d", "1970-01-02", "before 1970"),
        ("30d", "0001-01-01", "before 1970"),
    ],
)
def test_a_period_that_is_none_is_refused_with_a_sentence(since, until, said):
    with pytest.raises(Invalid, match=said):
        parse_period(since, until, TODAY)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, LONGEST_DAYS))
def test_the_period_before_is_as_long_and_ends_where_the_other_begins(until, days):
    period = parse_period(f"{days}d", until.isoformat(), TODAY)
    before = period.before() if period.since.year > 1985 else period.before(date(1975, 1, 1))
    assert len(before) == len(period) == days
    if before.since.year > 1975:
        assert before.until + timedelta(days=1) == period.since


@given(st.dates(date(1990, 1, 1), date(9999, 12, 31)), st.sampled_from(sorted(NAMED)))
def test_every_name_is_a_period_of_any_day(today, name):
    period = parse_period(name, "", today)
    assert period.since <= period.until <= today
    assert (parse_day("x", name, today), parse_day("x", name, today, last=False)) == (
        period.until,
        period.since,
    )


@given(st.dates(date(1990, 1, 1), date(9999, 12, 31)), st.integers(1, 119))
def test_so_many_months_end_today_and_are_as_many_months_long(today, months):
    period = parse_period(f"{months}m", "", today)
    before = period.since - timedelta(days=1)
    apart = (today.year - before.year) * 12 + today.month - before.month
    assert apart == months
    assert before.day == today.day or (before.day < today.day and period.since.day == 1)


def test_what_to_compare_with_may_begin_on_any_day():
    period = Period(date(2026, 11, 1), date(2026, 11, 7))
    assert period.before(date(2025, 11, 2)) == Period(date(2025, 11, 2), date(2025, 11, 8))
    with pytest.raises(Invalid, match="before 1970"):
        Period(date(1970, 1, 3), date(1970, 1, 7)).before()

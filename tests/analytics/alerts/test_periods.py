"""Hours, days and weeks of people: clocks that go forth and back, by half an hour too, and skip a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.analytics.alerts.periods import days_of, number_at, start_ms, takes_place, title_of

ZONES = [
    "UTC",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Beirut",
    "America/Havana",
]
MINUTE_MS = 60_000


def ms(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize("every", ["hour", "day", "week"])
@pytest.mark.parametrize("zone", ZONES)
def test_every_moment_of_a_year_lies_in_the_period_it_is_said_to(every, zone):
    place = ZoneInfo(zone)
    # 2026, and the days around the last of 2011, of which Samoa had none.
    begin = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
    moments = [begin + number * 97 * MINUTE_MS for number in range(5_400)]
    begin = int(datetime(2011, 12, 28, tzinfo=UTC).timestamp() * 1000)
    moments += [begin + number * 29 * MINUTE_MS for number in range(250)]
    for moment in moments:
        number = number_at(every, moment, place)
        assert start_ms(every, number, place) <= moment < start_ms(every, number + 1, place)
        assert takes_place(every, number, place)


def test_an_hour_that_clocks_skip_and_a_day_that_a_country_skipped_take_no_place():
    berlin, samoa, howe = (
        ZoneInfo(name) for name in ("Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe")
    )
    two = number_at("hour", ms("2026-03-29T01:30", "Europe/Berlin"), berlin) + 1
    assert days_of("hour", two).hour == 2 and not takes_place("hour", two, berlin)
    assert takes_place("hour", two + 1, berlin)
    skipped = number_at("day", ms("2011-12-29T12:00", "Pacific/Apia"), samoa) + 1
    assert title_of(days_of("day", skipped)) == "2011-12-30" and not takes_place("day", skipped, samoa)
    # Half of this hour is skipped on Lord Howe Island, and it still takes place.
    half = number_at("hour", ms("2026-10-04T01:30", "Australia/Lord_Howe"), howe) + 1
    assert start_ms("hour", half + 1, howe) - start_ms("hour", half, howe) == 30 * MINUTE_MS


def test_an_hour_that_comes_twice_is_one_period_of_two_hours():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    numbers = {
        number_at("hour", int((first + timedelta(hours=n)).timestamp() * 1000), berlin) for n in (0, 1)
    }
    assert len(numbers) == 1
    (number,) = numbers
    assert start_ms("hour", number + 1, berlin) - start_ms("hour", number, berlin) == 120 * MINUTE_MS


@given(st.integers(0, 30_000))
def test_weeks_begin_on_mondays_and_days_lie_in_theirs(day):
    week = number_at("week", day * 86_400_000, ZoneInfo("UTC"))
    days = days_of("week", week)
    assert days.first <= day <= days.last == days.first + 6
    assert datetime.fromtimestamp(days.first * 86_400, UTC).weekday() == 0


def test_periods_are_named_as_people_write_them():
    day = number_at("day", ms("2026-11-22T10:00", "UTC"), ZoneInfo("UTC"))
    assert title_of(days_of("day", day)) == "2026-11-22"
    assert title_of(days_of("hour", day * 24 + 9)) == "2026-11-22 09:00"
    week = days_of("week", number_at("week", ms("2026-11-22T10:00", "UTC"), ZoneInfo("UTC")))
    assert title_of(week) == "2026-11-16 to 2026-11-22"

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.clock import at, day_number, day_of, iso, local_day, now_ms


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1000


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-03-29T00:59:59+01:00", "Europe/Berlin", "2026-03-29"),
        ("2026-03-28T22:59:59+00:00", "Europe/Berlin", "2026-03-28"),
        ("2026-03-28T23:00:00+00:00", "Europe/Berlin", "2026-03-29"),
        ("2026-03-29T21:59:59+00:00", "Europe/Berlin", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "Europe/Berlin", "2026-03-30"),
        ("2026-10-25T22:59:59+00:00", "Europe/Berlin", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "Europe/Berlin", "2026-10-26"),
        ("2026-11-22T18:29:59+00:00", "Asia/Kolkata", "2026-11-22"),
        ("2026-11-22T18:30:00+00:00", "Asia/Kolkata", "2026-11-23"),
        ("2026-11-22T18:14:59+00:00", "Asia/Kathmandu", "2026-11-22"),
        ("2026-11-22T18:15:00+00:00", "Asia/Kathmandu", "2026-11-23"),
        ("2026-11-22T09:59:59+00:00", "Pacific/Kiritimati", "2026-11-22"),
        ("2026-11-22T10:00:00+00:00", "Pacific/Kiritimati", "2026-11-23"),
        ("2026-11-22T11:59:59+00:00", "Etc/GMT+12", "2026-11-21"),
        # Samoa went over the date line: 30 December 2011 never was.
        ("2011-12-30T09:59:59+00:00", "Pacific/Apia", "2011-12-29"),
        ("2011-12-30T10:00:00+00:00", "Pacific/Apia", "2011-12-31"),
    ],
)
def test_a_day_begins_at_the_wall_clock_s_midnight(moment, zone, day):
    assert day_of(local_day(ms(moment), ZoneInfo(zone))) == date.fromisoformat(day)


@given(st.dates())
def test_a_day_number_is_read_back(day):
    assert day_of(day_number(day)) == day
    assert local_day(day_number(day) * 86_400_000, UTC) == day_number(day)


def test_a_moment_is_written_in_utc_without_fractions():
    assert iso(1_795_400_000_999) == "2026-11-23T02:13:20Z"
    assert at(1_795_400_000_000) == datetime(2026, 11, 23, 2, 13, 20, tzinfo=UTC)


def test_now_is_in_milliseconds_since_1970():
    assert at(now_ms()).year >= 2025

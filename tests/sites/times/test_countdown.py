"""What is left until a moment is said as a person would, and stays true until it says that it changes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.sites.times.countdown import DAY_MS, HOUR_MS, Left, days_left, time_left

INDIA = ZoneInfo("Asia/Kolkata")
ZONES = st.sampled_from(
    [
        INDIA,
        *map(
            ZoneInfo, ("Europe/Berlin", "America/Havana", "Pacific/Apia", "Asia/Beirut", "America/Santiago")
        ),
    ]
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=INDIA).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "unit", "number", "until"),
    [
        ("2026-12-09 08:00", "days", 3, "2026-12-10 00:00"),
        ("2026-12-09 23:59", "days", 3, "2026-12-10 00:00"),
        ("2026-12-11 17:30", "days", 1, "2026-12-11 18:00:00.001"),
        ("2026-12-11 18:00", "days", 1, "2026-12-11 18:00:00.001"),
        ("2026-12-12 12:10", "hours", 5, "2026-12-12 13:00:00.001"),
        ("2026-12-12 17:00", "hours", 1, "2026-12-12 17:00:00.001"),
        ("2026-12-12 17:00:00.001", "soon", 0, "2026-12-12 18:00"),
        ("2026-12-12 18:00", "over", 0, None),
        ("2027-12-12 18:00", "over", 0, None),
    ],
)
def test_time_is_told_in_the_unit_a_person_would_say(
    now: str, unit: str, number: int, until: str | None
) -> None:
    left = time_left(at(now), at("2026-12-12 18:00"), INDIA)
    assert (left.unit, left.number, left.until_ms) == (unit, number, until and at(until))


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-12-09 23:59", Left("days", 3, at("2026-12-10 00:00"))),
        ("2026-12-11 00:00", Left("days", 1, at("2026-12-12 00:00"))),
        ("2026-12-12 10:00", Left("today", 0, at("2026-12-13 00:00"))),
        ("2026-12-13 00:00", Left("over", 0, None)),
    ],
)
def test_a_day_without_a_time_lasts_until_midnight(now: str, left: Left) -> None:
    assert days_left(at(now), date(2026, 12, 12), INDIA) == left


def test_more_than_24_hours_on_one_long_day_are_a_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begins = int(datetime(2026, 10, 25, tzinfo=berlin).timestamp() * 1000)
    assert time_left(begins, begins + DAY_MS + HOUR_MS // 2, berlin).number == 1


@given(
    start=st.integers(1_700_000_000_000, 1_900_000_000_000),
    ahead=st.integers(-DAY_MS, 40 * DAY_MS),
    zone=ZONES,
    share=st.floats(0, 1, exclude_max=True),
)
def test_it_stays_true_until_it_changes(start: int, ahead: int, zone: ZoneInfo, share: float) -> None:
    left = time_left(start, start + ahead, zone)
    if left.until_ms is None:
        assert left.unit == "over"
        return
    assert start < left.until_ms <= start + DAY_MS + HOUR_MS
    between = start + int((left.until_ms - start) * share)
    assert time_left(between, start + ahead, zone) == left


@given(
    start=st.integers(1_700_000_000_000, 1_900_000_000_000),
    days=st.integers(-2, 40),
    zone=ZONES,
    share=st.floats(0, 1, exclude_max=True),
)
def test_days_stay_true_until_midnight_and_then_change(
    start: int, days: int, zone: ZoneInfo, share: float
) -> None:
    day = datetime.fromtimestamp(start / 1000 + days * 86_400, zone).date()
    left = days_left(start, day, zone)
    if left.until_ms is not None:
        between = start + int((left.until_ms - start) * share)
        assert days_left(between, day, zone) == left
        assert days_left(left.until_ms, day, zone) != left

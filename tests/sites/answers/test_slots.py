from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.clock import at
from scanly.sites.answers.slots import (
    MINUTE_MS,
    MOST_SLOTS,
    Timetable,
    free,
    is_offered,
    next_change_ms,
    starts_on,
)
from scanly.sites.times.hours import CLOSED, Day, Stretch, Week

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
MORNING = Day((Stretch(600, 780),))  # 10:00-13:00
MONDAY = date(2026, 11, 23)
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")
    ]
)


def ms(text: str, zone: ZoneInfo) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def clocks(starts: tuple[int, ...], zone: ZoneInfo) -> list[str]:
    return [at(start, zone).strftime("%H:%M") for start in starts]


def test_hours_are_cut_into_pieces_that_fit_in_whole() -> None:
    week = Week((Day((Stretch(600, 705), Stretch(900, 960))), *(CLOSED,) * 6))
    starts = starts_on(Timetable(week), MONDAY, KOLKATA)
    assert clocks(starts, KOLKATA) == ["10:00", "10:30", "11:00", "15:00", "15:30"]
    assert starts_on(Timetable(week), MONDAY + timedelta(days=1), KOLKATA) == ()


def test_a_time_that_the_clocks_skip_is_not_offered() -> None:
    """In Berlin, 2:00 to 3:00 did not exist on 2026-03-29."""
    night = Timetable(Week((Day((Stretch(60, 240),)),) * 7), every_minutes=45)
    assert clocks(starts_on(night, date(2026, 3, 28), BERLIN), BERLIN) == ["01:00", "01:45", "02:30", "03:15"]
    assert clocks(starts_on(night, date(2026, 3, 29), BERLIN), BERLIN) == ["01:00", "01:45", "03:15"]


def test_what_goes_past_midnight_stands_on_the_next_day() -> None:
    late = Timetable(Week((Day((Stretch(1380, 1500),)), *(CLOSED,) * 6)))
    starts = starts_on(late, MONDAY, KOLKATA)
    assert [at(start, KOLKATA).strftime("%d %H:%M") for start in starts] == [
        "23 23:00",
        "23 23:30",
        "24 00:00",
        "24 00:30",
    ]
    just_past = ms("2026-11-24 00:10", KOLKATA)
    assert clocks(free(late, just_past, KOLKATA, {})[0].starts_ms, KOLKATA) == ["00:30"]


def test_notice_days_ahead_and_seats_are_kept() -> None:
    table = Timetable(Week((MORNING,) * 7), every_minutes=60, ahead_days=1, notice_hours=2, seats=2)
    now_ms = ms("2026-11-23 09:30", KOLKATA)
    days = free(table, now_ms, KOLKATA, {})
    assert [(day.day, clocks(day.starts_ms, KOLKATA)) for day in days] == [
        (MONDAY, ["12:00"]),
        (date(2026, 11, 24), ["10:00", "11:00", "12:00"]),
    ]
    noon = ms("2026-11-23 12:00", KOLKATA)
    assert free(table, now_ms, KOLKATA, {noon: 1}) == days
    assert [day.day for day in free(table, now_ms, KOLKATA, {noon: 2})] == [date(2026, 11, 24)]
    change_ms = next_change_ms(days, table)
    assert change_ms == ms("2026-11-23 10:00", KOLKATA)
    assert free(table, change_ms - 1, KOLKATA, {}) == days != free(table, change_ms, KOLKATA, {})
    assert next_change_ms((), table) is None


@pytest.mark.parametrize(
    ("when", "offered"),
    [
        ("2026-11-23 10:30", True),
        ("2026-11-23 10:15", False),
        ("2026-11-23 13:00", False),
        ("2026-11-23 09:30", False),
        ("2026-12-07 12:30", True),  # the last of the days ahead
        ("2026-12-08 10:30", False),
        ("2026-12-23 10:30", False),
    ],
)
def test_only_what_the_timetable_has_can_be_booked(when: str, offered: bool) -> None:
    table = Timetable(Week((MORNING,) * 7))
    assert is_offered(table, ms(when, KOLKATA), ms("2026-11-23 10:00", KOLKATA), KOLKATA) is offered


def test_a_page_lists_so_many_times_at_most() -> None:
    table = Timetable(Week((Day((Stretch(0, 1440),)),) * 7), every_minutes=5, ahead_days=60)
    days = free(table, ms("2026-11-23 10:00", KOLKATA), KOLKATA, {})
    assert sum(len(day.starts_ms) for day in days) == MOST_SLOTS


@settings(deadline=None)
@given(
    zone=ZONES,
    now_ms=st.integers(ms("2026-01-01 00:00", BERLIN), ms("2027-12-31 00:00", BERLIN)),
    start=st.integers(0, 1400),
    length=st.integers(15, 700),
    every=st.sampled_from([15, 20, 30, 45, 60]),
)
def test_no_two_pieces_of_a_day_overlap_and_all_are_to_come(
    zone: ZoneInfo, now_ms: int, start: int, length: int, every: int
) -> None:
    table = Timetable(Week((Day((Stretch(start, start + length),)),) * 7), every, ahead_days=3)
    for day in free(table, now_ms, zone, {}):
        assert all(start_ms > now_ms for start_ms in day.starts_ms)
        pairs = zip(day.starts_ms, day.starts_ms[1:], strict=False)
        assert all(later - earlier >= every * MINUTE_MS for earlier, later in pairs)
        assert all(is_offered(table, start_ms, now_ms, zone) for start_ms in day.starts_ms)

"""Opening hours: how they are written, whether it is open, and that nothing changes before it is said to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanly.sites.times.hours import (
    BY_APPOINTMENT,
    CLOSED,
    FORESEEN_DAYS,
    SOON_MS,
    WHOLE_DAY,
    Day,
    Status,
    Stretch,
    Week,
    closing_ms,
    open_now,
)
from scanly.sites.times.hours_text import is_hours_key, read_days, read_hours, read_week

KOLKATA = ZoneInfo("Asia/Kolkata")
# Clocks that jump at 2:00, at midnight, by half an hour, and those that never do.
ZONES = ("Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata")
MINUTE_MS = 60_000
DAY_MINUTES = 1440


def ms(text: str, zone: ZoneInfo = KOLKATA) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def week(**given: Any) -> Week:
    found, problems = read_week({name.replace("_", "-"): value for name, value in given.items()})
    assert not problems
    return found


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("09:00-21:00", [(540, 1260)]),
        ("9-17", [(540, 1020)]),
        ("9.30 – 17.00", [(570, 1020)]),
        ("9am-9:30 pm", [(540, 1290)]),
        ("9 a.m. to 12 p.m.", [(540, 720)]),
        ("16:00-21:00, 09:00-13:00", [(540, 780), (960, 1260)]),
        ("18:00-02:00", [(1080, 1560)]),
        ("18:00-24:00", [(1080, 1440)]),
        ("12am-12pm", [(0, 720)]),
        ("00:00-24:00", [(0, 1440)]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, stretches: list[tuple[int, int]]) -> None:
    assert read_hours(text, ()).stretches == tuple(Stretch(*one) for one in stretches)
    assert read_hours(text.split(","), ()) == read_hours(text, ())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("closed", CLOSED),
        ("Closed", CLOSED),
        ("24 hours", WHOLE_DAY),
        ("00:00-24:00", WHOLE_DAY),
        ("by  appointment", BY_APPOINTMENT),
    ],
)
def test_a_day_may_be_told_in_words(text: str, day: Day) -> None:
    assert read_hours(text, ()) == day


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", {0}),
        ("Monday", {0}),
        ("mon-sat", {0, 1, 2, 3, 4, 5}),
        ("fri-mon", {4, 5, 6, 0}),
        ("mon, wed, fri-sat", {0, 2, 4, 5}),
        ("daily", set(range(7))),
        ("weekdays", {0, 1, 2, 3, 4}),
        ("weekend", {5, 6}),
    ],
)
def test_days_are_read_as_people_write_them(text: str, days: set[int]) -> None:
    assert read_days(text, ()) == days
    assert is_hours_key(text)


@pytest.mark.parametrize(
    ("given", "path", "says"),
    [
        ({"mon-fri": "9-5pm"}, ("mon-fri",), '"9-5pm" are no hours.'),
        ({"mon": "25:00-26:00"}, ("mon",), "are no hours."),
        ({"mon": "09:60-10:00"}, ("mon",), "are no hours."),
        ({"mon": "24:00-02:00"}, ("mon",), "are no hours."),
        ({"mon": "10:00-10:00"}, ("mon",), "are no hours."),
        ({"mon": "13pm-14pm"}, ("mon",), "are no hours."),
        ({"mon": "closd"}, ("mon",), 'Did you mean "closed"?'),
        ({"mon": "09:00-13:00, 12:00-18:00"}, ("mon",), "overlap at 12:00"),
        ({"mon": "09:00-13:00, closed"}, ("mon",), '"closed" are no hours.'),
        ({"mon": 9}, ("mon",), "must have hours."),
        ({"mon": None}, ("mon",), "must have hours."),
        ({"mon": []}, ("mon",), "must have hours."),
        ({"mun-sat": "09:00-21:00"}, ("mun-sat",), "is no day of the week."),
        ({"titel": "09:00-21:00"}, ("titel",), "is no day of the week."),
        ({"mon-fri": "9-17", "fri": "9-12"}, ("fri",), "names fri a second time."),
        ({"holidays": {"2026-12-25": "closed"}}, (), "has no hours."),
        ({"mon": "9-17", "holidays": {"2026-02-30": "closed"}}, ("holidays", "2026-02-30"), "not a date"),
        ({"mon": "9-17", "holidays": {"Atlantis": "closed"}}, ("holidays", "Atlantis"), "neither a date"),
        ({"mon": "9-17", "holidays": {"IN-XX": "closed"}}, ("holidays", "IN-XX"), "IN has the regions"),
        ({"mon": "9-17", "holidays": {"12-25": "shutt"}}, ("holidays", "12-25"), 'Did you mean "shut"?'),
        ({"mon": "9-17", "holidays": "closed"}, ("holidays",), "must have dates."),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    given: dict[str, Any], path: tuple[str, ...], says: str
) -> None:
    (wrong,) = read_week(given)[1]
    assert wrong.path == path
    assert says in f"{wrong.message} {wrong.hint}"


def test_every_mistake_is_named_at_once() -> None:
    problems = read_week({"mon": "x", "xyz": "9-17", "holidays": {"13-45": "closed", "01-01": "x"}})[1]
    assert [wrong.path for wrong in problems] == [
        ("mon",),
        ("xyz",),
        ("holidays", "13-45"),
        ("holidays", "01-01"),
    ]


@pytest.mark.parametrize("name", ["title", "note", "months", "sunshine"])
def test_what_names_no_day_is_no_key_of_hours(name: str) -> None:
    assert not is_hours_key(name)


@pytest.mark.parametrize(
    ("now", "open_", "until"),
    [
        ("2026-11-23 08:59", False, "2026-11-23 09:00"),
        ("2026-11-23 09:00", True, "2026-11-23 13:00"),
        ("2026-11-23 13:00", False, "2026-11-23 16:00"),
        ("2026-11-23 20:59", True, "2026-11-23 21:00"),
        ("2026-11-23 21:00", False, "2026-11-24 09:00"),
        ("2026-11-28 19:00", True, "2026-11-29 02:00"),  # Saturday past midnight
        ("2026-11-29 01:59", True, "2026-11-29 02:00"),
        ("2026-11-29 02:00", False, "2026-11-30 09:00"),
    ],
)
def test_a_shop_is_open_within_its_hours(now: str, open_: bool, until: str) -> None:
    hours = week(mon_fri="09:00-13:00, 16:00-21:00", sat="18:00-02:00", sun="closed")
    assert open_now(hours, ms(now), KOLKATA) == Status(open_, ms(until))


def test_special_days_go_before_the_week() -> None:
    dates = {"2026-12-24": "10-12", "12-24": "closed", "12-25": "closed"}
    hours = week(daily="9-17", holidays=dates)
    assert open_now(hours, ms("2026-12-24 09:30"), KOLKATA).until_ms == ms("2026-12-24 10:00")
    assert open_now(hours, ms("2026-12-24 12:00"), KOLKATA).until_ms == ms("2026-12-26 09:00")
    assert hours.on(date(2027, 12, 24)) == CLOSED


def test_public_holidays_come_from_the_country() -> None:
    hours = week(daily="9-17", holidays={"DE": "closed", "12-25": "10-12"})
    assert hours.on(date(2026, 12, 25)).stretches == (Stretch(600, 720),)
    assert hours.on(date(2026, 12, 26)) == CLOSED
    assert [day for day, _ in hours.coming(date(2026, 12, 20))] == [
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2027, 1, 1),
    ]


def test_what_never_closes_has_no_next_change_until_a_day_off() -> None:
    now = ms("2026-11-23 12:00")
    assert open_now(week(daily="24 hours"), now, KOLKATA) == Status(True, None)
    off = week(daily="24 hours", holidays={"2026-12-25": "closed"})
    assert open_now(off, now, KOLKATA) == Status(True, ms("2026-12-25 00:00"))
    assert open_now(week(daily="closed"), now, KOLKATA) == Status(False, None)


def test_it_closes_soon_half_an_hour_before() -> None:
    hours = week(daily="9-17")
    close = ms("2026-11-23 17:00")
    assert not open_now(hours, close - SOON_MS - 1, KOLKATA).soon(close - SOON_MS - 1)
    assert open_now(hours, close - SOON_MS, KOLKATA).soon(close - SOON_MS)
    assert not open_now(hours, close, KOLKATA).soon(close)


def test_a_day_closes_after_its_last_shift() -> None:
    hours = week(mon="9-12, 18:00-02:00", tue="closed")
    assert closing_ms(hours, date(2026, 11, 23), KOLKATA) == ms("2026-11-24 02:00")
    assert closing_ms(hours, date(2026, 11, 24), KOLKATA) is None


def test_search_engines_are_told_the_week_and_the_days_that_differ() -> None:
    holidays = {"2026-12-25": "closed", "2026-12-24": "10-12", "2026-11-01": "closed"}
    hours = week(mon_tue="9-12, 18-2", wed="24 hours", sun="by appointment", holidays=holidays)
    assert hours.specification(date(2026, 11, 23)) == [
        {"@type": "OpeningHoursSpecification", "opens": opens, "closes": closes} | rest
        for opens, closes, rest in [
            ("09:00", "12:00", {"dayOfWeek": ["Monday", "Tuesday"]}),
            ("18:00", "02:00", {"dayOfWeek": ["Monday", "Tuesday"]}),
            ("00:00", "23:59", {"dayOfWeek": ["Wednesday"]}),
            ("10:00", "12:00", {"validFrom": "2026-12-24", "validThrough": "2026-12-24"}),
            ("00:00", "00:00", {"validFrom": "2026-12-25", "validThrough": "2026-12-25"}),
        ]
    ]


def test_days_in_a_row_with_the_same_hours_stand_together() -> None:
    hours = week(mon_fri="9-17", sat="closed", sun="closed")
    assert [(list(days), bool(day.stretches)) for days, day in hours.groups()] == [
        ([0, 1, 2, 3, 4], True),
        ([5, 6], False),
    ]


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Closed, whole, or up to two shifts of which the second may go past midnight."""
    marks = sorted(draw(st.lists(st.integers(0, 96), min_size=0, max_size=4, unique=True)))
    pairs = [(marks[at] * 15, marks[at + 1] * 15) for at in range(0, len(marks) - 1, 2)]
    if pairs and draw(st.booleans()):
        pairs[-1] = pairs[-1][0], DAY_MINUTES + draw(st.integers(0, 8)) * 30
    return Day(tuple(Stretch(*pair) for pair in pairs if pair[0] < min(pair[1], DAY_MINUTES)))


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    return Week(tuple(draw(st.lists(days(), min_size=7, max_size=7))))


# Around the days on which clocks jump in the zones above, forwards and back.
NIGHTS = ("2026-03-29", "2026-10-25", "2026-04-24", "2026-10-30", "2026-04-05", "2026-10-04", "2018-11-04")


@settings(max_examples=60, deadline=None)
@given(weeks(), st.sampled_from(ZONES), st.sampled_from(NIGHTS), st.integers(-1440, 1440))
@example(Week((WHOLE_DAY,) * 7), "America/Sao_Paulo", "2018-11-04", -60)
@example(Week((Day((Stretch(120, 150),)),) * 7), "Europe/Berlin", "2026-03-29", 0)
@example(Week((Day((Stretch(150, 195),)),) * 7), "Europe/Berlin", "2026-03-29", 0)
@example(Week((Day((Stretch(150, 170), Stretch(195, 200))),) * 7), "Europe/Berlin", "2026-03-29", 0)
@example(Week((Day((Stretch(540, 570), Stretch(1080, 2040))),) * 7), "Asia/Kolkata", "2026-03-29", 1200)
def test_nothing_changes_before_the_next_change_and_something_does_then(
    hours: Week, zone: str, night: str, minutes: int
) -> None:
    clocks = ZoneInfo(zone)
    now_ms = ms(night, clocks) + minutes * MINUTE_MS
    status = open_now(hours, now_ms, clocks)
    assert status.open == _is_open(hours, now_ms, clocks)
    last_ms = status.until_ms or now_ms + 2 * DAY_MINUTES * MINUTE_MS
    for at_ms in range(now_ms, min(last_ms, now_ms + 2 * DAY_MINUTES * MINUTE_MS), 7 * MINUTE_MS):
        assert _is_open(hours, at_ms, clocks) == status.open
    if status.until_ms is not None:
        assert now_ms < status.until_ms
        assert _is_open(hours, status.until_ms - 1, clocks) == status.open
        assert _is_open(hours, status.until_ms, clocks) != status.open


def _is_open(hours: Week, now_ms: int, zone: ZoneInfo) -> bool:
    """By the clocks alone: whether a stretch of today or yesterday has begun and not ended, in elapsed time."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        for stretch in hours.on(day).stretches:
            begins = midnight + timedelta(minutes=stretch.start_minutes)  # wall time: aware, one zone
            ends = midnight + timedelta(minutes=stretch.end_minutes)
            if begins.astimezone(UTC) <= now < ends.astimezone(UTC):
                return True
    return False


def test_no_more_than_sixty_days_are_looked_through() -> None:
    hours = Week((CLOSED,) * 7, {"2027-03-01": WHOLE_DAY})
    assert open_now(hours, ms("2026-11-23 12:00"), KOLKATA) == Status(False, None)
    near = ms("2027-03-01") - (FORESEEN_DAYS - 1) * DAY_MINUTES * MINUTE_MS
    assert open_now(hours, near, KOLKATA).until_ms == ms("2027-03-01")

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.links.moments import (
    find_zone,
    is_date,
    parse_moment,
    parse_time,
    shown,
    shown_end,
    to_ms,
    weekday,
)

BERLIN, NEW_YORK, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")


def ms(text: str) -> int:
    """The milliseconds of an ISO moment with offset."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


# A Wednesday evening in Berlin.
NOW = "2026-12-02T18:30:15.123+01:00"
WRITTEN = {
    "now": NOW,
    " NOW ": NOW,
    "2026-12-24": "2026-12-24T00:00+01:00",
    "2026-12-24 18:00": "2026-12-24T18:00+01:00",
    "2026-12-24   at 18:00": "2026-12-24T18:00+01:00",
    "2026-12-24 18.05": "2026-12-24T18:05+01:00",
    "2026-12-24 24:00": "2026-12-25T00:00+01:00",
    "2026-12-31 24:00": "2027-01-01T00:00+01:00",
    "2026-12-24 9:00:30": "2026-12-24T09:00:30+01:00",
    "2026-07-01": "2026-07-01T00:00+02:00",
    "2026-12-24T18:00": "2026-12-24T18:00+01:00",
    "2026-12-24t18:00z": "2026-12-24T18:00+00:00",
    "2026-12-24 18:00Z": "2026-12-24T18:00+00:00",
    "2026-12-24T18:00+05:30": "2026-12-24T18:00+05:30",
    "2026-12-24 18:00-0500": "2026-12-24T18:00-05:00",
    "2026-12-24T18:00:00.123Z": "2026-12-24T18:00:00.123+00:00",
    "today": "2026-12-02T00:00+01:00",
    "tomorrow": "2026-12-03T00:00+01:00",
    "tomorrow 9:00": "2026-12-03T09:00+01:00",
    "today 24:00": "2026-12-03T00:00+01:00",
    "9:00": "2026-12-02T09:00+01:00",
    "24:00": "2026-12-03T00:00+01:00",
    "wed": "2026-12-02T00:00+01:00",
    "Thursday": "2026-12-03T00:00+01:00",
    "tue 21.30": "2026-12-08T21:30+01:00",
    "SUNDAY at 21:00": "2026-12-06T21:00+01:00",
    "wednesday 9:00": "2026-12-02T09:00+01:00",
    "in 1 minute": "2026-12-02T18:31:15.123+01:00",
    "in 90 minutes": "2026-12-02T20:00:15.123+01:00",
    "in 2 hours": "2026-12-02T20:30:15.123+01:00",
    "in 3 days": "2026-12-05T18:30:15.123+01:00",
    "in 1 week": "2026-12-09T18:30:15.123+01:00",
    "in 0 days": NOW,
}


@pytest.mark.parametrize(("text", "expected"), WRITTEN.items())
def test_what_people_write_is_the_moment_they_mean(text, expected):
    assert parse_moment(text, BERLIN, ms(NOW), field="at") == ms(expected)


WHOLE_DAYS = {
    "2026-12-24": "2026-12-25T00:00+01:00",
    "2026-12-31": "2027-01-01T00:00+01:00",
    "2026-03-29": "2026-03-30T00:00+02:00",
    "2028-02-28": "2028-02-29T00:00+01:00",
    "today": "2026-12-03T00:00+01:00",
    "tomorrow": "2026-12-04T00:00+01:00",
    "sunday": "2026-12-07T00:00+01:00",
    "2026-12-24 24:00": "2026-12-25T00:00+01:00",
    "2026-12-24 00:00": "2026-12-24T00:00+01:00",
    "2026-12-24 18:00": "2026-12-24T18:00+01:00",
    "2026-12-24T18:00Z": "2026-12-24T18:00+00:00",
    "9:00": "2026-12-02T09:00+01:00",
    "in 3 days": "2026-12-05T18:30:15.123+01:00",
}


@pytest.mark.parametrize(("text", "expected"), WHOLE_DAYS.items())
def test_a_date_alone_is_its_end_where_a_whole_day_is_meant(text, expected):
    assert parse_moment(text, BERLIN, ms(NOW), field="at", whole_day=True) == ms(expected)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        # Clocks skip from 2:00 to 3:00: a time between is an hour later.
        ("2026-03-29 01:59", BERLIN, "2026-03-29T01:59+01:00"),
        ("2026-03-29 02:00", BERLIN, "2026-03-29T03:00+02:00"),
        ("2026-03-29 02:30", BERLIN, "2026-03-29T03:30+02:00"),
        ("2026-03-29T02:30", BERLIN, "2026-03-29T03:30+02:00"),
        ("2026-03-29 03:00", BERLIN, "2026-03-29T03:00+02:00"),
        ("2026-03-08 02:30", NEW_YORK, "2026-03-08T03:30-04:00"),
        # Clocks show 2:00 to 3:00 twice: the first is meant.
        ("2026-10-25 02:30", BERLIN, "2026-10-25T02:30+02:00"),
        ("2026-10-25T02:30", BERLIN, "2026-10-25T02:30+02:00"),
        ("2026-10-25T02:30+01:00", BERLIN, "2026-10-25T02:30+01:00"),
        ("2026-10-25 03:00", BERLIN, "2026-10-25T03:00+01:00"),
        ("2026-11-01 01:30", NEW_YORK, "2026-11-01T01:30-04:00"),
        # Midnight itself is skipped in Santiago.
        ("2026-09-06", ZoneInfo("America/Santiago"), "2026-09-06T01:00-03:00"),
        ("2026-12-24 18:00", KOLKATA, "2026-12-24T18:00+05:30"),
        ("2026-12-30", ZoneInfo("Pacific/Apia"), "2026-12-30T00:00+13:00"),
    ],
)
def test_daylight_saving_moves_moments_as_clocks_do(text, zone, expected):
    assert parse_moment(text, zone, ms(NOW), field="at") == ms(expected)


def test_today_is_the_day_on_the_clocks_of_the_zone():
    now = ms("2026-12-31T20:00+00:00")
    assert parse_moment("today", KOLKATA, now, field="at") == ms("2027-01-01T00:00+05:30")
    assert parse_moment("today", NEW_YORK, now, field="at") == ms("2026-12-31T00:00-05:00")
    assert parse_moment("friday", KOLKATA, now, field="at") == ms("2027-01-01T00:00+05:30")


NONSENSE = (
    *("", " ", "soon", "yesterday", "2026-02-29", "2026-13-01", "2026-12-24 25:00", "2026-12-24 24:01", "24-12-2026"),
    *("12-24", "2026-12-24 18", "2026-12-24 at", "sunday monday", "in 3", "in -3 days", "in 99999 days", "in 3 years"),
    *("0000-01-01", "2026-12-24T18:00+25:00", "2026-12-24TZ", "z", "+01:00", "mon+01:00", "9", "9:60", "18h"),
    *("１２-２４", "\0", "\x1b[2J", "\udcff", "x" * 10_000, "9999-12-31 24:00", "two 9:00", "2026-W53-1", "20261224"),
)  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: repr(text)[:30])
def test_what_is_no_moment_is_refused_with_how_to_write_one(text):
    with pytest.raises(Invalid) as refused:
        parse_moment(text, BERLIN, ms(NOW), field="expires")
    (problem,) = refused.value.problems
    assert problem.field == "expires"
    assert problem.message.endswith('" is not a moment.')
    assert "2026-12-24 18:00" in problem.hint
    assert str(problem).isprintable()
    assert len(str(problem)) < 500


def test_a_moment_before_1970_is_refused_as_such():
    assert parse_moment("1970-01-01T00:00Z", BERLIN, 0, field="at") == 0
    for text in ("1969-12-31T23:59:59.999Z", "1970-01-01", "0001-01-01"):
        with pytest.raises(Invalid, match=f'opens: "{text}" is before 1970'):
            parse_moment(text, BERLIN, 0, field="opens")


@given(
    st.text(max_size=30)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ t][0-9:+zw.-]{0,12})?", fullmatch=True)
)
def test_any_text_is_a_moment_or_refused(text):
    for whole_day in (False, True):
        try:
            found = parse_moment(text, BERLIN, ms(NOW), field="at", whole_day=whole_day)
        except Invalid:
            continue
        assert isinstance(found, int)


@given(st.integers(0, 253_400_000_000_000), st.timezones())
def test_every_moment_is_read_back_from_iso_to_the_millisecond(expected, zone):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=expected)
    text = moment.isoformat(timespec="milliseconds")
    assert parse_moment(text, zone, 0, field="at") == expected
    assert parse_moment(text.replace("+00:00", "z").lower(), zone, 0, field="at") == expected


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.times(), st.timezones())
def test_a_moment_shows_the_time_that_was_written_unless_clocks_skip_it(day, clock, zone):
    clock = clock.replace(second=0, microsecond=0)
    found = shown(to_ms(day, clock, zone), zone)
    exists = datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)
    assert found == exists.strftime("%a %Y-%m-%d %H:%M")
    if exists.time() == clock:
        assert found.endswith(f"{day.isoformat()} {clock:%H:%M}")


def test_weekdays_and_times_have_few_spellings():
    assert [weekday(word) for word in ("mon", "Tuesday", " WED ", "thursday", "fri", "Sat", "sunday")] == [
        *range(7)
    ]
    for wrong in ("", "mo", "mond", "montag", "mon tue", "０"):
        with pytest.raises(ValueError):  # noqa: PT011 - it has nothing to say
            weekday(wrong)
    assert parse_time("9:05") == parse_time("09.05") == time(9, 5)
    assert parse_time(" 24:00 ") == parse_time("0:00") == time(0)
    for wrong in ("", "9", "24:01", "25:00", "9:5", "9:60", "9:00:60", "-1:00", "9:00 pm"):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_time(wrong)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *(dict.fromkeys(["2026-12-24", "2028-02-29", "02-29", "12-24", "01-01", "12-31", "9999-12-31"], True).items()),
        *(dict.fromkeys(["2026-02-29", "02-30", "13-01", "00-01", "2026-12-24 ", "2026-12", "12", "", "1-1", "12-24\n",
                         "20261224", "1224", "2026-W01-1", "２０２６-12-24", "١٢-٢٤", "12-24-2026", "0000-01-01"],
                        False).items()),
    ],
)  # fmt: skip
def test_a_date_has_a_year_or_is_of_every_year(text, is_one):
    assert is_date(text) is is_one


def test_a_zone_is_an_iana_name_and_nothing_else():
    assert find_zone("Asia/Kolkata").key == "Asia/Kolkata"
    for wrong in (
        "",
        ".",
        "Europe",
        "Mars/Base",
        "../etc/passwd",
        "/etc/passwd",
        "a\0b",
        "\udcff",
        "zone.tab",
        "x" * 5_000,
    ):
        with pytest.raises(Invalid, match="is not a time zone") as refused:
            find_zone(wrong)
        assert str(refused.value).isprintable()


def test_an_end_at_midnight_is_told_as_the_day_that_it_ends():
    zone = find_zone("Europe/Berlin")
    assert shown_end(to_ms(date(2026, 12, 25), time(0), zone), zone) == "Thu 2026-12-24 24:00"
    assert shown_end(to_ms(date(2026, 12, 24), time(18), zone), zone) == "Thu 2026-12-24 18:00"
    again = parse_moment("2026-12-24 24:00", zone, 0, field="expires")
    assert again == to_ms(date(2026, 12, 25), time(0), zone)

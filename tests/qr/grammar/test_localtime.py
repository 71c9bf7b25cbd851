from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.grammar.localtime import day_or_time, is_day, moment, zone_name

TWICE = (
    "It is 02:30 twice on 2026-10-25 in Europe/Berlin: the clocks are put back. "
    "Write 2026-10-25T02:30:00+02:00 for the first, 2026-10-25T02:30:00+01:00 for the second."
)
# Days on which clocks were put forward or back in one of the zones, and others.
DAYS = ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2011-12-30"]
LOCAL = st.one_of(
    st.builds(
        lambda day, hour, quarter: datetime.fromisoformat(f"{day}T{hour:02}:{quarter * 15:02}"),
        st.sampled_from(DAYS),
        st.integers(0, 4),
        st.integers(0, 3),
    ),
    st.datetimes(datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2037-12-31")),
)
ZONES = ["UTC", "Asia/Kolkata", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]


@pytest.mark.parametrize(
    ("typed", "settled", "whole_day"),
    [
        ("2026-12-24", "2026-12-24", True),
        (" 2026-12-24 18:00 ", "2026-12-24T18:00", False),
        ("2026-12-24T18:00:30", "2026-12-24T18:00:30", False),
        ("2026-12-24T18:00Z", "2026-12-24T18:00Z", False),
        ("2028-02-29 00:00+05:30", "2028-02-29T00:00+05:30", False),
    ],
)
def test_days_and_times_are_taken(typed, settled, whole_day):
    assert day_or_time(typed) == settled
    assert day_or_time(settled) == settled
    assert is_day(settled) == whole_day


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("24.12.2026", "is neither a date nor a time. Write it like 2026-12-24 18:00"),
        ("12/24/2026 6pm", "is neither a date nor a time"),
        ("18:00", "is neither a date nor a time"),
        ("20261224T1800", "is neither a date nor a time"),
        ("2026-12-24 18:00 Europe/Berlin", "is neither a date nor a time"),
        ("2026-12-24\n", "is neither a date nor a time"),
        ("2026-02-30", "is not in the calendar"),
        ("2026-12-24 18:60", "is not in the calendar"),
        ("2026-12-24 24:00", "Write 00:00 of the next day."),
        ("1969-12-31", "is before 1970"),
    ],
)
def test_what_is_no_time_is_refused_with_what_to_do(typed, sentence):
    with pytest.raises(Invalid) as refused:
        day_or_time(typed)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("settled", "zone", "utc"),
    [
        ("2026-12-24T18:00", "UTC", "2026-12-24T18:00"),
        ("2026-12-24T18:00", "Asia/Kolkata", "2026-12-24T12:30"),
        ("2026-07-01T18:00", "Europe/Berlin", "2026-07-01T16:00"),
        ("2026-12-01T18:00", "Europe/Berlin", "2026-12-01T17:00"),
        ("2026-12-24T18:00+05:30", "Europe/Berlin", "2026-12-24T12:30"),
        ("2026-12-24T18:00Z", "Europe/Berlin", "2026-12-24T18:00"),
        # The minute before and after the hour that is missing, and round the one that is there twice.
        ("2026-03-29T01:59", "Europe/Berlin", "2026-03-29T00:59"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-10-25T01:59", "Europe/Berlin", "2026-10-24T23:59"),
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00"),
        ("2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T01:30"),
    ],
)
def test_a_time_on_the_clocks_of_a_zone_is_one_moment(settled, zone, utc):
    assert moment(settled, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("settled", "zone", "sentence"),
    [
        (
            "2026-03-29T02:30",
            "Europe/Berlin",
            "There is no 02:30 on 2026-03-29 in Europe/Berlin: the clocks are put forward. Write 03:30,",
        ),
        ("2026-10-25T02:30", "Europe/Berlin", TWICE),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "Write 02:45"),
        # Samoa skipped a whole day.
        ("2011-12-30T12:00", "Pacific/Apia", "There is no 12:00 on 2011-12-30"),
    ],
)
def test_times_that_clocks_skip_or_show_twice_are_refused(settled, zone, sentence):
    with pytest.raises(Invalid) as refused:
        moment(settled, zone)
    assert sentence in str(refused.value)


@given(LOCAL.map(lambda time: time.replace(microsecond=0)), st.sampled_from(ZONES))
def test_the_clocks_of_the_zone_show_the_time_at_that_moment_and_at_no_other(local, zone):
    """Looked for from the other side: every quarter of an hour whose clocks could show it."""
    around = (
        local.replace(tzinfo=UTC) + timedelta(minutes=15 * quarter) for quarter in range(-4 * 15, 4 * 15)
    )
    showing = [one for one in around if one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local]
    try:
        assert [moment(local.isoformat(), zone)] == showing
    except Invalid:
        assert len(showing) != 1


def test_zones_have_the_names_of_the_database():
    assert zone_name(" Asia/Kolkata ") == "Asia/Kolkata"
    assert zone_name("UTC") == "UTC"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Asia/Kolkatta", 'Did you mean "Asia/Kolkata"?'),
        ("europe/berlin", 'Did you mean "Europe/Berlin"?'),
        ("+05:30", "is not a time zone"),
        ("localtime", "is not a time zone"),
        ("Asia", "is not a time zone"),
        ("../Asia/Kolkata", "is not a time zone"),
    ],
)
def test_what_is_no_zone_is_refused(typed, sentence):
    with pytest.raises(Invalid) as refused:
        zone_name(typed)
    assert sentence in str(refused.value)

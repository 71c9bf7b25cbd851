from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import build, event

LINE = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=40),
    st.text(st.sampled_from('\\;:,nN="'), min_size=1, max_size=20),
    st.sampled_from(["x;y", "x\\", "\\n", "END:VEVENT", "DTSTART:20200101"]),
).filter(lambda text: text.strip(" "))
LINES = st.lists(
    st.one_of(LINE, st.sampled_from(["END:VEVENT", "BEGIN:VALARM", "RRULE:FREQ=DAILY", " folded", "\ttab"])),
    min_size=1,
    max_size=4,
)


def lines_of(text: str) -> list[str]:
    return text.split("\r\n")


@given(title=LINE, place=LINE, note=LINES, line_end=st.sampled_from(["\n", "\r\n", "\r", "\u2028"]))
def test_a_calendar_gets_the_very_values_and_no_others(title, place, note, line_end):
    fields = {"title": title, "start": "2026-12-24 18:00", "place": place, "note": line_end.join(note)}
    calendar = vobject.readOne(build("event", fields).text())
    assert calendar.contents.keys() == {"version", "prodid", "vevent"}
    [found] = calendar.vevent_list
    assert found.contents.keys() == {"uid", "dtstamp", "dtstart", "summary", "location", "description"}
    assert all(len(values) == 1 for values in found.contents.values())
    assert found.summary.value == title.strip(" ")
    assert found.location.value == place.strip(" ")
    assert found.description.value == "\n".join(note)


@given(
    st.datetimes(datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2999-12-01")),
    st.integers(1, 100_000),
)
def test_start_and_end_are_moments_in_utc(start, minutes):
    start = start.replace(microsecond=0)
    end = start + timedelta(minutes=minutes)
    text = event.Payload(title="foo", start=f"{start}", end=f"{end}").text()
    found = vobject.readOne(text).vevent
    assert found.dtstart.value == found.dtstamp.value == start.replace(tzinfo=UTC)
    assert found.dtend.value == end.replace(tzinfo=UTC)


@given(st.dates(date(1970, 1, 1), date(2999, 1, 1)), st.integers(0, 300))
def test_the_last_of_whole_days_is_still_in_the_event(first, days):
    last = first + timedelta(days=days)
    found = vobject.readOne(event.Payload(title="foo", start=f"{first}", end=f"{last}").text()).vevent
    assert found.dtstart.value == first
    assert found.dtend.value == last + timedelta(days=1)


def test_one_whole_day_needs_no_end():
    lines = lines_of(event.Payload(title="Diwali", start="2026-11-08", zone="Asia/Kolkata").text())
    assert "DTSTART;VALUE=DATE:20261108" in lines
    assert not any(line.startswith("DTEND") for line in lines)


def test_local_times_are_those_of_the_zone_on_that_day():
    lines = lines_of(
        event.Payload(
            title="Night", start="2026-10-24 22:00", end="2026-10-25 06:00", zone="Europe/Berlin"
        ).text()
    )
    assert "DTSTART:20261024T200000Z" in lines
    assert "DTEND:20261025T050000Z" in lines


# ZXing's ParsedReaderResultTestCase; order, stamp and id are added.
def test_the_published_event_is_reproduced():
    text = event.Payload(title="foo", start="2008-05-04T12:34:56Z", end="2008-05-05T23:45:55Z").text()
    published = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:foo\r\nDTSTART:20080504T123456Z\r\n"
        "DTEND:20080505T234555Z\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    assert set(lines_of(published)) < set(lines_of(text))
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")


def test_the_same_event_has_the_same_id_and_another_one_another():
    def uid(**fields: str) -> str:
        return vobject.readOne(event.Payload(title="foo", **fields).text()).vevent.uid.value

    assert uid(start="2026-12-24 18:00") == uid(start="2026-12-24T18:00:00Z")
    several = [
        {"start": "2026-12-24 18:00"},
        {"start": "2026-12-24 18:00", "end": "2026-12-24 19:00"},
        {"start": "2026-12-24 18:00", "place": "here"},
        {"start": "2026-12-24 18:00", "note": "here"},
        {"start": "2026-12-24"},
    ]
    assert len({uid(**fields) for fields in several}) == len(several)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "title: is missing."),
        ({"title": "a\r\nEND:VEVENT"}, "title: "),
        ({"start": "tomorrow", "zone": "Mars"}, 'start: "tomorrow" is neither a date nor a time.'),
        ({"start": "tomorrow", "zone": "Mars"}, 'zone: "Mars" is not a time zone.'),
        (
            {"end": "2026-12-24"},
            "end: One of start and end is a day, the other a time. Give both with a time",
        ),
        ({"end": "2026-12-24 18:00"}, "end: is not after start."),
        ({"end": "2026-12-24 17:59"}, "end: is not after start."),
        ({"end": "2026-12-24T18:30+01:00"}, "end: is not after start."),
        ({"start": "2026-12-24", "end": "2026-12-23"}, "end: is not after start."),
        ({"start": "2026-03-29 02:30", "zone": "Europe/Berlin"}, "start: There is no 02:30 on 2026-03-29"),
        (
            {"start": "2026-10-25 01:00", "end": "2026-10-25 02:30", "zone": "Europe/Berlin"},
            "end: It is 02:30 twice on 2026-10-25",
        ),
        ({"note": "\0"}, "note: holds the control character U+0000"),
    ],
)
def test_what_is_no_event_is_refused_with_what_to_do(fields, sentence):
    with pytest.raises(Invalid) as refused:
        event.Payload(**({"title": "foo", "start": "2026-12-24 18:00"} | fields))
    assert sentence in str(refused.value)

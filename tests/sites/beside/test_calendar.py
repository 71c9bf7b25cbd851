"""Calendar files, read back by two parsers that are not ours, whatever people typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import NOW_MS, imported

from scanly.core.text import has_control
from scanly.sites.beside.calendar import Entry, calendar_file

START_MS = 1_798_119_000_000
HOUR_MS = 3_600_000
HOSTILE = (
    "x\r\nATTENDEE:mailto:eve@example.com",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:second",
    "x\rDESCRIPTION:other",
    "x\u2028URL:https://evil.example",
    "x\x85STATUS:CANCELLED",
    'a;b,c\\n:d"e',
    "\u202eevil\u200b",
    "नमस्ते " * 40,
    "😀" * 60,
)
texts = st.text(st.characters(codec="utf-8"), max_size=120) | st.sampled_from(HOSTILE)


def events(data: bytes) -> list[object]:
    return list(imported("icalendar").Calendar.from_ical(data).walk("VEVENT"))


def test_an_event_is_what_it_was_for_another_parser() -> None:
    entry = Entry(
        "jazz@go.example.com",
        "Jazz, live; free",
        START_MS,
        START_MS + 2 * HOUR_MS,
        "Café Réunion",
        "Bring\nfriends",
        "https://go.example.com/s/jazz",
    )
    (event,) = events(calendar_file([entry], stamp_ms=NOW_MS, name="Jazz"))
    assert event["SUMMARY"] == "Jazz, live; free"
    assert event["LOCATION"] == "Café Réunion"
    assert event["DESCRIPTION"] == "Bring\nfriends"
    assert event["URL"] == "https://go.example.com/s/jazz"
    assert event["UID"] == "jazz@go.example.com"
    assert event["DTSTART"].dt == datetime.fromtimestamp(START_MS / 1000, UTC)
    assert event["DTEND"].dt == datetime.fromtimestamp(START_MS / 1000 + 7200, UTC)
    assert event["DTSTAMP"].dt == datetime.fromtimestamp(NOW_MS // 1000, UTC)


@pytest.mark.parametrize(
    ("end", "after"),
    [
        (None, date(2026, 11, 9)),
        (date(2026, 11, 8), date(2026, 11, 9)),
        (date(2026, 11, 30), date(2026, 12, 1)),
    ],
)
def test_whole_days_end_after_the_last_one(end: date | None, after: date) -> None:
    (event,) = events(calendar_file([Entry("d", "Diwali", date(2026, 11, 8), end)], stamp_ms=NOW_MS))
    assert event["DTSTART"].dt == date(2026, 11, 8)
    assert event["DTEND"].dt == after


@given(title=texts, place=texts, note=texts, url=texts, uid=texts)
def test_what_people_type_never_becomes_a_line_of_its_own(
    title: str, place: str, note: str, url: str, uid: str
) -> None:
    data = calendar_file([Entry(uid, title, START_MS, None, place, note, url)], stamp_ms=NOW_MS, name=title)
    found = events(data)
    assert len(found) == 1
    allowed = {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "STATUS"}
    assert set(found[0].keys()) <= allowed
    assert found[0]["STATUS"] == "CONFIRMED"
    said = str(found[0].get("SUMMARY", ""))
    assert "".join(said.split()) == "".join(shown(title).split())
    calendar = imported("vobject").readOne(data.decode())
    assert len(calendar.vevent_list) == 1


def shown(text: str) -> str:
    return "".join(character for character in text if not has_control(character))


@given(st.lists(texts, min_size=1, max_size=4))
def test_no_line_is_longer_than_75_bytes_and_none_parts_a_character(titles: list[str]) -> None:
    entries = [Entry(f"{number}", title, START_MS) for number, title in enumerate(titles)]
    data = calendar_file(entries, stamp_ms=NOW_MS)
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_a_time_that_was_given_up_takes_its_entry_back() -> None:
    entry = Entry("b", "Haircut", START_MS, START_MS + HOUR_MS, cancelled=True)
    (event,) = events(calendar_file([entry], stamp_ms=NOW_MS))
    assert event["STATUS"] == "CANCELLED"


def test_the_same_entry_gives_the_same_bytes() -> None:
    entry = Entry("b", "Haircut", START_MS)
    assert calendar_file([entry], stamp_ms=NOW_MS) == calendar_file([entry], stamp_ms=NOW_MS)

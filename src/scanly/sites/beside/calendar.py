"""Calendar files: an event of a page, or a time that somebody booked, for the visitor's own calendar.

Times are in UTC, so a file needs no rules of zones. An entry keeps its id, so a file that is opened again changes
the entry in the calendar and adds no second one.
Source: RFC 5545, 3.6.1 (VEVENT), 3.8.2 (DTEND of days is exclusive), 3.8.4.7 (UID), 3.8.7.2 (DTSTAMP); RFC 7986, 5.1
(NAME).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from scanly.core.clock import at
from scanly.qr.grammar.vtext import component
from scanly.sites.beside.contentlines import address, file, value

MIME = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a calendar: between two moments (Unix ms), or on whole days, the last one included.

    ``uid`` is the same whenever the same thing is meant, and unlike that of anything else in the world.
    """

    uid: str
    title: str
    start: int | date
    end: int | date | None = None
    place: str = ""
    note: str = ""
    url: str = ""
    cancelled: bool = False


def calendar_file(entries: Iterable[Entry], *, stamp_ms: int, name: str = "") -> bytes:
    """The file. ``stamp_ms`` says as of when it is true: when the page was published, or the time was booked."""
    events = [line for entry in entries for line in component("VEVENT", *_lines(entry, stamp_ms))]
    head = ["VERSION:2.0", "PRODID:-//Scanly//EN", "CALSCALE:GREGORIAN"]
    if name:
        head += [f"NAME:{value(name)}", f"X-WR-CALNAME:{value(name)}"]
    return file(*component("VCALENDAR", *head, *events))


def _lines(entry: Entry, stamp_ms: int) -> Iterator[str]:
    yield f"UID:{value(entry.uid)}"
    yield f"DTSTAMP:{_utc(stamp_ms)}"
    yield f"DTSTART{_when(entry.start)}"
    if entry.end is not None:
        yield f"DTEND{_when(_after(entry.end))}"
    elif not isinstance(entry.start, int):
        yield f"DTEND{_when(_after(entry.start))}"
    texts = {"SUMMARY": entry.title, "LOCATION": entry.place, "DESCRIPTION": entry.note}
    yield from (f"{name}:{value(text)}" for name, text in texts.items() if text)
    if address(entry.url):
        yield f"URL:{entry.url}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"


def _after(end: int | date) -> int | date:
    """A moment as it is, of days the first one after them."""
    return end if isinstance(end, int) else end + timedelta(days=1)


def _when(moment: int | date) -> str:
    return f":{_utc(moment)}" if isinstance(moment, int) else f";VALUE=DATE:{moment:%Y%m%d}"


def _utc(ms: int) -> str:
    return f"{at(ms, UTC):%Y%m%dT%H%M%SZ}"

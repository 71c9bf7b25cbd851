"""An event that the phone puts into its calendar.

Times are in UTC: a zone would need its rules beside it, and phones ignore those. The event's id is made from
its content and its time stamp is its start, so the same event always gives the same code.

Source: RFC 5545, 3.6.1 (VEVENT), 3.8.2 (DTSTART, DTEND, which is exclusive for days), 3.8.4.7 (UID).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.errors import Invalid, Problem
from scanly.qr.grammar.localtime import day, day_or_time, is_day, moment, zone_name
from scanly.qr.grammar.message import message
from scanly.qr.grammar.rules import line, refuse, settle
from scanly.qr.grammar.vtext import component, escaped, stream

_WHEN = "such as 2026-12-24 18:00, or 2026-12-24 for a whole day"


class Payload(msgspec.Struct, frozen=True):
    """An event with start and end, or of whole days."""

    title: Annotated[str, Meta(description="What it is called")]
    start: Annotated[str, Meta(description=f"When it begins, {_WHEN}")]
    end: Annotated[str, Meta(description="When it ends, like start; of whole days, the last one")] = ""
    zone: Annotated[
        str, Meta(description="Time zone of start and end, such as Asia/Kolkata; whole days have none")
    ] = "UTC"
    place: Annotated[str, Meta(description="Where it is")] = ""
    note: Annotated[str, Meta(description="What else there is to know")] = ""

    def __post_init__(self) -> None:
        rules = {
            "title": line(255),
            "start": day_or_time,
            "end": day_or_time,
            "zone": zone_name,
            "place": line(255),
            "note": message,
        }
        refuse(settle(self, rules) or self._problems_of_time())

    def text(self) -> str:
        lines = tuple(self._lines())
        uid = hashlib.sha256(stream(lines).encode()).hexdigest()[:16]
        event = component("VEVENT", f"UID:{uid}", *lines)
        return stream(component("VCALENDAR", "VERSION:2.0", "PRODID:-//Scanly//EN", *event))

    def _lines(self) -> Iterator[str]:
        if is_day(self.start):
            first = f"{day(self.start):%Y%m%d}"
            yield f"DTSTAMP:{first}T000000Z"
            yield f"DTSTART;VALUE=DATE:{first}"
            if self.end:
                yield f"DTEND;VALUE=DATE:{day(self.end) + timedelta(days=1):%Y%m%d}"
        else:
            start = f"{moment(self.start, self.zone):%Y%m%dT%H%M%SZ}"
            yield f"DTSTAMP:{start}"
            yield f"DTSTART:{start}"
            if self.end:
                yield f"DTEND:{moment(self.end, self.zone):%Y%m%dT%H%M%SZ}"
        texts = {"SUMMARY": self.title, "LOCATION": self.place, "DESCRIPTION": self.note}
        yield from (f"{name}:{escaped(value)}" for name, value in texts.items() if value)

    def _problems_of_time(self) -> list[Problem]:
        if self.end and is_day(self.start) != is_day(self.end):
            hint = "Give both with a time, or both without."
            return [Problem("end", "One of start and end is a day, the other a time.", hint)]
        problems: list[Problem] = []
        start, end = self._when("start", problems), self._when("end", problems)
        if start and end and (end < start or (end == start and not is_day(self.start))):
            problems.append(Problem("end", "is not after start.", "Check day and time of both."))
        return problems

    def _when(self, field: str, problems: list[Problem]) -> date | datetime | None:
        """The day or moment in a field; what is wrong with it is added to ``problems``."""
        settled: str = getattr(self, field)
        if not settled:
            return None
        try:
            return day(settled) if is_day(settled) else moment(settled, self.zone)
        except Invalid as refused:
            problems += [replace(problem, field=field) for problem in refused.problems]
            return None


EXAMPLES = (
    (
        {"title": "foo", "start": "2008-05-04 12:34:56"},
        (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Scanly//EN\r\nBEGIN:VEVENT\r\nUID:2cc532603c0239fe\r\n"
            "DTSTAMP:20080504T123456Z\r\nDTSTART:20080504T123456Z\r\nSUMMARY:foo\r\n"
            "END:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
    ),
    (
        {
            "title": "Networld+Interop Conference",
            "start": "1996-09-18T10:30",
            "end": "1996-09-20T18:00",
            "zone": "America/New_York",
            "place": "Atlanta World Congress Center",
            "note": "Networld+Interop Conference and Exhibit\nAtlanta, Georgia",
        },
        (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Scanly//EN\r\nBEGIN:VEVENT\r\nUID:4d845a3a45f26881\r\n"
            "DTSTAMP:19960918T143000Z\r\nDTSTART:19960918T143000Z\r\nDTEND:19960920T220000Z\r\n"
            "SUMMARY:Networld+Interop Conference\r\nLOCATION:Atlanta World Congress Center\r\n"
            "DESCRIPTION:Networld+Interop Conference and Exhibit\\nAtlanta\\, Georgia\r\n"
            "END:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
    ),
    (
        {"title": "Diwali", "start": "2026-11-08", "end": "2026-11-10"},
        (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Scanly//EN\r\nBEGIN:VEVENT\r\nUID:c73395ad83e402ad\r\n"
            "DTSTAMP:20261108T000000Z\r\nDTSTART;VALUE=DATE:20261108\r\nDTEND;VALUE=DATE:20261111\r\n"
            "SUMMARY:Diwali\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
    ),
)

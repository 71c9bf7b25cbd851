"""Times on the clocks of a zone, as one moment in UTC; a time that the clocks skip or show twice is refused.

Source: ISO 8601-1:2019, 5.4.2 (date, time of day, offset); the IANA time zone database.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from scanly.core.text import nearest
from scanly.qr.grammar.rules import shown, wrong

_DATE = re.compile(r"[12]\d{3}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(rf"({_DATE.pattern})[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?", re.ASCII)
# Names that are no zone: one means whatever the machine is set to, the other that nobody has set it.
_NO_ZONES = frozenset({"localtime", "Factory"})
_HINT = "Write it like 2026-12-24 18:00, or 2026-12-24 for a whole day."


def zone_name(text: str) -> str:
    """The name of a zone in the IANA database, such as ``Asia/Kolkata``."""
    name = text.strip(" ")
    if name not in _zones():
        hint = nearest(name, _zones()) or "Write it like Asia/Kolkata or Europe/Berlin."
        raise wrong(f"{shown(text)} is not a time zone.", hint)
    return name


@cache
def _zones() -> frozenset[str]:
    """All names; finding them means reading a folder of some hundred files."""
    return frozenset(available_timezones()) - _NO_ZONES


def day_or_time(text: str) -> str:
    """``2026-12-24``, or ``2026-12-24T18:00``, with seconds and offset where they were given."""
    typed = text.strip(" ")
    found = _TIME.fullmatch(typed)
    if found is None and not _DATE.fullmatch(typed):
        raise wrong(f"{shown(text)} is neither a date nor a time.", _HINT)
    if found and found[2].startswith("24:"):
        raise wrong(f"{shown(text)} is after the last minute of the day.", "Write 00:00 of the next day.")
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise wrong(f"{shown(text)} is not in the calendar.", _HINT) from None
    if moment.year < 1970:
        raise wrong(f"{shown(text)} is before 1970.", "Give a later date.")
    return typed.replace(" ", "T")


def is_day(settled: str) -> bool:
    """Whether what `day_or_time` gave is a whole day."""
    return "T" not in settled


def day(settled: str) -> date:
    """The day that `day_or_time` gave."""
    return date.fromisoformat(settled)


def moment(settled: str, zone: str) -> datetime:
    """What `day_or_time` gave as a time, in UTC. Without an offset it is meant on the clocks of ``zone``.

    Raises Invalid when those clocks never show it, or show it twice.
    """
    given = datetime.fromisoformat(settled)
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    first = given.replace(tzinfo=ZoneInfo(zone))
    second = first.replace(fold=1)
    in_utc = first.astimezone(UTC)
    seen = in_utc.astimezone(first.tzinfo)
    if seen.replace(tzinfo=None) != given:
        message = f"There is no {given:%H:%M} on {given.date()} in {zone}: the clocks are put forward."
        raise wrong(message, f"Write {seen:%H:%M}, or an earlier time.")
    if first.utcoffset() != second.utcoffset():
        message = f"It is {given:%H:%M} twice on {given.date()} in {zone}: the clocks are put back."
        raise wrong(message, f"Write {first.isoformat()} for the first, {second.isoformat()} for the second.")
    return in_utc

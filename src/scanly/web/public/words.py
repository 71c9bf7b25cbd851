"""What strangers read in their own language: which language that is, its sentences, its dates and times.

Sentences are data (``templates/public/words.json``). Dates and times are Babel's, which is loaded when the first
date is said: no page but one with a date in it needs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache
from typing import NamedTuple

import msgspec

from scanly.core.paths import asset

Words = Mapping[str, str]

ENGLISH = "en"
_RENAMED = {"in": "id"}
# Language, perhaps a script, perhaps a region. Source: RFC 5646, 2.1.
_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}|[0-9]{3}))?(?:-.*)?")

# Where dates or clocks differ from those of the language as a whole. Not every region that Babel knows: each that
# a stranger can ask for stays in memory.
_LOCALES = {
    "en": "en_GB",
    "en_IN": "en_IN",
    "en_US": "en_US",
    "ar_EG": "ar_EG",
    "ar_IQ": "ar_IQ",
    "ar_MA": "ar_MA",
    "ar_SA": "ar_SA",
}
# In speech the part of the day stands before the hour, where Babel's short times have AM and PM in Latin letters;
# its Marathi parts of the day do not fit into a sentence, so there the clock has 24 hours.
_CLOCKS = {"hi": "B h:mm", "bn": "B h:mm", "ta": "B h:mm", "te": "B h:mm", "ur": "B h:mm", "mr": "H:mm"}
# The first of a month, where it alone is written as an ordinal.
_FIRST = {"fr": "1er", "pt": "1º"}
# Babel writes dates in Latin digits only. Source: Unicode CLDR, numberingSystems.xml.
_ZEROS = {"arab": 0x0660, "beng": 0x09E6, "deva": 0x0966}


class Wish(NamedTuple):
    """How a visitor reads: a language of ours, and Babel's name for its dates and times."""

    language: str
    locale: str

    @property
    def words(self) -> Words:
        return _sentences()[self.language]


def locales() -> frozenset[str]:
    """Babel's names of everything that a visitor can wish for."""
    return frozenset(_LOCALES.values()) | {name for name in _sentences() if name not in _LOCALES}


def language(accept_language: str) -> str:
    """The language of ours that an Accept-Language header likes best; English when it names none."""
    return wish(accept_language).language


def wish(accept_language: str) -> Wish:
    """What an Accept-Language header likes best of what there is; English when it names none of ours."""
    liked: list[tuple[float, Wish]] = []
    for one in accept_language[:512].split(","):
        tag, _, parameter = one.partition(";")
        found = _known(tag.strip().lower())
        weight = _weight(parameter)
        if found and weight > 0:
            liked.append((weight, found))
    return max(liked, key=lambda one: one[0])[1] if liked else Wish(ENGLISH, _LOCALES[ENGLISH])


def _known(tag: str) -> Wish | None:
    parts = _TAG.fullmatch(tag)
    if parts is None:
        return None
    name = _RENAMED.get(parts[1], parts[1])
    if name not in _sentences():
        return None
    regional = f"{name}_{(parts[2] or '').upper()}"
    return Wish(name, _LOCALES.get(regional) or _LOCALES.get(name, name))


def _weight(parameter: str) -> float:
    """The number of ``q=0.8``; 1 without one, 0 for nonsense."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


@cache
def _sentences() -> Mapping[str, Words]:
    return msgspec.json.decode(asset("public", "words.json").read_bytes(), type=dict[str, dict[str, str]])


def ended(reader: Wish, at_ms: int, now_ms: int, zone: tzinfo) -> str:
    """Which day it ended; the hour, too, while that explains anything: today and yesterday.

    What ends with a day ended on that day, not on the next at midnight.
    """
    at, now = _local(at_ms, zone), _local(now_ms, zone)
    if at is None or now is None:
        return reader.words["expired_text"]
    if at.time() == time.min:
        return reader.words["expired_on"].format(date=_date(reader, at - timedelta(days=1), now))
    recent = 0 <= (now.date() - at.date()).days <= 1
    sentence = reader.words["expired_at" if recent else "expired_on"]
    return sentence.format(date=_date(reader, at, now), time=_time(reader, at))


def opens(reader: Wish, at_ms: int, now_ms: int, zone: tzinfo) -> str:
    """Which day and hour it opens; the day alone when it opens with it."""
    at, now = _local(at_ms, zone), _local(now_ms, zone)
    if at is None or now is None:
        return reader.words["not_yet_text"]
    sentence = reader.words["not_yet_on" if at.time() == time.min else "not_yet_at"]
    return sentence.format(date=_date(reader, at, now), time=_time(reader, at))


def _local(moment_ms: int, zone: tzinfo) -> datetime | None:
    """None beyond the calendar, which ends with the year 9999."""
    try:
        return datetime.fromtimestamp(moment_ms / 1000, zone)
    except (OverflowError, ValueError, OSError):
        return None


def _date(reader: Wish, at: datetime, now: datetime) -> str:
    """The day in words, with the year unless it is this one's."""
    from babel import dates

    if at.year == now.year:
        said = dates.format_skeleton("MMMMd", at, locale=reader.locale)
    else:  # the skeleton with a year is missing in most languages, and Babel's next best shortens the month
        said = dates.format_date(at, "long", locale=reader.locale)
    if at.day == 1 and reader.language in _FIRST:
        said = said.replace("1", _FIRST[reader.language], 1)
    return said.translate(_digits(reader.locale))


def _time(reader: Wish, at: datetime) -> str:
    from babel import dates

    said = dates.format_time(
        at, _CLOCKS.get(reader.language, "short"), tzinfo=at.tzinfo, locale=reader.locale
    )
    # Fonts of old phones have no narrow one.
    return said.replace("\u202f", "\u00a0").translate(_digits(reader.locale))


@cache
def _digits(locale: str) -> Mapping[int, int]:
    """From Latin digits to those of the locale."""
    from babel import Locale

    zero = _ZEROS.get(Locale.parse(locale).default_numbering_system, ord("0"))
    return {ord("0") + digit: zero + digit for digit in range(10)}


def warm_up() -> None:
    """Loads what the first date would load, which takes a tenth of a second."""
    opens(wish(ENGLISH), 0, 0, UTC)

"""What strangers read in their own language: which language that is, its sentences, its dates and times.

Sentences are data (``templates/public/words.json``). Dates and times are those of sites, in the digits of the
language; Babel is loaded when the first is said: no page but one with a date in it needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache
from typing import NamedTuple

import msgspec

from scanly.core.paths import asset
from scanly.sites.words.language import ENGLISH, Asked, Language, asked

Words = Mapping[str, str]

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
    liked = [(one.weight, found) for one in asked(accept_language) if (found := _known(one))]
    return max(liked, key=lambda one: one[0])[1] if liked else Wish(ENGLISH, _LOCALES[ENGLISH])


def _known(one: Asked) -> Wish | None:
    name = one.language
    if name not in _sentences():
        return None
    return Wish(name, _LOCALES.get(f"{name}_{one.region}") or _LOCALES.get(name, name))


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
    said = Language(*reader).date(at.date(), year=at.year != now.year)
    return said.translate(_digits(reader.locale))


def _time(reader: Wish, at: datetime) -> str:
    return Language(*reader).time(at).translate(_digits(reader.locale))


@cache
def _digits(locale: str) -> Mapping[int, int]:
    """From Latin digits to those of the locale."""
    from babel import Locale

    zero = _ZEROS.get(Locale.parse(locale).default_numbering_system, ord("0"))
    return {ord("0") + digit: zero + digit for digit in range(10)}


def warm_up() -> None:
    """Loads what the first date would load, which takes a tenth of a second."""
    opens(wish(ENGLISH), 0, 0, UTC)

"""The fifteen languages of sites: their words, dates, clocks and figures, and which one a visitor asks for.

Words are gettext catalogues (``templates/words/sites``), in which English is the key; what a catalogue lacks is said
in English. Dates are Babel's, which is loaded when the first is said. Source: RFC 5646 (tags), RFC 9110 12.5.4
(Accept-Language), Unicode CLDR 47.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.core.text import nearest, printable
from scanly.sites.words import figures

if TYPE_CHECKING:
    from babel import Locale

# Each with its own name and what Open Graph calls it.
_NAMES = {
    "en": ("English", "en_US"),
    "hi": ("हिन्दी", "hi_IN"),
    "bn": ("বাংলা", "bn_IN"),
    "ta": ("தமிழ்", "ta_IN"),
    "te": ("తెలుగు", "te_IN"),
    "mr": ("मराठी", "mr_IN"),
    "ur": ("اردو", "ur_PK"),
    "ar": ("العربية", "ar_AR"),
    "es": ("Español", "es_ES"),
    "pt": ("Português", "pt_BR"),
    "fr": ("Français", "fr_FR"),
    "de": ("Deutsch", "de_DE"),
    "zh": ("中文", "zh_CN"),
    "ja": ("日本語", "ja_JP"),
    "id": ("Bahasa Indonesia", "id_ID"),
}
LANGUAGES = tuple(_NAMES)
ENGLISH = "en"
_FROM_RIGHT_TO_LEFT = frozenset({"ar", "ur"})
# Babel's name where it is not the tag: English without a country is not America's.
_LOCALES = {"en": "en_GB"}
# Countries that write prices, dates or the clock in another way than most who speak their language.
_REGIONAL = frozenset(
    {
        *("en_IN", "en_US", "en_CA", "en_AU", "bn_IN"),
        *("es_MX", "es_AR", "es_CO", "es_US", "pt_PT", "fr_CA", "fr_CH", "de_AT", "de_CH", "ar_MA"),
    }
)
# In speech the part of the day stands before the hour, where Babel's short times have AM and PM in Latin letters.
_SPOKEN_CLOCK = frozenset({"hi", "bn", "ta", "te", "mr", "ur"})
# Parts of the day as they stand before an hour, where Babel has only their names or those of poems.
_PARTS_OF_DAY = {
    "mr": {
        "मध्यरात्र": "मध्यरात्री",
        "रात्र": "रात्री",
        "पहाट": "पहाटे",
        "सकाळ": "सकाळी",
        "मध्यान्ह": "दुपारी",
        "दुपार": "दुपारी",
        "संध्याकाळ": "संध्याकाळी",
    },
    "ta": {"அந்தி மாலை": "மாலை"},
    "bn": {"রাত্রি": "রাত"},
}
# The first of a month, where it alone is written as an ordinal.
_FIRST = {"fr": "1er", "pt": "1º"}
_OLD_NAMES = {"in": "id"}
# Language, perhaps a script, perhaps a region.
_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}|[0-9]{3}))?(?:-.*)?")
_MOST_HEADER_CHARACTERS = 512
_DAY_MINUTES = 24 * 60


class Catalogue(NamedTuple):
    """One language's words by the English ones; ``form`` tells which of ``plurals`` a number takes."""

    words: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Language:
    """A language as one country writes it; ``locale`` is Babel's name of both."""

    tag: str
    locale: str

    @property
    def name(self) -> str:
        """In the language itself."""
        return _NAMES[self.tag][0]

    @property
    def og_locale(self) -> str:
        return _NAMES[self.tag][1]

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return "rtl" if self.tag in _FROM_RIGHT_TO_LEFT else "ltr"

    def t(self, words: str, **values: object) -> str:
        """English words in this language, values in place of ``{name}``. Never raises."""
        said = _catalogue(self.tag).words.get(words, words)
        return _filled((said, words), values) if values else said

    def n(self, one: str, many: str, number: int, **values: object) -> str:
        """Words that depend on a number, which stands in them as ``{n}``. Never raises."""
        catalogue = _catalogue(self.tag)
        english = one if number == 1 else many
        forms = catalogue.plurals.get(one)
        said = forms[catalogue.form(abs(number))] if forms else english
        return _filled((said, english), {"n": self.number(number), **values})

    def number(self, number: int | Decimal) -> str:
        return figures.numbers(self.locale).write(Decimal(number))

    def money(self, amount: Decimal, currency: str) -> str:
        """With the symbol of a currency (ISO 4217); what is no fraction of a unit has no digits for one."""
        return figures.prices(self.locale, currency).write(amount)

    def date(self, day: date, *, weekday: bool = False, year: bool = False) -> str:
        """A day in words, such as ``23 November``."""
        from babel import dates

        if year:
            said = dates.format_date(day, "long", locale=self.locale)
        else:
            said = dates.format_skeleton("MMMMd", day, locale=self.locale)
        if day.day == 1 and self.tag in _FIRST:
            said = said.replace("1", _FIRST[self.tag], 1)
        return (
            _weekday_pattern(self.locale).format(day=self.day(day.weekday()), date=said) if weekday else said
        )

    def time(self, clock: time | datetime) -> str:
        """Hours and minutes; a datetime is said by its own zone."""
        from babel import dates

        if isinstance(clock, datetime):
            clock = clock.time()
        if self.tag in _SPOKEN_CLOCK:
            part = dates.format_time(clock, "B", locale=self.locale)
            part = _PARTS_OF_DAY.get(self.tag, {}).get(part, part)
            return f"{part} {dates.format_time(clock, 'h:mm', locale=self.locale)}"
        # Fonts of old phones have no narrow space.
        return dates.format_time(clock, "short", locale=self.locale).replace("\u202f", "\u00a0")

    def day(self, number: int, *, short: bool = False) -> str:
        """The name of a weekday; Monday is 0."""
        width = "abbreviated" if short else "wide"
        # Not "stand-alone", which is the same in these languages: Babel mixes it up once Urdu has been loaded.
        return str(_locale(self.locale).days["format"][width][number % 7])

    def duration(self, minutes: int) -> str:
        """``45 minutes``, ``1 hour 30 minutes``, ``2 days``: days stand alone, unless they are not whole."""
        if minutes >= _DAY_MINUTES and minutes % _DAY_MINUTES == 0:
            return self.n("{n} day", "{n} days", minutes // _DAY_MINUTES)
        hours, rest = divmod(minutes, 60)
        said_hours = self.n("{n} hour", "{n} hours", hours)
        said_minutes = self.n("{n} minute", "{n} minutes", rest)
        if hours and rest:
            return self.t("{hours} {minutes}", hours=said_hours, minutes=said_minutes)
        return said_hours if hours else said_minutes


def words(english: str) -> str:
    """Marks words for the catalogues that are said elsewhere."""
    return english


@cache
def find_language(tag: str, country: str = "") -> Language:
    """A language of ours, as ``country`` (ISO 3166-1, two letters) writes it. Raises Invalid."""
    if tag not in _NAMES:
        raise Invalid.field(
            "language",
            f'"{printable(tag[:20])}" is not one of the languages.',
            hint=nearest(tag, LANGUAGES) or f"There are: {', '.join(LANGUAGES)}.",
        )
    regional = f"{tag}_{country.upper()}"
    return Language(tag, regional if regional in _REGIONAL else _LOCALES.get(tag, tag))


def locales() -> frozenset[str]:
    """Babel's names of everything that a page can be written in."""
    return frozenset(_LOCALES.get(tag, tag) for tag in LANGUAGES) | _REGIONAL


class Asked(NamedTuple):
    """One of the languages that a visitor reads; ``weight`` is 0 to 1, ``region`` in upper case or empty."""

    weight: float
    language: str
    region: str


def asked(accept_language: str) -> Iterator[Asked]:
    """What an Accept-Language header asks for, in its order; what it refuses or garbles is left out."""
    for one in accept_language[:_MOST_HEADER_CHARACTERS].split(","):
        tag, _, parameter = one.partition(";")
        parts = _TAG.fullmatch(tag.strip().lower())
        weight = _weight(parameter)
        if parts and weight > 0:
            yield Asked(weight, _OLD_NAMES.get(parts[1], parts[1]), (parts[2] or "").upper())


def best(accept_language: str, offered: Iterable[str]) -> str:
    """Which of the tags on offer a visitor likes best; empty when it is none of them."""
    there = frozenset(offered)
    liked = [one for one in asked(accept_language) if one.language in there]
    return max(liked, key=lambda one: one.weight).language if liked else ""


def _weight(parameter: str) -> float:
    """The number of ``q=0.8``; 1 without one, 0 for nonsense."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


def _filled(texts: tuple[str, str], values: Mapping[str, object]) -> str:
    """The first text whose places the values fill; the last as it stands if they fill none."""
    for text in texts:
        try:
            return text.format(**values)
        except (KeyError, IndexError, ValueError, AttributeError):
            continue
    return texts[-1]


@cache
def _catalogue(tag: str) -> Catalogue:
    if tag == ENGLISH:
        return Catalogue({}, {}, int)
    return read_catalogue(asset("words", "sites", f"{tag}.po").read_bytes())


def read_catalogue(text: bytes) -> Catalogue:
    """A gettext catalogue (.po); words without a translation are left out, unsure ones too."""
    from gettext import c2py
    from io import BytesIO

    from babel.messages.pofile import read_po

    words: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    catalogue = read_po(BytesIO(text))
    for message in catalogue:
        said = message.string
        if not message.id or not said or message.fuzzy:
            continue
        if isinstance(said, str):
            words[str(message.id)] = said
        elif all(said):
            plurals[message.id[0]] = tuple(said)
    return Catalogue(words, plurals, c2py(catalogue.plural_expr))


@cache
def _locale(name: str) -> Locale:
    from babel import Locale

    return Locale.parse(name)


@cache
def _weekday_pattern(locale: str) -> str:
    """How a weekday stands beside a date: before or after it, and what is between, as in the longest format."""
    longest = _locale(locale).date_formats["full"].pattern
    if after := re.search(r"([^\w']*)EEEE$", longest):
        return f"{{date}}{after[1]}{{day}}"
    between = re.match(r"EEEE([^\w']*)", longest)
    return f"{{day}}{between[1] if between else ' '}{{date}}"

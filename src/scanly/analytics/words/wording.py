"""Words, numbers, days and hours of sentences about scans, as people of a language say them.

English sentences are the keys of gettext catalogues (``templates/words/stats``); a language without one is answered
in English. Source: Unicode CLDR 47 (dates, periods of the day, lists).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.core.text import printable
from scanly.sites.words.language import ENGLISH, Catalogue, Language, find_language, read_catalogue

LANGUAGES = (ENGLISH, "hi")
_NOON, _MIDNIGHT = 12, 0


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language says it; ``year`` is the one that needs not be named, ``pages`` are viewed, not scanned."""

    language: Language
    catalogue: Catalogue
    year: int
    pages: bool = False

    @classmethod
    def of(cls, tag: str, year: int, *, pages: bool = False) -> Wording:
        """By a workspace's language, such as ``hi`` or ``pt-BR``."""
        name = tag.partition("-")[0].lower()
        found = name if name in LANGUAGES else ENGLISH
        return cls(find_language(found), catalogue(found), year, pages)

    def t(self, words: str, **values: object) -> str:
        """An English sentence in this language, with values in place of ``{name}``."""
        return self.catalogue.words.get(words, words).format(**values)

    def n(self, one: str, many: str, number: int, **values: object) -> str:
        """Words that depend on a number, which stands in them as ``{n}``."""
        forms = self.catalogue.plurals.get(one)
        said = forms[self.catalogue.form(number)] if forms else one if number == 1 else many
        return said.format(n=self.language.number(number), **values)

    def sentence(self, what: str, *more: str, aside: str = "") -> str:
        """A whole sentence; what is empty is left out."""
        said = ", ".join((what, *(part for part in more if part)))
        return self.t("{said}; {aside}.", said=said, aside=aside) if aside else self.t("{said}.", said=said)

    def scans(self, number: int) -> str:
        """``64 scans``, or ``64 views``."""
        if self.pages:
            return self.n("{n} view", "{n} views", number)
        return self.n("{n} scan", "{n} scans", number)

    def number(self, number: float) -> str:
        """Rounded to whole ones."""
        return self.language.number(round(number))

    def percent(self, share: float) -> str:
        """``30%`` for 0.3 and for -0.3; less than ten with a tenth where it says more."""
        points = Decimal(str(abs(share) * 100))
        rounded = round(points, 1) if 0 < points < 1 else round(points)
        return f"{self.language.number(rounded)}%"

    def day(self, iso: str, *, weekday: bool = True) -> str:
        """``Saturday, 21 November``; with the year where it is another one."""
        day = date.fromisoformat(iso)
        return self.language.date(day, weekday=weekday, year=day.year != self.year)

    def weekday(self, iso: str) -> str:
        return self.language.day(date.fromisoformat(iso).weekday())

    def between(self, first_hour: int, end_hour: int) -> str:
        """``between 6 and 8 in the evening``, ``between 11 in the morning and noon``."""
        part = self._part(first_hour)
        if part and part == self._part(end_hour):
            first, end = self._on_the_clock(first_hour), self._on_the_clock(end_hour)
            return self.t("between {first} and {end} {part}", first=first, end=end, part=part)
        return self.t("between {first} and {end}", first=self._hour(first_hour), end=self._hour(end_hour))

    def join(self, words: Sequence[str]) -> str:
        """``a, b and c``."""
        from babel.lists import format_list

        return format_list(words, locale=self.language.locale)

    def _hour(self, hour: int) -> str:
        if hour == _NOON:
            return self.t("noon")
        if hour == _MIDNIGHT:
            return self.t("midnight")
        return self.t("{hour} {part}", hour=self._on_the_clock(hour), part=self._part(hour))

    def _part(self, hour: int) -> str:
        """The part of the day, which noon and midnight are not in."""
        from babel import dates

        if hour in (_NOON, _MIDNIGHT):
            return ""
        return dates.format_time(time(hour), "B", locale=self.language.locale)

    def _on_the_clock(self, hour: int) -> str:
        return self.language.number((hour - 1) % _NOON + 1)


def check_language(tag: str) -> str:
    """The language itself. Raises Invalid for one in which nothing can be said."""
    if tag.partition("-")[0].lower() in LANGUAGES:
        return tag
    raise Invalid.field(
        "language",
        f'Scans cannot be explained in "{printable(tag[:20])}".',
        hint=f"Use {' or '.join(LANGUAGES)}.",
    )


@cache
def catalogue(tag: str) -> Catalogue:
    """The sentences of a language by the English ones."""
    if tag == ENGLISH:
        return Catalogue({}, {}, int)
    return read_catalogue(asset("words", "stats", f"{tag}.po").read_bytes())

"""What reports and charts say, in the reader's language: words are data, dates and figures are those of sites.

Source: Unicode CLDR 47 (dates, figures, percent).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache

import msgspec

from scanly.core.paths import asset
from scanly.sites.words.language import ENGLISH, Language, find_language

# From here on "12 times as many" is easier to grasp than a per cent.
_MOST_PERCENT = 500
# Letters of a month, such as 2026-11.
_MONTH = 7


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences, figures and dates."""

    language: Language
    words: Mapping[str, str]

    @property
    def tag(self) -> str:
        return self.language.tag

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return self.language.direction

    def t(self, key: str, **values: object) -> str:
        """The words under a key, values in place of ``{name}``."""
        return self.words[key].format_map(values)

    def number(self, number: int) -> str:
        return self.language.number(number)

    def percent(self, share: float) -> str:
        """A share as whole per cent: ``0.12`` is ``12%``."""
        from babel.numbers import format_percent

        return format_percent(share, "#,##0%", locale=self.language.locale)

    def counted(self, number: int, noun: str = "scans") -> str:
        """``138 scans``; ``noun`` is scans, views, countries or days."""
        return self.t(f"{noun}_one" if number == 1 else f"{noun}_many", n=self.number(number))

    def title(self, by: str) -> str:
        """What a list of this dimension is called."""
        return self.words.get(f"by_{by}", by.replace("_", " ").capitalize())

    def change(self, now: int, before: int, *, short: bool = False) -> str:
        """How ``now`` compares: a sentence, or a few words for under a number."""
        key, values = _comparison(now, before)
        if "percent" in values:
            values = {"percent": self.percent(values["percent"])}
        elif "times" in values:
            values = {"times": self.number(round(values["times"]))}
        return self.t(f"short_{key}" if short else key, **values)

    def day(self, iso: str) -> str:
        """``Sat 14 Nov`` of ``2026-11-14``, ``Nov 2026`` of ``2026-11``."""
        return self._skeleton("MMMEd" if len(iso) > _MONTH else "yMMM", iso)

    def short_day(self, iso: str) -> str:
        """``14 Nov``."""
        return self._skeleton("MMMd", iso)

    def month(self, iso: str) -> str:
        """``Nov``, or the year with January: ``Jan 2027``."""
        return self._skeleton("yMMM" if iso[5:7] == "01" else "MMM", iso)

    def span(self, since: str, until: str) -> str:
        """Both days with their year: ``1 November 2026 – 30 November 2026``, or one of them."""
        days = [self.language.date(date.fromisoformat(day), year=True) for day in (since, until)]
        return days[0] if since == until else " – ".join(days)

    def weekday(self, number: int, *, short: bool = False) -> str:
        """Monday is 0."""
        return self.language.day(number, short=short)

    def hour(self, number: int) -> str:
        """The full hour on the clock: ``18:00``."""
        return f"{time(number):%H:%M}"

    def _skeleton(self, skeleton: str, iso: str) -> str:
        from babel.dates import format_skeleton

        day = date.fromisoformat(iso if len(iso) > _MONTH else f"{iso}-01")
        return format_skeleton(skeleton, day, locale=self.language.locale).replace(",", "")


def wording(language: str) -> Wording:
    """Of a language that has words for reports; dates of one language in sentences of another are hard to read, so
    any other language is English as a whole."""
    tag = language if language in _words() else ENGLISH
    return Wording(find_language(tag), _words()[tag])


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    text = asset("reports", "words.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, str]])


def _comparison(now: int, before: int) -> tuple[str, dict[str, float]]:
    """The key of the words that compare, and their value."""
    if before == 0:
        return ("same" if now == 0 else "none_before"), {}
    share = (now - before) / before
    if abs(share) < 0.005:
        return "same", {}
    if share * 100 > _MOST_PERCENT:
        return "times", {"times": now / before}
    # Only nothing at all is 100 % down.
    return ("up", {"percent": share}) if share > 0 else ("down", {"percent": min(-share, 0.99 if now else 1)})

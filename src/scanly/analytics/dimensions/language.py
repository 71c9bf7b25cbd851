"""By the language that a browser asks for first, without region and script: ``en-in`` counts as ``en``.

Source: RFC 5646 (tags); names of Unicode CLDR.
"""

from __future__ import annotations

import re

from scanly.analytics.dimensions import OTHER, as_it_is, known_names

NUMBER = 25
PART = "device"
FIELD = "language"
TITLE = {"en": "Language", "hi": "भाषा"}
EXAMPLES = (("en-in", "en"), ("HI", "hi"), ("zh-hant-tw", "zh"), ("in-id", "id"), ("*", ""), ("", ""))

_PRIMARY = re.compile("([a-z]{2,3})(?:[-_].*)?", re.DOTALL)
# Tags that were renamed, and the two written forms that most who ask for Norwegian do not mean to tell apart.
_RENAMED = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "sh": "sr", "nb": "no"}
_UNKNOWN = frozenset({"und", "mul", "zxx", "mis", "art"})


def value(found: str) -> str:
    if found == OTHER:
        return OTHER
    primary = _PRIMARY.fullmatch(found.lower())
    if not primary or primary[1] in _UNKNOWN:
        return ""
    return _RENAMED.get(primary[1], primary[1])


def label(value: str, language: str) -> str:
    name = known_names("languages", language).get(value) or as_it_is(value, language)
    return name[:1].upper() + name[1:]

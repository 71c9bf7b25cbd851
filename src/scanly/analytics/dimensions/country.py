"""By country, as two letters of ISO 3166-1; an unknown one is never guessed.

Source: ISO 3166-1; names of Unicode CLDR.
"""

from __future__ import annotations

import re

from scanly.analytics.dimensions import as_it_is, known_names

NUMBER = 16
PART = "place"
FIELD = "country"
TITLE = {"en": "Country", "hi": "देश"}
EXAMPLES = (("IN", "IN"), ("de", "DE"), ("XX", ""), ("ZZ", ""), ("T1", ""), ("India", ""), ("", ""))

_CODE = re.compile("[A-Z]{2}")
# What files and networks write for places that they do not know, and for whole continents.
_NO_COUNTRIES = frozenset({"XX", "ZZ", "AP", "EU"})


def value(found: str) -> str:
    code = found[:3].upper()
    return code if _CODE.fullmatch(code) and code not in _NO_COUNTRIES else ""


def label(value: str, language: str) -> str:
    return known_names("territories", language).get(value) or as_it_is(value, language)

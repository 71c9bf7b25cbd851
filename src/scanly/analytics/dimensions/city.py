"""By city, as the file of places names it."""

from __future__ import annotations

from scanly.analytics.dimensions import as_it_is, tidy

NUMBER = 17
PART = "place"
FIELD = "city"
TITLE = {"en": "City", "hi": "शहर"}
EXAMPLES = (("Pune", "Pune"), ("  São\tPaulo ", "São Paulo"), ("", ""))


def value(found: str) -> str:
    return tidy(found)


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

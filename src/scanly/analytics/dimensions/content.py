"""By which of several adverts or links it was, as the address says (``utm_content``)."""

from __future__ import annotations

from scanly.analytics.dimensions import as_it_is, tidy

NUMBER = 37
PART = "marketing"
FIELD = "content"
TITLE = {"en": "Content", "hi": "सामग्री"}
EXAMPLES = (("Poster B", "Poster B"), ("", ""))


def value(found: str) -> str:
    return tidy(found)


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

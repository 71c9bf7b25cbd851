"""By search term, as the address says it (``utm_term``)."""

from __future__ import annotations

from scanly.analytics.dimensions import as_it_is, tidy

NUMBER = 36
PART = "marketing"
FIELD = "term"
TITLE = {"en": "Term", "hi": "शब्द"}
EXAMPLES = (("best chai", "best chai"), ("", ""))


def value(found: str) -> str:
    return tidy(found)


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

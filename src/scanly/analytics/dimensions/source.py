"""By where a visit came from, as its address says (``utm_source``), in lower case."""

from __future__ import annotations

from scanly.analytics.dimensions import as_it_is, tidy

NUMBER = 33
PART = "marketing"
FIELD = "source"
TITLE = {"en": "Source", "hi": "स्रोत"}
EXAMPLES = (("Instagram", "instagram"), ("  table  card ", "table card"), ("", ""))


def value(found: str) -> str:
    return tidy(found).lower()


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

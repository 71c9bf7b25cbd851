"""By by what means a visit came, as its address says (``utm_medium``), in lower case."""

from __future__ import annotations

from scanly.analytics.dimensions import as_it_is, tidy

NUMBER = 34
PART = "marketing"
FIELD = "medium"
TITLE = {"en": "Medium", "hi": "माध्यम"}
EXAMPLES = (("Print", "print"), ("QR", "qr"), ("", ""))


def value(found: str) -> str:
    return tidy(found).lower()


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

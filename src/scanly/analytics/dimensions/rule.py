"""By the rule that decided where a visit was led."""

from __future__ import annotations

from scanly.analytics.dimensions import as_it_is

NUMBER = 38
PART = "marketing"
FIELD = "rule"
TITLE = {"en": "Rule", "hi": "नियम"}
EXAMPLES = (("7241", "7241"), ("0", ""), ("", ""), ("x", ""))


def value(found: str) -> str:
    number = found[:20]
    return number if number.isascii() and number.isdecimal() and int(number) else ""


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

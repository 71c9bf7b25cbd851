"""By the page that led here: search engines, networks and apps by their names, others by their host."""

from __future__ import annotations

from scanly.analytics.dimensions import OTHER, as_it_is
from scanly.analytics.origins import origin

NUMBER = 32
PART = "marketing"
FIELD = "referrer"
TITLE = {"en": "Referrer", "hi": "कहाँ से"}
EXAMPLES = (
    ("www.google.co.in/search", "Google"),
    ("com.google.android.googlequicksearchbox/", "Google"),
    ("l.instagram.com", "Instagram"),
    ("www.example.com/menu", "example.com"),
    ("localhost:8000/x", ""),
    ("", ""),
)


def value(found: str) -> str:
    return OTHER if found == OTHER else origin(found)


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

"""By campaign: the address's (``utm_campaign``) or else the link's own."""

from __future__ import annotations

from scanly.analytics.dimensions import as_it_is, tidy

NUMBER = 35
PART = "marketing"
FIELD = "campaign"
TITLE = {"en": "Campaign", "hi": "अभियान"}
EXAMPLES = (("Diwali 2026", "Diwali 2026"), ("a\tb", "a b"), ("", ""))


def value(found: str) -> str:
    return tidy(found)


def label(value: str, language: str) -> str:
    return as_it_is(value, language)

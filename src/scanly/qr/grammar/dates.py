"""Days and moments in the one spelling that nobody reads in two ways.

Source: ISO 8601-1:2019, 5.2.2 (calendar date), 5.4.2 (date and time of day).
"""

from __future__ import annotations

import re
from datetime import datetime

from scanly.qr.grammar.rules import Rule, shown, wrong

# Pattern, what completes a text to a whole moment, and an example.
DAY = (r"\d{4}-\d\d-\d\d", "T00:00:00", "2027-09-28")
MONTH = (r"\d{4}-\d\d", "-01T00:00:00", "2027-09")
SECOND = (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "", "2027-09-28T18:30:00")


def date_like(*forms: tuple[str, str, str]) -> Rule:
    """A rule for a date in one of these forms, kept as typed; it must exist in the calendar."""
    examples = " or ".join(example for _, _, example in forms)

    def rule(text: str) -> str:
        typed = text.strip(" ")
        rest = next((rest for form, rest, _ in forms if re.fullmatch(form, typed, re.ASCII)), None)
        if rest is None:
            raise wrong(
                f"{shown(text)} is not a date in the form year-month-day.", f"Write it like {examples}."
            )
        try:
            datetime.fromisoformat(typed + rest)
        except ValueError:
            raise wrong(f"There is no {shown(text)} in the calendar.", f"Write it like {examples}.") from None
        return typed

    return rule

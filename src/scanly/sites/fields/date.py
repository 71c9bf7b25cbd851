"""A day: ``2026-12-24``."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field, shown

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Day

EXAMPLE = "2026-12-24"
# Days after it can still be counted.
LAST_YEAR = 2999
_FORM = re.compile(r"\d{4}-\d\d-\d\d")


def check(field: Field, value: Any, at: At) -> str | None:
    if not isinstance(value, str) or not is_day(value):
        at.wrong(f"{shown(value)} is not a date.", f"Write it like {EXAMPLE}, with a year up to {LAST_YEAR}.")
        return None
    return value


def is_day(text: str) -> bool:
    """Whether it is a date of the calendar, in ISO's long form."""
    try:
        return bool(_FORM.fullmatch(text)) and 1970 <= datetime.date.fromisoformat(text).year <= LAST_YEAR
    except ValueError:
        return False


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "format": "date"}


def view(field: Field, value: str, page: Page) -> Day:
    return page.day(value)

"""A day with a time, on the clocks of the shop: ``2026-12-24 18:00``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field, date, shown

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Moment

EXAMPLE = "2026-12-24 18:00"
_FORM = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d))?")


def check(field: Field, value: Any, at: At) -> str | None:
    """``2026-12-24T18:00``; a day alone stays one."""
    found = _FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not date.is_day(found[1]):
        hint = f'Write it like "{EXAMPLE}", with a year up to {date.LAST_YEAR}.'
        at.wrong(f"{shown(value)} is not a day and time.", hint)
        return None
    return f"{found[1]}T{found[2]}:{found[3]}" if found[2] else found[1]


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{_FORM.pattern}$"}


def view(field: Field, value: str, page: Page) -> Moment:
    return page.moment(value)

"""A time of day: ``09:00``."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field, shown

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Clock

EXAMPLE = "09:00"
_FORM = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def check(field: Field, value: Any, at: At) -> str | None:
    found = _FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        at.wrong(f"{shown(value)} is not a time of day.", f"Write it like {EXAMPLE}.")
        return None
    return f"{int(found[1]):02}:{found[2]}"


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{_FORM.pattern}$"}


def view(field: Field, value: str, page: Page) -> Clock:
    return page.clock(datetime.time.fromisoformat(value))

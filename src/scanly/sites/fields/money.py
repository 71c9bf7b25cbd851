"""A price in the site's currency, with at most as many decimals as people write: ``120``, ``49.50``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field, shown

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Money

EXAMPLE = 120
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,3})?")


def check(field: Field, value: Any, at: At) -> str | None:
    """The amount as a decimal text, which JSON and databases keep exactly."""
    text = "" if isinstance(value, bool) else str(value).strip()
    if not isinstance(value, int | float | str) or not _AMOUNT.fullmatch(text):
        at.wrong(f"{shown(value)} is not a price.", "Write the amount alone, such as 120 or 49.50.")
        return None
    return text


def schema(field: Field) -> dict[str, Any]:
    return {
        "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": f"^{_AMOUNT.pattern}$"}]
    }


def view(field: Field, value: str, page: Page) -> Money:
    return page.money_of(value)

"""A whole number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = 3
MOST = 1_000_000


def check(field: Field, value: Any, at: At) -> int | None:
    least, most = field.least or 0, field.most or MOST
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        at.wrong(f"must be a whole number from {least} to {most:,}.")
        return None
    return value


def schema(field: Field) -> dict[str, Any]:
    return {"type": "integer", "minimum": field.least or 0, "maximum": field.most or MOST}


def view(field: Field, value: int, page: Page) -> int:
    return value

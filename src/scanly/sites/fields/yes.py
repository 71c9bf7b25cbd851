"""Yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = True
_WORDS = {"yes": True, "on": True, "no": False, "off": False}


def check(field: Field, value: Any, at: At) -> bool | None:
    if isinstance(value, str):
        value = _WORDS.get(value.strip().lower())
    if not isinstance(value, bool):
        at.wrong("must be yes or no.")
        return None
    return value


def schema(field: Field) -> dict[str, Any]:
    return {"anyOf": [{"type": "boolean"}, {"enum": list(_WORDS)}]}


def view(field: Field, value: bool, page: Page) -> bool:
    return value

"""One word of a few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanly.core.text import nearest
from scanly.sites.fields import At, Field, as_word, shown

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = ""


def check(field: Field, value: Any, at: At) -> str | None:
    if isinstance(value, bool):  # YAML takes a bare "true" for one; nobody names a choice so
        value = "yes" if value else "no"
    word = as_word(value, at)
    if word is None:
        return None
    if word not in field.choices:
        listed = ", ".join(field.choices)
        at.wrong(
            f"{shown(word)} is not one of them.", f"{nearest(word, field.choices)} Use {listed}.".strip()
        )
        return None
    return word


def schema(field: Field) -> dict[str, Any]:
    return {"enum": list(field.choices)}


def view(field: Field, value: str, page: Page) -> str:
    return value

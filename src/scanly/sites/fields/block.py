"""A small block inside another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scanly.core.text import nearest
from scanly.sites.fields import At, Field, check_record, record_schema

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Nested

# What fits into half a page.
SMALL = ("button", "contact", "countdown", "download", "find-us", "notice", "photo", "text")
EXAMPLE = {"button": {"words": "Menu", "to": "https://example.com/menu"}}


def check(field: Field, value: Any, at: At) -> dict[str, Any] | None:
    """``{type: values}`` of one of the field's choices, of the small ones if it has none."""
    from scanly.sites.blocks import block_type

    given, choices = cast("dict[str, Any]", value), field.choices or SMALL
    if not isinstance(value, dict) or len(given) != 1:
        at.wrong("must be one block.", f"Such as {{{choices[0]}: …}}.")
        return None
    ((name, values),) = given.items()
    if name not in choices:
        hint = nearest(name, choices) or f"There are {', '.join(choices)}."
        at.step(name).wrong("cannot stand here.", hint, at_key=True)
        return None
    if values is not None and not isinstance(values, dict):
        at.step(name).wrong("must have parts.", "Its fields, each with a value.")
        return None
    return {name: check_record(block_type(name).fields, cast("dict[str, Any]", values or {}), at.step(name))}


def schema(field: Field) -> dict[str, Any]:
    from scanly.sites.blocks import block_type

    def alone(name: str) -> dict[str, Any]:
        inside = record_schema(block_type(name).fields)
        return {
            "type": "object",
            "properties": {name: inside},
            "required": [name],
            "additionalProperties": False,
        }

    return {"oneOf": [alone(name) for name in field.choices or SMALL]}


def view(field: Field, value: dict[str, Any], page: Page) -> Nested:
    ((name, values),) = value.items()
    return page.nested(name, values)

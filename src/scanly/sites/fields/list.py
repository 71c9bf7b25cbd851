"""Several of the same: groups of fields, or single values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scanly.sites.fields import (
    At,
    Field,
    Record,
    check_field,
    check_record,
    field_schema,
    kind_of,
    record_schema,
)

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE: list[Any] = []
MOST = 300


def check(field: Field, value: Any, at: At) -> list[Any] | None:
    if not isinstance(value, list):
        at.wrong("must be a list.", "Begin each line of it with a hyphen.")
        return None
    items = cast("list[Any]", value)
    least, most = field.least or 0, field.most or MOST
    if not least <= len(items) <= most:
        at.wrong(f"has {len(items)} entries.", f"It may have {least} to {most}.")
    found = [_check_item(field, item, at.step(number)) for number, item in enumerate(items[:most])]
    return [item for item in found if item is not None] or None


def _check_item(field: Field, item: Any, at: At) -> Any:
    if field.each is not None:
        return check_field(field.each, item, at)
    if not isinstance(item, dict):
        names = ", ".join(field.of)
        at.wrong("must have parts.", f"Write it like {{{names.partition(',')[0]}: …}}; there are {names}.")
        return None
    return check_record(field.of, cast("dict[str, Any]", item), at)


def schema(field: Field) -> dict[str, Any]:
    item = field_schema(field.each) if field.each is not None else record_schema(field.of)
    return {"type": "array", "items": item, "minItems": field.least or 0, "maxItems": field.most or MOST}


def view(field: Field, value: list[Any], page: Page) -> list[Any]:
    if field.each is None:
        return [Record(field.of, item, page) for item in value]
    one = kind_of(field.each)
    return [one.view(field.each, item, page) for item in value]

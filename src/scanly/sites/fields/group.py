"""Several fields under one name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scanly.sites.fields import At, Field, Record, check_record, record_schema

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE: dict[str, Any] = {}


def check(field: Field, value: Any, at: At) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        at.wrong("must have parts.", f"There are {', '.join(field.of)}.")
        return None
    return check_record(field.of, cast("dict[str, Any]", value), at)


def schema(field: Field) -> dict[str, Any]:
    return record_schema(field.of)


def view(field: Field, value: dict[str, Any], page: Page) -> Record:
    return Record(field.of, value, page)

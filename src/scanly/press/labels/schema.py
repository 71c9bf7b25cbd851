"""The JSON Schema of template files, so that editors complete and explain their fields."""

from __future__ import annotations

from typing import Any

from scanly.press.labels.elements import WHEN, kinds
from scanly.press.labels.reading import Fields
from scanly.press.labels.template_file import FILE, NAME, PAGE


def template_schema() -> dict[str, Any]:
    """Made from the fields that files are checked by, so that both agree."""
    elements = [_element(name, {**kind.FIELDS, **WHEN}, kind.ABOUT) for name, kind in kinds().items()]
    schema = _record(FILE)
    parts: dict[str, Any] = schema["properties"]
    parts["template"]["pattern"] = f"^{NAME.pattern}$"
    parts["page"] |= _record(PAGE)
    parts["example"]["additionalProperties"] = {"type": ["string", "integer", "null"]}
    parts["elements"] |= {"type": "array", "minItems": 1, "items": {"oneOf": elements}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Label template"} | schema


def _element(name: str, fields: Fields, about: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _record(fields) | {"description": about}},
        "required": [name],
        "additionalProperties": False,
    }


def _record(fields: Fields) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: field.schema | {"description": field.about} for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": False,
    }

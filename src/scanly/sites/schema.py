"""The JSON Schema of a site's file, made from the fields of its blocks: editors complete and check by it.

Source: JSON Schema 2020-12.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from scanly.sites.blocks import block_type, block_types
from scanly.sites.entries import BLOCK_FIELDS, SITE_FIELDS
from scanly.sites.fields import record_schema
from scanly.sites.look.themes import list_themes
from scanly.sites.reading import ID, MOST_BLOCKS, SLUG
from scanly.sites.words.language import LANGUAGES


@cache
def site_schema() -> dict[str, Any]:
    """What a file may say, as a schema."""
    schema = record_schema(SITE_FIELDS)
    schema["properties"] = {
        "site": {"type": "string", "pattern": f"^{SLUG.pattern}$", "title": "Name in the address"},
        "languages": {
            "type": "array",
            "items": {"enum": list(LANGUAGES)},
            "minItems": 1,
            "uniqueItems": True,
        },
        "theme": {"anyOf": [{"enum": list(list_themes())}, _own_theme()]},
        **schema["properties"],
        "blocks": {"type": "array", "items": {"oneOf": _blocks()}, "minItems": 1, "maxItems": MOST_BLOCKS},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A small page",
        **schema,
        "required": ["site", "title", "blocks"],
    }


def schema_text() -> bytes:
    return msgspec.json.format(msgspec.json.encode(site_schema()), indent=1)


def _own_theme() -> dict[str, Any]:
    file = {"type": "string", "pattern": "\\.toml$"}
    return {
        "type": "object",
        "properties": {"file": file},
        "required": ["file"],
        "additionalProperties": False,
    }


def _blocks() -> list[dict[str, Any]]:
    """Each block: its type as the only key, or the type alone where nothing must be said."""
    alone = [name for name in block_types() if not _requires(name)]
    return [*(_block(name) for name in block_types()), {"enum": alone}]


def _requires(name: str) -> bool:
    kind = block_type(name)
    return bool(kind.needs) or any(field.required for field in kind.fields.values())


def _block(name: str) -> dict[str, Any]:
    kind = block_type(name)
    said = record_schema({**BLOCK_FIELDS, **kind.fields})
    said["properties"]["id"] = {"type": "string", "pattern": f"^{ID.pattern}$"}
    if kind.needs:
        said["anyOf"] = [{"required": [field]} for field in kind.needs]
    said |= {"title": kind.title, "description": kind.about}
    value = said if _requires(name) else {"anyOf": [said, {"type": "null"}]}
    return {"type": "object", "properties": {name: value}, "required": [name], "additionalProperties": False}

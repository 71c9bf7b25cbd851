"""Every value of a site with its field and its path, and a site whose texts are said anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import msgspec

from scanly.sites.blocks import block_type
from scanly.sites.entries import BLOCK_FIELDS, SITE_FIELDS
from scanly.sites.fields import Field, Path
from scanly.sites.model import Site

Walked = tuple[Path, Field, Any]


def walk(site: Site) -> Iterator[Walked]:
    """Every value that was given, with its field and its path in the file."""
    for name, field in SITE_FIELDS.items():
        value = getattr(site, name)
        if value not in (None, "", False):
            yield from _walk_field((name,), field, value)
    for number, block in enumerate(site.blocks):
        path: Path = ("blocks", number, block.type)
        if block.title is not None:
            yield (*path, "title"), BLOCK_FIELDS["title"], block.title
        yield from _walk_record(path, block_type(block.type).fields, block.values)


def _walk_record(path: Path, fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[Walked]:
    for name, value in values.items():
        field = fields[name]
        yield from _walk_field(path if field.inline else (*path, name), field, value)


def _walk_field(path: Path, field: Field, value: Any) -> Iterator[Walked]:
    yield path, field, value
    if field.kind == "group":
        yield from _walk_record(path, field.of, value)
    elif field.kind == "block":
        ((name, values),) = value.items()
        yield from _walk_record((*path, name), block_type(name).fields, values)
    elif field.kind == "list":
        for number, item in enumerate(value):
            if field.each is not None:
                yield from _walk_field((*path, number), field.each, item)
            else:
                yield from _walk_record((*path, number), field.of, item)


def translatable(site: Site) -> Iterator[tuple[Path, Any]]:
    """Every text that may differ between languages, with its path."""
    for path, field, value in walk(site):
        if field.kind in ("text", "rich") and field.translated:
            yield path, value
        elif field.kind == "picture" and "shows" in value:
            yield (*path, "shows"), value["shows"]


# A text, or what it is in each language, becomes another one.
Say = Callable[[Any], Any]


def with_texts(site: Site, say: Say) -> Site:
    """The site with every text that may differ between languages said by ``say``."""
    facts = {name: _said(field, getattr(site, name), say) for name, field in SITE_FIELDS.items()}
    blocks = tuple(
        msgspec.structs.replace(
            block,
            title=None if block.title is None else say(block.title),
            values=_record_said(block_type(block.type).fields, block.values, say),
        )
        for block in site.blocks
    )
    return msgspec.structs.replace(site, **facts, blocks=blocks)


def _record_said(fields: Mapping[str, Field], values: Mapping[str, Any], say: Say) -> dict[str, Any]:
    return {name: _said(fields[name], value, say) for name, value in values.items()}


def _said(field: Field, value: Any, say: Say) -> Any:
    if value is None or not field.translated:
        return value
    match field.kind:
        case "text" | "rich":
            return say(value)
        case "picture":
            return {name: say(part) if name == "shows" else part for name, part in value.items()}
        case "group":
            return _record_said(field.of, value, say)
        case "block":
            return {
                name: _record_said(block_type(name).fields, values, say) for name, values in value.items()
            }
        case "list":
            each = field.each
            return [
                _record_said(field.of, item, say) if each is None else _said(each, item, say)
                for item in cast("list[Any]", value)
            ]
        case _:
            return value

"""The types of blocks: each is one template in ``templates/blocks`` that says its fields and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
from msgspec import Struct

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.core.text import nearest, printable
from scanly.sites.fields import Field

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

Frame = Literal["section", "header", "plain"]


class BlockType(Struct, frozen=True, forbid_unknown_fields=True):
    """What a template says of itself. ``heading`` is what visitors read above it unless the owner writes a title.

    At least one of the fields in ``needs`` is given, if there are any. ``frame`` is what the page puts around it: a
    section with a heading, nothing, or nothing because it is the page's head.
    """

    title: str
    about: str
    fields: dict[str, Field]
    example: dict[str, Any]
    audience: tuple[str, ...] = msgspec.field(name="for", default=())
    heading: str = ""
    needs: tuple[str, ...] = ()
    frame: Frame = "section"


@cache
def environment() -> Environment:
    """Jinja as every page is rendered with: text is escaped, unknown names are faults."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(asset()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )


@cache
def block_types() -> tuple[str, ...]:
    """The names of all types, in alphabetical order."""
    return tuple(sorted(path.stem for path in asset("blocks").glob("*.html")))


def block_type(name: str) -> BlockType:
    """Raises Invalid that names the nearest type."""
    return _loaded(_known(name))[0]


def block_css(name: str) -> str:
    """Style that only blocks of this type need."""
    return _loaded(_known(name))[1]


def block_macro(name: str) -> Callable[[Any, Any], Markup]:
    """What draws a block from its record and the page."""
    return _loaded(_known(name))[2]


def _known(name: str) -> str:
    if name not in block_types():
        known = block_types()
        hint = nearest(name, known) or f"There are {', '.join(known)}."
        raise Invalid.field("blocks", f'"{printable(name[:60])}" is not a block.', hint=hint)
    return name


@cache
def _loaded(name: str) -> tuple[BlockType, str, Callable[[Any, Any], Markup]]:
    module = cast(Any, environment().get_template(f"blocks/{name}.html").module)
    found = msgspec.convert(module.block, BlockType)
    return found, str(getattr(module, "css", "")).strip(), module.render

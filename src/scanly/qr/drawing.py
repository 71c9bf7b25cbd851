"""A symbol as a file in any of the formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scanly.core.errors import Invalid
from scanly.core.text import nearest
from scanly.qr.style import Style
from scanly.qr.symbol import Symbol
from scanly.qr.writers import pdf, png, svg

FORMATS: Mapping[str, Callable[[Symbol, Style], bytes]] = {"svg": svg.draw, "png": png.draw, "pdf": pdf.draw}


def draw(symbol: Symbol, style: Style, format: str) -> bytes:  # noqa: A002 - the word users know
    """The whole file. Raises Invalid for an unknown format or a size whose modules are too small."""
    drawer = FORMATS.get(format)
    if drawer is None:
        hint = nearest(format, FORMATS) or f"Use {', '.join(FORMATS)}."
        raise Invalid.field("format", f'"{format}" is not a format for codes.', hint=hint)
    return drawer(symbol, style)

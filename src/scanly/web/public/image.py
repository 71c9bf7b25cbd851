"""A link's code as a file, for the address ``/{code}.svg``; it is read back before anybody gets it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from scanly.core.errors import Invalid
from scanly.core.text import nearest, printable
from scanly.qr.drawing import draw, make_symbol
from scanly.qr.proof import confirm
from scanly.qr.style import Style
from scanly.qr.styles import styles

TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "eps": "application/postscript",
}
USUAL_MM = 30.0
# Larger ones are for the command line: here anybody may ask, and a PNG costs time with its area.
SIZE_MM = (10.0, 200.0)
# Curves cost a PNG half a second at 2,400 pixels, and a stranger may ask for many.
_STYLED_PX = 1_200
_SIZE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)(?:mm)?")
_KEPT = 256


@dataclass(frozen=True, slots=True)
class CodeImage:
    """``etag`` is a strong one, with its quotes."""

    data: bytes
    etag: str


def size_mm(text: str) -> float:
    """The outer edge from ``30mm`` or ``30``. Raises Invalid outside 10 to 200 mm."""
    found = _SIZE.fullmatch(text)
    size = float(found[1]) if found else 0.0
    low, high = SIZE_MM
    if not low <= size <= high:
        message = f'"{printable(text[:20])}" is not a size between {low:g}mm and {high:g}mm.'
        raise Invalid.field("size", message, hint="Write it like 30mm.")
    return size


def style_named(name: str, size_mm: float) -> Style:
    """One of the styles that come along, in that size; an empty name is the plain one. Raises Invalid."""
    if not name:
        return Style(size_mm=size_mm)
    known = styles().get(name.lower())
    if known is None:
        hint = nearest(name.lower(), styles()) or f"There are {', '.join(styles())}."
        raise Invalid.field("style", f'There is no style "{printable(name[:20])}".', hint=hint)
    dpi = min(known.style.dpi, int(_STYLED_PX / size_mm * 25.4))
    return msgspec.structs.replace(known.style, size_mm=size_mm, module_mm=0.0, dpi=dpi)


@lru_cache(maxsize=_KEPT)
def code_image(content: str, format: str, style: Style) -> CodeImage:  # noqa: A002 - the word users know
    """The finished file, read back; some milliseconds of computing the first time. Raises Invalid."""
    data = draw(make_symbol(content, style), style, format)
    confirm(data, format, content)
    return CodeImage(data, f'"{hashlib.sha256(data).hexdigest()[:24]}"')

"""Pictures as they are placed: their pixels, their colour space, how they are packed, and how large they stand.

Source: ISO 32000-1, 8.9 (images), 7.4 (filters).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import pikepdf

from scanly.press.preflight.content.marks import PlacedImage
from scanly.press.preflight.content.objects import filters, item, name, number
from scanly.press.preflight.content.spaces import Space
from scanly.qr.artwork import Matrix

Find = Callable[[object], Space]

_SHORT_FILTERS = {
    "AHx": "ASCIIHexDecode",
    "A85": "ASCII85Decode",
    "LZW": "LZWDecode",
    "Fl": "FlateDecode",
    "RL": "RunLengthDecode",
    "CCF": "CCITTFaxDecode",
    "DCT": "DCTDecode",
}


def placed_image(called: str, stream: pikepdf.Stream, matrix: Matrix, find: Find) -> PlacedImage:
    """A picture that is an object of its own."""
    stencil = item(stream, "/ImageMask") is True
    given = item(stream, "/ColorSpace")
    across, down = _sides(matrix)
    return PlacedImage(
        called,
        int(number(item(stream, "/Width"))),
        int(number(item(stream, "/Height"))),
        1 if stencil else int(number(item(stream, "/BitsPerComponent"), 8)),
        find(given) if given is not None and not stencil else None,
        filters(stream),
        stencil,
        across,
        down,
        item(stream, "/SMask") is not None or number(item(stream, "/SMaskInData")) > 0,
        stream,
    )


def inline_image(image: pikepdf.PdfInlineImage, matrix: Matrix, find: Find) -> PlacedImage:
    """A picture that stands in the content itself."""
    across, down = _sides(matrix)
    held = cast(object, image.obj)
    space = item(held, "/ColorSpace")
    space = item(held, "/CS") if space is None else space
    return PlacedImage(
        "inline",
        image.width,
        image.height,
        1 if image.image_mask else image.bits_per_component or 8,
        find(space) if space is not None and not image.image_mask else None,
        tuple(_SHORT_FILTERS.get(name(each), name(each)) for each in _listed(held)),
        bool(image.image_mask),
        across,
        down,
        False,
        None,
    )


def _listed(held: object) -> list[object]:
    value = item(held, "/Filter")
    value = item(held, "/F") if value is None else value
    if isinstance(value, pikepdf.Array):
        return [cast(object, each) for each in value]
    return [] if value is None else [value]


def _sides(matrix: Matrix) -> tuple[float, float]:
    """How long the sides of the unit square are."""
    a, b, c, d, _, _ = matrix
    return math.hypot(a, b), math.hypot(c, d)

"""Bars and modules a little thinner than they shall be on paper, for inks that spread.

Source: ISO/IEC 15416 and 15415 (print growth); bar width reduction as GS1 General Specifications, 5.3.2.5 describe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from scanly.core.errors import Invalid
from scanly.qr.artwork import Artwork, Bars, Fill, Path, Segment, Shape


def reduced(artwork: Artwork, share: float) -> Artwork:
    """The same with dark modules smaller by ``share`` of a module at each edge where they meet light ones.

    Raises Invalid for codes whose modules are no squares in one colour.
    """
    if not share:
        return artwork
    if not any(isinstance(shape, Bars) for shape in artwork.shapes):
        message = "Only codes of plain square modules can be drawn thinner."
        raise Invalid.field("bwr", message, hint="Leave --bwr out, or the shapes of modules and eyes.")
    return replace(artwork, shapes=tuple(_reduced(shape, share) for shape in artwork.shapes))


def _reduced(shape: Shape, share: float) -> Shape:
    if not isinstance(shape, Bars):
        return shape
    return Fill(Path(tuple(_segments(_boxes(shape.runs, share)))), shape.paint)


def _boxes(runs: Iterable[tuple[int, int, int]], share: float) -> Iterator[tuple[float, float, float, float]]:
    """Each row between its own edges, and bridges to the row below where that is dark, too: they only touch."""
    rows: dict[int, int] = {}
    for x, y, length in runs:
        rows[y] = rows.get(y, 0) | ((1 << length) - 1) << x
    for y, row in rows.items():
        yield from ((x + share, y + share, length - 2 * share, 1 - 2 * share) for x, length in _dark(row))
        both = row & rows.get(y + 1, 0)
        yield from ((x + share, y + 1 - share, length - 2 * share, 2 * share) for x, length in _dark(both))


def _dark(row: int) -> Iterator[tuple[int, int]]:
    """Runs of ones, as first bit and length."""
    x = 0
    while row:
        gap = (row & -row).bit_length() - 1
        row >>= gap
        length = (~row & (row + 1)).bit_length() - 1
        yield x + gap, length
        row >>= length
        x += gap + length


def _segments(boxes: Iterable[tuple[float, float, float, float]]) -> Iterator[Segment]:
    for x, y, width, height in boxes:
        yield from (
            ("M", x, y),
            ("L", x + width, y),
            ("L", x + width, y + height),
            ("L", x, y + height),
            ("Z",),
        )

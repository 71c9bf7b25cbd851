"""Shapes of modules: what one dark module looks like, given which of its four neighbours are dark, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import compress
from operator import sub
from typing import NamedTuple

from scanly.qr.artwork import Path, Runs
from scanly.qr.outline import box, circle, polygon
from scanly.qr.style import ModuleShape

# How a module and its neighbours are packed into one number.
DARK, UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8, 16

_ROUND = 0.5


class Neighbours(NamedTuple):
    """Which modules beside this one are dark."""

    up: bool
    down: bool
    left: bool
    right: bool


def _square(_near: Neighbours, _scale: float) -> Path:
    return box(0, 0, 1, 1)


def _rounded(near: Neighbours, _scale: float) -> Path:
    """Corners are round where no neighbour continues them."""
    top_left, top_right = not (near.up or near.left), not (near.up or near.right)
    bottom_right, bottom_left = not (near.down or near.right), not (near.down or near.left)
    corners = (top_left * _ROUND, top_right * _ROUND, bottom_right * _ROUND, bottom_left * _ROUND)
    return box(0, 0, 1, 1, corners)


def _dots(_near: Neighbours, scale: float) -> Path:
    return circle(0.5, 0.5, scale / 2)


def _diamond(_near: Neighbours, _scale: float) -> Path:
    return polygon(((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)))


def _gapped(_near: Neighbours, scale: float) -> Path:
    edge = (1 - scale) / 2
    return box(edge, edge, scale, scale)


def _vertical_bars(near: Neighbours, scale: float) -> Path:
    edge, radius = (1 - scale) / 2, scale / 2
    top, bottom = (0 if near.up else radius), (0 if near.down else radius)
    start, end = (0 if near.up else edge), (1 if near.down else 1 - edge)
    return box(edge, start, scale, end - start, (top, top, bottom, bottom))


def _horizontal_bars(near: Neighbours, scale: float) -> Path:
    edge, radius = (1 - scale) / 2, scale / 2
    left, right = (0 if near.left else radius), (0 if near.right else radius)
    start, end = (0 if near.left else edge), (1 if near.right else 1 - edge)
    return box(start, edge, end - start, scale, (left, right, right, left))


SHAPES: Mapping[ModuleShape, Callable[[Neighbours, float], Path]] = {
    "square": _square,
    "rounded": _rounded,
    "dots": _dots,
    "diamond": _diamond,
    "gapped": _gapped,
    "vertical-bars": _vertical_bars,
    "horizontal-bars": _horizontal_bars,
}


@lru_cache(maxsize=64)
def glyphs(shape: ModuleShape, scale: float) -> Mapping[int, Path]:
    """The outline of a dark module for every combination of its neighbours, by their packed number."""
    draw = SHAPES[shape]
    return {
        key: draw(Neighbours(*(bool(key & side) for side in (UP, DOWN, LEFT, RIGHT))), scale)
        for key in range(DARK, 2 * RIGHT, 2)
    }


def runs(rows: Sequence[bytes], offset: int) -> Runs:
    """Every horizontal run of dark modules of ``rows`` (0 and 1), moved by ``offset`` both ways."""
    cells = _cells(rows)
    whole = int.from_bytes(cells, "big")
    changed = (whole ^ whole >> 8).to_bytes(len(cells), "big")
    columns, lines = _numbering(len(rows), offset)
    xs, ys = tuple(compress(columns, changed)), tuple(compress(lines, changed))
    starts = xs[::2]
    return Runs(starts, ys[::2], tuple(map(sub, xs[1::2], starts)))


def places(rows: Sequence[bytes], offset: int) -> list[tuple[int, int, int]]:
    """Every dark module of ``rows`` (0 and 1) as (x, y, packed number), moved by ``offset`` both ways."""
    cells = _cells(rows)
    dark = int.from_bytes(cells, "big")
    line = 8 * (len(rows) + 1)
    packed = dark | dark >> line << 1 | dark << line << 2 | dark >> 8 << 3 | dark << 8 << 4
    keys = (packed & (1 << 8 * len(cells)) - 1).to_bytes(len(cells), "big")
    return list(compress(zip(*_numbering(len(rows), offset), keys, strict=True), cells))


def _cells(rows: Sequence[bytes]) -> bytes:
    """All modules of a square behind one another; a light one after each row parts it from the next.

    As one large number, a byte each, their neighbours are that number, shifted.
    """
    return b"\0".join(rows) + b"\0"


@lru_cache(maxsize=32)
def _numbering(side: int, offset: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Column and row of each of the cells."""
    numbers = range(offset, offset + side)
    return (*numbers, offset + side) * side, tuple([row for row in numbers for _ in range(side + 1)])

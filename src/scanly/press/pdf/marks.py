"""Marks for the guillotine, the folder and the eye: crop, cut and fold marks and register crosses, on every plate.

They stand outside the bleed and at least 3 mm from the trim.

Source: ISO 12647-1 (register marks); practice of print shops: 0.25 pt, 5 mm long, in all inks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from scanly.press.page import Box, Page, Shape, Stroke
from scanly.qr.artwork import Path
from scanly.qr.ink import Ink
from scanly.qr.outline import circle

# On all plates, spot inks too; in process inks it is all four.
REGISTRATION = Ink((0, 0, 0), (1.0, 1.0, 1.0, 1.0), "All")
LENGTH_MM, LEAST_OFFSET_MM = 5.0, 3.0
# What the marks need beside the bleed.
_AIR_MM = 1.0
_CROSS_MM = 2.0
_DASH_MM = (1.0, 0.6)

Line = tuple[float, float, float, float]


def slug_mm(bleed_mm: float) -> float:
    """How far the page reaches beyond its trim to hold the marks."""
    return _offset(bleed_mm) + LENGTH_MM + _AIR_MM


def marks(page: Page, bleed_mm: float, ink: Ink = REGISTRATION) -> tuple[Shape, ...]:
    """All marks of a page: at its corners, at its cuts and folds, and a register cross clear of them on each side."""
    offset = _offset(bleed_mm)
    corners = [(0.0, 0.0, page.width_mm, 0.0), (0.0, page.height_mm, page.width_mm, page.height_mm)]
    corners += [(0.0, 0.0, 0.0, page.height_mm), (page.width_mm, 0.0, page.width_mm, page.height_mm)]
    cuts = dict.fromkeys(line for each in (*corners, *page.cuts) for line in _ends(each, page.trim, offset))
    folds = [line for each in page.folds for line in _ends(each, page.trim, offset)]
    crosses = _crosses(page, offset + LENGTH_MM / 2, ink)
    return (_stroked(cuts, ink), *([_stroked(folds, ink, _DASH_MM)] if folds else []), *crosses)


def _offset(bleed_mm: float) -> float:
    return max(LEAST_OFFSET_MM, bleed_mm) + 0.5


def _ends(line: Line, trim: Box, offset: float) -> Iterator[Line]:
    """The marks outside the trim at both ends of an upright or level line that crosses the page."""
    x1, y1, x2, _ = line
    if x1 == x2:
        yield x1, -offset - LENGTH_MM, x1, -offset
        yield x1, trim.bottom + offset, x1, trim.bottom + offset + LENGTH_MM
    else:
        yield -offset - LENGTH_MM, y1, -offset, y1
        yield trim.right + offset, y1, trim.right + offset + LENGTH_MM, y1


def _stroked(lines: Iterable[Line], ink: Ink, dash_mm: tuple[float, ...] = ()) -> Shape:
    segments = [part for x1, y1, x2, y2 in lines for part in (("M", x1, y1), ("L", x2, y2))]
    return Shape(Path(tuple(segments)), stroke=Stroke(ink, dash_mm=dash_mm))


def _crosses(page: Page, away: float, ink: Ink) -> Iterator[Shape]:
    lines = (*page.cuts, *page.folds)
    across = _between(page.width_mm, (x1 for x1, _, x2, _ in lines if x1 == x2))
    down = _between(page.height_mm, (y1 for x1, y1, x2, _ in lines if x1 != x2))
    centres = [(x, y) for x in across for y in (-away, page.trim.bottom + away)]
    centres += [(x, y) for y in down for x in (-away, page.trim.right + away)]
    for x, y in centres:
        bars = [(x - _CROSS_MM, y, x + _CROSS_MM, y), (x, y - _CROSS_MM, x, y + _CROSS_MM)]
        yield _stroked(bars, ink)
        yield Shape(circle(x, y, _CROSS_MM / 2), stroke=Stroke(ink))


def _between(length: float, marked: Iterable[float]) -> list[float]:
    """Where a cross stands along a side: half way between the two marks round its middle, or beside one that is there.

    Nowhere when all marks are too near to each other.
    """
    gaps = pairwise(sorted({0.0, *marked, length}))
    free = [(start + end) / 2 for start, end in gaps if end - start >= 6 * _CROSS_MM]
    return [min(free, key=lambda place: abs(place - length / 2))] if free else []

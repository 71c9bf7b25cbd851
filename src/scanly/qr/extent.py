"""How much room an outline takes, exactly: curves are followed to their outermost points."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scanly.qr.artwork import Path, Point

# Left, top, right, bottom.
Box = tuple[float, float, float, float]


def extent(path: Path) -> Box | None:
    """The smallest upright box round the outline; None for one that is empty."""
    xs: list[float] = []
    ys: list[float] = []
    here: Point = (0.0, 0.0)
    for _, *places in path.segments:
        points = list(zip(places[::2], places[1::2], strict=True))
        if not points:
            continue
        if len(points) == 3:
            xs += _extremes(here[0], *(point[0] for point in points))
            ys += _extremes(here[1], *(point[1] for point in points))
        here = points[-1]
        xs.append(here[0])
        ys.append(here[1])
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def _extremes(start: float, first: float, second: float, end: float) -> Iterator[float]:
    """Values of a cubic Bézier curve where it turns."""
    if min(start, end) <= min(first, second) and max(first, second) <= max(start, end):
        return
    a, b, c = end - start + 3 * (first - second), 2 * (start - 2 * first + second), first - start
    for t in _roots(a, b, c):
        if 0 < t < 1:
            u = 1 - t
            yield u**3 * start + 3 * u * u * t * first + 3 * u * t * t * second + t**3 * end


def _roots(a: float, b: float, c: float) -> tuple[float, ...]:
    """Where at² + bt + c is zero."""
    if abs(a) <= 1e-12 * (abs(b) + abs(c)):
        return (-c / b,) if b else ()
    inside = b * b - 4 * a * c
    if inside < 0:
        return ()
    # Taking the larger sum first loses no digits.
    q = -(b + math.copysign(math.sqrt(inside), b)) / 2
    return (q / a, c / q) if q else (0.0,)

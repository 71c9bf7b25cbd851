"""Outlines that looks are made of: boxes with corners of their own, circles, polygons; all run clockwise."""

from __future__ import annotations

from collections.abc import Sequence

from scanly.qr.artwork import Path, Point, Segment

# How far the handles of a Bézier curve reach for a quarter of a circle of radius 1.
KAPPA = 0.5522847498

# Radii of the corners: top left, top right, bottom right, bottom left.
Corners = tuple[float, float, float, float]


def box(x: float, y: float, width: float, height: float, corners: Corners = (0, 0, 0, 0)) -> Path:
    """A box; a corner with a radius is a quarter of a circle."""
    right, bottom = x + width, y + height
    turns: list[tuple[Point, Point, Point, float]] = [
        ((x, y), (0, -1), (1, 0), corners[0]),
        ((right, y), (1, 0), (0, 1), corners[1]),
        ((right, bottom), (0, 1), (-1, 0), corners[2]),
        ((x, bottom), (-1, 0), (0, -1), corners[3]),
    ]
    segments: list[Segment] = []
    for (corner_x, corner_y), (in_x, in_y), (out_x, out_y), radius in turns:
        start = (corner_x - in_x * radius, corner_y - in_y * radius)
        segments.append(("L" if segments else "M", *start))
        if radius:
            rest = radius * (1 - KAPPA)
            end = (corner_x + out_x * radius, corner_y + out_y * radius)
            first = (corner_x - in_x * rest, corner_y - in_y * rest)
            second = (corner_x + out_x * rest, corner_y + out_y * rest)
            segments.append(("C", *first, *second, *end))
    segments.append(("Z",))
    return Path(tuple(segments))


def tile(x: float, y: float, side: float, radius: float) -> Path:
    """A square whose corners are all of one radius."""
    return box(x, y, side, side, (radius, radius, radius, radius))


def circle(centre_x: float, centre_y: float, radius: float) -> Path:
    return tile(centre_x - radius, centre_y - radius, 2 * radius, radius)


def polygon(points: Sequence[Point]) -> Path:
    first, *others = points
    return Path((("M", *first), *(("L", *point) for point in others), ("Z",)))

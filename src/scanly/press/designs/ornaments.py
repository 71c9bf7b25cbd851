"""Ornaments as outlines, computed from a few numbers: rules with a diamond, awnings, arches, rays, tiles, arrows."""

from __future__ import annotations

import math
from itertools import pairwise

from scanly.press.page import Box
from scanly.qr.artwork import Path, Point, Segment
from scanly.qr.outline import KAPPA, box, polygon

_NOTHING = Path(())


def diamond(x: float, y: float, radius: float) -> Path:
    """A square on its point, round (x, y)."""
    return polygon([(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)])


def divider(room: Box, thickness: float) -> Path:
    """A rule across the middle of a room, a diamond in the middle of the rule."""
    x, y = room.middle
    gap = room.height * 0.9
    path = diamond(x, y, room.height / 2)
    for left, right in ((room.x, x - gap), (x + gap, room.right)):
        path += box(left, y - thickness / 2, right - left, thickness)
    return path


def notched(room: Box, radius: float) -> Path:
    """A box whose corners are bitten off by circles round them, as on a ticket."""
    reach = radius * (1 - KAPPA)
    left, top, right, bottom = room.x, room.y, room.right, room.bottom
    turns = (
        ((left, top), (0, 1), (1, 0)),
        ((right, top), (-1, 0), (0, 1)),
        ((right, bottom), (0, -1), (-1, 0)),
        ((left, bottom), (1, 0), (0, -1)),
    )
    segments: list[Segment] = []
    for (x, y), (ax, ay), (bx, by) in turns:
        start, end = (x + ax * radius, y + ay * radius), (x + bx * radius, y + by * radius)
        # The curve bends round the corner itself, so its handles point into the box.
        near = (start[0] + bx * (radius - reach), start[1] + by * (radius - reach))
        far = (end[0] + ax * (radius - reach), end[1] + ay * (radius - reach))
        segments += (("L" if segments else "M", *start), ("C", *near, *far, *end))
    return Path((*segments, ("Z",)))


def arch(room: Box) -> Path:
    """A door: a half circle upon a box."""
    radius = room.width / 2
    return box(room.x, room.y, room.width, room.height, (radius, radius, 0, 0))


def archway(room: Box, thickness: float) -> Path:
    """The frame of a door, open at its foot; to be filled by the even-odd rule."""
    within = Box(room.x + thickness, room.y + thickness, room.width - 2 * thickness, room.height - thickness)
    return arch(room) + arch(within)


def corner_disc(corner: Point, across: float, down: float) -> Path:
    """A quarter of a circle round a corner, which reaches ``across`` and ``down`` (negative: leftwards, upwards)."""
    x, y = corner
    start, end = (x + across, y), (x, y + down)
    handles = (x + across, y + KAPPA * down, x + KAPPA * across, y + down)
    return Path((("M", x, y), ("L", *start), ("C", *handles, *end), ("Z",)))


def awning(room: Box, stripes: int, first: int) -> Path:
    """Every second of the stripes of an awning, from the one numbered ``first``; each ends in a half circle."""
    width = room.width / stripes
    path = _NOTHING
    for number in range(first, stripes, 2):
        corners = (0, 0, width / 2, width / 2)
        path += box(room.x + number * width, room.y, width, room.height, corners)
    return path


def rays(room: Box, centre: Point, number: int) -> Path:
    """Every second of ``2 * number`` rays from a point of the room to its edges."""
    path = _NOTHING
    step = math.pi / number
    corners = {math.atan2(y - centre[1], x - centre[0]) % math.tau: (x, y) for x, y in _corners(room)}
    for ray in range(number):
        start, end = 2 * ray * step, (2 * ray + 1) * step
        between = [corners[angle] for angle in sorted(corners) if start < angle < end]
        path += polygon([centre, _edge(room, centre, start), *between, _edge(room, centre, end)])
    return path


def tiles(room: Box, side: float) -> Path:
    """A band of tiles with a four-pointed star each, as many whole ones as are about ``side`` wide."""
    columns, rows = max(1, round(room.width / side)), max(1, round(room.height / side))
    width, height = room.width / columns, room.height / rows
    path = _NOTHING
    for number in range(columns * rows):
        row, column = divmod(number, columns)
        path += _star(Box(room.x + column * width, room.y + row * height, width, height))
    return path


def arrow(room: Box) -> Path:
    """An arrow to the left that fills a room."""
    x, y = room.x, room.middle[1]
    head, half = room.height / 2, room.height * 0.09
    # Where the edges of the head's strokes meet those of the shaft.
    thick = half * 2 * math.sqrt(2)
    return polygon(
        [
            (x, y),
            (x + head, y - head),
            (x + head + thick / 2, y - head + thick / 2),
            (x + thick + half, y - half),
            (room.right, y - half),
            (room.right, y + half),
            (x + thick + half, y + half),
            (x + head + thick / 2, y + head - thick / 2),
            (x + head, y + head),
        ]
    )


def _star(tile: Box) -> Path:
    """A star of four curved points, and a quarter of a diamond in each corner."""
    x, y = tile.middle
    tips = ((x, tile.y), (tile.right, y), (x, tile.bottom), (tile.x, y))
    segments: list[Segment] = [("M", *tips[0])]
    for (ax, ay), (bx, by) in pairwise((*tips, tips[0])):
        pull = 0.75
        near = (ax + (x - ax) * pull, ay + (y - ay) * pull)
        far = (bx + (x - bx) * pull, by + (y - by) * pull)
        segments.append(("C", *near, *far, bx, by))
    star = Path((*segments, ("Z",)))
    reach = min(tile.width, tile.height) * 0.2
    for corner_x, corner_y in _corners(tile):
        across = math.copysign(reach, x - corner_x)
        down = math.copysign(reach, y - corner_y)
        star += polygon([(corner_x, corner_y), (corner_x + across, corner_y), (corner_x, corner_y + down)])
    return star


def _corners(room: Box) -> tuple[Point, ...]:
    return (room.x, room.y), (room.right, room.y), (room.right, room.bottom), (room.x, room.bottom)


def _edge(room: Box, centre: Point, angle: float) -> Point:
    """Where a ray from a point of the room leaves it."""
    x, y = math.cos(angle), math.sin(angle)
    reaches = [
        ((room.right if x > 0 else room.x) - centre[0]) / x if abs(x) > 1e-9 else math.inf,
        ((room.bottom if y > 0 else room.y) - centre[1]) / y if abs(y) > 1e-9 else math.inf,
    ]
    reach = min(reaches)
    return centre[0] + x * reach, centre[1] + y * reach

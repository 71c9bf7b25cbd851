"""Shapes of eyes (finder patterns) that keep dark and light at 1:1:3:1:1 through the middle, both ways.

Source: ISO/IEC 18004:2015, 6.3.3 (finder pattern: 7 by 7 dark, 5 by 5 light, 3 by 3 dark).
"""

from __future__ import annotations

from functools import lru_cache

from scanly.qr.artwork import Path
from scanly.qr.outline import Corners, box
from scanly.qr.style import EyeShape
from scanly.qr.symbol import Symbol

SIDE = 7
_PUPIL_SIDE = 3

# Radii of a frame's outer corners and of a pupil's: top left, top right, bottom right, bottom left of the top
# left eye; the other eyes are its mirror images. Rounded frames are no rounder, because from 1.8 on zxing-cpp loses
# turned codes of dots, and at 2.2 zbar loses most that are turned by 45 degrees.
_FRAMES: dict[EyeShape, Corners] = {
    "square": (0, 0, 0, 0),
    "rounded": (1.4, 1.4, 1.4, 1.4),
    "circle": (3.5, 3.5, 3.5, 3.5),
    "leaf": (3, 0, 3, 0),
}
_PUPILS: dict[EyeShape, Corners] = {
    "square": (0, 0, 0, 0),
    "rounded": (0.9, 0.9, 0.9, 0.9),
    "circle": (1.5, 1.5, 1.5, 1.5),
    "leaf": (1.2, 0, 1.2, 0),
}


def places(symbol: Symbol) -> tuple[tuple[int, int], ...]:
    """The top left module of each eye."""
    far = symbol.modules - SIDE
    return ((0, 0),) if symbol.micro else ((0, 0), (far, 0), (0, far))


@lru_cache(maxsize=256)
def frames(shape: EyeShape, at: tuple[tuple[int, int], ...], offset: int) -> Path:
    """The rings of all eyes, to be filled by the even-odd rule."""
    path = Path(())
    for x, y in at:
        radii = _mirrored(_FRAMES[shape], x > 0, y > 0)
        inner = _inside(radii)
        path += box(x + offset, y + offset, SIDE, SIDE, radii)
        path += box(x + offset + 1, y + offset + 1, SIDE - 2, SIDE - 2, inner)
    return path


@lru_cache(maxsize=256)
def pupils(shape: EyeShape, at: tuple[tuple[int, int], ...], offset: int) -> Path:
    """The pupils of all eyes."""
    path = Path(())
    for x, y in at:
        radii = _mirrored(_PUPILS[shape], x > 0, y > 0)
        path += box(x + offset + 2, y + offset + 2, _PUPIL_SIDE, _PUPIL_SIDE, radii)
    return path


def _inside(radii: Corners) -> Corners:
    """The corners of the hole: one module less, so that the ring is one module thick everywhere."""
    top_left, top_right, bottom_right, bottom_left = (max(radius - 1, 0) for radius in radii)
    return top_left, top_right, bottom_right, bottom_left


def _mirrored(radii: Corners, across: bool, down: bool) -> Corners:
    top_left, top_right, bottom_right, bottom_left = radii
    if across:
        top_left, top_right, bottom_right, bottom_left = top_right, top_left, bottom_left, bottom_right
    if down:
        top_left, top_right, bottom_right, bottom_left = bottom_left, bottom_right, top_right, top_left
    return top_left, top_right, bottom_right, bottom_left

"""Gradients in their place: a blend of inks, spread over a box."""

from __future__ import annotations

import math

from scanly.qr.artwork import Gradient, Point
from scanly.qr.ink import Blend


def spread(blend: Blend, top_left: Point, bottom_right: Point) -> Gradient:
    """The gradient over a box: linear ones reach its corners at any angle, radial ones from its middle."""
    (left, top), (right, bottom) = top_left, bottom_right
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    half_width, half_height = (right - left) / 2, (bottom - top) / 2
    steps = len(blend.inks) - 1
    stops = tuple((number / steps, ink) for number, ink in enumerate(blend.inks))
    if blend.kind == "radial":
        return Gradient("radial", (middle_x, middle_y), (right, bottom), stops)
    turn = math.radians(blend.degrees)
    across, down = math.cos(turn), math.sin(turn)
    reach = abs(across) * half_width + abs(down) * half_height
    start = (middle_x - across * reach, middle_y - down * reach)
    return Gradient("linear", start, (middle_x + across * reach, middle_y + down * reach), stops)

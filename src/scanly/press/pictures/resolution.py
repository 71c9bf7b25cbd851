"""How fine a picture is where it stands: too coarse ones are refused, doubtful ones named.

Source: practice of print shops: 300 ppi at a screen of 150 lines an inch, and half of it at least.
"""

from __future__ import annotations

import math

from scanly.core.errors import Invalid
from scanly.press.page import Box
from scanly.press.pictures.picture import Picture, Pixels

LEAST_PPI = 150
GOOD_PPI = 225
MM_PER_INCH = 25.4


def resolution_ppi(pixels: Pixels, box: Box) -> float:
    """Pixels an inch where the picture is stretched over ``box``, the fewer of both directions."""
    return min(pixels.width_px / box.width, pixels.height_px / box.height) * MM_PER_INCH


def soft(picture: Picture, box: Box) -> str:
    """A sentence about a picture that is coarse, empty for one that is not."""
    if not isinstance(picture, Pixels) or resolution_ppi(picture, box) >= GOOD_PPI:
        return ""
    return f"{_told(picture, box)} It will look soft; {GOOD_PPI} and more are good."


def judge_resolution(picture: Picture, box: Box, *, field: str = "image") -> str:
    """The same. Raises Invalid below 150 ppi."""
    if isinstance(picture, Pixels) and resolution_ppi(picture, box) < LEAST_PPI:
        least = f"{_pixels(box.width)} x {_pixels(box.height)}"
        hint = f"Give at least {least} pixels, or make it smaller on the page."
        raise Invalid.field(field, _told(picture, box), hint=hint)
    return soft(picture, box)


def _told(pixels: Pixels, box: Box) -> str:
    size = f"{pixels.width_px:,} x {pixels.height_px:,} pixels on {box.width:.0f} x {box.height:.0f} mm"
    return f"The picture has {size}: {resolution_ppi(pixels, box):.0f} an inch."


def _pixels(mm: float) -> str:
    return f"{math.ceil(mm * GOOD_PPI / MM_PER_INCH - 1e-6):,}"

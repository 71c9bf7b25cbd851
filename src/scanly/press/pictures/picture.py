"""A picture as the press takes it: pixels in process inks or grey (or RGB when asked for), or vector shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scanly.qr.artwork import Fill

PixelInks = Literal["cmyk", "grey", "rgb"]


@dataclass(frozen=True, slots=True)
class Pixels:
    """``data`` is deflated, one byte a plate and pixel, rows from the top; no transparency."""

    data: bytes
    width_px: int
    height_px: int
    inks: PixelInks


@dataclass(frozen=True, slots=True)
class Vectors:
    """Fills within a box of ``width`` by ``height`` units, y downwards."""

    fills: tuple[Fill, ...]
    width: float
    height: float


Picture = Pixels | Vectors

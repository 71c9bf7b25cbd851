"""What a designed piece is: the sizes it comes in, and the pages that a print shop gets of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scanly.press.page import Page
from scanly.qr.artwork import Path

# What is drawn beyond the trim, so that no white edge is left when a cut misses.
BLEED_MM = 3.0
# Text and codes stay this far inside the trim.
SAFE_MM = 4.0
# The least width of a code, quiet zone included.
LEAST_CODE_MM = 20.0
# A code is read from ten times its width.
_DISTANCE_TO_WIDTH = 10

Outline = Literal["rectangle", "rounded", "round"]


@dataclass(frozen=True, slots=True)
class Format:
    """A size to choose, after trimming. ``distance_mm`` is from how far away it is to be scanned."""

    name: str
    width_mm: float
    height_mm: float
    about: str
    distance_mm: float = 300.0
    outline: Outline = "rectangle"

    @property
    def least_code_mm(self) -> float:
        """The least width of a code, quiet zone included, that is read from that far."""
        return max(LEAST_CODE_MM, self.distance_mm / _DISTANCE_TO_WIDTH)


@dataclass(frozen=True, slots=True)
class Piece:
    """The pages of a piece: two when it has a back.

    ``cut`` is the closed line in mm along which a plotter cuts, drawn in a spot ink named ``cut_name``; None where
    there is none.
    """

    pages: tuple[Page, ...]
    cut: Path | None = None
    cut_name: str = "CutContour"

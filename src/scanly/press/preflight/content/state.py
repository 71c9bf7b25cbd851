"""The graphics state: what `q` keeps and `Q` brings back, and how ExtGState changes it.

Source: ISO 32000-1, 8.4 (graphics state), 8.4.5 (parameter dictionaries), 11.6 (transparency), 9.3 (text state).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pikepdf import Dictionary

from scanly.press.page import UPRIGHT
from scanly.press.preflight.content.objects import Bounds, elements, item, name, number
from scanly.press.preflight.content.spaces import BLACK, Paint
from scanly.press.preflight.content.typefaces import Typeface
from scanly.qr.artwork import Matrix

# What is neither seen through nor mixed with what lies below.
_OPAQUE_MODES = frozenset({"", "Normal", "Compatible"})


@dataclass(slots=True)
class State:
    """Changed in place by operators; `q` keeps a copy."""

    clip: Bounds
    matrix: Matrix = UPRIGHT
    fill: Paint = BLACK
    stroke: Paint = BLACK
    # The pattern that a colour is, when it is one.
    fill_pattern: object = None
    stroke_pattern: object = None
    line_width: float = 1.0
    overprint_fill: bool = False
    overprint_stroke: bool = False
    overprint_mode: int = 0
    opacity_fill: float = 1.0
    opacity_stroke: float = 1.0
    blend: str = ""
    soft_mask: bool = False
    typeface: Typeface | None = None
    # The dictionary of the typeface.
    font: object = None
    type_size: float = 0.0
    between_glyphs: float = 0.0
    between_words: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    rendering: int = 0

    def kept(self) -> State:
        return replace(self)

    def through(self, *, stroking: bool) -> str:
        """What lets things below shine through, in words; an empty string when nothing does."""
        opacity = self.opacity_stroke if stroking else self.opacity_fill
        if self.soft_mask:
            return "soft mask"
        if opacity < 1:
            return f"opacity {opacity:.0%}"
        return f"blend mode {self.blend}" if self.blend else ""

    def apply(self, parameters: object) -> None:
        """The entries of an ExtGState dictionary that change what is painted."""
        self.line_width = number(item(parameters, "/LW"), self.line_width)
        stroke = item(parameters, "/OP")
        fill = item(parameters, "/op")
        if isinstance(stroke, bool):
            self.overprint_stroke = stroke
            self.overprint_fill = stroke if fill is None else self.overprint_fill
        if isinstance(fill, bool):
            self.overprint_fill = fill
        self.overprint_mode = int(number(item(parameters, "/OPM"), self.overprint_mode))
        self.opacity_stroke = number(item(parameters, "/CA"), self.opacity_stroke)
        self.opacity_fill = number(item(parameters, "/ca"), self.opacity_fill)
        if (blend := item(parameters, "/BM")) is not None:
            # A list names modes by preference; a reader takes the first that it knows.
            called = name(next(iter(elements(blend)), blend))
            self.blend = "" if called in _OPAQUE_MODES else called
        if (mask := item(parameters, "/SMask")) is not None:
            self.soft_mask = isinstance(mask, Dictionary)

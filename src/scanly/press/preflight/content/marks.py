"""What one page paints, object by object, in the order in which it is painted.

Bounds are in points of the page's own coordinates (y upwards, not turned, UserUnit not applied).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from scanly.press.preflight.content.objects import Bounds
from scanly.press.preflight.content.spaces import Paint, Space
from scanly.press.preflight.content.typefaces import Typeface

MarkKind = Literal["fill", "stroke", "text", "image", "shading"]


class PlacedImage(NamedTuple):
    """A picture as it stands on the page; ``stream`` holds its pixels (None for one inside the content)."""

    name: str
    width_px: int
    height_px: int
    bits: int
    space: Space | None
    compression: tuple[str, ...]
    is_stencil: bool
    across_pt: float
    down_pt: float
    has_soft_mask: bool
    stream: object


class Mark(NamedTuple):
    """One painted object. ``bounds`` are what of it is not clipped away, ``parts`` those of its pieces.

    ``size_pt``: of type, or the width of a line. ``is_box``: a filled upright rectangle and nothing else.
    ``through``: what lets things below shine through, in words. ``masking``: it shapes a soft mask and is not seen.
    ``unseen``: text that is there to be found, not to be printed.
    """

    kind: MarkKind
    bounds: Bounds
    parts: tuple[Bounds, ...]
    paint: Paint
    overprint: bool = False
    overprint_mode: int = 0
    size_pt: float = 0.0
    is_box: bool = False
    through: str = ""
    masking: bool = False
    unseen: bool = False
    typeface: Typeface | None = None
    image: PlacedImage | None = None


class Use(NamedTuple):
    """A feature of PDF that the content uses, by the code of its rule, with a word on it."""

    code: str
    bounds: Bounds
    detail: str = ""


@dataclass(slots=True)
class Content:
    """All of one page."""

    marks: list[Mark] = field(default_factory=list[Mark])
    uses: dict[tuple[str, str], Use] = field(default_factory=dict[tuple[str, str], Use])
    spaces: set[Space] = field(default_factory=set[Space])
    typefaces: dict[Typeface, None] = field(default_factory=dict[Typeface, None])

    def use(self, code: str, bounds: Bounds, detail: str = "") -> None:
        """Remembers the first use of each kind."""
        self.uses.setdefault((code, detail), Use(code, bounds, detail))

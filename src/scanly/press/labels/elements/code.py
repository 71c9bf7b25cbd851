"""A QR code, quiet zone included: the row's own, or one with another content or another look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from scanly.core.errors import ScanlyError
from scanly.press.labels.elements import PLACE
from scanly.press.labels.model import Merge, Wording, code_in
from scanly.press.labels.reading import At, Field, exact, measure, plain
from scanly.press.page import Box, Code
from scanly.qr.artwork import Artwork
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.payloads import FREE, Demands
from scanly.qr.style import MIN_MODULE_MM, Style
from scanly.qr.styles import find_style

# Version 1 with its quiet zone.
_LEAST_MM = 29 * MIN_MODULE_MM


def _named(value: Any, at: At) -> Style | None:
    try:
        return find_style(str(value)).style
    except ScanlyError as error:
        at.wrong(error.message, error.hint)
        return None


ABOUT = "The row's QR code, as wide and as high as its size, quiet zone included."
FIELDS: Mapping[str, Field] = {
    **PLACE,
    "size": measure("Width from edge to edge, in mm.", _LEAST_MM, 2000),
    "content": exact("What it says instead of the row's content, such as {manual}."),
    "style": Field(_named, "A named style, instead of that of the job.", {"type": "string"}),
    "dark": plain("Colour of its modules, instead of the style's."),
    "light": plain('Colour of its ground, or "none", instead of the style\'s.'),
}
EXAMPLE = {"x": 5, "y": 5, "size": 25}
BLEEDS = False
REPEATS = False


@dataclass(frozen=True, slots=True)
class RowCode:
    """``style`` is None for that of the job."""

    box: Box
    content: Wording | None
    style: Style | None

    @property
    def covers(self) -> bool:
        return True

    @property
    def bindings(self) -> Mapping[str, Wording]:
        return {"content": self.content} if self.content else {}

    def draw(self, room: Box, merge: Merge) -> tuple[Code, ...]:
        content, demands = merge.content, merge.demands
        if self.content:
            content, demands = self.content.fill(merge.cells).encode(), FREE
            if not content:
                return ()
        if not self.content and self.style is None:
            return (code_in(merge.artwork(room.width), room, content),)
        draw = partial(_artwork, content, self.style or Style(), demands)
        return (code_in(draw(room.width), room, content),)


def make(said: Mapping[str, Any]) -> RowCode:
    """Raises Invalid for colours that phones could not read."""
    own = {name: said[name] for name in ("dark", "light") if said[name]}
    style = said["style"]
    if own:
        style = msgspec.structs.replace(style or Style(), **own)
    return RowCode(Box(said["x"], said["y"], said["size"], said["size"]), said["content"], style)


def _artwork(content: bytes, style: Style, demands: Demands, width_mm: float) -> Artwork:
    sized = msgspec.structs.replace(style, size_mm=width_mm, module_mm=0.0)
    return artwork_of(make_symbol(content, sized, demands), sized, demands=demands)

"""A box, filled, with an edge or both; with a large radius it is a pill or a circle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanly.core.errors import Invalid
from scanly.press.labels.elements import PLACE, SIZE, box_of
from scanly.press.labels.model import Merge, Wording
from scanly.press.labels.reading import Field, ink, lengths, measure
from scanly.press.page import HAIRLINE_MM, Box, Shape, Stroke
from scanly.qr import outline

ABOUT = "A box with a fill, an edge or both; radius rounds its corners."
FIELDS: Mapping[str, Field] = {
    **PLACE,
    **SIZE,
    "radius": measure("Radius of its corners, in mm.", 0, 1000, default=0.0),
    "fill": ink("Colour inside.", None),
    "stroke": ink("Colour of its edge.", None),
    "line": measure("How thick the edge is, in mm.", HAIRLINE_MM, 50, default=0.25),
    "dash": lengths("Lengths of dashes and gaps of the edge in turn, in mm."),
}
EXAMPLE = {"x": 5, "y": 5, "width": 40, "height": 20, "radius": 2, "fill": "#ffd100"}
BLEEDS = True
REPEATS = True


@dataclass(frozen=True, slots=True)
class Rectangle:
    box: Box
    shape: Shape

    @property
    def covers(self) -> bool:
        return self.shape.fill is not None

    @property
    def bindings(self) -> Mapping[str, Wording]:
        return {}

    def draw(self, room: Box, merge: Merge) -> tuple[Shape, ...]:
        return (self.shape,)


def make(said: Mapping[str, Any]) -> Rectangle:
    """Raises Invalid for a box that nobody would see."""
    if said["fill"] is None and said["stroke"] is None:
        raise Invalid.field(
            "fill", "is missing, and so is stroke.", hint="Give it one of them, such as #ffd100."
        )
    box = box_of(said)
    radius = min(said["radius"], box.width / 2, box.height / 2)
    path = outline.box(box.x, box.y, box.width, box.height, (radius, radius, radius, radius))
    stroke = Stroke(said["stroke"], said["line"], said["dash"]) if said["stroke"] else None
    return Rectangle(box, Shape(path, said["fill"], stroke))

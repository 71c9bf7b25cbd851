"""A straight line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanly.press.labels.elements import MOST_MM
from scanly.press.labels.model import Merge, Wording
from scanly.press.labels.reading import Field, ink, lengths, measure
from scanly.press.page import HAIRLINE_MM, Box, Shape, Stroke
from scanly.qr import artwork
from scanly.qr.ink import BLACK

ABOUT = "A straight line, whole or dashed."
FIELDS: Mapping[str, Field] = {
    "x1": measure("Where it begins, in mm.", -50, MOST_MM),
    "y1": measure("Where it begins, in mm.", -50, MOST_MM),
    "x2": measure("Where it ends, in mm.", -50, MOST_MM),
    "y2": measure("Where it ends, in mm.", -50, MOST_MM),
    "width": measure("How thick it is, in mm.", HAIRLINE_MM, 50, default=0.25),
    "colour": ink("Its colour.", BLACK),
    "dash": lengths("Lengths of dashes and gaps in turn, in mm."),
}
EXAMPLE = {"x1": 5, "y1": 5, "x2": 40, "y2": 5, "dash": [2, 1]}
BLEEDS = True
REPEATS = True


@dataclass(frozen=True, slots=True)
class Straight:
    box: Box
    shape: Shape

    @property
    def covers(self) -> bool:
        return False

    @property
    def bindings(self) -> Mapping[str, Wording]:
        return {}

    def draw(self, room: Box, merge: Merge) -> tuple[Shape, ...]:
        return (self.shape,)


def make(said: Mapping[str, Any]) -> Straight:
    x1, y1, x2, y2 = (said[name] for name in ("x1", "y1", "x2", "y2"))
    path = artwork.Path((("M", x1, y1), ("L", x2, y2)))
    stroke = Stroke(said["colour"], said["width"], said["dash"])
    return Straight(Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)), Shape(path, stroke=stroke))

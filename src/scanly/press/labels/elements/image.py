"""A picture: one that a row names, beside its spreadsheet, or always the same, beside the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanly.press.labels.elements import PLACE, SIZE, TURN, box_of
from scanly.press.labels.model import Merge, Wording
from scanly.press.labels.placing import Fit, picture_in
from scanly.press.labels.reading import Field, choice, file_wording
from scanly.press.page import Box, Placed

ABOUT = "A picture (PNG, JPEG, TIFF or SVG) that the row names, or the same on every label."
FIELDS: Mapping[str, Field] = {
    **PLACE,
    **SIZE,
    "file": file_wording("The picture: {photo}, or a file beside the template."),
    "fit": choice("All of it in its box, or the box filled.", ("contain", "cover"), "contain"),
    **TURN,
}
EXAMPLE = {"x": 5, "y": 5, "width": 20, "height": 20, "file": "{photo}"}
BLEEDS = True
REPEATS = True


@dataclass(frozen=True, slots=True)
class Image:
    box: Box
    file: Wording
    fit: Fit

    @property
    def covers(self) -> bool:
        return True

    @property
    def bindings(self) -> Mapping[str, Wording]:
        return {"file": self.file}

    def draw(self, room: Box, merge: Merge) -> tuple[Placed, ...]:
        name = self.file.fill(merge.cells)
        return (picture_in(merge.picture(name, room), room, self.fit),) if name else ()


def make(said: Mapping[str, Any]) -> Image:
    return Image(box_of(said), said["file"], said["fit"])

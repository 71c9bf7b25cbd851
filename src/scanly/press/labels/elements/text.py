"""Text in a box: as large as ``size``, smaller down to ``least`` where it would not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanly.press.labels.elements import PLACE, SIZE, TURN, box_of
from scanly.press.labels.model import Merge, Wording
from scanly.press.labels.reading import Field, choice, file, ink, measure, whole, wording
from scanly.press.page import Box, Words
from scanly.press.type.setting import Face, Manner, set_text
from scanly.qr.ink import BLACK

ABOUT = "Words, with places for cells: {name}. A line whose cells are all empty is left out."
FIELDS: Mapping[str, Field] = {
    **PLACE,
    **SIZE,
    "text": wording("What it says, such as {name}."),
    "size": measure("Size of the letters, in points.", 3, 500, unit="pt"),
    "least": measure("It is made smaller down to this size, in points.", 3, 500, unit="pt", default=0.0),
    "lines": whole("It is broken into so many lines at most.", 1, 50, 1),
    "leading": measure("From line to line, in sizes of its letters.", 0.8, 3, unit="sizes", default=1.2),
    "align": choice(
        "Where lines begin or end; start is right in Arabic.", ("start", "centre", "end"), "start"
    ),
    "upright": choice("Where it stands in its box.", ("top", "middle", "bottom"), "middle"),
    "weight": choice("How strong letters are.", ("regular", "bold"), "regular"),
    "font": file("A font file beside the template, instead of Scanly's letters."),
    "colour": ink("Colour of the letters.", BLACK),
    **TURN,
}
EXAMPLE = {"x": 5, "y": 5, "width": 40, "height": 8, "text": "{name}", "size": 12}
BLEEDS = False
REPEATS = True


@dataclass(frozen=True, slots=True)
class Text:
    box: Box
    text: Wording
    manner: Manner
    face: Face

    @property
    def covers(self) -> bool:
        return False

    @property
    def bindings(self) -> Mapping[str, Wording]:
        return {"text": self.text}

    def draw(self, room: Box, merge: Merge) -> tuple[Words, ...]:
        text = self.text.fill(merge.cells)
        return set_text(text, room, self.manner, self.face) if text else ()


def make(said: Mapping[str, Any]) -> Text:
    manner = Manner(
        size_pt=said["size"],
        least_pt=min(said["least"], said["size"]),
        align=said["align"],
        upright=said["upright"],
        lines=said["lines"],
        leading=said["leading"],
        ink=said["colour"],
    )
    return Text(box_of(said), said["text"], manner, Face(said["weight"], said["font"]))

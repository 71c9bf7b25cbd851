"""A linear barcode with its quiet zones, as large as its box lets it be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanly.press import barcodes
from scanly.press.barcodes.pattern.placing import BarStyle
from scanly.press.labels.elements import PLACE, SIZE, TURN, box_of
from scanly.press.labels.model import Merge, Wording
from scanly.press.labels.reading import Field, choice, exact, ink, yes
from scanly.press.page import Box, Item
from scanly.qr.ink import BLACK

ABOUT = "A linear barcode, quiet zones and digits included."
FIELDS: Mapping[str, Field] = {
    **PLACE,
    **SIZE,
    "kind": choice("Which one.", tuple(barcodes.BARCODES)),
    "text": exact("Its number or text, such as {gtin}.", required=True),
    "digits": yes("Whether its digits stand below it.", default=True),
    "colour": ink("Colour of the bars.", BLACK),
    **TURN,
}
EXAMPLE = {"x": 5, "y": 5, "width": 40, "height": 20, "kind": "ean13", "text": "{gtin}"}
BLEEDS = False
REPEATS = True


@dataclass(frozen=True, slots=True)
class Linear:
    box: Box
    kind: str
    text: Wording
    style: BarStyle

    @property
    def covers(self) -> bool:
        return False

    @property
    def bindings(self) -> Mapping[str, Wording]:
        return {"text": self.text}

    def draw(self, room: Box, merge: Merge) -> tuple[Item, ...]:
        text = self.text.fill(merge.cells)
        style = replace(self.style, bar_reduction=merge.bar_reduction)
        return barcodes.draw(self.kind, text, room, style) if text else ()


def make(said: Mapping[str, Any]) -> Linear:
    return Linear(
        box_of(said), said["kind"], said["text"], BarStyle(digits=said["digits"], ink=said["colour"])
    )

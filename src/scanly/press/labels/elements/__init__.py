"""What a template is made of: each kind of element is a file in this folder, with its fields and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Protocol, cast

from scanly.core.extend import discover
from scanly.press.labels.model import Merge, Wording
from scanly.press.labels.reading import Field, choice, exact, measure
from scanly.press.page import Box, Item

MOST_MM = 2000.0
Turn = Literal[0, 90, 180, 270]

PLACE: Mapping[str, Field] = {
    "x": measure("From the left edge, in mm.", -50, MOST_MM),
    "y": measure("From the upper edge, in mm.", -50, MOST_MM),
}
SIZE: Mapping[str, Field] = {
    "width": measure("In mm.", 0.1, MOST_MM),
    "height": measure("In mm.", 0.1, MOST_MM),
}
TURN: Mapping[str, Field] = {"turn": choice("Turned clockwise, in degrees.", (0, 90, 180, 270), 0)}
# Every element may be left out where a text comes out empty.
WHEN: Mapping[str, Field] = {"when": exact('Drawn only when this is not empty, such as "{price}".')}


class Element(Protocol):
    """One element, read from a template."""

    @property
    def box(self) -> Box:
        """What it covers of the page."""
        ...

    @property
    def covers(self) -> bool:
        """Whether it hides what is below it."""
        ...

    @property
    def bindings(self) -> Mapping[str, Wording]:
        """Its texts with places for cells, by the names of their fields."""
        ...

    def draw(self, room: Box, merge: Merge) -> tuple[Item, ...]:
        """The element in ``room``, which is its box, or as large as that but turned. Raises ScanlyError."""
        ...


class Kind(Protocol):
    """What the file of a kind holds. ``BLEEDS``: it may go beyond the page's edge, where it is trimmed.

    ``REPEATS``: without cells in its texts it is the same on every label. ``make`` gets all of ``FIELDS``;
    it raises Invalid for those that do not go together.
    """

    ABOUT: str
    FIELDS: Mapping[str, Field]
    EXAMPLE: Mapping[str, Any]
    BLEEDS: bool
    REPEATS: bool

    def make(self, said: Mapping[str, Any]) -> Element: ...


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of element by its name."""
    from scanly.press.labels import elements

    return {name: cast(Kind, module) for name, module in discover(elements).items()}


def box_of(said: Mapping[str, Any]) -> Box:
    return Box(said["x"], said["y"], said["width"], said["height"])

"""A linear barcode before it has a size: bars and captions measured in modules, and the sizes its standard allows.

Source: GS1 General Specifications, 4.14 (human readable interpretation), 5.12.3 (sizes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanly.press.page import Symbology


@dataclass(frozen=True, slots=True)
class Size:
    """How wide a module (the narrowest bar) may be, and the height of bars at ``module_mm``, which is 100 %."""

    module_mm: float
    least_mm: float
    most_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Bar:
    """``x`` is measured from the first bar; it begins ``top`` below the tops of plain bars and ends ``foot`` below
    their ends. All in modules."""

    x: float
    width: float
    top: float = 0.0
    foot: float = 0.0


@dataclass(frozen=True, slots=True)
class Caption:
    """What people read, in capitals of ``height`` modules, in the middle of ``width`` modules from ``x``.

    It stands under the plain bars at the distance ``gap``, or on top of bars that begin at ``above``.
    """

    text: str
    x: float
    width: float
    height: float
    gap: float = 0.5
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """``content`` is what scanners read. ``quiet`` are the clear modules left and right of ``width``; ``foot`` is
    what captions and long bars need below plain bars; ``bearer`` is how thick the frame around it all is."""

    symbology: Symbology
    content: str
    bars: tuple[Bar, ...]
    width: float
    quiet: tuple[float, float]
    captions: tuple[Caption, ...]
    foot: float
    bearer: float = 0.0

    @property
    def modules_across(self) -> float:
        """Quiet zones and frame included."""
        return self.width + sum(self.quiet) + 2 * self.bearer


def bars_of(
    widths: Iterable[float], x: float = 0.0, *, top: float = 0.0, foot: float = 0.0
) -> tuple[Bar, ...]:
    """Bars and gaps in turn, the first a bar, from ``x``."""
    found: list[Bar] = []
    for number, width in enumerate(widths):
        if number % 2 == 0:
            found.append(Bar(x, width, top, foot))
        x += width
    return tuple(found)

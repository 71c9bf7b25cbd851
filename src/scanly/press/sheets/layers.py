"""Where whole labels are coated with white ink or varnish, and the lines that they are cut along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scanly.press.page import Box, Expected, Item, Page, Shape, Stroke
from scanly.press.pdf.plates import Plates
from scanly.press.stocks.model import Stock
from scanly.qr.artwork import Matrix, Path
from scanly.qr.ink import BLACK
from scanly.qr.outline import box, circle


@dataclass(frozen=True, slots=True)
class Layers:
    """``white`` and ``varnish`` are names of spot inks, as the print shop calls them; empty for none.

    ``cut_lines`` are drawn round every label of a sheet, for paper that is cut by hand.
    """

    white: str = ""
    varnish: str = ""
    cut_lines: bool = False

    @property
    def plates(self) -> Plates:
        return Plates(self.white, self.varnish)

    def coated(
        self, page: Page, stock: Stock, labels: Sequence[tuple[Box, Sequence[Expected]]], matrix: Matrix
    ) -> Page:
        """The page with white and varnish all over its labels, each of which has these codes, under ``matrix``."""
        white = joined(outline(stock, at) for at, _ in labels) if self.white else None
        varnish = (
            joined(_sparing(outline(stock, at), codes) for at, codes in labels) if self.varnish else None
        )
        white, varnish = (area and area.transformed(matrix) for area in (white, varnish))
        return replace(page, white=white, varnish=varnish)

    def lines(self, stock: Stock) -> tuple[Item, ...]:
        if not self.cut_lines:
            return ()
        return (Shape(joined(outline(stock, slot) for slot in stock.slots), stroke=Stroke(BLACK)),)


def outline(stock: Stock, at: Box) -> Path:
    """The edge of a label."""
    if stock.shape == "round":
        return circle(*at.middle, at.width / 2)
    if stock.shape == "oval":
        middle_x, middle_y = at.middle
        return circle(0, 0, 1).transformed((at.width / 2, 0, 0, at.height / 2, middle_x, middle_y))
    radius = min(stock.radius_mm or 0.0, at.width / 2, at.height / 2)
    return box(at.x, at.y, at.width, at.height, (radius, radius, radius, radius))


def _sparing(path: Path, codes: Sequence[Expected]) -> Path:
    """The same (even-odd) without the codes: varnish on them mirrors the lamp."""
    return joined([path, *(box(at.x, at.y, at.width, at.height) for at in (code.box for code in codes))])


def joined(paths: Iterable[Path]) -> Path:
    return Path(tuple(segment for path in paths for segment in path.segments))

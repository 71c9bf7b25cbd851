"""Where the outlines and codes of printed labels lie, measured in the rendered page and held against the stock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image
from tests.press.sheets.orders import job, printed

from scanly.press.page import MM_PER_PT, Box, Code, Item
from scanly.press.render import opened
from scanly.press.sheets.layers import Layers
from scanly.press.sheets.order import SheetOrder
from scanly.press.stocks.model import Stock
from scanly.press.type.setting import Manner, set_text

DPI = 600
# A line is looked for this far from where it should be, along a piece of it that is straight on round labels, too.
_REACH_MM = 0.4
_PIECE_MM = 0.6
# No version of QR has fewer modules: a code of version 1 with a quiet zone of 4.
_MODULES = 29


@dataclass(frozen=True, slots=True)
class Marked:
    """A label with a code whose dark corners are known, and a text."""

    width_mm: float
    height_mm: float
    bleed_mm: float = 0.0
    columns: frozenset[str] = frozenset({"name"})

    @property
    def code_mm(self) -> float:
        """How wide the code is, quiet zone included."""
        return min(20.0, 0.75 * min(self.width_mm, self.height_mm))

    @property
    def dark(self) -> Box:
        """Where the modules of the code are."""
        quiet = self.code_mm * 4 / _MODULES
        left, top = (self.width_mm - self.code_mm) / 2, (self.height_mm - self.code_mm) / 2
        return Box(left, top, self.code_mm, self.code_mm).inset(quiet)

    def require(self, header: object) -> None:
        """Every spreadsheet will do."""

    def draw(self, merge) -> tuple[Item, ...]:
        quiet = self.code_mm * 4 / _MODULES
        code = Code(merge.artwork(self.code_mm), self.dark.x - quiet, self.dark.y - quiet, merge.content)
        room = Box(self.dark.x, self.dark.bottom + quiet / 3, self.dark.width, quiet / 3)
        return code, *set_text(merge.cells["name"], room, Manner(size_pt=4, least_pt=0.5, align="centre"))


@dataclass(frozen=True, slots=True)
class Measured:
    """The worst deviations on the sheet of a stock, in mm."""

    stock: Stock
    page_mm: float
    outlines_mm: float
    codes_mm: float

    @property
    def worst_mm(self) -> float:
        return max(self.page_mm, self.outlines_mm, self.codes_mm)


def sheet_of(installation, root: Path, stock: Stock, rows: int, **more) -> SheetOrder:
    """A printed sheet with cut lines and ``rows`` marked labels."""
    table = "type,text,name\n" + "".join(f"text,{number},No {number}\n" for number in range(1, rows + 1))
    order = job(
        root,
        table,
        stock=stock,
        label=Marked(stock.label_width_mm, stock.label_height_mm),
        layers=Layers(cut_lines=True),
        spread={"dynamic": False, "verify": False},
        **more,
    )
    summary = printed(installation, order)
    assert (summary.ok, summary.labels) == (rows, rows), summary.problems
    return order


def measured(path: Path, stock: Stock) -> Measured:
    """What the first page of a file of `sheet_of` is off by."""
    with pikepdf.open(path) as document:
        page = document.pages[0]
        sizes = [
            abs(float(corner) * MM_PER_PT - wanted)
            for name in ("/MediaBox", "/TrimBox", "/BleedBox")
            for corner, wanted in zip(
                page.obj[name], (0, 0, stock.page_width_mm, stock.page_height_mm), strict=True
            )
        ]
    with opened(path) as sheets:
        # The page is stretched over whole pixels.
        ruled = _Ruled(sheets.image(1, DPI, grey=True), stock)
    marked = Marked(stock.label_width_mm, stock.label_height_mm)
    outlines: list[float] = []
    codes: list[float] = []
    for slot in stock.slots:
        outlines += ruled.outline_off(slot)
        codes += ruled.code_off(slot, marked.dark)
    return Measured(stock, max(sizes), max(outlines, default=0.0), max(codes))


class _Ruled:
    """A rendered page that is measured in millimetres."""

    def __init__(self, image: Image.Image, stock: Stock) -> None:
        self._image = image
        self._page_mm = stock.page_width_mm, stock.page_height_mm
        self._px = image.width / stock.page_width_mm, image.height / stock.page_height_mm

    def outline_off(self, slot: Box) -> Iterator[float]:
        """How far each side of a label's outline is off. Those that are the page's own edge are its boxes' matter."""
        middle_x, middle_y = slot.middle
        for axis, edge, along in (
            (0, slot.x, middle_y),
            (0, slot.right, middle_y),
            (1, slot.y, middle_x),
            (1, slot.bottom, middle_x),
        ):
            if _REACH_MM < edge < self._page_mm[axis] - _REACH_MM:
                yield abs(self._line_mm(axis, edge, along) - edge)

    def _line_mm(self, axis: int, edge: float, along: float) -> float:
        """The middle of the line across ``axis`` that is near ``edge``; far away when there is none."""
        reach = [round((edge + side) * self._px[axis]) for side in (-_REACH_MM, _REACH_MM)]
        piece = [round((along + side) * self._px[1 - axis]) for side in (-_PIECE_MM / 2, _PIECE_MM / 2)]
        columns, rows = (piece, reach) if axis else (reach, piece)
        cut = self._image.crop((columns[0], rows[0], columns[1], rows[1]))
        long = reach[1] - reach[0]
        profile = cut.resize((1, long) if axis else (long, 1), Image.Resampling.BOX)
        ink = [255 - value for value in profile.tobytes()]
        if sum(ink) < 255:
            return edge + _REACH_MM
        middle = sum((place + 0.5) * dark for place, dark in enumerate(ink)) / sum(ink)
        return (reach[0] + middle) / self._px[axis]

    def code_off(self, slot: Box, dark: Box) -> Iterator[float]:
        """How far each side of the code's modules is off."""
        left, top = slot.x + dark.x, slot.y + dark.y
        room = Box(left, top, dark.width, dark.height).inset(-dark.width / 21)
        corner = (round(room.x * self._px[0]), round(room.y * self._px[1]))
        cut = self._image.crop((*corner, round(room.right * self._px[0]), round(room.bottom * self._px[1])))
        found = cut.point(lambda value: 255 * (value < 128)).getbbox()
        assert found is not None, "there is no code"
        sides = (left, top, left + dark.width, top + dark.height)
        for axis, (side, edge) in enumerate(zip(sides, found, strict=True)):
            yield abs((edge + corner[axis % 2]) / self._px[axis % 2] - side)

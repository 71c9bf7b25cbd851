"""The symbols of a page: each is found on the drawn page, measured, and matched with what it is painted with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from scanly.press.preflight.content.marks import Mark
from scanly.press.preflight.content.objects import Bounds, meets, within
from scanly.press.preflight.findings import CodeFacts
from scanly.press.preflight.pictures import ppi_of
from scanly.press.preflight.view import View
from scanly.press.render import Sheets
from scanly.qr.proof import Reading, read_page
from scanly.qr.proof.linear import LinearReading, read_linear
from scanly.qr.proof.raster import Page, Picture
from scanly.qr.proof.sampling import Corners

# Pages are drawn so fine at first; where a code cannot be read, twice as fine.
_DPI = 300.0
_MOST_SIDE_PX = 5000
# More symbols than that are counted as what they are, a pattern.
MOST_SYMBOLS = 1000
# Corners are known to about a pixel: what paints a symbol may stand out so far.
_SLACK_MM = 0.4
# The share of a symbol that may be covered. Bars are read in any line across them, and digits stand between the ends of
# some.
_COVERED, _COVERED_BARS = 0.001, 0.1


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol with its place on the page (in points), and the marks it is drawn with."""

    facts: CodeFacts
    where: Bounds
    marks: tuple[Mark, ...]
    last: int

    @property
    def of_bars(self) -> bool:
        """Whether it is a linear barcode: only the others are graded."""
        return not self.facts.grade


def symbols_of(view: View, sheets: Sheets) -> list[Symbol]:
    """Every QR code and linear barcode. Raises what PDFium raises when it cannot draw the page."""
    width_mm, height_mm = view.frame.seen_mm
    width_px = _width_px(width_mm, height_mm, _DPI)

    @lru_cache(maxsize=2)
    def render(wide_px: int) -> Picture:
        return _drawn(view, sheets, wide_px)

    page = Page(view.number, render)
    readings = read_page(page, width_px)
    wider_px = _width_px(width_mm, height_mm, 2 * _DPI)
    # A part of a code that was missed has been read as a small code.
    if wider_px > width_px and not all(reading.ok for reading in readings):
        again = read_page(page, wider_px)
        readings = max(again, readings, key=lambda found: sum(each.ok for each in found))
    found = [_symbol(view, reading, reading.corners_ratio) for reading in readings if reading.corners_ratio]
    for linear in read_linear(page.render(width_px)):
        place = _bounds(view, linear.corners_ratio)
        if not any(_holds_middle(symbol.where, place) for symbol in found):
            found.append(_linear(view, linear, place))
    return found[:MOST_SYMBOLS]


def _width_px(width_mm: float, height_mm: float, dpi: float) -> int:
    return max(round(min(width_mm * dpi / 25.4, _MOST_SIDE_PX * min(1, width_mm / height_mm))), 1)


def _drawn(view: View, sheets: Sheets, width_px: int) -> Picture:
    width_pt, _ = sheets.size_pt(view.number)
    image = sheets.image(view.number, 72 * width_px / width_pt)
    return Picture(view.number, image, image.width / view.frame.seen_mm[0])


def _bounds(view: View, corners: Corners) -> Bounds:
    points = [view.frame.shown(x, y) for x, y in corners]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _symbol(view: View, reading: Reading, corners: Corners) -> Symbol:
    where = _bounds(view, corners)
    return _with_marks(
        view,
        where,
        CodeFacts(
            page=view.number,
            place=view.frame.place(where),
            content=reading.content,
            symbol=reading.symbol or "QR",
            module_mm=reading.module_mm,
            quiet_zone_modules=reading.quiet_zone_modules,
            contrast=reading.contrast,
            grade=reading.grade,
            problems=reading.problems,
        ),
    )


def _linear(view: View, linear: LinearReading, where: Bounds) -> Symbol:
    return _with_marks(
        view,
        where,
        CodeFacts(
            page=view.number,
            place=view.frame.place(where),
            content=linear.content,
            symbol=linear.symbol,
            module_mm=linear.module_mm,
            quiet_zone_modules=linear.quiet_zone_modules,
            contrast=linear.contrast,
        ),
    )


def _with_marks(view: View, where: Bounds, facts: CodeFacts) -> Symbol:
    own = list(_own(view, where))
    inks = [view.plates.of(mark) for _, mark in own]
    named = dict.fromkeys(ink for held in inks if held for ink, share in held.items() if share > 0.005)
    pictures = [ppi_of(mark.image, view.frame) for _, mark in own if mark.image]
    facts = msgspec.structs.replace(
        facts, inks=tuple(named), image_ppi=round(min(pictures), 1) if pictures else None
    )
    return Symbol(facts, where, tuple(mark for _, mark in own), max((index for index, _ in own), default=-1))


def _own(view: View, where: Bounds) -> Iterator[tuple[int, Mark]]:
    """What paints the symbol: dark things whose pieces lie within it, or a picture over all of it."""
    slack = _SLACK_MM / view.frame.mm
    room = (where[0] - slack, where[1] - slack, where[2] + slack, where[3] + slack)
    for index, mark in enumerate(view.content.marks):
        if mark.masking or mark.unseen or mark.paint.is_white() or not meets(mark.bounds, where):
            continue
        if mark.kind == "image":
            # A logo covers a part, a code that is a picture all of it.
            if _covered(where, mark.bounds) > 0.9:
                yield index, mark
        elif any(within(part, room) for part in mark.parts):
            yield index, mark


def covering(view: View, symbol: Symbol) -> Iterator[Mark]:
    """What is painted over a part of a symbol later and is not a part of it, nor a logo in its middle."""
    if symbol.last < 0:
        return
    most = _COVERED_BARS if symbol.of_bars else _COVERED
    for mark in view.content.marks[symbol.last + 1 :]:
        solid = mark.is_box or mark.kind in ("text", "image")
        if not solid or mark.masking or mark.unseen or not meets(mark.bounds, symbol.where):
            continue
        if not within(mark.bounds, symbol.where) and _covered(symbol.where, mark.bounds) > most:
            yield mark


def near_edge_mm(view: View, where: Bounds) -> float:
    """Millimetres from a symbol to the nearest cut; below 0 beyond it."""
    trim = view.frame.trim
    sides = (where[0] - trim[0], where[1] - trim[1], trim[2] - where[2], trim[3] - where[3])
    return min(sides) * view.frame.mm


def _covered(what: Bounds, by: Bounds) -> float:
    """The share of an area that lies under another."""
    width = min(what[2], by[2]) - max(what[0], by[0])
    height = min(what[3], by[3]) - max(what[1], by[1])
    area = (what[2] - what[0]) * (what[3] - what[1])
    return max(width, 0) * max(height, 0) / area if area else 0.0


def _holds_middle(outer: Bounds, inner: Bounds) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]

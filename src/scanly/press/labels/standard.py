"""The standard label: the code as large as useful and, beside or below it, text, a linear barcode and a picture."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scanly.core.errors import Invalid
from scanly.core.text import fold
from scanly.press import barcodes
from scanly.press.barcodes import REGULAR
from scanly.press.barcodes.pattern.placing import BarStyle
from scanly.press.labels.arrangement import Arrangement, Blank, Wanted, arrange
from scanly.press.labels.model import Merge, Wording, code_in, read_exact, read_wording
from scanly.press.labels.placing import picture_in
from scanly.press.page import MM_PER_PT, Box, Item
from scanly.press.stocks.model import DRIFT_MM, Stock
from scanly.press.type.setting import Face, Manner, set_text
from scanly.qr.ink import BLACK, Ink

LEADING = 1.2
# The sizes of text, from which and down to which, when nobody says so; larger labels are read from farther away.
USUAL_PT = 9.0
LEAST_PT = 5.0
_PT_PER_MM = 0.25
_MOST_USUAL_PT = 24.0
# Barcodes that are always as wide.
_FIXED = ("ean13", "ean8", "upca", "itf14")

Align = Literal["start", "centre", "end"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the labels of a job bear.

    ``text`` and ``image`` have places for cells, ``barcode`` is like ``ean13:{gtin}``. ``size_mm`` is the code's
    width, 0 for as large as useful; ``size_pt`` and ``least_pt`` are the text's, 0 for what suits the label; without
    ``align`` it begins at the side of a code, and is centred below one. ``rtl`` puts the code to the right; ``ink``
    is that of text and bars.
    """

    text: str = ""
    barcode: str = ""
    image: str = ""
    size_mm: float = 0.0
    size_pt: float = 0.0
    least_pt: float = 0.0
    align: Align | None = None
    face: Face = REGULAR
    ink: Ink = BLACK
    rtl: bool = False


@dataclass(frozen=True)
class StandardLabel:
    """A `Label` of any size."""

    blank: Blank
    wishes: Wishes
    text: Wording | None
    kind: str
    number: Wording | None
    image: Wording | None

    @property
    def width_mm(self) -> float:
        return self.blank.width_mm

    @property
    def height_mm(self) -> float:
        return self.blank.height_mm

    @property
    def bleed_mm(self) -> float:
        return 0.0

    @property
    def columns(self) -> frozenset[str]:
        bound = (each.columns for each in (self.text, self.number, self.image) if each)
        return frozenset[str]().union(*bound)

    def require(self, header: Collection[str]) -> None:
        """Raises Invalid, naming the nearest column."""
        for field, each in (("text", self.text), ("barcode", self.number), ("image", self.image)):
            if each:
                each.require(header, field=field)

    @cached_property
    def arrangement(self) -> Arrangement:
        """Where everything stands, the same on each label. Raises Invalid when the code is wanted too large."""
        return arrange(self.blank, self._wanted)

    def draw(self, merge: Merge) -> tuple[Item, ...]:
        """Raises Invalid for what does not fit, with the number that would work."""
        at = self.arrangement
        items: list[Item] = [self._code(merge, at.code)]
        if self.image and at.image and (name := self.image.fill(merge.cells)):
            items.append(picture_in(merge.picture(name, at.image), at.image))
        if self.text and at.text and (text := self.text.fill(merge.cells)):
            items += set_text(text, at.text, self._manner, self.wishes.face)
        if self.number and at.linear and (number := self.number.fill(merge.cells)):
            style = BarStyle(bar_reduction=merge.bar_reduction, ink=self.wishes.ink)
            items += barcodes.draw(self.kind, number, at.linear, style, face=self.wishes.face)
        return tuple(items)

    def _code(self, merge: Merge, box: Box) -> Item:
        try:
            return code_in(merge.artwork(box.width), box, merge.content)
        except Invalid as error:
            raise self._too_small(error, box.width) from error

    def _too_small(self, error: Invalid, side_mm: float) -> Invalid:
        """The same with what can be done about it on this label."""
        largest_mm = arrange(self.blank, Wanted()).code.width
        if self.wishes.size_mm or side_mm > largest_mm - 0.1:
            return error
        problem = error.problems[0]
        message = f"{problem.message} The code has {side_mm:.1f} mm on this label beside what else it bears."
        hint = f"{problem.hint} Alone it would have {largest_mm:.1f} mm."
        return Invalid.field(problem.field, message, hint=hint)

    @property
    def _sizes_pt(self) -> tuple[float, float]:
        """The text's size, and the least."""
        short_mm = min(self.blank.width_mm, self.blank.height_mm)
        usual = min(max(USUAL_PT, _PT_PER_MM * short_mm), _MOST_USUAL_PT)
        size = self.wishes.size_pt or max(usual, self.wishes.least_pt)
        return size, min(self.wishes.least_pt or LEAST_PT, size)

    @property
    def _wanted(self) -> Wanted:
        lines = max(1.5, len(self.text.lines)) if self.text else 0
        return Wanted(
            text_mm=lines * LEADING * self._sizes_pt[0] * MM_PER_PT,
            linear_mm=_least_mm(self.kind) if self.number else 0.0,
            image=self.image is not None,
            code_mm=self.wishes.size_mm,
            rtl=self.wishes.rtl,
        )

    @cached_property
    def _manner(self) -> Manner:
        size_pt, least_pt = self._sizes_pt
        beside = self.arrangement.beside
        return Manner(
            size_pt=size_pt,
            least_pt=least_pt,
            align=self.wishes.align or ("start" if beside else "centre"),
            upright="middle" if beside else "top",
            lines=self._most_lines(least_pt),
            leading=LEADING,
            ink=self.wishes.ink,
        )

    def _most_lines(self, least_pt: float) -> int:
        room = self.arrangement.text
        return max(int((room.height if room else 0) / (least_pt * MM_PER_PT * LEADING)), 1)


def blank_of(stock: Stock) -> Blank:
    """One label of a stock. On round ones the safe area is round, too."""
    width, height = stock.label_width_mm, stock.label_height_mm
    inset = stock.safe_inset_mm if stock.shape == "rect" else min(DRIFT_MM, min(width, height) / 10)
    return Blank(width, height, stock.shape, inset)


def standard_label(blank: Blank, wishes: Wishes) -> StandardLabel:
    """The label for one size of labels. Raises Invalid for wishes that cannot be read or do not fit."""
    kind, number = _barcode(wishes.barcode)
    label = StandardLabel(
        blank,
        wishes,
        text=read_wording(wishes.text, field="text") if wishes.text.strip() else None,
        kind=kind,
        number=number,
        image=read_exact(wishes.image, field="image") if wishes.image else None,
    )
    if 0 < wishes.size_pt < wishes.least_pt:
        message = f"{wishes.least_pt:g} pt cannot be the least size of text of {wishes.size_pt:g} pt."
        raise Invalid.field("least", message, hint=f"Use {wishes.size_pt:g} or less.")
    _ = label.arrangement
    return label


def _barcode(text: str) -> tuple[str, Wording | None]:
    """``ean13:{gtin}`` as the kind of barcode and its number. Raises Invalid, and NotFound for the kind."""
    if not text:
        return "", None
    kind, _, number = text.partition(":")
    barcodes.find_barcode(kind)
    if not number.strip():
        raise Invalid.field(
            "barcode", f'"{kind[:60]}" has no number.', hint="Name a column, like ean13:{gtin}."
        )
    return kind, read_exact(number, field="barcode")


def _least_mm(name: str) -> float:
    """The least width of a barcode, if all of its kind have the same."""
    kind = barcodes.find_barcode(name)
    if fold(name) not in _FIXED:
        return math.inf
    return kind.modules(kind.EXAMPLES[0][1]).modules_across * kind.SIZE.least_mm

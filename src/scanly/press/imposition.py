"""Which label stands where on which sheet: order, first position, back sides, and how a printer is put right.

Positions are counted from 1, row by row from the top left, as ``scanly print stocks NAME`` draws them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import msgspec

from scanly.core.errors import Invalid
from scanly.press.page import Box
from scanly.press.stocks.model import SLACK_MM, Stock
from scanly.press.stocks.names import mm
from scanly.qr.artwork import Matrix

Order = Literal["row", "column", "stack"]
Edge = Literal["long", "short"]

SCALE = (0.98, 1.02)


class Place(msgspec.Struct, frozen=True):
    """Where a label is: ``sheet`` and ``position`` count from 1."""

    sheet: int
    position: int
    box: Box


@dataclass(frozen=True, slots=True)
class Imposition:
    """How a run of labels is laid onto sheets. Raises Invalid for a start that the sheet does not have.

    - ``row``: left to right, then the next row. ``column``: top to bottom, then the next column.
    - ``stack``: cut and stack. All sheets are cut as one pile, so each position gives a stack in serial order. Put one
      after another by position, beginning with ``start`` and going on at 1 after the last, they are the whole run.

    ``start`` is the position of the first label on a used first sheet. With ``row`` and ``column``, what comes earlier
    in that order stays empty there; with ``stack``, all positions before it do, and their stacks come last, a label
    shorter.

    ``turn`` is the edge of the sheet over which it is turned for its back.
    """

    stock: Stock
    order: Order = "row"
    start: int = 1
    turn: Edge = "long"

    def __post_init__(self) -> None:
        most = self.stock.labels_per_sheet
        if not 1 <= self.start <= most:
            message = f"{self.stock.name} has no position {self.start}."
            raise Invalid.field("start", message, hint=f"Give 1 to {most}.")

    def sheets(self, count: int) -> int:
        """How many sheets ``count`` labels take."""
        return math.ceil((count + self._skipped) / self.stock.labels_per_sheet) if count else 0

    def place(self, index: int, count: int) -> Place:
        """Where label ``index`` (from 0) of ``count`` goes."""
        if not 0 <= index < count:
            raise IndexError(index)
        if self.order == "stack":
            sheet, slot = self._in_stack(index, self.sheets(count))
        else:
            sheet, step = divmod(index + self._skipped, self.stock.labels_per_sheet)
            slot = self._slot(step)
        return Place(sheet + 1, slot + 1, self.stock.slots[slot])

    def index_at(self, sheet: int, position: int, count: int) -> int | None:
        """Which of ``count`` labels is there; None where the sheet stays empty."""
        slot = position - 1
        if not (1 <= sheet <= self.sheets(count) and 0 <= slot < self.stock.labels_per_sheet):
            return None
        if self.order == "stack":
            index = self._stacked(sheet - 1, slot, self.sheets(count))
        else:
            index = (sheet - 1) * self.stock.labels_per_sheet + self._step(slot) - self._skipped
        return index if index is not None and 0 <= index < count else None

    def back(self, box: Box) -> Box:
        """Where on the back, as it is looked at, lies what is behind ``box`` of the front."""
        if self._turns_sideways:
            return Box(self.stock.page_width_mm - box.right, box.y, box.width, box.height)
        return Box(box.x, self.stock.page_height_mm - box.bottom, box.width, box.height)

    @property
    def back_turned(self) -> bool:
        """Whether backs go upside down onto their page, so that a label has its top at one edge on both sides."""
        return not self._turns_sideways

    @property
    def _turns_sideways(self) -> bool:
        upright = self.stock.page_height_mm >= self.stock.page_width_mm
        return upright == (self.turn == "long")

    @property
    def _skipped(self) -> int:
        """How many labels the first sheet lacks."""
        return self._step(self.start - 1)

    def _slot(self, step: int) -> int:
        """The slot (from 0) of the step-th label of a sheet."""
        if self.order != "column":
            return step
        column, row = divmod(step, self.stock.rows)
        return row * self.stock.columns + column

    def _step(self, slot: int) -> int:
        if self.order != "column":
            return slot
        row, column = divmod(slot, self.stock.columns)
        return column * self.stock.rows + row

    def _in_stack(self, index: int, sheets: int) -> tuple[int, int]:
        """Sheet and slot (from 0): whole stacks, then those that begin on the second sheet."""
        whole = (self.stock.labels_per_sheet - self._skipped) * sheets
        if index < whole:
            slot, depth = divmod(index, sheets)
            return depth, slot + self._skipped
        slot, depth = divmod(index - whole, sheets - 1)
        return depth + 1, slot

    def _stacked(self, sheet: int, slot: int, sheets: int) -> int | None:
        if slot >= self._skipped:
            return (slot - self._skipped) * sheets + sheet
        whole = (self.stock.labels_per_sheet - self._skipped) * sheets
        return whole + slot * (sheets - 1) + sheet - 1 if sheet else None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a printer does wrong, undone: the page is scaled about its centre, then moved right and down.

    Raises Invalid for a scale that no printer needs.
    """

    nudge_mm: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, self.nudge_mm)):
            raise Invalid.field("nudge", "This is no distance.", hint="Give millimetres such as 0.3,-0.2.")
        for scale in self.scale:
            if not SCALE[0] <= scale <= SCALE[1]:
                hint = f"Give {SCALE[0]} to {SCALE[1]}; a page that is further off was printed to fit: print at 100 %."
                raise Invalid.field("scale", f"{scale:g} is no scale that a printer is off by.", hint=hint)

    def matrix(self, page_width_mm: float, page_height_mm: float) -> Matrix:
        """What a page of that size is drawn under."""
        (scale_x, scale_y), (right, down) = self.scale, self.nudge_mm
        centre_x, centre_y = page_width_mm / 2, page_height_mm / 2
        return (scale_x, 0, 0, scale_y, centre_x * (1 - scale_x) + right, centre_y * (1 - scale_y) + down)

    def require_on(self, stock: Stock) -> None:
        """Raises Invalid where the safe area of any label would leave the page, with the most that works."""
        inset = stock.safe_inset_mm
        first, last = stock.slots[0].inset(inset), stock.slots[-1].inset(inset)
        for axis, name, sides in (
            (0, "sideways", (first.x, last.right, stock.page_width_mm)),
            (1, "up or down", (first.y, last.bottom, stock.page_height_mm)),
        ):
            self._require_along(axis, name, sides)

    def _require_along(self, axis: int, name: str, sides: tuple[float, float, float]) -> None:
        """``sides``: where safe areas begin and end, and how long the page is."""
        begin, end, length = sides
        scale, nudge = self.scale[axis], self.nudge_mm[axis]
        scaled = [length / 2 + (edge - length / 2) * scale for edge in (begin, end)]
        least, most = -scaled[0], length - scaled[1]
        if least > most + SLACK_MM:
            hint = f"Give {math.floor(length / (end - begin) * 1000) / 1000:g} at most."
            raise Invalid.field("scale", f"A scale of {scale:g} pushes labels off the page.", hint=hint)
        if not least - SLACK_MM <= nudge <= most + SLACK_MM:
            message = f"With a nudge of {mm(nudge)} mm {name}, labels leave the page."
            raise Invalid.field("nudge", message, hint=f"Give {mm(least)} to {mm(most)}.")

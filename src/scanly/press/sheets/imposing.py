"""Labels on their way to their sheets: a sheet is written as soon as it is full, or, for stacks, when all are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Self

import msgspec

from scanly.press.imposition import Imposition, Place
from scanly.press.labels.model import Label
from scanly.press.page import UPRIGHT, Box, Expected, Group, Item, Page, Prepared, after, expected, turned
from scanly.press.pdf.document import Document
from scanly.press.reading import Wanted
from scanly.press.sheets.filling import Filled
from scanly.press.sheets.order import SheetOrder
from scanly.press.sheets.spool import Spool
from scanly.press.stocks.model import Stock
from scanly.qr.artwork import Matrix


class _Codes(msgspec.Struct, frozen=True):
    """The symbols on a label's two sides, in its own millimetres."""

    front: tuple[Expected, ...]
    back: tuple[Expected, ...]


class _Drawn(msgspec.Struct, frozen=True):
    """The operators of a label's two sides."""

    front: str
    back: str


_codes = msgspec.msgpack.Decoder(_Codes)
_drawn = msgspec.msgpack.Decoder(_Drawn)


class _Waiting(msgspec.Struct, frozen=True):
    place: Place
    drawn: _Drawn
    codes: _Codes


class Imposing:
    """Lays the labels of one job out. ``count`` is how many there are so far."""

    def __init__(self, document: Document, order: SheetOrder) -> None:
        self.count = 0
        self._document, self._order = document, order
        self._waiting: list[_Waiting] = []
        self._codes, self._drawings = Spool(), Spool()
        self._lines = tuple(order.layers.lines(order.imposition.stock))
        self._stacked = order.imposition.order == "stack"
        self._clips = tuple(_clip(label, order.imposition.stock) for label in (order.label, order.back))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._codes.close()
        self._drawings.close()

    @property
    def imposition(self) -> Imposition:
        return self._order.imposition

    @property
    def sheets(self) -> int:
        return self.imposition.sheets(self.count)

    def add(self, label: Filled) -> None:
        """The next label in serial order."""
        codes = _Codes(tuple(expected(label.front)), tuple(expected(label.back)))
        front = self._document.prepared(label.front).operators
        drawn = _Drawn(front, self._document.prepared(label.back).operators if label.back else "")
        self._codes.append(msgspec.msgpack.encode(codes))
        self.count += 1
        if self._stacked:
            self._drawings.append(msgspec.msgpack.encode(drawn))
            return
        place = self.imposition.place(self.count - 1, self.count)
        if self._waiting and self._waiting[-1].place.sheet != place.sheet:
            self._write()
        self._waiting.append(_Waiting(place, drawn, codes))

    def finish(self) -> None:
        """Writes the sheets that are still missing."""
        if self._stacked:
            for sheet in range(1, self.sheets + 1):
                for place, index in self._on(sheet):
                    drawn, codes = _drawn.decode(self._drawings[index]), _codes.decode(self._codes[index])
                    self._waiting.append(_Waiting(place, drawn, codes))
                self._write()
        elif self._waiting:
            self._write()

    def place(self, index: int) -> tuple[int, int]:
        """The page of the file and the position on it, both from 1, of a label (from 0), when all are known."""
        place = self.imposition.place(index, self.count)
        return self._page(place.sheet), place.position

    def wanted(self) -> Iterator[Wanted]:
        """What must be read back from every page."""
        for sheet in range(1, self.sheets + 1):
            found = [(place.box, _codes.decode(self._codes[index])) for place, index in self._on(sheet)]
            page = self._page(sheet)
            fronts = (self._at(_to(box), codes.front) for box, codes in found)
            yield Wanted(page, tuple(chain.from_iterable(fronts)))
            if self._order.back:
                backs = (self._at(self._behind(box), codes.back) for box, codes in found)
                yield Wanted(page + 1, tuple(chain.from_iterable(backs)))

    def _at(self, matrix: Matrix, codes: Sequence[Expected]) -> Iterator[Expected]:
        """The codes of a label where they are printed."""
        whole = after(matrix, self._adjustment)
        return (each.moved(whole) for each in codes)

    def _on(self, sheet: int) -> Iterator[tuple[Place, int]]:
        """The labels of a sheet, position by position."""
        for position, box in enumerate(self.imposition.stock.slots, start=1):
            index = self.imposition.index_at(sheet, position, self.count)
            if index is not None:
                yield Place(sheet, position, box), index

    def _page(self, sheet: int) -> int:
        return 2 * sheet - 1 if self._order.back else sheet

    def _write(self) -> None:
        waiting = self._waiting
        stock = self.imposition.stock
        fronts = tuple(
            Group((Prepared(each.drawn.front),), _to(each.place.box), clip=self._clips[0]) for each in waiting
        )
        marked = [(each.place.box, self._spared(each)) for each in waiting]
        page = self._page_of((*fronts, *self._lines))
        self._document.add(self._order.layers.coated(page, stock, marked, self._adjustment))
        if self._order.back:
            self._document.add(self._page_of(tuple(self._backed(each) for each in waiting)))
        waiting.clear()

    def _spared(self, waiting: _Waiting) -> list[Expected]:
        """The codes of a label on its sheet, if there is varnish that must not lie on them."""
        if not self._order.layers.varnish:
            return []
        return [each.moved(_to(waiting.place.box)) for each in waiting.codes.front]

    def _backed(self, waiting: _Waiting) -> Group:
        return Group((Prepared(waiting.drawn.back),), self._behind(waiting.place.box), clip=self._clips[1])

    def _behind(self, front: Box) -> Matrix:
        """Where the back of a label is drawn."""
        box = self.imposition.back(front)
        own = Box(0, 0, box.width, box.height)
        turn = turned((), own).matrix if self.imposition.back_turned else UPRIGHT
        return after(turn, _to(box))

    def _page_of(self, items: tuple[Item, ...]) -> Page:
        stock = self.imposition.stock
        adjusted = (Group(items, self._adjustment),) if self._adjustment != UPRIGHT else items
        slots = [slot.transformed(self._adjustment) for slot in stock.slots]
        cuts = tuple(_cuts(slots)) if self._order.finish.marks else ()
        return Page(stock.page_width_mm, stock.page_height_mm, adjusted, cuts)

    @property
    def _adjustment(self) -> Matrix:
        stock = self.imposition.stock
        return self._order.adjustment.matrix(stock.page_width_mm, stock.page_height_mm)


def _clip(label: Label | None, stock: Stock) -> Box | None:
    """Where a label that bleeds ends: it shares the gap with its neighbours. None for one that does not bleed."""
    if label is None or not label.bleed_mm:
        return None
    across = (stock.pitch_x_mm - stock.label_width_mm) / 2 if stock.columns > 1 else label.bleed_mm
    down = (stock.pitch_y_mm - stock.label_height_mm) / 2 if stock.rows > 1 else label.bleed_mm
    x, y = min(label.bleed_mm, across), min(label.bleed_mm, down)
    return Box(-x, -y, stock.label_width_mm + 2 * x, stock.label_height_mm + 2 * y)


def _to(box: Box) -> Matrix:
    """From a label's own corner to its place."""
    return (1, 0, 0, 1, box.x, box.y)


def _cuts(slots: Sequence[Box]) -> Iterator[tuple[float, float, float, float]]:
    """Lines along the edges of the labels, each once, from one side of the sheet to the other."""
    for x in sorted({round(edge, 4) for slot in slots for edge in (slot.x, slot.right)}):
        yield x, 0.0, x, 1.0
    for y in sorted({round(edge, 4) for slot in slots for edge in (slot.y, slot.bottom)}):
        yield 0.0, y, 1.0, y

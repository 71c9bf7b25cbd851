"""Rows become labels: a symbol and its artwork, cells for texts, serials, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import msgspec

from scanly.codes.item import Item as RowItem
from scanly.codes.item import problem_of
from scanly.codes.order import Job
from scanly.core.errors import Invalid, ScanlyError
from scanly.press.labels.model import Merge, cautions, cells_of
from scanly.press.labels.placing import Pictures, Size
from scanly.press.page import Item
from scanly.press.pictures.picture import Picture
from scanly.press.pictures.reading import read_picture
from scanly.press.reduction import reduced
from scanly.press.serials import Serial, parse_serial
from scanly.press.sheets.order import SheetOrder
from scanly.qr.artwork import Artwork
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.payloads import Demands
from scanly.qr.style import Style
from scanly.qr.symbol import Symbol

# What is told; each picture of a thousand may be coarse in its own way.
_MOST_CAUTIONS = 20


class Filled(msgspec.Struct, frozen=True):
    """One label: its two sides, and the serial that it bears."""

    front: tuple[Item, ...]
    back: tuple[Item, ...] = ()
    serial: str = ""


@dataclass(slots=True)
class Filling:
    """Fills the labels of one job, row by row in the order of the file.

    ``content`` says what a row's code holds. ``cautions`` and ``serials`` are those of all labels so far.
    Raises Invalid for a first serial that is none, and for a logo that the file's standard forbids.
    """

    order: SheetOrder
    job: Job
    content: Callable[[RowItem], str]
    cautions: dict[str, None] = field(default_factory=dict[str, None])
    serials: list[str] = field(default_factory=list[str])
    _serial: Serial | None = None
    _logos: set[str] = field(default_factory=set[str])
    _pictures: Pictures = field(init=False)

    def __post_init__(self) -> None:
        self._pictures = Pictures(self.order.rows.source.parent, self._read)
        if self.order.serial_from:
            self._serial = parse_serial(self.order.serial_from)
        self._require_inks(self.order.rows.style)

    def fill(self, item: RowItem) -> tuple[Symbol, list[Filled]] | None:
        """The labels of a row that is wanted, or None when it is not, or not any more: then it has a problem.

        Serials are used up by rows that succeed, so a bad row leaves no gap.
        """
        if not item.wanted:
            return None
        try:
            self._require_inks(item.style)
            symbol = make_symbol(self.content(item), item.style, item.demands)
            labels = list(self._labels(item, symbol))
        except ScanlyError as error:
            item.problem = problem_of(item.row, error, self.job)
            return None
        if self._serial:
            self._serial = self._serial.following(len(labels))
        self.serials += (label.serial for label in labels if label.serial)
        return symbol, labels

    def _labels(self, item: RowItem, symbol: Symbol) -> Iterator[Filled]:
        copies = self.order.copies * (item.spec.copies if item.spec else 1)
        first = self._drawn(item, symbol, 0)
        yield first
        for number in range(1, copies):
            yield self._drawn(item, symbol, number) if self._serial else first

    def _drawn(self, item: RowItem, symbol: Symbol, number: int) -> Filled:
        serial = str(self._serial.following(number)) if self._serial else ""
        merge = self._merge(item, symbol, serial)
        front = self.order.label.draw(merge)
        told = dict.fromkeys(cautions(front))
        if len(self.cautions) < _MOST_CAUTIONS:
            self.cautions |= told
        back = self.order.back.draw(merge) if self.order.back else ()
        return Filled(front, back, serial or merge.cells.get("serial", ""))

    def _merge(self, item: RowItem, symbol: Symbol, serial: str) -> Merge:
        content = self.content(item)
        cells = cells_of(
            self.job.columns.template_values(item.row),
            code=item.link.code if item.link else "",
            short_url=content if item.link else "",
            line=str(item.row.line),
            serial=serial,
        )
        return Merge(
            cells=cells,
            content=content.encode(),
            artwork=partial(
                self._artwork, symbol, item.style, item.demands, item.spec.size_mm if item.spec else None
            ),
            picture=self._pictures.read,
            demands=item.demands,
            bar_reduction=self.order.bar_reduction,
        )

    def _require_inks(self, style: Style) -> None:
        """Raises Invalid for a logo of coloured RGB pixels where a standard is to be kept; the colours of a drawing
        become inks as those of a style do."""
        finish, logo = self.order.finish, style.logo if not style.logo.lower().endswith(".svg") else ""
        if logo and finish.metadata.standard and not self.order.converts and logo not in self._logos:
            read_picture(Path(logo), convert=False, field="logo")
            self._logos.add(logo)

    def _artwork(
        self, symbol: Symbol, style: Style, demands: Demands, size_mm: float | None, width_mm: float
    ) -> Artwork:
        """The code as wide as the label has room, or as the row says. Raises Invalid when that is wider."""
        if size_mm and size_mm > width_mm + 1e-6:
            hint = f"{width_mm:.4g} mm fit; or choose a larger label."
            raise Invalid.field("size", f"A code of {size_mm:g} mm does not fit this label.", hint=hint)
        sized = _sized(style, size_mm or width_mm)
        return reduced(artwork_of(symbol, sized, demands=demands), self.order.bar_reduction)

    def _read(self, path: Path, room_mm: Size) -> Picture:
        finish = self.order.finish
        return read_picture(
            path,
            inks=finish.inks,
            profile=finish.metadata.profile,
            convert=self.order.converts,
            room_mm=room_mm,
        )


# The same style comes with every row.
@lru_cache(maxsize=256)
def _sized(style: Style, size_mm: float) -> Style:
    return msgspec.structs.replace(style, size_mm=size_mm, module_mm=0.0)

"""One PDF for the press, page by page: boxes, bleed, marks, metadata; nothing of a page is kept once it is written.

Source: ISO 32000-1, 14.11.2 (page boundaries), 14.11.5 (output intents), 14.3 (metadata).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from scanly.codes.book import Book
from scanly.core.errors import Invalid
from scanly.press.page import Item, Page, Prepared
from scanly.press.pdf import standard
from scanly.press.pdf.drawing import Drawing
from scanly.press.pdf.marks import marks, slug_mm
from scanly.press.pdf.plates import Plates
from scanly.press.pdf.standard import Metadata
from scanly.qr.artwork import Inks
from scanly.qr.ink import BLACK
from scanly.qr.writers.numbers import numbers
from scanly.qr.writers.operators import PT_PER_MM

NO_PLATES = Plates()


@dataclass(frozen=True, slots=True)
class Finish:
    """How pages are finished: the inks, how far they bleed, whether they have marks, what the file says of itself.

    ``plates`` are white ink and varnish.
    """

    metadata: Metadata
    inks: Inks = "cmyk"
    bleed_mm: float = 0.0
    marks: bool = False
    plates: Plates = NO_PLATES

    @property
    def margin_mm(self) -> float:
        """How far the sheet reaches beyond the trim."""
        return slug_mm(self.bleed_mm) if self.marks else self.bleed_mm


class Document:
    """A PDF under way in ``file``, which is empty; it is whole after `finish`. Raises Invalid for a finish that
    its standard forbids."""

    def __init__(self, file: BinaryIO, finish: Finish) -> None:
        standard.check(finish.metadata)
        if finish.plates.names and finish.inks == "rgb":
            message = "White ink and varnish are printed by presses, from four inks."
            raise Invalid.field("rgb", message, hint="Leave --rgb out.")
        self._white, self._varnish = finish.plates.inks()
        self._finish = finish
        self._book = Book(file)
        self._drawing = Drawing(self._book, finish.inks, finish.plates)

    @property
    def pages(self) -> int:
        return self._book.pages

    def prepared(self, items: Iterable[Item]) -> Prepared:
        """Items as operators, so that of a label waiting for its sheet no more is kept than these."""
        return Prepared("\n".join([*self._drawing.operators(tuple(items)), *self._drawing.plain()]))

    def add(self, page: Page) -> None:
        """Writes the page."""
        finish, drawing = self._finish, self._drawing
        margin, scale = finish.margin_mm, PT_PER_MM
        foot = (page.height_mm + margin) * scale
        bleed = page.trim.inset(-finish.bleed_mm)
        matrix = numbers(scale, 0, 0, -scale, margin * scale, foot, digits=6)
        content = ["q", f"{matrix} cm", "q"]
        if margin > finish.bleed_mm:
            content.append(f"{numbers(bleed.x, bleed.y, bleed.width, bleed.height, digits=4)} re W n")
        for ink, area in ((self._white, page.white), (self._varnish, page.varnish)):
            if ink and area:
                content += drawing.coat(area, ink)
        content += [*drawing.operators(page.items), *drawing.plain(), "Q"]
        if finish.marks:
            ink = {} if finish.inks == "cmyk" else {"ink": BLACK}
            content += drawing.operators(marks(page, finish.bleed_mm, **ink))
        data, resources = drawing.stream([*content, "Q"])
        contents = self._book.write(
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(data), data)
        )
        trim = _box(page, margin, 0)
        bled = _box(page, margin, finish.bleed_mm)
        media = _box(page, margin, margin)
        self._book.add_page(
            f"/Type /Page /MediaBox {media} /CropBox {media} /BleedBox {bled} /TrimBox {trim} ".encode()
            + b"/Resources %s /Contents %d 0 R" % (resources, contents)
        )

    def finish(self) -> None:
        """Fonts, metadata, page tree and table of objects."""
        self._drawing.finish()
        book, metadata = self._book, self._finish.metadata
        data = standard.xmp(metadata, book.identity)
        head = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream"
        catalog = b"/Metadata %d 0 R" % book.write(head % (len(data), data))
        if metadata.standard:
            intent = standard.intent(metadata, self._profile(metadata))
            catalog += b" /OutputIntents [%d 0 R]" % book.write(intent.encode())
        book.finish(catalog=catalog, info=standard.info(metadata), version=standard.version(metadata))

    def _profile(self, metadata: Metadata) -> str:
        if not metadata.profile:
            return ""
        packed = zlib.compress(metadata.profile.data, 9)
        head = b"<< /N 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        return f"{self._book.write(head % (len(packed), packed))} 0 R"


def _box(page: Page, margin: float, beyond: float) -> str:
    """The page with ``beyond`` mm on each side, in points from the lower left corner of the sheet."""
    start = (margin - beyond) * PT_PER_MM
    end_x, end_y = ((margin + side + beyond) * PT_PER_MM for side in (page.width_mm, page.height_mm))
    return f"[{numbers(start, start, end_x, end_y, digits=4)}]"

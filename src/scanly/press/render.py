"""Pages of a PDF as pixels, as they would be printed on white paper: for previews and for reading back."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from scanly.press.page import Box

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS_PER_INCH = 72


class Sheets:
    """The pages of a file, numbered from 1."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def __len__(self) -> int:
        return len(self._document)

    def size_pt(self, number: int) -> tuple[float, float]:
        width, height = self._document.get_page_size(number - 1)
        return float(width), float(height)

    def trim_pt(self, number: int) -> Box:
        """The page after trimming, from the top left corner of the sheet, y downwards; in points."""
        page = self._document[number - 1]
        try:
            left, bottom, right, top = page.get_trimbox()
            media_left, _, _, head = page.get_mediabox()
        finally:
            page.close()
        return Box(left - media_left, head - top, right - left, top - bottom)

    def image(self, number: int, dpi: float, *, grey: bool = False) -> Image:
        """A page with all that lies beside its trim."""
        page = self._document[number - 1]
        try:
            bitmap = page.render(scale=dpi / _POINTS_PER_INCH, grayscale=grey, rev_byteorder=not grey)
            image = cast("Image", bitmap.to_pil())
            picture = image.copy() if grey else image.convert("RGB")
            bitmap.close()
        finally:
            page.close()
        return picture


@contextmanager
def opened(source: Path | bytes) -> Generator[Sheets]:
    """The pages of a PDF, while the block runs."""
    import pypdfium2

    # The library says nothing about its types.
    document = cast(Any, pypdfium2).PdfDocument(source)
    try:
        yield Sheets(document)
    finally:
        document.close()


def page_image(source: Path | bytes, number: int, dpi: float) -> Image:
    """One page (from 1) in RGB."""
    with opened(source) as sheets:
        return sheets.image(number, dpi)

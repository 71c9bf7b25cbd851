"""The codes of a run as the pages of one PDF, each as often as its row has copies, and read back from there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from scanly.codes.book import Book
from scanly.codes.formulas import as_was, defused
from scanly.codes.ledger import read_all
from scanly.codes.manifest import CONTENT, COPIES, FILE, MANIFEST, VERSION
from scanly.codes.report import FILES, RESULTS
from scanly.core.errors import Invalid
from scanly.qr.proof.decoders import find

if TYPE_CHECKING:
    from PIL.Image import Image

# How many codes are read back at a time.
_CHAPTER = 200
# How a page is drawn until its code reads: so many pixels for each module of the symbol, then so many in all.
_MODULE_PX, _WIDTHS_PX = 4, (1000, 2500)
_QUIET_MODULES = 8


class Bound(NamedTuple):
    """The files that a folder is bound into: the PDF, its results and its manifest."""

    document: Path
    results: Path
    manifest: Path


class _Wanted(NamedTuple):
    """What a page must say (one of these), the version of its symbol, and where it is (1 is the first)."""

    contents: frozenset[bytes]
    version: int
    page: int


def bind(folder: Path, name: str, bound: Bound, *, verify: bool) -> Iterator[int]:
    """Binds the pages in a folder into a PDF that will be called ``name``; yields how many codes are in.

    Its results and manifest are those of the folder, with places in the PDF (``codes.pdf#page=7``) instead of the
    names of pages. With ``verify``, every code is read back from its page there. Raises Invalid for one that says
    anything else.
    """
    made = read_all(folder / MANIFEST)
    with (
        bound.document.open("w+b") as file,
        bound.results.open("w", encoding="utf-8", newline="") as told,
        bound.manifest.open("w", encoding="utf-8", newline="") as listed,
    ):
        book, tell, list_ = Book(file), csv.writer(told).writerow, csv.writer(listed).writerow
        list_(next(made))
        codes, unread = 0, list[_Wanted]()
        for number, cells in enumerate(read_all(folder / RESULTS)):
            if number and cells[FILES]:
                line = next(made)
                contents = frozenset((line[CONTENT].encode(), as_was(line[CONTENT]).encode()))
                unread.append(_Wanted(contents, int(line[VERSION]), book.pages + 1))
                place = defused(f"{name}#page={book.pages + 1}")
                book.add((folder / as_was(line[FILE])).read_bytes(), int(line[COPIES]))
                cells[FILES] = line[FILE] = place
                list_(line)
                codes += 1
                yield codes
            tell(cells)
            if verify and len(unread) == _CHAPTER:
                _read_back(book, bound.document, unread)
                unread.clear()
        if verify:
            _read_back(book, bound.document, unread)
        book.finish()


def _read_back(book: Book, document: Path, wanted: list[_Wanted]) -> None:
    """Reads the codes of the pages since the last reading back. Raises Invalid for one that is not as wanted."""
    import pypdfium2

    if not wanted:
        return
    with book.chapter():
        # The library says nothing about its types.
        pages = cast(Any, pypdfium2).PdfDocument(document)
        try:
            for each in wanted:
                if not _reads_as(pages[each.page - wanted[0].page], each):
                    hint = "Make the codes larger or plainer."
                    raise Invalid(f"The code on page {each.page} of the PDF cannot be read there.", hint=hint)
        finally:
            pages.close()


def _reads_as(page: Any, wanted: _Wanted) -> bool:
    """Whether the page holds what is wanted and nothing else."""
    modules = 17 + 4 * wanted.version + _QUIET_MODULES
    for width_px in (_MODULE_PX * modules, *_WIDTHS_PX):
        found = {code.bytes for code in find(_picture(page, width_px)) if code.valid}
        if found:
            return len(found) == 1 and found <= wanted.contents
    return False


def _picture(page: Any, width_px: int) -> Image:
    bitmap = page.render(scale=width_px / page.get_width(), grayscale=True)
    picture = cast("Image", bitmap.to_pil()).copy()
    bitmap.close()
    return picture

"""Proof before paper: every symbol of a finished PDF is read back from its own place on its page.

Pages are drawn so that a module has four pixels, and the place of each symbol is cut out and read by zxing-cpp, which
must find there what was asked for and nothing else; where that fails, it is tried with more pixels. zbar, where it is
installed, reads the same cut-outs; what it misses is tried again and told, with what it took in the end.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scanly.press.page import Expected
from scanly.press.render import Sheets, opened

if TYPE_CHECKING:
    from PIL.Image import Image

MM_PER_INCH = 25.4
# Pixels of a module at which a symbol is tried in turn.
TRIES_PX = (4.0, 6.0, 9.0, 14.0)
_DPI = (100.0, 1200.0)
# White paper that is put around what was cut out, because readers look for some.
_PAPER_PX = 12
_PAGES_AT_ONCE = 8

Progress = Callable[[int], None]


class Wanted(msgspec.Struct, frozen=True):
    """The symbols of one page; boxes are in millimetres from the top left corner of its trim."""

    page: int
    symbols: tuple[Expected, ...]


class Misread(msgspec.Struct, frozen=True):
    """A symbol that does not say what it must: its page, its number there (from 0), and what was read instead."""

    page: int
    number: int
    expected: str
    found: str


class Reread(msgspec.Struct, frozen=True):
    """A symbol that the second decoder missed at first; ``module_px`` is what it took, None for all in vain."""

    page: int
    number: int
    module_px: float | None


class Outcome(msgspec.Struct, frozen=True):
    """How many symbols were read, by which decoder, and what went wrong."""

    read: int = 0
    by_zbar: int = 0
    misread: tuple[Misread, ...] = ()
    reread: tuple[Reread, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.read + other.read,
            self.by_zbar + other.by_zbar,
            self.misread + other.misread,
            self.reread + other.reread,
        )


def read_back(
    path: Path, pages: Iterable[Wanted], *, jobs: int = 1, progress: Progress | None = None
) -> Outcome:
    """Reads every page in turn, in ``jobs`` processes; ``progress`` is told how many pages are done."""
    whole, done = Outcome(), 0
    for outcome, count in _outcomes(path, pages, jobs):
        whole, done = whole + outcome, done + count
        if progress:
            progress(done)
    return whole


def _outcomes(path: Path, pages: Iterable[Wanted], jobs: int) -> Iterator[tuple[Outcome, int]]:
    chunks = _chunks(pages)
    first = next(chunks, list[Wanted]())
    if jobs == 1 or len(first) < _PAGES_AT_ONCE:
        # A process of its own would take longer to start than a few pages to read.
        for chunk in (first, *chunks):
            yield _read_chunk(path, chunk), len(chunk)
        return
    # Ctrl-C reaches all processes of a terminal; this one says what becomes of it.
    deaf = (signal.SIGINT, signal.SIG_IGN)
    spawn = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=signal.signal, initargs=deaf) as pool:
        # No more is handed out than is worked upon, so that a long job stays small.
        waiting: list[tuple[Future[Outcome], int]] = [(pool.submit(_read_chunk, path, first), len(first))]
        for chunk in chunks:
            waiting.append((pool.submit(_read_chunk, path, chunk), len(chunk)))
            if len(waiting) > 2 * jobs:
                future, count = waiting.pop(0)
                yield future.result(), count
        for future, count in waiting:
            yield future.result(), count


def _chunks(pages: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    rest = iter(pages)
    while chunk := list(islice(rest, _PAGES_AT_ONCE)):
        yield chunk


def _read_chunk(path: Path, pages: Sequence[Wanted]) -> Outcome:
    whole = Outcome()
    with opened(path) as sheets:
        for wanted in pages:
            whole += _read_page(sheets, wanted)
    return whole


def _read_page(sheets: Sheets, wanted: Wanted) -> Outcome:
    from scanly.qr.proof.decoders import installed_decoders

    views = _Views(sheets, wanted)
    second = installed_decoders().get("zbar")
    misread: list[Misread] = []
    reread: list[Reread] = []
    by_zbar = 0
    for number, symbol in enumerate(wanted.symbols):
        found = views.first(number, lambda image, one=symbol: _contents(image, one))
        if found[1] != {symbol.content}:
            shown = " and ".join(sorted(each.decode("utf-8", "replace") for each in found[1]))
            said = symbol.content.decode("utf-8", "replace")
            misread.append(Misread(wanted.page, number, said, shown))
        if second is None or symbol.symbology != "qr":
            continue
        module_px, contents = views.first(number, lambda image: set(second(image)))
        by_zbar += contents == {symbol.content}
        if module_px != TRIES_PX[0] or contents != {symbol.content}:
            reread.append(Reread(wanted.page, number, module_px if contents == {symbol.content} else None))
    return Outcome(len(wanted.symbols) - len(misread), by_zbar, tuple(misread), tuple(reread))


class _Views:
    """Cut-outs of one page, which is drawn once for each number of pixels."""

    def __init__(self, sheets: Sheets, wanted: Wanted) -> None:
        self._sheets, self._wanted = sheets, wanted
        self._module_mm = min((symbol.module_mm for symbol in wanted.symbols), default=1.0)
        trim, scale = sheets.trim_pt(wanted.page), MM_PER_INCH / 72
        self._left_mm, self._top_mm = trim.x * scale, trim.y * scale
        self._images: dict[float, tuple[Image, float]] = {}

    def first(self, number: int, read: Callable[[Image], set[bytes]]) -> tuple[float, set[bytes]]:
        """The first pixels of a module at which anything is read there, and what."""
        module_px = TRIES_PX[0]
        for module_px in TRIES_PX:
            if found := read(self._cut(number, module_px)):
                return module_px, found
        return module_px, set()

    def _cut(self, number: int, module_px: float) -> Image:
        from PIL import ImageOps

        image, px_per_mm = self._image(module_px)
        symbol = self._wanted.symbols[number]
        box = symbol.box
        sides = (
            box.x + self._left_mm,
            box.y + self._top_mm,
            box.right + self._left_mm,
            box.bottom + self._top_mm,
        )
        left, top, right, bottom = (round(side * px_per_mm) for side in sides)
        cut = image.crop((max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)))
        return ImageOps.expand(ImageOps.mirror(cut) if symbol.mirrored else cut, _PAPER_PX, 255)

    def _image(self, module_px: float) -> tuple[Image, float]:
        if module_px not in self._images:
            dpi = min(max(module_px * MM_PER_INCH / self._module_mm, _DPI[0]), _DPI[1])
            image = self._sheets.image(self._wanted.page, dpi, grey=True)
            self._images[module_px] = image, dpi / MM_PER_INCH
        return self._images[module_px]


def _contents(image: Image, symbol: Expected) -> set[bytes]:
    from scanly.qr.proof.decoders import find, find_linear

    if symbol.symbology == "qr":
        return {code.bytes for code in find(image) if code.valid}
    return {code.text.encode() for code in find_linear(image)}

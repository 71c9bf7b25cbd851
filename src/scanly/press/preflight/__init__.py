"""Preflight of any PDF, as the prepress desk of a print shop would do it: what would stop it, and what it is made of.

`check_pdf` goes through the file page by page and remembers only findings and facts, so memory does not grow with
pages. A file that is broken is a finding, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf

from scanly.core.errors import Invalid, NotFound
from scanly.press.preflight import boxes, codes, document, features, inks, intent, pictures
from scanly.press.preflight.content.interpreter import Interpreter, Library
from scanly.press.preflight.content.objects import DAMAGED, bounded, item
from scanly.press.preflight.content.spaces import EVERY_PLATE, PROCESS_INKS
from scanly.press.preflight.content.typefaces import Typeface
from scanly.press.preflight.coverage import coverage_of
from scanly.press.preflight.findings import (
    STANDARDS,
    CodeFacts,
    Expectation,
    Facts,
    Finding,
    FontFacts,
    ImageFacts,
    PageFacts,
    PreflightReport,
)
from scanly.press.preflight.frame import read_frame
from scanly.press.preflight.ledger import Ledger
from scanly.press.preflight.plates import Plates
from scanly.press.preflight.symbols import symbols_of
from scanly.press.preflight.view import View
from scanly.press.render import Sheets, opened

__all__ = ["Expectation", "Facts", "Finding", "PreflightReport", "check_pdf"]

MOST_FILE_BYTES = 4_000_000_000
MOST_PAGES = 20_000
# How many pages are done, and how many there are.
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Gathered:
    """What is known of the file so far."""

    ledger: Ledger = field(default_factory=Ledger)
    spots: inks.Spots = field(default_factory=inks.Spots)
    plates: Plates = field(default_factory=Plates)
    images: list[ImageFacts] = field(default_factory=list[ImageFacts])
    fonts: dict[Typeface, FontFacts] = field(default_factory=dict[Typeface, FontFacts])
    pages: list[PageFacts] = field(default_factory=list[PageFacts])
    codes: list[CodeFacts] = field(default_factory=list[CodeFacts])


def check_pdf(
    path: Path, *, expect: Expectation | None = None, progress: Progress | None = None
) -> PreflightReport:
    """The report on a file. Raises NotFound or Invalid when there is none, or it is no PDF at all."""
    expect = expect or Expectation()
    _must_be_pdf(path)
    found = _Gathered()
    facts, standard = Facts(), expect.standard
    with bounded(), ExitStack() as stack:
        try:
            pdf = stack.enter_context(pikepdf.open(path))
        except pikepdf.PasswordError:
            found.ledger.meet("encrypted", "The file asks for a password, so nothing in it can be looked at.")
        except DAMAGED:
            found.ledger.meet("unreadable", "The file is so damaged that it cannot be opened.")
        else:
            facts, claimed = _look(pdf, path, expect, found, progress)
            standard = standard or claimed
    return PreflightReport(file=str(path), findings=found.ledger.findings(standard), facts=facts)


def _must_be_pdf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(1024)
        size = path.stat().st_size
    except OSError as error:
        raise NotFound(f"{path} cannot be opened: {error.strerror}.", hint="Check the name.") from error
    if b"%PDF-" not in head:
        raise Invalid(f"{path} is no PDF file.", hint="Export the design as PDF.")
    if size > MOST_FILE_BYTES:
        raise Invalid(f"{path} is larger than {MOST_FILE_BYTES // 10**9} GB.", hint="Split it.")


def _look(
    pdf: pikepdf.Pdf, path: Path, expect: Expectation, found: _Gathered, progress: Progress | None
) -> tuple[Facts, str]:
    """Facts, and the standard that the file says it keeps."""
    document.look_at_file(pdf, found.ledger)
    layers = document.layers_of(pdf)
    library = Library([layer for layer, (_, is_hidden) in layers.items() if is_hidden])
    count = len(pdf.pages)
    if not count:
        found.ledger.meet("no-pages", "The file has no pages.")
    if count > MOST_PAGES:
        found.ledger.meet("too-many-pages", f"Of {count:,} pages, {MOST_PAGES:,} were looked at.")
    covered = coverage_of(path, min(count, expect.coverage_pages))
    with ExitStack() as stack:
        sheets = _opened(path, stack, found.ledger) if expect.codes else None
        for number in range(1, min(count, MOST_PAGES) + 1):
            view = _view(pdf, number, library, expect, found)
            if view is not None:
                _look_at_page(view, sheets, covered[number - 1 : number], found)
            if progress:
                progress(number, count)
    return _concluded(pdf, found, tuple(name for name, _ in layers.values()))


def _opened(path: Path, stack: ExitStack, ledger: Ledger) -> Sheets | None:
    """Pages to be drawn; codes are not looked for where PDFium cannot open the file."""
    try:
        return stack.enter_context(opened(path))
    except DAMAGED:
        ledger.meet("not-drawn", "The file cannot be drawn, so codes were not looked for.")
        return None


def _view(
    pdf: pikepdf.Pdf, number: int, library: Library, expect: Expectation, found: _Gathered
) -> View | None:
    try:
        page = pdf.pages[number - 1].obj
        frame = read_frame(page)
        interpreter = Interpreter(library, frame.media)
        content = interpreter.run(page, _resources(page))
    except DAMAGED:
        found.ledger.meet("content-damaged", "The page is damaged.", page=number)
        return None
    return View(number, page, frame, content, expect, found.ledger, found.plates)


def _resources(page: object) -> object:
    """Those of the page, or of the nearest parent that has some."""
    for _ in range(60):
        if (found := item(page, "/Resources")) is not None:
            return found
        page = item(page, "/Parent")
    return None


def _look_at_page(
    view: View, sheets: Sheets | None, covered: list[Mapping[str, float]], found: _Gathered
) -> None:
    boxes.look_at_boxes(view)
    boxes.look_at_bleed(view)
    boxes.look_at_margins(view)
    document.look_at_annotations(view)
    features.look_at_uses(view)
    features.look_at_fonts(view, found.fonts)
    inks.look_at_inks(view, found.spots)
    pictures.look_at_pictures(view, found.images)
    found.pages.append(_page_facts(view, covered))
    if sheets is None:
        return
    try:
        symbols = symbols_of(view, sheets)
    except (*DAMAGED, MemoryError):
        view.meet("not-drawn", "The page cannot be drawn, so codes were not looked for.")
        return
    codes.look_at_codes(view, symbols)
    found.codes += [symbol.facts for symbol in symbols]


def _page_facts(view: View, covered: list[Mapping[str, float]]) -> PageFacts:
    frame = view.frame
    media = frame.on_media(frame.media)
    return PageFacts(
        number=view.number,
        width_mm=media.width,
        height_mm=media.height,
        media=media,
        crop=frame.on_media(frame.crop),
        bleed=frame.on_media(frame.bleed),
        trim=frame.on_media(frame.trim),
        art=frame.on_media(frame.art) if frame.art else None,
        rotated=frame.rotated,
        inks=_sorted(_plates(view)),
        coverage_percent=covered[0] if covered else None,
    )


def _plates(view: View) -> Iterator[str]:
    """The plates that a page is printed with."""
    for mark in view.seen():
        shares = view.plates.of(mark) or {}
        yield from (ink for ink, share in shares.items() if share > 0 and ink != EVERY_PLATE)


def _sorted(plates: Iterator[str]) -> tuple[str, ...]:
    """Process inks in their order, then spot inks by name."""
    named = set(plates)
    return (*(ink for ink in PROCESS_INKS if ink in named), *sorted(named - set(PROCESS_INKS)))


def _concluded(pdf: pikepdf.Pdf, found: _Gathered, layers: tuple[str, ...]) -> tuple[Facts, str]:
    ledger = found.ledger
    boxes.look_at_sizes(found.pages, ledger)
    found.spots.look(ledger)
    codes.look_at_series(found.codes, ledger)
    claims = intent.look_at_intent(pdf, ledger)
    version = document.version_of(pdf)
    facts = Facts(
        version=f"{version[0]}.{version[1]}",
        title=claims.title,
        producer=claims.producer,
        creator=claims.creator,
        pages=tuple(found.pages),
        inks=_sorted(ink for page in found.pages for ink in page.inks),
        fonts=tuple(found.fonts.values()),
        images=tuple(found.images),
        codes=tuple(found.codes),
        layers=layers,
        output_intent=claims.intent,
        standards=claims.standards,
        barriers=ledger.barriers(),
    )
    return facts, next((standard for standard in STANDARDS if claims.claims(standard)), "")

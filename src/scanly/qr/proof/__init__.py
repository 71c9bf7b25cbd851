"""Proof before paper: what a finished file says, read by decoders that are not the encoder.

`confirm` is the quick yes or no for every file that is made; `verify` also measures, strains and grades it;
`read` and `inspect` do the same for anybody's file, page by page and code by code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import msgspec

from scanly.core.errors import Invalid, NotFound
from scanly.core.text import printable
from scanly.qr.proof import grade, trial
from scanly.qr.proof.decoders import find, installed_decoders
from scanly.qr.proof.raster import FORMATS, Page, Picture, pages, pictures, recognise
from scanly.qr.proof.sampling import Corners, Sighting
from scanly.qr.proof.spare import unused_correction
from scanly.qr.proof.trial import Read
from scanly.qr.symbol import Level

if TYPE_CHECKING:
    from zxingcpp import Barcode

# quick: read once. standard: under every condition. thorough: under every condition, four times over.
Strength = Literal["quick", "standard", "thorough"]
_ROUNDS: Mapping[Strength, int] = {"quick": 0, "standard": 1, "thorough": 4}

# Widths at which vector pages are drawn, until every code on them reads.
_WIDTHS_PX = (1000, 2500, 5000)
# What a module is drawn with, and the least for a code on a page of many.
_MODULE_PX, _LEAST_MODULE_PX = 6.0, 5.0
# Pixels are read as they are, once.
_PIXEL_FORMATS = ("png", "jpeg")
_MAX_FILE_BYTES = 200_000_000
# Ground that is looked at around a symbol: the quiet zone is measured that far, and a little more.
_AROUND_MODULES = 11
_UNREADABLE = "A QR code is here, but it cannot be read."


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One code that was found, or (not ``ok``, no content) the fact that none could be read.

    ``corners_ratio``: top left, top right, bottom right, bottom left, as shares of the page's sides. ``notes`` say
    what was not looked at; they cost nothing.
    """

    file: str = ""
    page: int = 1
    content: str = ""
    symbol: str = ""
    module_mm: float | None = None
    contrast: float = 0.0
    quiet_zone_modules: float = 0.0
    modulation: float = 0.0
    unused_correction: float = 0.0
    grade: str = "F"
    ok: bool = False
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reads: tuple[Read, ...] = ()
    corners_ratio: Corners | None = None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is worth: the grade of its worst code, and F when it does not say what it should."""

    grade: str
    ok: bool
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class _Look:
    """How a file is looked at."""

    rounds: int
    widths_px: tuple[int, ...]
    pixels: bool
    distance_mm: float | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A reading with the very bytes that were read, or None."""

    reading: Reading
    content: bytes | None


def confirm(data: bytes, format: str, expected: str | bytes) -> None:  # noqa: A002 - the word users know
    """Returns when the file reads as exactly ``expected``, byte by byte. Raises Invalid when it does not."""
    wanted = expected.encode() if isinstance(expected, str) else expected
    outcome = "No decoder can read it."
    for width_px in _widths(format, _quick_widths_px(len(wanted))):
        codes = [code for picture in pictures(data, format, width_px) for code in _codes(picture)]
        contents = {code.bytes for code in codes if code.valid}
        if contents == {wanted}:
            return
        if contents:
            outcome = _reads_as(contents)
            break
    raise Invalid(
        f"The finished {format.upper()} was refused. {outcome}", hint="Make the code larger or plainer."
    )


def verify(
    data: bytes,
    format: str,  # noqa: A002 - the word users know
    expected: str | bytes | None = None,
    *,
    strength: Strength = "standard",
    width_modules: float | None = None,
    distance_mm: float | None = None,
) -> Proof:
    """The proof of a finished file; every code in it must be exactly ``expected``, if that is given.

    Vector files are drawn as large as ``width_modules``, the width of the whole drawing, asks for; without it, as
    the length of the content suggests. With ``distance_mm``, the code must also be large enough to be scanned from
    there. Raises Invalid when the file cannot be opened.

    >>> from scanly.qr import Style, draw, encode, verify
    >>> proof = verify(draw(encode("Table 4"), Style(), "pdf"), "pdf", "Table 4")
    >>> proof.grade, proof.readings[0].symbol
    ('A', 'QR 1-H')
    """
    wanted = expected.encode() if isinstance(expected, str) else expected
    widths_px = _scaled_widths_px(width_modules, wanted)
    look = _Look(_ROUNDS[strength], _widths(format, widths_px), format in _PIXEL_FORMATS, distance_mm)
    found = list(_find_all(data, format, look))
    readings = tuple(each.reading for each in found)
    contents = {each.content for each in found if each.content is not None}
    worst = max((reading.grade for reading in readings), default="F")
    reasons = tuple(dict.fromkeys(reason for reading in readings for reason in reading.problems))
    if not contents:
        worst, reasons = "F", (*reasons, "No decoder can read it.")
    elif wanted is not None and contents != {wanted}:
        worst, reasons = "F", (*reasons, _reads_as(contents))
    notes = tuple(dict.fromkeys(note for reading in readings for note in reading.notes))
    return Proof(grade=worst, ok=worst != "F", reasons=reasons, notes=notes, readings=readings)


def read(
    data: bytes,
    format: str,  # noqa: A002 - the word users know
    *,
    strength: Strength = "standard",
    distance_mm: float | None = None,
) -> list[Reading]:
    """Every code in the file, page by page, measured, strained and graded; damaged codes, too.

    Raises Invalid when the file itself cannot be opened.
    """
    look = _Look(_ROUNDS[strength], _widths(format, _WIDTHS_PX), format in _PIXEL_FORMATS, distance_mm)
    return [found.reading for found in _find_all(data, format, look)]


def read_page(page: Page, width_px: int, *, strength: Strength = "standard") -> list[Reading]:
    """Every QR code on one page of a document, which is drawn that wide, or wider where its modules are small."""
    look = _Look(_ROUNDS[strength], (width_px,), pixels=False)
    return [found.reading for found in _find_on(page, look)]


def inspect(
    path: Path, *, strength: Strength = "standard", distance_mm: float | None = None
) -> list[Reading]:
    """Every code in an SVG, PNG, JPEG, PDF or EPS file; one failed reading when there is none at all.

    Raises NotFound or Invalid when the file is missing, too large or of another kind, and Unavailable when what
    reads that kind is not installed.
    """
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise Invalid(f"{path} is larger than 200 MB.", hint="Check its pages in parts.")
        data = path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path} cannot be opened: {error.strerror}.", hint="Check the name.") from error
    format_ = recognise(data)
    if format_ is None:
        raise Invalid(f"{path} is none of {', '.join(FORMATS)}.", hint="Export it as one of these.")
    readings = read(data, format_, strength=strength, distance_mm=distance_mm) or [
        Reading(problems=("No QR code was found.",))
    ]
    return [msgspec.structs.replace(reading, file=str(path)) for reading in readings]


def _widths(format: str, widths_px: tuple[int, ...]) -> tuple[int, ...]:  # noqa: A002 - the word users know
    return widths_px[:1] if format in _PIXEL_FORMATS else widths_px


def _quick_widths_px(content_bytes: int) -> tuple[int, ...]:
    """Widths to try: four pixels a module for a symbol of that content, then more for one in a design."""
    likely_modules = _likely_modules(content_bytes)
    return (round(4 * likely_modules), round(12 * likely_modules), 2500)


def _scaled_widths_px(width_modules: float | None, wanted: bytes | None) -> tuple[int, ...]:
    """Widths at which a module has about six pixels, and larger ones for codes that are small in a design."""
    if width_modules is not None:
        modules, scales = width_modules, (1, 2)
    elif wanted is not None:
        modules, scales = _likely_modules(len(wanted)), (1, 3, 9)
    else:
        return _WIDTHS_PX
    return tuple(min(round(scale * _MODULE_PX * modules), _WIDTHS_PX[-1]) for scale in scales)


def _likely_modules(content_bytes: int) -> float:
    """About the width of a symbol for that much content, with its quiet zone."""
    return min(5 * content_bytes**0.5 + 12, 185)


def _reads_as(contents: Iterable[bytes]) -> str:
    shown = " and ".join(printable(content.decode("utf-8", "replace")) for content in sorted(contents))
    return f'It reads as "{shown[:80]}".'


def _find_all(data: bytes, format: str, look: _Look) -> Iterator[_Found]:  # noqa: A002 - the word users know
    for page in pages(data, format):
        yield from _find_on(page, look)


def _find_on(page: Page, look: _Look) -> list[_Found]:
    picture, codes = _best_view(page, look)
    found = _judged_all(picture, codes, look)
    if not look.pixels and len(found) == 1 and found[0].reading.grade != "A":
        return [_closer_look(page, picture, found[0], look)]
    return found


def _closer_look(page: Page, picture: Picture, found: _Found, look: _Look) -> _Found:
    """The better of what was found and what is found with twice the pixels.

    The scale is ours, not the file's; and the corners of a symbol without alignment patterns are guessed from its
    eyes, which is too coarse on a small picture.
    """
    closer = page.render(min(2 * picture.image.width, _WIDTHS_PX[-1]))
    again = [each for each in _judged_all(closer, _codes(closer), look) if each.content == found.content]
    return min([found, *again], key=lambda each: each.reading.grade)


def _judged_all(picture: Picture, codes: list[Barcode], look: _Look) -> list[_Found]:
    contents = {code.bytes for code in codes if code.valid}
    return [_judged(picture, code, contents, look) for code in codes]


def _best_view(page: Page, look: _Look) -> tuple[Picture, list[Barcode]]:
    """The page at the first width at which all of its codes read, or at that at which most do."""
    width_px, *wider_px = look.widths_px
    picture = page.render(width_px)
    codes = _codes(picture)
    while wider_px and not (codes and all(code.valid for code in codes)):
        closer = page.render(width_px := wider_px.pop(0))
        more = _codes(closer)
        if _valid(more) > _valid(codes) or not codes:
            picture, codes = closer, more
    if not look.pixels and codes and (least_px := _least_module_px(picture, codes)) < _LEAST_MODULE_PX:
        closer = page.render(min(round(picture.image.width * _MODULE_PX / least_px), _WIDTHS_PX[-1]))
        more = _codes(closer)
        if _valid(more) >= _valid(codes):
            picture, codes = closer, more
    return picture, codes


def _valid(codes: list[Barcode]) -> int:
    return sum(code.valid for code in codes)


def _codes(picture: Picture) -> list[Barcode]:
    return find(picture.image.convert("L"))


def _least_module_px(picture: Picture, codes: list[Barcode]) -> float:
    sizes = [_sighting(picture, code).module_px for code in codes if code.valid]
    return min(sizes, default=_MODULE_PX)


def _judged(picture: Picture, code: Barcode, contents: set[bytes], look: _Look) -> _Found:
    corners, (width, height) = _corners(code), picture.image.size
    shares = cast(Corners, tuple((round(x / width, 5), round(y / height, 5)) for x, y in corners))
    if not code.valid:
        damaged = Reading(page=picture.page, problems=(_UNREADABLE,), corners_ratio=shares)
        return _Found(damaged, None)
    seen = _sighting(picture, code)
    close = seen.closer(_AROUND_MODULES, _MODULE_PX)
    measures = grade.measure(close, _unused_correction(close, code))
    reads = trial.try_out(close, code.bytes, contents - {code.bytes}, look.rounds)
    demand = grade.Demand(2 if seen.micro else 4, seen.module_px if look.pixels else None, look.distance_mm)
    letter, problems = grade.grade([*grade.parts(measures, demand), *trial.parts(reads)])
    reading = Reading(
        page=picture.page,
        content=_text(code),
        symbol=_symbol_name(code),
        module_mm=measures.module_mm,
        contrast=measures.contrast,
        quiet_zone_modules=measures.quiet_zone_modules,
        modulation=measures.modulation,
        unused_correction=measures.unused_correction,
        grade=letter,
        ok=letter != "F",
        problems=problems,
        notes=_notes(seen),
        reads=reads,
        corners_ratio=shares,
    )
    return _Found(reading, code.bytes)


def _sighting(picture: Picture, code: Barcode) -> Sighting:
    version, micro = _version(code)
    modules = 9 + 2 * version if micro else 17 + 4 * version
    return Sighting(picture.image, _corners(code), modules, picture.px_per_mm, micro=micro)


def _unused_correction(close: Sighting, code: Barcode) -> float:
    told, (version, micro) = float(str(_extra(code).get("UEC", 1.0))), _version(code)
    return told if micro else unused_correction(told, close, version, cast(Level, str(code.ec_level)))


def _version(code: Barcode) -> tuple[int, bool]:
    """The number, and whether it is that of a Micro QR code (M1 to M4)."""
    version = str(_extra(code)["Version"])
    return int(version.removeprefix("M")), version.startswith("M")


def _symbol_name(code: Barcode) -> str:
    """Version and level as printers write them; M1 has no levels."""
    version, micro = _version(code)
    if not micro:
        return f"QR {version}-{code.ec_level}"
    return "Micro QR M1" if version == 1 else f"Micro QR M{version}-{code.ec_level}"


def _extra(code: Barcode) -> dict[str, object]:
    return cast(dict[str, object], code.extra)


def _notes(seen: Sighting) -> tuple[str, ...]:
    if len(installed_decoders(micro=seen.micro)) > 1:
        return ()
    if seen.micro:
        return ("Only zxing-cpp read it: zbar knows no Micro QR codes.",)
    return ("Only zxing-cpp read it: zbar, the second decoder, is not installed.",)


def _text(code: Barcode) -> str:
    """UTF-8 where the bytes are that, else the decoder's own guess."""
    try:
        return code.bytes.decode("utf-8")
    except UnicodeDecodeError:
        return code.text


def _corners(code: Barcode) -> Corners:
    place = code.position
    top_left, top_right, bottom_right, bottom_left = (
        (float(corner.x), float(corner.y))
        for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    )
    return top_left, top_right, bottom_right, bottom_left

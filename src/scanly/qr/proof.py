"""Proof before paper: what a finished file says, read by a decoder that is not the encoder.

`confirm` is the quick yes or no for every file that is made; `read` and `inspect` also measure and grade;
`decode` is what they share, for pages that hold many codes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from scanly.core.errors import Invalid, NotFound
from scanly.core.text import printable
from scanly.qr.grade import Corners, Point, assess, measure
from scanly.qr.raster import FORMATS, Picture, pictures, recognise

if TYPE_CHECKING:
    from zxingcpp import Barcode

# Widths at which vector pages are drawn to be measured, until every code on them reads.
_THOROUGH_SIDES_PX = (1000, 2500, 5000)
# Pixels are read as they are, once.
_PIXEL_FORMATS = ("png", "jpeg")
_MAX_FILE_BYTES = 200_000_000


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One code that was found, or (not ``ok``, no content) the fact that none could be read.

    ``corners_ratio``: top left, top right, bottom right, bottom left, as shares of the page's sides.
    """

    file: str = ""
    page: int = 1
    content: str = ""
    symbol: str = ""
    module_mm: float | None = None
    contrast: float = 0.0
    quiet_zone_modules: float = 0.0
    grade: str = "F"
    ok: bool = False
    problems: tuple[str, ...] = ()
    corners_ratio: Corners | None = None


def confirm(data: bytes, format: str, expected: str | bytes) -> None:  # noqa: A002 - the word users know
    """Returns when the file reads as exactly ``expected``, byte by byte. Raises Invalid when it does not."""
    wanted = expected.encode() if isinstance(expected, str) else expected
    outcome = "No decoder can read it."
    for side_px in _widths(format, _quick_sides_px(len(wanted))):
        codes = [code for picture in pictures(data, format, side_px) for code in decode(picture)]
        contents = {code.bytes for code in codes if code.valid}
        if contents == {wanted}:
            return
        if contents:
            read_as = " and ".join(
                printable(content.decode("utf-8", "replace")) for content in sorted(contents)
            )
            outcome = f'It reads as "{read_as[:80]}".'
            break
    raise Invalid(
        f"The finished {format.upper()} was refused. {outcome}", hint="Make the code larger or plainer."
    )


def read(data: bytes, format: str) -> list[Reading]:  # noqa: A002 - the word users know
    """Every code in the file, page by page, measured and graded; codes that are there but damaged, too.

    Raises Invalid when the file itself cannot be opened.
    """
    best: list[Reading] = []
    for side_px in _widths(format, _THOROUGH_SIDES_PX):
        found = [
            _reading(picture, code, pixels=format in _PIXEL_FORMATS)
            for picture in pictures(data, format, side_px)
            for code in decode(picture)
        ]
        if not best or sum(bool(one.content) for one in found) > sum(bool(one.content) for one in best):
            best = found
        if best and all(one.content for one in best):
            break
    return best


def inspect(path: Path) -> list[Reading]:
    """Every code in an SVG, PNG, JPEG or PDF file; one failed reading when there is none at all.

    Raises NotFound or Invalid when the file is missing, too large or of another kind.
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
    readings = read(data, format_) or [Reading(problems=("No QR code was found.",))]
    return [msgspec.structs.replace(reading, file=str(path)) for reading in readings]


def decode(picture: Picture) -> list[Barcode]:
    """Every code the decoder finds on the page, unmeasured; those that it cannot read are not ``valid``."""
    import zxingcpp

    grey = picture.image.convert("L")
    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return zxingcpp.read_barcodes(grey, formats=kinds, return_errors=True)


def _quick_sides_px(content_bytes: int) -> tuple[int, ...]:
    """Widths to try: four pixels a module for a symbol of that content, then more for one in a design."""
    most_modules = min(5 * content_bytes**0.5 + 12, 185)
    return (round(4 * most_modules), round(12 * most_modules), 2500)


def _widths(format: str, sides_px: tuple[int, ...]) -> tuple[int, ...]:  # noqa: A002 - the word users know
    return sides_px[:1] if format in _PIXEL_FORMATS else sides_px


def _reading(picture: Picture, code: Barcode, *, pixels: bool) -> Reading:
    corners = _corners(code)
    width, height = picture.image.size
    shares = cast(Corners, tuple((round(x / width, 5), round(y / height, 5)) for x, y in corners))
    extra = cast(dict[str, object], code.extra)
    if not code.valid or not str(extra.get("Version", "")).isdigit():
        problem = "A QR code is here, but it cannot be read."
        return Reading(page=picture.page, problems=(problem,), corners_ratio=shares)
    version = int(str(extra["Version"]))
    unused = float(str(extra.get("UEC", 1.0)))
    found = measure(picture.image, corners, 17 + 4 * version, picture.px_per_mm, unused)
    grade, problems = assess(found, pixels=pixels)
    return Reading(
        page=picture.page,
        content=_text(code),
        symbol=f"QR {version}-{code.ec_level}",
        module_mm=found.module_mm,
        contrast=found.contrast,
        quiet_zone_modules=found.quiet_zone_modules,
        grade=grade,
        ok=grade != "F",
        problems=problems,
        corners_ratio=shares,
    )


def _text(code: Barcode) -> str:
    """UTF-8 where the bytes are that, else the decoder's own guess."""
    try:
        return code.bytes.decode("utf-8")
    except UnicodeDecodeError:
        return code.text


def _corners(code: Barcode) -> Corners:
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return cast(Corners, tuple(_point(point.x, point.y) for point in points))


def _point(x: int, y: int) -> Point:
    return float(x), float(y)

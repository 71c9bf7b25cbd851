"""A file with a picture as the press takes it: upright, no finer than it can be printed, in inks, without transparency.

What is in four inks or grey stays as it is; RGB becomes inks. Nothing else of the file is passed on.
Source: Exif 2.32, 4.6.4 (orientation); TIFF 6.0; JPEG (ITU-T T.81) with Adobe's APP14 marker; PNG (third edition).
"""

from __future__ import annotations

import io
import math
import warnings
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scanly.core.errors import Invalid, Problem, ScanlyError
from scanly.core.text import printable
from scanly.press.pictures.inks import Inking, are_printable, is_printable
from scanly.press.pictures.picture import Picture, Pixels, Vectors
from scanly.press.pictures.profile import Profile
from scanly.qr.artwork import Inks
from scanly.qr.ink import WHITE, Ink
from scanly.qr.vector import read_svg

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 64_000_000
# Finer than this, paper shows no difference.
MOST_PPI = 450
_MM_PER_INCH = 25.4
_FORMATS = ("PNG", "JPEG", "TIFF")
_MODES = frozenset(
    {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "I;16", "I;16B", "I;16L", "I;16N"}
)
_DEFLATE_LEVEL = 6
_BAND_PX = 256
_ORIENTATION = 0x0112
_LYING = range(5, 9)


@dataclass(frozen=True, slots=True)
class _File:
    """What is being read, for messages and for the rules that hold."""

    name: str
    field: str
    inking: Inking
    convert: bool

    def refused(self, message: str, hint: str) -> Invalid:
        return Invalid.field(self.field, f'"{self.name}" {message}', hint=hint)

    def located(self, problem: Problem) -> Problem:
        return replace(problem, where=", ".join(filter(None, (f'"{self.name}"', problem.where))))


def read_picture(
    path: Path,
    *,
    inks: Inks = "cmyk",
    profile: Profile | None = None,
    convert: bool = True,
    ground: Ink = WHITE,
    room_mm: tuple[float, float] | None = None,
    field: str = "image",
) -> Picture:
    """The picture in a PNG, JPEG, TIFF or SVG file.

    RGB becomes process inks by the plain formula, or by way of ``profile``; without ``convert`` it is refused then,
    unless it is grey. What shows through is laid on ``ground``. A picture that covers ``room_mm`` (width, height)
    has at most 450 pixels an inch. Raises Invalid for ``field``, naming the file.
    """
    file = _File(printable(path.name), field, Inking(inks, profile, ground), convert or inks == "rgb")
    data = _content(path, file)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _vectors(data, file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is odd in a file is either refused or of no matter
        return _pixels(data, room_mm, file)


def _pixels(data: bytes, room_mm: tuple[float, float] | None, file: _File) -> Pixels:
    image = _opened(data, file)
    try:
        embedded = image.info.get("icc_profile")
        upright = _upright(image, room_mm)
        if not file.convert and not is_printable(upright):
            raise file.refused(
                "is an RGB picture with colours.", "Save it as CMYK, or allow converting it: --convert-rgb."
            )
        plates, kind = file.inking.plates(upright, embedded)
    except (ScanlyError, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever they like
        raise file.refused("is damaged, or not all of it is there.", "Save it again.") from error
    return Pixels(_deflated(plates), plates.width, plates.height, kind)


def _deflated(plates: Image) -> bytes:
    """Some rows at a time, which spares a copy of the whole picture."""
    compressor = zlib.compressobj(_DEFLATE_LEVEL)
    pieces: list[bytes] = []
    for top in range(0, plates.height, _BAND_PX):
        band = plates.crop((0, top, plates.width, min(top + _BAND_PX, plates.height)))
        pieces.append(compressor.compress(band.tobytes()))
    return b"".join([*pieces, compressor.flush()])


def _content(path: Path, file: _File) -> bytes:
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise file.refused(f"cannot be read ({error.strerror}).", "Give the path of a picture.") from error
    if len(data) > MAX_BYTES:
        raise file.refused(
            f"is larger than {MAX_BYTES // 1024**2} MB.", "Save it smaller; 300 pixels an inch suffice."
        )
    return data


def _vectors(data: bytes, file: _File) -> Vectors:
    try:
        drawing = read_svg(data, field=file.field)
    except Invalid as refused:
        raise Invalid(problems=tuple(map(file.located, refused.problems))) from refused
    if not file.convert and not are_printable(drawing.fills):
        raise file.refused(
            "is a drawing in RGB with colours.", "Draw it in black, or allow converting it: --convert-rgb."
        )
    return Vectors(file.inking.fills(drawing.fills), drawing.width, drawing.height)


def _opened(data: bytes, file: _File) -> Image:
    """The picture with its header read and nothing decoded."""
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except MemoryError:
        raise
    except Image.DecompressionBombError as error:
        raise file.refused(
            "has too many pixels.", f"{MAX_PIXELS // 1_000_000} million are the limit."
        ) from error
    except Exception as error:  # decoders raise whatever they like
        raise file.refused(
            "is no picture that can be printed.", "Give a PNG, JPEG, TIFF or SVG file."
        ) from error
    if image.mode not in _MODES:
        raise file.refused(f"has pixels of an unusual kind ({image.mode}).", "Save it in CMYK, RGB or grey.")
    if image.width * image.height > MAX_PIXELS:
        message = f"has {image.width:,} x {image.height:,} pixels."
        raise file.refused(
            message, f"{MAX_PIXELS // 1_000_000} million in all are the limit; save it smaller."
        )
    return image


def _upright(image: Image, room_mm: tuple[float, float] | None) -> Image:
    """Decoded, in L, LA, RGB, RGBA or CMYK, as it was held and no finer than needed."""
    from PIL import ImageChops, ImageOps
    from PIL.Image import Resampling

    share = _share((image.height, image.width) if _lies(image) else image.size, room_mm)
    width, height = (max(1, math.ceil(side * share)) for side in image.size)
    image.draft(None, (width, height))  # a JPEG is decoded no larger than that
    inverted = image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info
    pixels = _plain(image)
    if inverted:  # only Adobe's marker says that 0 is full ink, which Pillow takes for granted
        pixels = ImageChops.invert(pixels)
    if share < 1:
        pixels = pixels.resize((width, height), Resampling.LANCZOS, reducing_gap=3.0)
    ImageOps.exif_transpose(pixels, in_place=True)
    return pixels


def _lies(image: Image) -> bool:
    """Whether width and height change places when it is held upright; those of a TIFF have done so when opened."""
    try:
        return image.format != "TIFF" and image.getexif().get(_ORIENTATION) in _LYING
    except Exception:  # whatever is wrong with what a camera noted, the picture may be sound
        image.info.pop("exif", None)
        return False


def _share(size: tuple[int, int], room_mm: tuple[float, float] | None) -> float:
    """The part of its width and height in pixels with which a picture still covers the room finely enough."""
    if room_mm is None:
        return 1.0
    longest = max(mm / _MM_PER_INCH * MOST_PPI / side for mm, side in zip(room_mm, size, strict=True))
    return min(1.0, longest)


def _plain(image: Image) -> Image:
    """Eight bits a channel, without a palette."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L")  # pyright: ignore[reportUnknownMemberType]
    if image.mode in ("LA", "RGBA", "CMYK") or (
        image.mode in ("L", "RGB") and not image.has_transparency_data
    ):
        image.load()
        return image
    grey = image.mode in ("1", "L")
    if image.has_transparency_data:
        return image.convert("LA" if grey else "RGBA")
    return image.convert("L" if grey else "RGB")

"""A stranger's picture as pixels: judged by its header, decoded no larger than shown, upright, in sRGB, and silent.

Nothing that stands beside the pixels (place, camera, comments, profiles) is passed on.
Source: Exif 2.32, 4.6.4 (orientation); ICC.1:2010; IEC 61966-2-1 (sRGB).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from scanly.core.errors import Invalid
from scanly.media.model import MAX_FRAMES, MAX_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile

FIELD = "picture"
WIDTHS_PX = (240, 480, 960)
# Four screens of the widest; so tall a picture is read by scrolling.
_TALLEST_PX = 3840
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
_ORIENTATION = 0x0112
_FIRST_LYING_ORIENTATION = 5
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def sizes(width: int, height: int) -> list[tuple[int, int]]:
    """Width and height of every variant in pixels, narrow first, in the same proportions; never enlarged."""
    widest = max(1, min(width, width * _TALLEST_PX // height))
    widths = [each for each in WIDTHS_PX if each < widest] + [min(widest, WIDTHS_PX[-1])]
    return [(each, max(1, min(_TALLEST_PX, round(height * each / width)))) for each in dict.fromkeys(widths)]


def read(data: bytes) -> tuple[Image, int, int]:
    """The picture as RGB or RGBA at the largest of its `sizes`, and the width and height it had, all upright.

    Raises Invalid, MemoryError.
    """
    picture = _opened(data)
    _check(picture)
    try:
        return _upright(picture)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever they like
        message = "The picture is damaged, or not all of it is there."
        raise _refused(message, "Save it again, or choose another.") from error


def _refused(message: str, hint: str) -> Invalid:
    return Invalid.field(FIELD, message, hint=hint)


def _opened(data: bytes) -> Image:
    """The picture with its header read and nothing decoded. Raises Invalid."""
    from PIL import Image

    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        message = "It is a HEIC picture, which browsers do not show."
        raise _refused(
            message, "Save it as JPEG; an iPhone does so with Settings, Camera, Formats, Most Compatible."
        )
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever they like
        message = "It is not a picture that pages can show."
        raise _refused(message, "Give a JPEG, PNG, WebP, AVIF, GIF or SVG file.") from error


def _check(picture: Image) -> None:
    """Raises Invalid for more pixels or frames than are worth decoding."""
    if picture.width * picture.height > MAX_PIXELS:
        raise _refused(
            f"The picture has {picture.width:,} x {picture.height:,} pixels.",
            f"{MAX_PIXELS // 1_000_000} megapixels are the limit; make it smaller.",
        )
    if getattr(picture, "n_frames", 1) > MAX_FRAMES:
        message = f"The picture moves through more than {MAX_FRAMES} frames."
        raise _refused(message, "Only the first is shown; save that one alone.")


def _upright(picture: Image) -> tuple[Image, int, int]:
    from PIL.Image import Resampling, Transpose

    orientation = _orientation(picture)
    lying = orientation >= _FIRST_LYING_ORIENTATION
    width, height = picture.size[::-1] if lying else picture.size
    shown = sizes(width, height)[-1]
    stored = (shown[1], shown[0]) if lying else shown
    picture.draft(None, (stored[0] * 2, stored[1] * 2))  # a JPEG is decoded no larger than that
    profile = picture.info.get("icc_profile")
    pixels = _averageable(picture)
    gap = None if pixels.mode == "I;16" else 3.0  # 16 bits cannot be halved first
    small = pixels.resize(stored, Resampling.LANCZOS, reducing_gap=gap)
    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turned = _in_srgb(small, profile)
    return (turned.transpose(turns[orientation]) if orientation in turns else turned), width, height


def _orientation(picture: Image) -> int:
    """How the picture was held, 1 (upright) to 8."""
    try:
        noted = picture.getexif().get(_ORIENTATION)
    except Exception:  # whatever is wrong with what a camera noted, the picture may be sound
        return 1
    return noted if isinstance(noted, int) and 1 <= noted <= 8 else 1


def _averageable(picture: Image) -> Image:
    """The picture in a mode whose pixels can be averaged; one that is large is not copied without need."""
    if picture.mode in ("L", "RGB", "CMYK", "I;16") and not picture.has_transparency_data:
        return picture
    if picture.mode == "RGBA":
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _in_srgb(picture: Image, profile: bytes | None) -> Image:
    """RGB, or RGBA where something shows through."""
    if picture.mode == "I;16":  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")  # pyright: ignore[reportUnknownMemberType]
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    shown = _converted(picture.convert("RGB") if alpha else picture, profile)
    if alpha and alpha.getextrema() != (255, 255):
        shown.putalpha(alpha)
    shown.info = {}  # some writers put what they find there into the file
    return shown


def _converted(colours: Image, profile: bytes | None) -> Image:
    from PIL import ImageCms

    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(colours, given, _srgb(), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            found = None  # not a profile, or not one for such pixels
        if found:
            return found
    return colours.convert("RGB")


def _srgb() -> ImageCmsProfile:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]

"""A picture's bytes become the files that pages show: at each width the smaller of AVIF and WebP, and one for all.

Runs in a process of its own (`worker`), because what it reads may come from anybody.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec

from scanly.core.errors import Problem
from scanly.media.model import Kind
from scanly.media.pixels import FIELD, read, sizes

if TYPE_CHECKING:
    from PIL.Image import Image

_FALLBACK_PX = 480
# A picture in so few colours was drawn: it is smaller, and cleaner, without loss.
_FEW_COLOURS = 256
# A mark of UTF-8, and spaces; then comments and a DOCTYPE may stand before the first element.
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"
_XML_SEEN_BYTES = 4096
_OPTIONS: dict[Kind, dict[str, object]] = {
    "avif": {"quality": 52, "speed": 7, "max_threads": 1},
    "webp": {"quality": 70, "method": 4},
    "jpg": {"quality": 78, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}
_LOSSLESS: dict[str, object] = {"lossless": True, "quality": 70, "method": 4}
_FORMATS: dict[Kind, str] = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG", "png": "PNG"}


class Encoded(msgspec.Struct, frozen=True):
    """One file, and how large its picture is in pixels."""

    width: int
    height: int
    kind: Kind
    data: bytes


class Made(msgspec.Struct, frozen=True):
    """All files of a picture, the one for every browser last, and how large it was; or what is wrong with it."""

    width: int = 0
    height: int = 0
    files: tuple[Encoded, ...] = ()
    problems: tuple[Problem, ...] = ()


def encode(data: bytes) -> Made:
    """The files of a picture. Raises Invalid for `FIELD`, MemoryError."""
    if data.lstrip(_BEFORE_XML).startswith(b"<") and b"svg" in data[:_XML_SEEN_BYTES]:
        return _drawing(data)
    picture, width, height = read(data)
    drawn = picture.getcolors(_FEW_COLOURS) is not None
    pictures = [_resized(picture, size) for size in sizes(width, height)]
    modern = [_smaller(each, _LOSSLESS if drawn else _OPTIONS["webp"]) for each in pictures]
    narrow = [each for each in pictures if each.width <= _FALLBACK_PX][-1]
    kind: Kind = "png" if drawn or narrow.mode == "RGBA" else "jpg"
    return Made(width, height, (*modern, _written(narrow, kind, _OPTIONS[kind])))


def _drawing(data: bytes) -> Made:
    from scanly.media.drawing import clean

    cleaned, width, height = clean(data, FIELD)
    return Made(width, height, (Encoded(width, height, "svg", cleaned),))


def _resized(picture: Image, size: tuple[int, int]) -> Image:
    from PIL.Image import Resampling

    if size == picture.size:
        return picture
    return picture.resize(size, Resampling.LANCZOS)  # pyright: ignore[reportUnknownMemberType] - numpy is not there


def _smaller(picture: Image, webp: dict[str, object]) -> Encoded:
    both = (_written(picture, "avif", _OPTIONS["avif"]), _written(picture, "webp", webp))
    return min(both, key=lambda one: len(one.data))


def _written(picture: Image, kind: Kind, options: dict[str, object]) -> Encoded:
    file = io.BytesIO()
    picture.save(file, _FORMATS[kind], **options)
    return Encoded(*picture.size, kind, file.getvalue())

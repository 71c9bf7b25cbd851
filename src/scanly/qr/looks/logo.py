"""Logos: a picture in the middle of a symbol, and the modules that make room for it.

The hole is of whole modules, because half a module only confuses readers; how much of it the error correction can
bear is computed, block by block, by `scanly.qr.budget`.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as File
from typing import TYPE_CHECKING, cast

from scanly.core.errors import Invalid, NotFound
from scanly.qr.artwork import Bitmap, Fill, Shape
from scanly.qr.budget import REFUSED, budget
from scanly.qr.style import LOGO_RATIO, LogoShape, Style
from scanly.qr.symbol import Symbol
from scanly.qr.vector import Vector, read_svg

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 4_000_000
MAX_PIXELS = 4_000_000
# Room between the logo and the modules around it, and how fine a picture in pixels is kept.
MARGIN_MODULES = 0.5
PICTURE_DPI = 600
# What a thin logo gets at least, so that its margins leave something of it.
MIN_SIDE_MODULES = 2.0

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_DAMAGED = (ValueError, OSError, EOFError, SyntaxError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo that was read: fills, or else pixels as a PNG file; ``aspect`` is width by height."""

    aspect: float
    drawing: Vector | None = None
    png: bytes = b""


@dataclass(frozen=True, slots=True)
class Hole:
    """The modules that are taken away, as columns and rows from the first to the one behind the last."""

    left: int
    top: int
    right: int
    bottom: int
    shape: LogoShape

    def cleared(self, rows: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The rows of a symbol without the modules of the hole."""
        bare = [bytearray(row) for row in rows]
        for x, y in self.modules():
            bare[y][x] = 0
        return tuple(bytes(row) for row in bare)

    def modules(self) -> Iterator[tuple[int, int]]:
        """Every module of the hole as (x, y)."""
        radius_x, radius_y = (self.right - self.left) / 2, (self.bottom - self.top) / 2
        middle_x, middle_y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        for y in range(self.top, self.bottom):
            for x in range(self.left, self.right):
                # The point of the module that is nearest to the middle decides.
                near_x = max(abs(x + 0.5 - middle_x) - 0.5, 0) / radius_x
                near_y = max(abs(y + 0.5 - middle_y) - 0.5, 0) / radius_y
                if self.shape == "square" or near_x**2 + near_y**2 < 1:
                    yield x, y


def hole_of(symbol: Symbol, style: Style) -> Hole | None:
    """The modules that the style's logo takes from this symbol; None without a logo."""
    if not style.logo:
        return None
    aspect = opened(style.logo).aspect
    longest = style.logo_ratio * symbol.modules
    width, height = (
        max(side, MIN_SIDE_MODULES) for side in (longest * min(aspect, 1), longest / max(aspect, 1))
    )
    middle = symbol.modules / 2
    return Hole(
        math.floor(middle - width / 2 + 1e-9),
        math.floor(middle - height / 2 + 1e-9),
        math.ceil(middle + width / 2 - 1e-9),
        math.ceil(middle + height / 2 - 1e-9),
        style.logo_shape,
    )


def require_bearable(symbol: Symbol, hole: Hole) -> None:
    """Raises Invalid when the hole takes more than the error correction can bear."""
    found = budget(symbol, hole.modules())
    if not found.bearable or found.worst_share > REFUSED:
        message = (
            f"On {symbol.name} the logo takes {found.worst_share:.0%} of what error correction can bear."
        )
        if not found.bearable:
            message = f"On {symbol.name} the logo covers the patterns that readers look for."
        raise Invalid.field("logo_ratio", message, hint="Make it smaller, or raise the level.")


def placed(style: Style, hole: Hole, module_mm: float) -> tuple[Shape, ...]:
    """The logo in its hole, as large as its margin leaves room for."""
    logo = opened(style.logo)
    edge = style.quiet_zone_modules
    room_width, room_height = hole.right - hole.left, hole.bottom - hole.top
    margin = 2 * MARGIN_MODULES
    width = min(room_width - margin, (room_height - margin) * logo.aspect)
    height = width / logo.aspect
    x = edge + hole.left + (room_width - width) / 2
    y = edge + hole.top + (room_height - height) / 2
    if logo.drawing:
        return tuple(_fills(logo.drawing, x, y, width, round_hole=hole.shape == "circle"))
    width_px = math.ceil(width * module_mm / 25.4 * PICTURE_DPI)
    png = _resized(logo.png, width_px, hole.shape)
    return (Bitmap(png, x, y, width, height),)


def _fills(drawing: Vector, x: float, y: float, width: float, *, round_hole: bool) -> Iterator[Fill]:
    scale = width / drawing.width
    if round_hole:
        scale *= _fitting(drawing)
    left = x + (width - drawing.width * scale) / 2
    top = y + (width / drawing.width * drawing.height - drawing.height * scale) / 2
    matrix = (scale, 0.0, 0.0, scale, left, top)
    for fill in drawing.fills:
        yield fill.transformed(matrix)


def _fitting(drawing: Vector) -> float:
    """How far a drawing must shrink for all of it to lie within the circle in its box, 1 at most."""
    middle_x, middle_y = drawing.width / 2, drawing.height / 2
    farthest = max(
        (
            ((px - middle_x) / middle_x) ** 2 + ((py - middle_y) / middle_y) ** 2
            for fill in drawing.fills
            for _, *numbers in fill.path.segments
            for px, py in zip(numbers[::2], numbers[1::2], strict=True)
        ),
        default=1.0,
    )
    return min(1.0, 1 / farthest**0.5)


def opened(path: str) -> Logo:
    """The logo in that file. Raises NotFound or Invalid."""
    file = File(path)
    try:
        state = file.stat()
        if state.st_size > MAX_BYTES:
            message = f"{file.name} has {state.st_size / 1e6:.1f} MB; a logo may have {MAX_BYTES // 10**6}."
            raise Invalid.field("logo", message, hint="Make it smaller.")
        return _read(file, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise NotFound(
            f"The logo {path} cannot be opened: {error.strerror}.", hint="Check the name."
        ) from error


@lru_cache(maxsize=64)
def _read(file: File, _changed_ns: int, _size: int) -> Logo:
    data = file.read_bytes()
    if data.startswith((_PNG, _JPEG)):
        return _of_pixels(data, file.name)
    if b"<svg" in data[:4096] or b":svg" in data[:4096]:
        drawing = read_svg(data, field="logo")
        return Logo(drawing.width / drawing.height, drawing=drawing)
    hint = "Export it as one of these."
    raise Invalid.field("logo", f"{file.name} is neither PNG, JPEG nor SVG.", hint=hint)


def _of_pixels(data: bytes, name: str) -> Logo:
    from PIL import ImageOps
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile

    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow's, about notes of cameras that are damaged
            image = (PngImageFile if data.startswith(_PNG) else JpegImageFile)(io.BytesIO(data))
            if image.width * image.height > MAX_PIXELS:
                message = f"{name} has {image.width:,} by {image.height:,} pixels."
                raise Invalid.field(
                    "logo", message, hint=f"Scale it to {MAX_PIXELS // 10**6} megapixels or less."
                )
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except _DAMAGED as error:
        message = f"{name} is damaged."
        raise Invalid.field(
            "logo", message, hint="Open it in a picture program and save it again."
        ) from error
    return Logo(upright.width / upright.height, png=_png(upright))


@lru_cache(maxsize=64)
def _resized(png: bytes, width_px: int, shape: LogoShape) -> bytes:
    """As fine as a printer can show, and cut to a circle for a round hole."""
    from PIL import Image, ImageChops, ImageDraw

    image = cast("Image", Image.open(io.BytesIO(png)))
    if image.width > width_px:
        image.thumbnail((width_px, image.height), Image.Resampling.LANCZOS)
    if shape == "circle":
        disc = Image.new("L", (4 * image.width, 4 * image.height))
        ImageDraw.Draw(disc).ellipse((0, 0, *disc.size), fill=255)
        image.putalpha(ImageChops.multiply(image.getchannel("A"), disc.reduce(4)))
    return _png(image)


def _png(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def smaller_ratios(style: Style) -> Iterator[float]:
    """Shares to try, from just below the style's own down to the least, in steps of a hundredth."""
    steps = int((style.logo_ratio - LOGO_RATIO[0]) * 100)
    for step in range(1, steps + 1):
        yield round(style.logo_ratio - step / 100, 2)

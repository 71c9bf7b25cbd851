"""Artwork as PNG: whole pixels a module, exact resolution, never resampled.

A module must be a whole number of pixels, so the size in millimetres follows from the grid at the exact
resolution; `grid` tells it. Plain codes are written here, one bit a pixel; what has curves or more colours is
drawn by an SVG renderer on the same grid.

Source: PNG (third edition), 11.2 (chunks), 9 (filters: 0 none, 2 up) and 11.3.4.3 (pHYs).
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass, replace

from scanly.core.errors import Invalid
from scanly.qr.artwork import Artwork, Bars, Runs
from scanly.qr.ink import Ink
from scanly.qr.style import MIN_MODULE_MM
from scanly.qr.writers import svg

MAX_SIDE_PX = 9_000
MM_PER_INCH = 25.4

# Two thirds of the time that the usual 6 takes, for files an eighth larger.
_DEFLATE_LEVEL = 4
_CSS_DPI = 96
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_END = len(_SIGNATURE) + 25


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels a PNG really has, and the width they give; ``left`` and ``top`` in whole pixels as well."""

    module_px: int
    width_px: int
    height_px: int
    left_px: int
    top_px: int
    width_mm: float

    @property
    def whole_modules(self) -> bool:
        """Whether the picture's edges lie between modules."""
        return not any(
            side % self.module_px for side in (self.left_px, self.top_px, self.width_px, self.height_px)
        )


def grid(artwork: Artwork) -> Grid:
    """The nearest size to the one asked for whose modules are whole pixels, and not under 0.25 mm."""
    px_per_mm = artwork.dpi / MM_PER_INCH
    least = math.ceil(min(MIN_MODULE_MM, artwork.module_mm) * px_per_mm - 1e-9)
    module_px = max(round(artwork.module_mm * px_per_mm), least, 1)
    left, top = math.floor(artwork.left * module_px + 1e-6), math.floor(artwork.top * module_px + 1e-6)
    width = math.ceil((artwork.left + artwork.width) * module_px - 1e-6) - left
    height = math.ceil((artwork.top + artwork.height) * module_px - 1e-6) - top
    if max(width, height) > MAX_SIDE_PX:
        longest = max(artwork.width, artwork.height)
        fitting_mm = (int(MAX_SIDE_PX / longest) or MAX_SIDE_PX / longest) * artwork.width / px_per_mm
        side = "wide" if width >= height else "high"
        message = f"The PNG would be {max(width, height):,} pixels {side}; {MAX_SIDE_PX:,} are allowed."
        hint = f"Use {int(fitting_mm)} mm or a lower dpi, or take SVG or PDF."
        raise Invalid.field("size_mm", message, hint=hint)
    return Grid(module_px, width, height, left, top, width / px_per_mm)


def write(artwork: Artwork) -> bytes:
    """The file. Raises Invalid when the picture gets too large."""
    size = grid(artwork)
    match artwork.shapes:
        case (Bars(runs=runs, paint=Ink() as dark),) if size.whole_modules and not artwork.corner_radius:
            return _plain(artwork, runs, dark, size)
        case _:
            return _rendered(artwork, size)


def _plain(artwork: Artwork, runs: Runs, dark: Ink, size: Grid) -> bytes:
    header = struct.pack(">IIBBBBB", size.width_px, size.height_px, 1, 3, 0, 0, 0)
    palette = bytes((*(artwork.ground or dark).rgb, *dark.rgb))
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _resolution(artwork.dpi),
            _chunk(b"PLTE", palette),
            _chunk(b"tRNS", b"\x00") if artwork.ground is None else b"",
            _chunk(b"IDAT", zlib.compress(_scanlines(runs, size), _DEFLATE_LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _scanlines(runs: Runs, size: Grid) -> bytes:
    """Every row of modules as one drawn line, and "as above" for the pixels below it."""
    px = size.module_px
    line_bytes = (size.width_px + 7) // 8
    end = line_bytes * 8 + size.left_px
    rows: dict[int, int] = {}
    for x, y, length in runs:
        rows[y] = rows.get(y, 0) | ((1 << length * px) - 1) << end - (x + length) * px
    blank = b"\x00" + bytes(line_bytes)
    as_above = (b"\x02" + bytes(line_bytes)) * (px - 1)
    first, last = size.top_px // px, (size.top_px + size.height_px) // px
    return b"".join(
        [
            (b"\x00" + rows[y].to_bytes(line_bytes, "big") + as_above) if y in rows else blank * px
            for y in range(first, last)
        ]
    )


def _rendered(artwork: Artwork, size: Grid) -> bytes:
    """Drawn by resvg on the pixel grid; its file gets the resolution, which it does not know."""
    import resvg_py

    whole = replace(
        artwork,
        left=size.left_px / size.module_px,
        top=size.top_px / size.module_px,
        width=size.width_px / size.module_px,
        height=size.height_px / size.module_px,
        # So that the drawing's own size is the pixels': scaled, it would be rounded first.
        module_mm=size.module_px * MM_PER_INCH / _CSS_DPI,
    )
    png = resvg_py.svg_to_bytes(svg_string=svg.write(whole).decode(), skip_system_fonts=True, dpi=_CSS_DPI)
    return png[:_HEADER_END] + _resolution(artwork.dpi) + png[_HEADER_END:]


def _resolution(dpi: int) -> bytes:
    pixels_per_metre = round(dpi / MM_PER_INCH * 1000)
    return _chunk(b"pHYs", struct.pack(">IIB", pixels_per_metre, pixels_per_metre, 1))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

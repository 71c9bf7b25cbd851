"""A symbol as PNG: one bit a pixel, whole pixels a module, never resampled.

A module must be a whole number of pixels, so the size in millimetres follows from the grid at the exact
resolution; `grid` tells it.

Source: PNG (third edition), 11.2 (chunks), 9 (filters: 0 none, 2 up) and 11.3.4.3 (pHYs).
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass

from scanly.core.colour import rgb
from scanly.core.errors import Invalid
from scanly.qr.style import MIN_MODULE_MM, Style
from scanly.qr.symbol import Symbol

MAX_SIDE_PX = 9_000
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels a PNG really has, and the size they give."""

    module_px: int
    side_px: int
    size_mm: float


def grid(symbol: Symbol, style: Style) -> Grid:
    """The nearest size to the one asked for whose modules are whole pixels, and not under 0.25 mm."""
    outer = style.outer_modules(symbol)
    px_per_mm = style.dpi / MM_PER_INCH
    module_px = max(round(style.size_mm * px_per_mm / outer), math.ceil(MIN_MODULE_MM * px_per_mm))
    side_px = module_px * outer
    if side_px > MAX_SIDE_PX:
        fitting = int(MAX_SIDE_PX / px_per_mm / outer) * outer or int(MAX_SIDE_PX / px_per_mm)
        message = f"The PNG would be {side_px:,} pixels wide; {MAX_SIDE_PX:,} are allowed."
        raise Invalid.field("size_mm", message, hint=f"Use {fitting} mm or a lower dpi, or take SVG or PDF.")
    return Grid(module_px, side_px, side_px / px_per_mm)


def draw(symbol: Symbol, style: Style) -> bytes:
    """The file. Raises Invalid when modules get too small or the picture too large."""
    size = grid(symbol, style)
    header = struct.pack(">IIBBBBB", size.side_px, size.side_px, 1, 3, 0, 0, 0)
    palette = bytes((*rgb(style.dark if style.light == "none" else style.light), *rgb(style.dark)))
    pixels_per_metre = round(style.dpi / MM_PER_INCH * 1000)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"pHYs", struct.pack(">IIB", pixels_per_metre, pixels_per_metre, 1)),
            _chunk(b"PLTE", palette),
            _chunk(b"tRNS", b"\x00") if style.light == "none" else b"",
            _chunk(b"IDAT", zlib.compress(_scanlines(symbol, style.quiet_zone_modules, size))),
            _chunk(b"IEND", b""),
        )
    )


def _scanlines(symbol: Symbol, edge_modules: int, size: Grid) -> bytes:
    """Every row of modules as one drawn line, and "as above" for the pixels below it."""
    line_bytes = (size.side_px + 7) // 8
    as_above = b"\x02" + bytes(line_bytes)
    spare_bits = line_bytes * 8 - size.side_px
    edge_bits = edge_modules * size.module_px + spare_bits
    light, dark = b"0" * size.module_px, b"1" * size.module_px
    edge = (b"\x00" + bytes(line_bytes)) * (edge_modules * size.module_px)
    lines = [edge]
    for row in symbol.rows:
        bits = int(row.replace(b"\x00", light).replace(b"\x01", dark), 2) << edge_bits
        lines.append(b"\x00" + bits.to_bytes(line_bytes, "big"))
        lines.append(as_above * (size.module_px - 1))
    lines.append(edge)
    return b"".join(lines)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

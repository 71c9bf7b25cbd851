"""A symbol and a style become artwork: modules, eyes, logo, frame and caption, each in its place."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

from scanly.core.errors import Invalid
from scanly.qr.artwork import Artwork, Bars, Fill, Paint, Shape, Stamps
from scanly.qr.ink import Blend, Ink
from scanly.qr.looks import eyes, modules
from scanly.qr.looks.blending import spread
from scanly.qr.looks.emblem import swiss_cross
from scanly.qr.looks.frame import surround
from scanly.qr.looks.logo import Hole, hole_of, placed, require_bearable
from scanly.qr.style import MIN_MODULE_MM, MIN_QUIET_ZONE_MODULES, SIZE_MM, Style
from scanly.qr.symbol import Symbol


def compose(
    symbol: Symbol, style: Style, *, emblem: Literal["", "swiss-cross"] = "", title: str = ""
) -> Artwork:
    """The artwork, ``style.size_mm`` wide unless ``style.module_mm`` decides.

    Raises Invalid when modules get under 0.25 mm or the whole over 5 m, the ground's corners are so round that the
    symbol lies beside it, the logo covers more than the error correction can bear, or logo, frame or caption cannot
    be drawn.
    """
    outer = style.outer_modules(symbol)
    around = surround(style, outer)
    width = around.width if around else outer
    module_mm = style.module_mm or style.size_mm / width
    height = around.height if around else outer
    left, top = (around.left, around.top) if around else (0.0, 0.0)
    _require_size(symbol, style, module_mm, width)
    _require_extent(style, max(width, height) * module_mm)
    radius = min(style.corner_radius_modules, width / 2, height / 2)
    edge = style.quiet_zone_modules
    if not style.forced:
        _require_eyes(symbol, style)
        margins = (edge - left, left + width - edge - symbol.modules)
        _require_ground(radius, margins, (edge - top, top + height - edge - symbol.modules))
    hole = hole_of(symbol, style)
    if hole and not style.forced:
        require_bearable(symbol, hole)
    shapes = (
        *(around.shapes if around else ()),
        *_symbol_shapes(symbol, style, hole),
        *(placed(style, hole, module_mm) if hole else ()),
        *(swiss_cross(outer / 2, module_mm) if emblem else ()),
    )
    return Artwork(
        width=width,
        height=height,
        module_mm=module_mm,
        ground=style.ground,
        shapes=shapes,
        corner_radius=radius,
        inks=style.inks,
        dpi=style.dpi,
        left=left,
        top=top,
        title=title,
    )


def _require_size(symbol: Symbol, style: Style, module_mm: float, width: float) -> None:
    if module_mm < MIN_MODULE_MM and not style.forced:
        raise Invalid.field(
            "size_mm",
            f"{symbol.name} on {style.size_mm:g} mm has modules of {module_mm:.2f} mm, "
            f"which do not print reliably.",
            hint=f"Make it at least {math.ceil(width * MIN_MODULE_MM * 100) / 100:g} mm, or shorten the content.",
        )


def _require_extent(style: Style, longest_mm: float) -> None:
    limit_mm = SIZE_MM[1]
    if longest_mm > limit_mm + 1e-6:
        name, said = ("module_mm", style.module_mm) if style.module_mm else ("size_mm", style.size_mm)
        fitting = math.floor(100 * said * limit_mm / longest_mm) / 100
        message = f"The drawing would be {longest_mm:,.0f} mm long; {limit_mm:,.0f} are the limit."
        raise Invalid.field(name, message, hint=f"Use {fitting:g} or less.")


def _require_eyes(symbol: Symbol, style: Style) -> None:
    """Raises Invalid for an only eye whose corners readers do not find."""
    if symbol.micro and style.eye_shape in ("circle", "leaf"):
        message = f"A Micro QR code has one eye only, which is not found with the shape {style.eye_shape}."
        raise Invalid.field("eye_shape", message, hint="Use rounded or square.")


def _require_ground(radius: float, across: tuple[float, float], down: tuple[float, float]) -> None:
    """Raises Invalid when a round corner of the ground leaves too little of it at a corner of the symbol.

    ``across`` and ``down`` are the modules from the ground's edges to the symbol.
    """
    for margin_x, margin_y in itertools.product(across, down):
        beyond = math.hypot(max(radius - margin_x, 0), max(radius - margin_y, 0))
        if beyond > max(radius - MIN_QUIET_ZONE_MODULES, 0):
            message = f"Corners with a radius of {radius:g} modules cut the quiet zone off."
            raise Invalid.field("corner_radius_modules", message, hint="Make it smaller.")


def _symbol_shapes(symbol: Symbol, style: Style, hole: Hole | None) -> tuple[Shape, ...]:
    edge = style.quiet_zone_modules
    paints = _Paints(edge, edge + symbol.modules)
    dark = paints.of(style.dark_paint)
    rows = hole.cleared(symbol.rows) if hole else symbol.rows
    if _is_plain(style):
        return (Bars(modules.runs(rows, edge), dark),)
    at = eyes.places(symbol)
    rows = _without_eyes(rows, at)
    glyphs = modules.glyphs(style.module_shape, style.module_scale)
    return (
        Stamps(glyphs, modules.places(rows, edge), dark),
        Fill(eyes.frames(style.eye_shape, at, edge), paints.of(style.eye_paint), even_odd=True),
        Fill(eyes.pupils(style.pupil_shape, at, edge), paints.of(style.pupil_paint)),
    )


def _is_plain(style: Style) -> bool:
    """Whether all that is dark are squares in one paint, which every format can write as bars."""
    shapes = {style.module_shape, style.eye_shape, style.pupil_shape}
    return shapes == {"square"} and not style.eye_colour and not style.pupil_colour


def _without_eyes(rows: tuple[bytes, ...], at: tuple[tuple[int, int], ...]) -> tuple[bytes, ...]:
    bare = list(rows)
    blank = bytes(eyes.SIDE)
    for x, y in at:
        for row in range(y, y + eyes.SIDE):
            bare[row] = bare[row][:x] + blank + bare[row][x + eyes.SIDE :]
    return tuple(bare)


@dataclass(frozen=True, slots=True)
class _Paints:
    """Gradients run once over the whole symbol, so that all its parts agree."""

    start: float
    end: float

    def of(self, paint: Ink | Blend) -> Paint:
        return (
            paint if isinstance(paint, Ink) else spread(paint, (self.start, self.start), (self.end, self.end))
        )

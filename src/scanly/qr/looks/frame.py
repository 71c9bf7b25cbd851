"""Frames: what is drawn around a symbol, and the call to action that is set into it.

A frame is an SVG file in ``templates/frames`` (or anybody's own): a square with the id ``symbol`` is where the
symbol goes, its quiet zone included; a box with the id ``caption`` or ``caption-light`` is where the text goes, in
the frame's paint or in the ground's. What is black takes the frame's paint, what is white the ground's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path as File
from xml.etree import ElementTree

from scanly.core.errors import Invalid, NotFound
from scanly.core.paths import asset
from scanly.core.text import nearest
from scanly.qr.artwork import Fill, Paint, Shape
from scanly.qr.ink import BLACK, WHITE, Ink
from scanly.qr.lettering import fit
from scanly.qr.looks.blending import spread
from scanly.qr.style import Style
from scanly.qr.vector import Vector, read_svg

USUAL_CAPTION = "Scan me"
# A caption without a frame stands below the code.
_PLAIN = "plain"
_SYMBOL, _CAPTION, _CAPTION_LIGHT = "symbol", "caption", "caption-light"
# The least size of text that is still read on paper: 4.5 points.
_MIN_EM_MM = 1.6


@dataclass(frozen=True, slots=True)
class Surround:
    """What is around the symbol, in modules; the symbol with its quiet zone begins at (0, 0)."""

    left: float
    top: float
    width: float
    height: float
    shapes: tuple[Shape, ...]


@cache
def frames() -> Mapping[str, str]:
    """The frames that Scanly brings along, by name, with what they look like (the title of their file)."""
    return {
        file.stem: ElementTree.parse(file).findtext("{http://www.w3.org/2000/svg}title", "")  # noqa: S314 - our own files
        for file in sorted(asset("frames").glob("*.svg"))
    }


def surround(style: Style, outer_modules: int) -> Surround | None:
    """The frame and caption of a style around a symbol; None without either. Raises Invalid or NotFound."""
    if not style.frame and not style.caption:
        return None
    drawing = _opened(style.frame or _PLAIN)
    x, y, side, _ = drawing.boxes[_SYMBOL]
    scale = outer_modules / side
    width = drawing.width * scale
    fills = [fill.transformed((scale, 0, 0, scale, -x * scale, -y * scale)) for fill in drawing.fills]
    paints = _Paints(
        style, (-x * scale, -y * scale), ((drawing.width - x) * scale, (drawing.height - y) * scale)
    )
    shapes = [Fill(fill.path, paints.of(fill.paint), fill.even_odd) for fill in fills]
    shapes += _caption(style, drawing, scale, paints, width)
    return Surround(-x * scale, -y * scale, width, drawing.height * scale, tuple(shapes))


def _caption(style: Style, drawing: Vector, scale: float, paints: _Paints, width: float) -> Iterator[Fill]:
    name = next((name for name in (_CAPTION, _CAPTION_LIGHT) if name in drawing.boxes), "")
    if not name:
        if style.caption:
            hint = f"Choose one that does, such as {_PLAIN} or banner."
            raise Invalid.field("caption", f'The frame "{style.frame}" has no place for text.', hint=hint)
        return
    x, y, box_width, box_height = drawing.boxes[name]
    symbol_x, symbol_y, *_ = drawing.boxes[_SYMBOL]
    least = _MIN_EM_MM / (style.module_mm or style.size_mm / width)
    outline = fit(
        style.caption or USUAL_CAPTION,
        box_width * scale,
        box_height * scale,
        font=style.font,
        smallest=0.0 if style.forced else least,
    )
    moved = outline.moved((x - symbol_x) * scale, (y - symbol_y) * scale)
    yield Fill(moved, paints.dark if name == _CAPTION else paints.light)


@dataclass(frozen=True, slots=True)
class _Paints:
    """The paints of a frame, whose gradients run over all of it."""

    style: Style
    top_left: tuple[float, float]
    bottom_right: tuple[float, float]

    @property
    def dark(self) -> Paint:
        paint = self.style.frame_paint
        return paint if isinstance(paint, Ink) else spread(paint, self.top_left, self.bottom_right)

    @property
    def light(self) -> Ink:
        return self.style.ground or WHITE

    def of(self, drawn: Paint) -> Paint:
        """What stands for a paint of the frame's file."""
        if drawn == BLACK:
            return self.dark
        return self.light if drawn == WHITE else drawn


def _opened(name: str) -> Vector:
    """The frame of that name, or in that file."""
    file = asset("frames", f"{name}.svg") if name in frames() else File(name)
    if file.suffix.lower() != ".svg":
        hint = nearest(name, frames()) or f"There are {', '.join(frames())}; or give an SVG file of your own."
        raise NotFound(f'There is no frame "{name[:80]}".', hint=hint)
    try:
        return _read(file, file.stat().st_mtime_ns)
    except OSError as error:
        raise NotFound(
            f"The frame {name} cannot be opened: {error.strerror}.", hint="Check the name."
        ) from error


@lru_cache(maxsize=64)
def _read(file: File, _changed_ns: int) -> Vector:
    drawing = read_svg(file.read_bytes(), field="frame", boxes=(_SYMBOL, _CAPTION, _CAPTION_LIGHT))
    box = drawing.boxes.get(_SYMBOL)
    if box is None or abs(box[2] - box[3]) > 1e-6 * box[2]:
        message = f'The frame {file.name} has no square with the id "{_SYMBOL}".'
        raise Invalid.field("frame", message, hint="Draw one where the code shall be, quiet zone included.")
    return drawing

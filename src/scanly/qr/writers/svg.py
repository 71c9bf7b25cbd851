"""Artwork as SVG: exact millimetres outside, whole modules inside, one path for each paint.

Colours are those of the screen; what a press needs (process and spot inks) is in PDF and EPS.

Source: SVG 1.1 (second edition), 5.7 (image), 7.7 (viewBox), 8.3 (path data), 13.2 (gradients).
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from html import escape

from scanly.qr.artwork import Artwork, Bars, Bitmap, Fill, Gradient, Paint, Path, Shape, Stamps
from scanly.qr.writers.numbers import Told, number, numbers

_ACROSS, _DOWN, _BAR = Told("M{} "), Told("{}"), Told("h{0}v1h-{0}z")


def write(artwork: Artwork) -> bytes:
    """The file; a title is for screen readers and tooltips."""
    gradients: dict[Gradient, str] = {}
    body = "".join([_shape(shape, gradients) for shape in artwork.shapes])
    only_bars = not artwork.corner_radius and all(isinstance(each, Bars) for each in artwork.shapes)
    crisp = ' shape-rendering="crispEdges"' if only_bars else ""
    has_picture = any(isinstance(each, Bitmap) for each in artwork.shapes)
    links = ' xmlns:xlink="http://www.w3.org/1999/xlink"' if has_picture else ""
    view = numbers(artwork.left, artwork.top, artwork.width, artwork.height, digits=6)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{links} width="{_millimetres(artwork, artwork.width)}" '
        f'height="{_millimetres(artwork, artwork.height)}" viewBox="{view}"{crisp}>'
        f"{_title(artwork.title)}{_definitions(gradients)}{_ground(artwork)}{body}</svg>\n"
    ).encode()


def _millimetres(artwork: Artwork, modules: float) -> str:
    return f"{modules * artwork.module_mm:.10g}mm"


def _title(title: str) -> str:
    """Without the characters that XML forbids; joiners stay, Indic scripts need them."""
    seen = "".join(char for char in title if char.isprintable() or char in "\u200c\u200d")
    return f"<title>{escape(seen, quote=False)}</title>" if seen else ""


def _ground(artwork: Artwork) -> str:
    if artwork.ground is None:
        return ""
    box = numbers(artwork.left, artwork.top), number(artwork.width), number(artwork.height)
    if not artwork.corner_radius:
        return f'<path fill="{artwork.ground.hex}" d="M{box[0]}h{box[1]}v{box[2]}h-{box[1]}z"/>'
    place = f'x="{number(artwork.left)}" y="{number(artwork.top)}" width="{box[1]}" height="{box[2]}"'
    return f'<rect fill="{artwork.ground.hex}" {place} rx="{number(artwork.corner_radius)}"/>'


def _shape(shape: Shape, gradients: dict[Gradient, str]) -> str:
    match shape:
        case Bars(runs=runs, paint=paint):
            path = "".join([f"{_ACROSS[x]}{_DOWN[y]}{_BAR[width]}" for x, y, width in runs])
        case Stamps(glyphs=glyphs, places=places, paint=paint):
            drawn = _drawn(glyphs)
            path = "".join([f"{_ACROSS[x]}{_DOWN[y]}{drawn[key]}" for x, y, key in places])
        case Fill(path=outline, paint=paint, even_odd=even_odd):
            rule = ' fill-rule="evenodd"' if even_odd else ""
            return f'<path fill="{_paint(paint, gradients)}"{rule} d="{absolute(outline)}"/>'
        case Bitmap():
            return _bitmap(shape)
    return f'<path fill="{_paint(paint, gradients)}" d="{path}"/>'


def _bitmap(bitmap: Bitmap) -> str:
    place = f'x="{number(bitmap.x)}" y="{number(bitmap.y)}" '
    size = f'width="{number(bitmap.width)}" height="{number(bitmap.height)}" preserveAspectRatio="none" '
    return f'<image {place}{size}xlink:href="data:image/png;base64,{b64encode(bitmap.png).decode()}"/>'


def _paint(paint: Paint, gradients: dict[Gradient, str]) -> str:
    if isinstance(paint, Gradient):
        name = gradients.get(paint) or gradients.setdefault(paint, _name(paint))
        return f"url(#{name})"
    return paint.hex


def _name(gradient: Gradient) -> str:
    """An id that only the same gradient has, wherever several drawings stand in one page."""
    return f"paint-{hashlib.sha256(_gradient(gradient, '').encode()).hexdigest()[:12]}"


def _definitions(gradients: Mapping[Gradient, str]) -> str:
    if not gradients:
        return ""
    return f"<defs>{''.join([_gradient(gradient, name) for gradient, name in gradients.items()])}</defs>"


def _gradient(gradient: Gradient, name: str) -> str:
    (x1, y1), (x2, y2) = gradient.start, gradient.end
    if gradient.kind == "linear":
        ends = (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2))
    else:
        ends = (("cx", x1), ("cy", y1), ("r", ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5))
    place = " ".join([f'{key}="{number(value)}"' for key, value in ends])
    stops = "".join([f'<stop offset="{number(at)}" stop-color="{ink.hex}"/>' for at, ink in gradient.stops])
    tag = f"{gradient.kind}Gradient"
    return f'<{tag} id="{name}" gradientUnits="userSpaceOnUse" {place}>{stops}</{tag}>'


# Eyes, frames and captions are the same in code after code.
@lru_cache(maxsize=1024)
def absolute(path: Path) -> str:
    """Path data in the coordinates of the drawing."""
    return "".join([letter + numbers(*places) for letter, *places in path.segments])


def _drawn(glyphs: Mapping[int, Path]) -> Mapping[int, str]:
    return {key: _relative(path) for key, path in glyphs.items()}


@lru_cache(maxsize=1024)
def _relative(path: Path) -> str:
    """Path data that begins where the pen is, as exact as its rounded numbers: errors do not add up."""
    parts: list[str] = []
    pen_x = pen_y = start_x = start_y = 0.0
    for letter, *places in path.segments:
        if letter == "Z":
            parts.append("z")
            pen_x, pen_y = start_x, start_y
            continue
        steps = [round(value, 3) - pen for value, pen in zip(places, (pen_x, pen_y) * 3, strict=False)]
        pen_x, pen_y = round(places[-2], 3), round(places[-1], 3)
        if letter == "M":
            start_x, start_y = pen_x, pen_y
        parts.append(_step(letter, steps))
    return "".join(parts)


def _step(letter: str, steps: list[float]) -> str:
    """One relative segment; a straight step along an axis has a shorter form."""
    if letter == "L" and not number(steps[1]).strip("0"):
        return f"h{number(steps[0])}"
    if letter == "L" and not number(steps[0]).strip("0"):
        return f"v{number(steps[1])}"
    if letter == "M" and not numbers(*steps).strip("0 "):
        return ""
    return letter.lower() + _dense(steps)


def _dense(values: list[float]) -> str:
    """Numbers without a zero before the point, and without a space before a minus."""
    text = " ".join([number(value) for value in values])
    return re.sub(r" (?=-)", "", re.sub(r"(?<![0-9.])0(?=\.)", "", text))

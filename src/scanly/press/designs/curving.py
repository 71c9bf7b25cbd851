"""Text along a circle, as on seals and round stickers: outlines are bent, so that letters that join stay joined."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from scanly.core.errors import Invalid
from scanly.press.designs.layout import LEAST_PT
from scanly.press.page import MM_PER_PT, Shape
from scanly.press.type.setting import Face
from scanly.qr.artwork import Path, Segment
from scanly.qr.ink import Ink
from scanly.qr.lettering import set_line

_CAPITAL_EM = 0.714
_APART_DEGREES = 12


@dataclass(frozen=True, slots=True)
class Arc:
    """Where text runs: between two circles round (x, y), over at most ``span_degrees`` about the top, or about the
    bottom where it is ``below``; it reads from left to right in both."""

    x: float
    y: float
    inner_mm: float
    outer_mm: float
    span_degrees: float = 200.0
    below: bool = False


def curved(text: str, arc: Arc, face: Face, ink: Ink, *, field: str = "text") -> Shape:
    """The text as large as fits, as outlines. Raises Invalid where that would be too small to be read."""
    line = set_line(text, font=face.font, weight=face.weight, field=field)
    top, bottom = min(line.top, -_CAPITAL_EM), max(line.bottom, 0.0)
    middle = (arc.inner_mm + arc.outer_mm) / 2
    length = math.radians(arc.span_degrees) * middle
    size = min((arc.outer_mm - arc.inner_mm) / (bottom - top), length / (line.right - line.left))
    if size < LEAST_PT * MM_PER_PT:
        fit = int(len(text) * size / (LEAST_PT * MM_PER_PT))
        message = f'"{text[:60]}" is too long to go round; about {fit} characters fit.'
        raise Invalid.field(field, message, hint="Shorten it, or choose a larger format.")
    centre = (line.left + line.right) / 2, (top + bottom) / 2

    def bent(x: float, y: float) -> tuple[float, float]:
        angle = (x - centre[0]) * size / middle
        up = (centre[1] - y) * size
        radius = middle - up if arc.below else middle + up
        return arc.x + radius * math.sin(angle), arc.y + radius * math.cos(angle) * (1 if arc.below else -1)

    return Shape(Path(tuple(_bent(segment, bent) for segment in line.path.segments)), fill=ink)


def _bent(segment: Segment, bent: Callable[[float, float], tuple[float, float]]) -> Segment:
    letter, *places = segment
    points = zip(places[::2], places[1::2], strict=True)
    return (letter, *(place for point in points for place in bent(*point)))


def opposite(arc: Arc, taken: Shape) -> Arc:
    """What is left of the circle below text that runs round its upper side."""
    free = 360 - 2 * reach_degrees(taken, arc) - _APART_DEGREES
    return replace(arc, below=True, span_degrees=min(free, arc.span_degrees))


def reach_degrees(shape: Shape, arc: Arc) -> float:
    """How far bent text goes to either side of the middle of its arc."""
    sign = 1 if arc.below else -1
    places = (zip(flat[::2], flat[1::2], strict=True) for _, *flat in shape.path.segments)
    return max(
        abs(math.degrees(math.atan2(x - arc.x, sign * (y - arc.y)))) for points in places for x, y in points
    )

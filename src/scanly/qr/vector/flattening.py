"""Layers that may be seen through as opaque fills, because print has no transparency.

Each layer is cut along what lies beneath it, and each piece gets the one paint that is seen there. Where that is no
ink and no gradient (a gradient upon another, ellipses, a focus off the centre), it is drawn in steps of solid ink,
each upon the one before, so that no seams show between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanly.qr.artwork import Fill, Paint
from scanly.qr.ink import WHITE, Ink
from scanly.qr.vector.skia import Area, Knife
from scanly.qr.vector.tint import Tint, seen_on

_Piece = tuple[Area, Paint]


@dataclass(frozen=True, slots=True)
class Layer:
    """One area in one paint that may be seen through."""

    area: Area
    tint: Tint


def faded_together(layers: Sequence[Layer], opacity: float, knife: Knife) -> list[Layer]:
    """The layers as one group at that opacity: what one of them hides does not show through. Raises TooComplex."""
    seen: list[Layer] = []
    for number, layer in enumerate(layers):
        area = layer.area
        for above in layers[number + 1 :]:
            if above.tint.opaque:
                area = knife.without(area, above.area)
        if area:
            seen.append(Layer(area, layer.tint.faded(opacity)))
    return seen


def flattened(layers: Iterable[Layer], knife: Knife, ground: Ink = WHITE) -> tuple[Fill, ...]:
    """Fills that show on ``ground`` what the layers show, in painting order. Raises TooComplex."""
    seen: list[_Piece] = []
    for layer in layers:
        seen += _seen(layer, seen, knife, ground)
    return tuple(Fill(area.path, paint, area.even_odd) for area, paint in seen)


def _seen(layer: Layer, beneath: Sequence[_Piece], knife: Knife, ground: Ink) -> list[_Piece]:
    """The layer cut along what lies beneath, from the uppermost down, as far as that shows through."""
    rest = layer.area
    pieces: list[_Piece] = []
    for area, paint in () if layer.tint.opaque else reversed(beneath):
        if piece := knife.shared(rest, area):
            pieces += _upon(Layer(piece, layer.tint), paint, knife)
            rest = knife.without(rest, area)
    if rest:
        pieces += _upon(Layer(rest, layer.tint), ground, knife)
    return pieces


def _upon(layer: Layer, ground: Paint, knife: Knife) -> Iterator[_Piece]:
    """The layer on one paint; later pieces lie upon earlier ones."""
    if paint := layer.tint.upon(ground):
        yield layer.area, paint
        return
    rest = layer.area
    for inside, stop in layer.tint.steps(layer.area.box or (0, 0, 0, 0)):
        rest = knife.shared(rest, inside)
        if rest:
            yield rest, seen_on(stop, ground)

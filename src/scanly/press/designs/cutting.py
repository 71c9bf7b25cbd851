"""Stickers that a plotter cuts: the line it follows in a spot ink, where white ink goes, mirrored for inside glass.

The line is drawn on top in full strength of its ink, a quarter of a point thin, closed, and overprints.

Source: practice of cutting plotters (a spot ink named CutContour).
"""

from __future__ import annotations

from scanly.press.designs.piece import BLEED_MM, Format, Piece
from scanly.press.page import Box, Item, Page, Shape, Stroke, mirrored
from scanly.qr.artwork import Path
from scanly.qr.ink import WHITE, Ink, parse_ink
from scanly.qr.outline import box, circle

CUT_NAME = "CutContour"
# Corners of rounded stickers, as a share of the shorter side.
_RADIUS_SHARE = 0.1
# How its ink looks on a proof.
_CUT_TINT = "0 100 0 0"


def outline_of(form: Format, beyond_mm: float = 0.0) -> Path:
    """The edge of a sticker, or a line ``beyond_mm`` outside of it; inside where that is negative."""
    edge = Box(0, 0, form.width_mm, form.height_mm).inset(-beyond_mm)
    if form.outline == "round":
        return circle(*edge.middle, edge.width / 2)
    radius = max(corner_mm(form) + beyond_mm, 0.0) if form.outline == "rounded" else 0.0
    return box(edge.x, edge.y, edge.width, edge.height, (radius, radius, radius, radius))


def corner_mm(form: Format) -> float:
    """Radius of the corners of a sticker that is not round."""
    return _RADIUS_SHARE * min(form.width_mm, form.height_mm) if form.outline == "rounded" else 0.0


def covered(form: Format, ink: Ink) -> tuple[Shape, ...]:
    """All of the sticker and its bleed in one ink; nothing where that is the paper's own."""
    return () if ink == WHITE else (Shape(outline_of(form, BLEED_MM), fill=ink),)


def cut_line(path: Path, name: str = CUT_NAME) -> Shape:
    """Raises Invalid for a name that no ink can have."""
    ink = parse_ink(f"spot({name}; {_CUT_TINT})", field="cut-name")
    return Shape(path, stroke=Stroke(ink), overprint=True)


def sticker(
    form: Format, items: tuple[Item, ...], *, cut_name: str = CUT_NAME, mirror: bool = False
) -> Piece:
    """A sticker that shows ``items``, and what the plotter needs. White ink, where the file has it, lies under all of
    it. With ``mirror``, it is read through the glass that it sticks on.

    Raises Invalid for a name that no ink can have.
    """
    edge, cut = Box(0, 0, form.width_mm, form.height_mm), outline_of(form)
    seen = (mirrored(items, edge),) if mirror else items
    shown = (*seen, cut_line(cut, cut_name))
    page = Page(form.width_mm, form.height_mm, shown, white=outline_of(form, BLEED_MM))
    return Piece((page,), cut, cut_name)

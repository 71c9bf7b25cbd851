"""A sticker with a broad edge in the owner's colour that bears the name above and the call below a large code."""

from __future__ import annotations

import math
from dataclasses import replace

from scanly.press.designs.curving import Arc, curved, opposite, reach_degrees
from scanly.press.designs.cutting import CUT_NAME, covered, sticker
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import SAFE_MM, Format, Piece
from scanly.press.designs.small import above, below, broken, end_of, packed, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Item
from scanly.qr.ink import WHITE
from scanly.qr.outline import circle

TITLE = "Ring"
ABOUT = "A broad edge in your colour with name and call, round the code"
# Of the radius.
_INNER_SHARE, _TYPE_SHARE, _DOT_SHARE = 0.64, 0.15, 0.022
# What is free on both sides together when there is room for dots.
_LEAST_FREE_DEGREES = 20


def draw(subject: Subject, form: Format, *, cut_name: str = CUT_NAME, mirror: bool = False) -> Piece:
    """The sticker; with ``mirror`` for the inside of glass."""
    layout = Layout(subject, form.width_mm, form.height_mm)
    content = _round(layout) if form.outline == "round" else _framed(layout)
    ground = covered(form, subject.colours.field)
    return sticker(form, (*ground, *content), cut_name=cut_name, mirror=mirror)


def _round(layout: Layout) -> tuple[Item, ...]:
    subject, radius = layout.subject, layout.width_mm / 2
    ink, inner = subject.colours.on_field, _INNER_SHARE * radius
    type_mm = _TYPE_SHARE * radius
    outer = min((radius + inner + type_mm) / 2, radius - SAFE_MM)
    arc = Arc(radius, radius, outer - type_mm, outer)
    name = curved(subject.name, arc, subject.heading, ink, field="name")
    foot = opposite(arc, name)
    call = curved(subject.call, foot, subject.heading, ink, field="call")
    # Dots stand half way between where the texts end.
    free = 180 - reach_degrees(name, arc) - reach_degrees(call, foot)
    turn = math.radians(reach_degrees(name, arc) + free / 2)
    middle = outer - type_mm / 2
    across, up = middle * math.sin(turn), middle * math.cos(turn)
    dots = [circle(radius + side * across, radius - up, _DOT_SHARE * radius) for side in (-1, 1)]
    return (
        layout.drawn(circle(radius, radius, inner), WHITE),
        *layout.code(square(layout.trim, inner * math.sqrt(2)), panel=None),
        name,
        call,
        *(layout.drawn(dot, ink) for dot in dots if free > _LEAST_FREE_DEGREES),
    )


def _framed(layout: Layout) -> tuple[Item, ...]:
    """On square and upright stickers the edge has straight text; upright ones have the logo and the address, too."""
    unit, subject = layout.unit_mm, layout.subject
    ink, room = subject.colours.on_field, layout.trim.inset(max(SAFE_MM, 6 * unit))
    tall = layout.height_mm > 1.2 * layout.width_mm
    name = Text(subject.name, 7.4 * unit, 15 * unit, subject.heading, ink, 2, field="name")
    call = Text(subject.call, 7 * unit, 15 * unit, subject.heading, ink, 2, field="call")
    address = Text(subject.address, 3.6 * unit, 9 * unit, subject.body, ink, 2, 4 * unit, "address")
    said = [call, broken(layout, address, room.width)] if tall else [call]
    foot = packed(layout, said, below(room.bottom - 0.2 * room.height, room), upright="bottom")
    head = replace(room, height=(0.26 if tall else 0.18) * room.height)
    if tall:
        names, end = under_logo(layout, [name], head, logo_mm=13 * unit, paper=True)
    else:
        names = packed(layout, [name], head, upright="top")
        end = end_of(names)
    left = above(foot, below(end + 3 * unit, room), 4 * unit)
    panel = square(left, min(left.width, left.height))
    return (*names, *layout.code(panel, radius_mm=3 * unit), *foot)

"""A sticker of two halves: the code on white above, the call in large letters on the owner's colour below."""

from __future__ import annotations

import math
from dataclasses import replace

from scanly.press.designs.curving import Arc, curved
from scanly.press.designs.cutting import CUT_NAME, covered, sticker
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import SAFE_MM, Format, Piece
from scanly.press.designs.small import below, broken, end_of, packed, shortened, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Group, Item

TITLE = "Half"
ABOUT = "The code on white, the call in large letters on your colour below it"
# Of the radius: where the halves meet under the middle, the height of the name along the edge, what lies between.
_MEET_SHARE, _TYPE_SHARE, _GAP_SHARE = 0.31, 0.13, 0.03


def draw(subject: Subject, form: Format, *, cut_name: str = CUT_NAME, mirror: bool = False) -> Piece:
    """The sticker; with ``mirror`` for the inside of glass."""
    layout = Layout(subject, form.width_mm, form.height_mm)
    meet, content = _round(layout) if form.outline == "round" else _split(layout)
    lower = Group(covered(form, subject.colours.field), clip=below(meet, layout.bleed))
    items = (*covered(form, subject.ground), lower, *content)
    return sticker(form, items, cut_name=cut_name, mirror=mirror)


def _round(layout: Layout) -> tuple[float, tuple[Item, ...]]:
    """Where the halves meet, and what stands on them."""
    subject, radius = layout.subject, layout.width_mm / 2
    safe, meet, gap = radius - SAFE_MM, _MEET_SHARE * radius, _GAP_SHARE * radius
    arc = Arc(radius, radius, safe - _TYPE_SHARE * radius, safe)
    foot, side = meet - gap, _side(meet - gap, arc.inner_mm - gap)
    code = Box(radius - side / 2, radius + foot - side, side, side)
    # As wide as the circle is where the call ends.
    top, end = meet + 2.4 * gap, 0.8 * safe
    reach = math.sqrt(safe**2 - end**2)
    room = Box(radius - reach, radius + top, 2 * reach, end - top)
    ink = subject.colours.on_field
    call = Text(subject.call, 0.22 * radius, room.height, subject.heading, ink, 3, field="call")
    name = curved(subject.name, arc, subject.heading, subject.accent, field="name")
    return radius + meet, (name, *layout.code(code), *packed(layout, [call], room))


def _side(foot: float, radius: float) -> float:
    """Side of the largest square in a circle round (0, 0) that stands in the middle on the line y = ``foot``."""
    return (2 * foot + math.sqrt(5 * radius**2 - foot**2)) / 2.5


def _split(layout: Layout) -> tuple[float, tuple[Item, ...]]:
    unit, subject, room = layout.unit_mm, layout.subject, layout.trim.inset(max(SAFE_MM, 6 * layout.unit_mm))
    tall = layout.height_mm > 1.2 * layout.width_mm
    ink = subject.colours.on_field
    call = Text(subject.call, (10 if tall else 8.6) * unit, 26 * unit, subject.heading, ink, 2, field="call")
    address = Text(subject.address, 3.8 * unit, 9 * unit, subject.body, ink, 2, 4.6 * unit, "address")
    name = Text(subject.name, 7.4 * unit, 16 * unit, subject.heading, subject.accent, 2, field="name")
    line = Text(subject.line, 3.6 * unit, 9 * unit, subject.body, subject.text, 2, 3.4 * unit, "line")
    meet = 0.74 * layout.height_mm
    foot = below(meet + 2.5 * unit, room)
    said = [call, broken(layout, address, room.width)] if tall else [call]
    head = replace(room, height=(0.25 if tall else 0.15) * room.height)
    if tall:
        texts = [name, shortened(layout, line, room.width)]
        names, end = under_logo(layout, texts, head, logo_mm=13 * unit)
    else:
        names = packed(layout, [name], head, upright="top")
        end = end_of(names)
    left = replace(room, y=end + 2.5 * unit, height=meet - end - 5 * unit)
    code = square(left, min(left.width, left.height))
    return meet, (*names, *layout.code(code, radius_mm=unit), *packed(layout, said, foot))

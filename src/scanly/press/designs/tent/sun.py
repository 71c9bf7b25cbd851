"""A tent with a great disc in the owner's colour that rises behind the code: modern, off the middle."""

from __future__ import annotations

from dataclasses import replace

from scanly.press.designs.folding import Folded, folded
from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import Piece
from scanly.press.designs.small import above, below, broken, ground, packed, shortened, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Group, Item
from scanly.qr.outline import circle

TITLE = "Sun"
ABOUT = "A great disc behind the code; light and modern, for studios, salons and bakeries"


def draw(subject: Subject, form: Folded, *, back_line: str = "", back_call: str = "") -> Piece:
    """The flat sheet; ``back_line`` and ``back_call`` are what the back panel says instead."""
    return folded(subject, form, _panel, back_line=back_line, back_call=back_call)


def _panel(layout: Layout) -> tuple[Item, ...]:
    content = _beside(layout) if layout.width_mm > layout.height_mm else _below(layout)
    return (*ground(layout, layout.subject.ground), *content)


def _disc(layout: Layout, x: float, y: float, radius_mm: float) -> Group:
    """A disc round a point, as far as it is on the sheet; where it reaches the edge, it bleeds."""
    if layout.width_mm < x + radius_mm < layout.bleed.right:
        x = layout.bleed.right - radius_mm
    return Group((layout.drawn(circle(x, y, radius_mm), layout.subject.colours.field),), clip=layout.bleed)


def _texts(layout: Layout, width_mm: float, name_mm: float) -> tuple[list[Text], list[Text]]:
    """What stands above, and what below."""
    unit, subject = layout.unit_mm, layout.subject
    line = Text(subject.line, 3.5 * unit, 14 * unit, subject.body, subject.text, 3, 3 * unit, "line")
    address = Text(subject.address, 3.4 * unit, 8 * unit, subject.body, subject.text, 2, 4 * unit, "address")
    name = Text(subject.name, name_mm, 3.8 * name_mm, subject.heading, subject.text, 3, field="name")
    call = Text(subject.call, 8 * unit, 30 * unit, subject.heading, subject.accent, 3, field="call")
    return [name, shortened(layout, line, width_mm)], [call, broken(layout, address, width_mm)]


def _beside(layout: Layout) -> tuple[Item, ...]:
    unit, room = layout.unit_mm, layout.room
    side = min(0.56 * layout.height_mm, 0.4 * layout.width_mm)
    tile = Box(room.right - side - unit, (layout.height_mm - side) / 2, side, side)
    x, y = tile.middle
    radius = 0.86 * side
    words = replace(room, width=x - radius - 2 * unit - room.x)
    head, foot = _texts(layout, words.width, 5.4 * unit)
    said = packed(layout, foot, below(room.y + 0.5 * room.height, words), align="start", upright="bottom")
    left = above(said, words, 4 * unit)
    names, _ = under_logo(layout, head, left, logo_mm=min(13 * unit, 0.4 * left.height), align="start")
    return (_disc(layout, x, y, radius), *layout.code(tile, radius_mm=3 * unit), *names, *said)


def _below(layout: Layout) -> tuple[Item, ...]:
    unit, room = layout.unit_mm, layout.room
    head, foot = _texts(layout, room.width, 7 * unit)
    said = packed(
        layout, foot, below(room.bottom - 0.26 * room.height, room), align="start", upright="bottom"
    )
    top = replace(room, height=0.26 * room.height)
    names, end = under_logo(layout, head, top, logo_mm=min(13 * unit, 0.4 * top.height), align="start")
    left = above(said, below(end + 2 * unit, room), 3 * unit)
    radius = min(left.height / 2, 0.56 * room.width)
    side = radius / 0.76
    tile = Box(room.right - side, left.bottom - radius - side / 2, side, side)
    x, y = tile.middle
    return (_disc(layout, x, y, radius), *layout.code(tile, radius_mm=3 * unit), *names, *said)

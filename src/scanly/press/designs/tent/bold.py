"""A tent all in the owner's colour, with the code on a white tile: seen from across the room."""

from __future__ import annotations

from dataclasses import replace

from scanly.press.designs.folding import Folded, folded
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import Piece
from scanly.press.designs.small import above, below, broken, ground, packed, shortened, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item

TITLE = "Bold"
ABOUT = "All in your colour, large letters; for cafés, bars and food stalls"


def draw(subject: Subject, form: Folded, *, back_line: str = "", back_call: str = "") -> Piece:
    """The flat sheet; ``back_line`` and ``back_call`` are what the back panel says instead."""
    return folded(subject, form, _panel, back_line=back_line, back_call=back_call)


def _panel(layout: Layout) -> tuple[Item, ...]:
    field = ground(layout, layout.subject.colours.field)
    return (*field, *(_beside(layout) if layout.width_mm > layout.height_mm else _below(layout)))


def _call(layout: Layout) -> Text:
    unit, subject = layout.unit_mm, layout.subject
    return Text(
        subject.call, 9.6 * unit, 42 * unit, subject.heading, subject.colours.on_field, 4, field="call"
    )


def _foot(layout: Layout, width_mm: float) -> list[Text]:
    """Whose it is and what may be typed."""
    unit, subject = layout.unit_mm, layout.subject
    ink = subject.colours.on_field
    line = Text(subject.line, 3.4 * unit, 9 * unit, subject.body, ink, 2, 3 * unit, "line")
    address = Text(subject.address, 3.4 * unit, 9 * unit, subject.body, ink, 2, 3 * unit, "address")
    return [
        Text(subject.name, 5 * unit, 13 * unit, subject.heading, ink, 2, field="name"),
        shortened(layout, line, width_mm),
        broken(layout, address, width_mm),
    ]


def _beside(layout: Layout) -> tuple[Item, ...]:
    unit, room = layout.unit_mm, layout.room
    side = min(room.height, 0.44 * layout.width_mm)
    tile = Box(room.x, room.y + (room.height - side) / 2, side, side)
    left = tile.right + 6 * unit
    words = replace(room, x=left, width=room.right - left)
    foot = packed(
        layout,
        _foot(layout, words.width),
        below(room.y + 0.5 * room.height, words),
        align="start",
        upright="bottom",
    )
    head = above(foot, words, 4 * unit)
    said, _ = under_logo(layout, [_call(layout)], head, logo_mm=12 * unit, align="start", paper=True)
    return (*layout.code(tile, radius_mm=4 * unit), *said, *foot)


def _below(layout: Layout) -> tuple[Item, ...]:
    unit, room = layout.unit_mm, layout.room
    side = min(room.width, 0.46 * room.height)
    foot = packed(layout, _foot(layout, room.width), room, upright="bottom")
    left = above(foot, room, 5 * unit)
    head = replace(left, height=left.height - side - 5 * unit)
    said, end = under_logo(
        layout, [_call(layout)], head, logo_mm=min(13 * unit, 0.36 * head.height), paper=True
    )
    return (*said, *layout.code(square(below(end, left), side), radius_mm=4 * unit), *foot)

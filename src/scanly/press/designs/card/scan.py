"""A card with the code on its front, beside the name: nobody has to turn it round; the back is left to the logo."""

from __future__ import annotations

from dataclasses import replace

from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.small import above, below, bled, broken, ground, packed, shortened, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Group, Item, Page

TITLE = "Scan"
ABOUT = "The code on the front beside the name, a stripe in your colour down the side"
_MARGIN_MM = 5.0
_STRIPE_MM = 3.2


def draw(subject: Subject, form: Format) -> Piece:
    """Front and back."""
    layout = Layout(subject, form.width_mm, form.height_mm)
    return Piece(
        tuple(Page(form.width_mm, form.height_mm, items) for items in (_front(layout), _back(layout)))
    )


def _front(layout: Layout) -> tuple[Item, ...]:
    subject, room = layout.subject, layout.trim.inset(_MARGIN_MM)
    side = min(room.height - 4, 38.0)
    code = Box(room.right - side, room.y + (room.height - side) / 2, side, side)
    left = room.x + _STRIPE_MM
    words = replace(room, x=left, width=code.x - 2 - left)
    name = Text(subject.name, 5.2, 19, subject.heading, subject.text, 3, field="name")
    line = Text(subject.line, 2.5, 10, subject.body, subject.text, 3, 2.6, "line")
    call = Text(subject.call, 2.9, 11, subject.heading, subject.accent, 3, field="call")
    address = Text(subject.address, 2.4, 6, subject.body, subject.text, 2, 2, "address")
    foot = packed(
        layout,
        [call, broken(layout, address, words.width)],
        below(room.y + 0.6 * room.height, words),
        align="start",
        upright="bottom",
    )
    head = [name, shortened(layout, line, words.width)]
    return (
        *ground(layout, subject.ground),
        bled(layout, Box(0, 0, _STRIPE_MM, layout.height_mm), subject.colours.field),
        *packed(layout, head, above(foot, words, 2.5), align="start", upright="top"),
        *foot,
        *layout.code(code, radius_mm=1),
    )


def _back(layout: Layout) -> tuple[Item, ...]:
    subject, room = layout.subject, layout.trim.inset(_MARGIN_MM + 1)
    name = Text(subject.name, 5.4, 15, subject.heading, subject.colours.on_field, 2, field="name")
    items, end = under_logo(layout, [name], room, logo_mm=0.5 * room.height, paper=True)
    return (*ground(layout, subject.colours.field), Group(items, (1, 0, 0, 1, 0, (room.bottom - end) / 2)))

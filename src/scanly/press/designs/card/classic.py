"""A quiet card: name and line in the middle of the front, the code and where it leads on the back."""

from __future__ import annotations

from dataclasses import replace

from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.small import below, bled, broken, ground, packed, shortened, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Group, Item, Page

TITLE = "Classic"
ABOUT = "Name in the middle, code on the back, a band in your colour along the foot"
_MARGIN_MM = 5.0


def draw(subject: Subject, form: Format) -> Piece:
    """Front and back."""
    layout = Layout(subject, form.width_mm, form.height_mm)
    return Piece(
        tuple(Page(form.width_mm, form.height_mm, items) for items in (_front(layout), _back(layout)))
    )


def _band(layout: Layout) -> Box:
    return below(layout.height_mm - 2.6, layout.trim)


def _front(layout: Layout) -> tuple[Item, ...]:
    subject, room = layout.subject, layout.trim.inset(_MARGIN_MM)
    room = replace(room, height=_band(layout).y - 2 - room.y)
    name = Text(subject.name, 5.6, 14, subject.heading, subject.accent, 2, field="name")
    line = Text(subject.line, 2.7, 7, subject.body, subject.text, 2, 2.8, "line")
    items, end = under_logo(
        layout, [name, shortened(layout, line, room.width)], room, logo_mm=0.42 * room.height
    )
    return (
        *ground(layout, subject.ground),
        bled(layout, _band(layout), subject.colours.field),
        Group(items, (1, 0, 0, 1, 0, (room.bottom - end) / 2)),
    )


def _back(layout: Layout) -> tuple[Item, ...]:
    subject, room = layout.subject, layout.trim.inset(_MARGIN_MM)
    side = _band(layout).y - 2 - room.y
    code = Box(room.x, room.y, side, side)
    words = Box(code.right + 3, room.y, room.right - code.right - 3, side)
    call = Text(subject.call, 5, 19, subject.heading, subject.text, 3, field="call")
    address = Text(subject.address, 2.7, 9, subject.body, subject.text, 3, 3.6, "address")
    return (
        *ground(layout, subject.ground),
        bled(layout, _band(layout), subject.colours.field),
        *layout.code(code, radius_mm=1),
        *packed(layout, [call, broken(layout, address, words.width)], words, align="start"),
    )

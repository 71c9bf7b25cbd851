"""A card all in colour on its front, with a large name; on its back the code on white, and what to do beside it."""

from __future__ import annotations

from dataclasses import replace

from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.small import bled, broken, ground, packed, shortened
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page
from scanly.qr.ink import WHITE

TITLE = "Bold"
ABOUT = "A front in your colour with a large name, the code on half of the back"
_MARGIN_MM = 6.0


def draw(subject: Subject, form: Format) -> Piece:
    """Front and back."""
    layout = Layout(subject, form.width_mm, form.height_mm)
    return Piece(
        tuple(Page(form.width_mm, form.height_mm, items) for items in (_front(layout), _back(layout)))
    )


def _front(layout: Layout) -> tuple[Item, ...]:
    subject, room = layout.subject, layout.trim.inset(_MARGIN_MM)
    ink = subject.colours.on_field
    logo = replace(room, height=13)
    words = replace(room, y=logo.bottom + 2, height=room.bottom - logo.bottom - 2) if subject.logo else room
    name = Text(subject.name, 7.6, 20, subject.heading, ink, 2, field="name")
    line = Text(subject.line, 2.8, 7, subject.body, ink, 2, 3, "line")
    return (
        *ground(layout, subject.colours.field),
        *layout.logo(logo, align="start", panel=WHITE),
        *packed(layout, [name, shortened(layout, line, room.width)], words, align="start", upright="bottom"),
    )


def _back(layout: Layout) -> tuple[Item, ...]:
    """The code on white, and a field beside it that says what to do."""
    subject, colours = layout.subject, layout.subject.colours
    side = layout.height_mm - 2 * _MARGIN_MM
    edge = side + 1.6 * _MARGIN_MM
    field = Box(edge, 0, layout.width_mm - edge, layout.height_mm)
    words = Box(edge + 4, _MARGIN_MM, field.width - 4 - _MARGIN_MM + 1, side)
    call = Text(subject.call, 5, 26, subject.heading, colours.on_field, 4, field="call")
    address = Text(subject.address, 2.3, 8, subject.body, colours.on_field, 3, field="address")
    return (
        bled(layout, field, colours.field),
        *layout.code(Box(0.8 * _MARGIN_MM, _MARGIN_MM, side, side), radius_mm=0),
        *packed(layout, [call], replace(words, height=0.66 * side), align="start", upright="top"),
        *packed(
            layout,
            [broken(layout, address, words.width)],
            replace(words, y=words.bottom - 0.3 * side, height=0.3 * side),
            align="start",
            upright="bottom",
        ),
    )

"""A tent under a striped awning, as over a shop's window: friendly, with the call as a button."""

from __future__ import annotations

from dataclasses import replace

from scanly.press.designs.folding import Folded, folded
from scanly.press.designs.layout import Layout, Text, columns, square
from scanly.press.designs.ornaments import awning
from scanly.press.designs.piece import BLEED_MM, Piece
from scanly.press.designs.small import above, below, broken, fits, ground, packed, shortened
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item

TITLE = "Awning"
ABOUT = "A striped awning with scallops; for shops, markets and ice cream"
_STRIPE_UNITS = 9.0


def draw(subject: Subject, form: Folded, *, back_line: str = "", back_call: str = "") -> Piece:
    """The flat sheet; ``back_line`` and ``back_call`` are what the back panel says instead."""
    return folded(subject, form, _panel, back_line=back_line, back_call=back_call)


def _panel(layout: Layout) -> tuple[Item, ...]:
    unit = layout.unit_mm
    height = min(0.17 * layout.height_mm, 17 * unit)
    room = layout.room
    under = Box(room.x, height + 3 * unit, room.width, room.bottom - height - 3 * unit)
    content = _beside(layout, under) if layout.width_mm > layout.height_mm else _below(layout, under)
    return (*ground(layout, layout.subject.ground), *_awning(layout, height), *content)


def _awning(layout: Layout, height_mm: float) -> tuple[Item, ...]:
    """Stripes from beyond the upper edge that end ``height_mm`` below it; the outermost are alike, and bleed."""
    count = 2 * round(layout.width_mm / layout.unit_mm / _STRIPE_UNITS / 2) + 1
    colours = layout.subject.colours
    room = replace(layout.bleed, height=height_mm + BLEED_MM)
    return tuple(
        layout.drawn(awning(room, count, first), ink)
        for first, ink in ((0, colours.field), (1, colours.tint))
    )


def _button(layout: Layout, room: Box) -> tuple[Item, ...]:
    """The call on a pill in the owner's colour, which fills the room."""
    unit, subject = layout.unit_mm, layout.subject
    within = Box(
        room.x + room.height * 0.4, room.y + unit, room.width - room.height * 0.8, room.height - 2 * unit
    )
    ink = subject.colours.on_field
    call = Text(subject.call, 5.6 * unit, within.height, subject.heading, ink, field="call")
    said = call if fits(layout, call, within.width) else replace(call, lines=2)
    return (layout.area(room, subject.colours.field, room.height / 2), *packed(layout, [said], within))


def _names(layout: Layout, width_mm: float, size_mm: float) -> list[Text]:
    unit, subject = layout.unit_mm, layout.subject
    line = Text(subject.line, 3.5 * unit, 10 * unit, subject.body, subject.text, 2, 3.2 * unit, "line")
    return [
        Text(subject.name, size_mm, 2.6 * size_mm, subject.heading, subject.accent, 2, field="name"),
        shortened(layout, line, width_mm),
    ]


def _address(layout: Layout, width_mm: float) -> Text:
    unit, subject = layout.unit_mm, layout.subject
    text = Text(subject.address, 3.3 * unit, 8 * unit, subject.body, subject.text, 2, field="address")
    return broken(layout, text, width_mm)


def _beside(layout: Layout, room: Box) -> tuple[Item, ...]:
    unit = layout.unit_mm
    left, _, right = columns(room, 0.55, 0.03, 0.42)
    side = min(right.width, room.height - 9 * unit)
    code = Box(right.right - side, room.y + unit, side, side)
    button = replace(left, y=room.bottom - 15 * unit, height=15 * unit)
    head = replace(left, height=button.y - room.y - 3 * unit)
    logo = replace(head, y=head.y + unit, height=0.36 * head.height)
    names = below(logo.bottom + 1.5 * unit, head) if layout.subject.logo else head
    return (
        *layout.logo(logo, align="start"),
        *packed(layout, _names(layout, left.width, 7.5 * unit), names, align="start"),
        *_button(layout, button),
        *layout.code(code, radius_mm=unit),
        *packed(
            layout, [_address(layout, side)], replace(code, y=code.bottom, height=room.bottom - code.bottom)
        ),
    )


def _below(layout: Layout, room: Box) -> tuple[Item, ...]:
    unit = layout.unit_mm
    foot = packed(layout, [_address(layout, room.width)], room, upright="bottom")
    left = above(foot, room, 4 * unit)
    button = replace(left, y=left.bottom - 14 * unit, height=14 * unit)
    side = min(0.8 * room.width, 0.46 * room.height)
    code = replace(left, y=button.y - side - 2 * unit, height=side)
    head = replace(left, y=room.y + unit, height=code.y - room.y - 2 * unit)
    logo = replace(head, height=0.42 * head.height)
    names = below(logo.bottom + 1.5 * unit, head) if layout.subject.logo else head
    return (
        *layout.logo(logo),
        *packed(layout, _names(layout, room.width, (7 if layout.subject.logo else 9) * unit), names),
        *layout.code(square(code, side), radius_mm=unit),
        *_button(layout, button),
        *foot,
    )

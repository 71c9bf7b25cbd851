"""A quiet tent in a double frame: what to do, whose it is, and a large code beside it."""

from __future__ import annotations

from dataclasses import replace

from scanly.press.designs.folding import Folded, folded
from scanly.press.designs.layout import Layout, Text, columns, square
from scanly.press.designs.piece import SAFE_MM, Piece
from scanly.press.designs.small import above, below, broken, end_of, ground, packed, shortened, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item

TITLE = "Classic"
ABOUT = "Framed by two fine rules; calm, for restaurants and hotels"


def draw(subject: Subject, form: Folded, *, back_line: str = "", back_call: str = "") -> Piece:
    """The flat sheet; ``back_line`` and ``back_call`` are what the back panel says instead."""
    return folded(subject, form, _panel, back_line=back_line, back_call=back_call)


def _panel(layout: Layout) -> tuple[Item, ...]:
    return (*ground(layout, layout.subject.ground), *_frame(layout), *_content(layout))


def _frame(layout: Layout) -> tuple[Item, ...]:
    unit, accent = layout.unit_mm, layout.subject.accent
    outer = layout.trim.inset(SAFE_MM)
    return layout.ruled(outer, accent, 0.45 * unit), layout.ruled(
        outer.inset(1.1 * unit), accent, 0.15 * unit
    )


def _content(layout: Layout) -> tuple[Item, ...]:
    room = layout.trim.inset(SAFE_MM + 5.5 * layout.unit_mm)
    return _beside(layout, room) if layout.width_mm > layout.height_mm else _below(layout, room)


def _texts(layout: Layout, width_mm: float) -> tuple[Text, Text, Text, Text]:
    """The call, the name, the line and the address."""
    unit, subject = layout.unit_mm, layout.subject
    line = Text(subject.line, 3.4 * unit, 9 * unit, subject.body, subject.text, 2, 3.2 * unit, "line")
    address = Text(subject.address, 3.2 * unit, 8 * unit, subject.body, subject.text, 2, field="address")
    return (
        Text(subject.call, 8.4 * unit, 31 * unit, subject.heading, subject.text, 3, field="call"),
        Text(subject.name, 5 * unit, 13 * unit, subject.heading, subject.accent, 2, 6 * unit, "name"),
        shortened(layout, line, width_mm),
        broken(layout, address, width_mm),
    )


def _beside(layout: Layout, room: Box) -> tuple[Item, ...]:
    """Text at the start, the code at the end with the address under it."""
    unit = layout.unit_mm
    left, _, right = columns(room, 0.53, 0.04, 0.43)
    call, name, line, _ = _texts(layout, left.width)
    address = _texts(layout, right.width)[-1]
    side = min(right.width, room.height - 9 * unit)
    code = Box(right.right - side, room.y + (room.height - side - 6 * unit) / 2, side, side)
    under = replace(right, y=code.bottom + unit, height=7 * unit)
    logo = replace(left, height=14 * unit)
    words = below(logo.bottom + 2 * unit, left) if layout.subject.logo else left
    return (
        *layout.logo(logo, align="start"),
        *packed(layout, [call, name, line], words, align="start"),
        *layout.code(code, radius_mm=unit),
        *packed(layout, [address], replace(under, x=code.x, width=side), upright="top"),
    )


def _below(layout: Layout, room: Box) -> tuple[Item, ...]:
    """All under each other and centred."""
    unit, subject = layout.unit_mm, layout.subject
    call, name, line, address = _texts(layout, room.width)
    size = (6.4 if subject.logo else 8) * unit
    name = replace(name, size_mm=size, height_mm=2.6 * size)
    foot = packed(layout, [address], room, upright="bottom")
    side = min(0.84 * room.width, 0.42 * room.height)
    head = replace(room, height=0.5 * (room.height - side) - 2 * unit)
    names, end = under_logo(layout, [name, line], head, logo_mm=min(17 * unit, 0.42 * head.height))
    left = above(foot, below(end + 3 * unit, room), 3 * unit)
    # The call stands right over the code, both together in the middle of what is left.
    over = replace(left, height=left.height - side - 3 * unit)
    high = end_of(packed(layout, [replace(call, size_mm=7 * unit)], over, upright="top")) - over.y
    top = left.y + (over.height - high) / 2
    place = replace(left, y=top + high + 3 * unit, height=side)
    return (
        *names,
        *packed(layout, [replace(call, size_mm=7 * unit)], replace(left, y=top, height=high)),
        *layout.code(square(place, side), radius_mm=unit),
        *foot,
    )

"""A flyer that is all colour on the front, all code on the back."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.backs import code_side
from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page
from scanly.qr.artwork import Point
from scanly.qr.ink import WHITE

TITLE = "Bold"
ABOUT = "All your colour on the front, the code on the back"


def draw(subject: Subject, form: Format) -> Piece:
    """Front and back. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    on_field = subject.colours.on_field
    back = (
        *_ground(page, (page.bleed.right, page.bleed.y), -1, 1),
        *code_side(page, page.room, form.least_code_mm, on_field, on_field),
    )
    front = _front(page)
    return Piece((Page(form.width_mm, form.height_mm, front), Page(form.width_mm, form.height_mm, back)))


def _ground(page: Layout, corner: Point, across: int, down: int) -> tuple[Item, ...]:
    """Colour, and rings of it round a corner."""
    u, colours = page.unit_mm, page.subject.colours
    discs = (
        page.drawn(ornaments.corner_disc(corner, across * reach * u, down * reach * u), colours.shade(share))
        for reach, share in ((74, 0.12), (54, 0.24), (34, 0.36))
    )
    return page.area(page.bleed, colours.field), *discs


def _front(page: Layout) -> tuple[Item, ...]:
    u, subject, room = page.unit_mm, page.subject, page.room
    items = _ground(page, (page.bleed.right, page.bleed.bottom), -1, -1)
    if subject.logo:
        high = 17 * u
        items += page.logo(Box(room.x, room.y, room.width, high), align="start", panel=WHITE)
        room = Box(room.x, room.y + high + 4 * u, room.width, room.height - high - 4 * u)
    ink = subject.colours.on_field
    name = Text(subject.name, 15 * u, room.height * 0.55, subject.heading, ink, lines=4, field="name")
    line = Text(
        subject.line, 4.6 * u, room.height * 0.25, subject.body, ink, lines=4, gap_mm=4 * u, field="line"
    )
    return (*items, *page.stack([name, line], room, align="start", upright="top"))

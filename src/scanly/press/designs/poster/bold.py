"""A poster that is seen from across the street: full of the shop's own colour, its name as large as it gets."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.layout import Layout, Text, ink_of
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page
from scanly.qr.ink import WHITE

TITLE = "Bold"
ABOUT = "Full of your colour, the name as large as it gets"


def draw(subject: Subject, form: Format) -> Piece:
    """One page. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u, room = page.unit_mm, page.room
    field, on_field = subject.colours.field, subject.colours.on_field
    side = max(44 * u, form.least_code_mm)
    foot = Box(room.x, room.bottom - 3.5 * u, room.width, 3.5 * u)
    panel = Box(room.x, foot.y - 4 * u - side, side, side)
    beside = Box(panel.right + 4 * u, panel.y, room.right - panel.right - 4 * u, side)
    head = Box(room.x, room.y, room.width, panel.y - room.y - 6 * u)
    items: list[Item] = [page.area(page.bleed, field)]
    for reach, share in ((64, 0.12), (45, 0.24)):
        disc = ornaments.corner_disc((page.bleed.right, page.bleed.y), -reach * u, reach * u)
        items.append(page.drawn(disc, subject.colours.shade(share)))
    items += _head(page, head)
    items += page.code(panel, radius_mm=2.5 * u)
    call = Text(subject.call, 6.2 * u, side - 12 * u, subject.heading, on_field, lines=6, field="call")
    said = page.stack([call], beside, align="start", upright="bottom")
    arrow = Box(beside.x, ink_of(said[0]).y - 10 * u, 13 * u, 6.5 * u)
    items += (page.drawn(ornaments.arrow(arrow), on_field), *said)
    address = Text(subject.address, 2.8 * u, foot.height, subject.body, on_field, field="address")
    items += page.stack([address], foot, align="start", upright="bottom")
    return Piece((Page(form.width_mm, form.height_mm, tuple(items)),))


def _head(page: Layout, head: Box) -> tuple[Item, ...]:
    u, subject = page.unit_mm, page.subject
    items: tuple[Item, ...] = ()
    if subject.logo:
        high = min(15 * u, head.height * 0.34)
        items = page.logo(Box(head.x, head.y, head.width, high), align="start", panel=WHITE)
        head = Box(head.x, head.y + high + 3 * u, head.width, head.height - high - 3 * u)
    ink = subject.colours.on_field
    name = Text(subject.name, 13 * u, head.height * 0.68, subject.heading, ink, lines=3, field="name")
    line = Text(
        subject.line, 3.8 * u, head.height * 0.26, subject.body, ink, lines=3, gap_mm=3.4 * u, field="line"
    )
    return items + page.stack([name, line], head, align="start", upright="top")

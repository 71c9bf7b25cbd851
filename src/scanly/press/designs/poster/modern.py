"""A poster with the name up its side and a large code: asymmetric, for shops that like white space."""

from __future__ import annotations

from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import BLEED_MM, Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Group, Item, Page

TITLE = "Modern"
ABOUT = "The name up the side, a large code, much air"


def draw(subject: Subject, form: Format) -> Piece:
    """One page. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u, margin = page.unit_mm, page.margin_mm
    band = Box(-BLEED_MM, -BLEED_MM, BLEED_MM + 21 * u, form.height_mm + 2 * BLEED_MM)
    left = band.right + 5 * u
    room = Box(left, margin, form.width_mm - left - margin, form.height_mm - 2 * margin)
    side = max(min(58 * u, room.width), form.least_code_mm)
    high = 13 * u if subject.logo else 0.0
    code = Box(room.x, room.y + (room.height - side) * 0.56, side, side)
    call = Box(room.x, room.y + high, room.width, code.y - room.y - high - 5 * u)
    foot = Box(room.x, code.bottom + 4 * u, room.width, room.bottom - code.bottom - 4 * u)
    items: list[Item] = [page.area(page.bleed, subject.ground), page.area(band, subject.colours.field)]
    items.append(_up_the_side(page, Box(4.5 * u, margin, 12.5 * u, form.height_mm - 2 * margin)))
    items += page.logo(Box(room.x, room.y, room.width, 11 * u), align="start")
    said = Text(subject.call, 9.5 * u, call.height, subject.heading, subject.accent, lines=4, field="call")
    items += page.stack([said], call, align="start", upright="bottom")
    items += page.code(code)
    line = Text(subject.line, 3.5 * u, foot.height * 0.6, subject.body, subject.text, lines=3, field="line")
    items += page.stack([line], foot, align="start", upright="top")
    address = Text(subject.address, 2.8 * u, 4 * u, subject.heading, subject.text, field="address")
    items += page.stack([address], foot, align="start", upright="bottom")
    return Piece((Page(form.width_mm, form.height_mm, tuple(items)),))


def _up_the_side(page: Layout, room: Box) -> Group:
    """The name turned by a quarter: read from below beside the left edge, from above beside the right one."""
    subject = page.subject
    lying = Layout(subject, room.height, room.width)
    name = Text(
        subject.name,
        10 * page.unit_mm,
        room.width,
        subject.heading,
        subject.colours.on_field,
        lines=2,
        field="name",
    )
    words = lying.stack([name], lying.trim, align="start")
    at = page.place(room)
    matrix = (0, 1, -1, 0, at.right, at.y) if subject.rtl else (0, -1, 1, 0, at.x, at.bottom)
    return Group(words, matrix)

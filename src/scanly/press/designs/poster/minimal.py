"""A poster of black type on white with one short rule of colour: what to do is the headline."""

from __future__ import annotations

from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import SAFE_MM, Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page
from scanly.qr.ink import BLACK, WHITE

TITLE = "Minimal"
ABOUT = "Black on white, one rule of colour, the call as the headline"


def draw(subject: Subject, form: Format) -> Piece:
    """One page. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u, room = page.unit_mm, page.room.inset(1.5 * page.unit_mm)
    side = max(42 * u, form.least_code_mm)
    quiet = min(page.quiet_mm(side), room.x - SAFE_MM)
    foot = Box(room.x, room.bottom - 3 * u, room.width, 3 * u)
    code = Box(room.x - quiet, foot.y - side - quiet, side, side)
    head = Box(room.x, room.y, room.width, 17 * u)
    rule = Box(room.x, head.bottom + 4 * u, 14 * u, 0.9 * u)
    call = Box(room.x, rule.bottom + 6 * u, room.width, code.y - rule.bottom - 9 * u)
    items: list[Item] = [page.area(page.bleed, WHITE), page.area(rule, subject.colours.field)]
    name_room = head
    if subject.logo:
        items += page.logo(Box(head.right - 22 * u, head.y, 22 * u, 13 * u), align="end")
        name_room = Box(head.x, head.y, head.width - 26 * u, head.height)
    items += page.stack(
        [
            Text(subject.name, 5.2 * u, 10 * u, subject.heading, BLACK, lines=2, field="name"),
            Text(subject.line, 2.9 * u, 5 * u, subject.body, BLACK, lines=2, gap_mm=2.2 * u, field="line"),
        ],
        name_room,
        align="start",
        upright="top",
    )
    said = Text(subject.call, 11.5 * u, call.height, subject.heading, BLACK, lines=4, field="call")
    items += page.stack([said], call, align="start", upright="top")
    items += page.code(code)
    address = Text(subject.address, 2.6 * u, foot.height, subject.body, BLACK, field="address")
    items += page.stack([address], foot, align="start", upright="bottom")
    return Piece((Page(form.width_mm, form.height_mm, tuple(items)),))

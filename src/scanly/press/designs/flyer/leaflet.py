"""A flyer with everything on one side, for printing at home: the name on colour, code and call below."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import BLEED_MM, Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page
from scanly.qr.ink import WHITE

TITLE = "Leaflet"
ABOUT = "Everything on one side, for printing at home"

_WAVES = 7


def draw(subject: Subject, form: Format) -> Piece:
    """One page. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u, room, colours = page.unit_mm, page.room, subject.colours
    foot = Box(room.x, room.bottom - 14 * u, room.width, 14 * u)
    side = max(min(50 * u, form.height_mm * 0.35), form.least_code_mm + u)
    code = square(Box(room.x, foot.y - 3 * u - side, room.width, side), side)
    top = Box(-BLEED_MM, -BLEED_MM, page.bleed.width, code.y - 9 * u + BLEED_MM)
    scallops = Box(top.x, top.bottom - 6 * u, top.width, 6 * u + 4 * u)
    head = Box(room.x, room.y, room.width, scallops.y - room.y)
    field = ornaments.awning(scallops, _WAVES, 0) + ornaments.awning(scallops, _WAVES, 1)
    items: list[Item] = [
        page.area(page.bleed, colours.ground),
        page.area(Box(top.x, top.y, top.width, scallops.middle[1] - top.y), colours.field),
        page.drawn(field, colours.field),
        *_head(page, head),
        *page.code(code, radius_mm=1.6 * u),
    ]
    items += page.stack(
        [
            Text(subject.call, 5.6 * u, 9 * u, subject.heading, subject.accent, lines=2, field="call"),
            Text(
                subject.address, 2.9 * u, 4 * u, subject.body, subject.text, gap_mm=2.4 * u, field="address"
            ),
        ],
        foot,
    )
    return Piece((Page(form.width_mm, form.height_mm, tuple(items)),))


def _head(page: Layout, head: Box) -> tuple[Item, ...]:
    u, subject = page.unit_mm, page.subject
    ink = subject.colours.on_field
    items: tuple[Item, ...] = ()
    if subject.logo:
        high = min(15 * u, head.height * 0.4)
        items = page.logo(Box(head.x, head.y, head.width, high), panel=WHITE)
        head = Box(head.x, head.y + high + 2 * u, head.width, head.height - high - 2 * u)
    name = Text(subject.name, 11 * u, head.height * 0.62, subject.heading, ink, lines=3, field="name")
    line = Text(
        subject.line, 3.4 * u, head.height * 0.32, subject.body, ink, lines=3, gap_mm=2.6 * u, field="line"
    )
    return items + page.stack([name, line], head)

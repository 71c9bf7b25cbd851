"""A poster like a stall: a striped awning above, a counter of colour below, friendly and loud."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import BLEED_MM, Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page
from scanly.qr.ink import WHITE, mixed

TITLE = "Market"
ABOUT = "A striped awning over everything, friendly and loud"

_STRIPES = 11


def draw(subject: Subject, form: Format) -> Piece:
    """One page. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u, bleed = page.unit_mm, page.bleed
    field = subject.colours.field
    stall = Box(bleed.x, bleed.y, bleed.width, BLEED_MM + 19 * u)
    band = Box(bleed.x, form.height_mm - 21 * u, bleed.width, 21 * u + BLEED_MM)
    side = max(38 * u, form.least_code_mm)
    room = page.room
    code = square(Box(room.x, band.y - side - 5.5 * u, room.width, side), side)
    head = Box(room.x, stall.bottom + 3 * u, room.width, code.y - stall.bottom - 9 * u)
    items: list[Item] = [page.area(bleed, subject.ground), page.area(band, field)]
    items += _awning(page, stall)
    items += _head(page, head)
    items += page.code(code.inset(-2 * u), radius_mm=3 * u)
    items.append(page.ruled(code.inset(-2 * u), field, 0.9 * u, 3 * u))
    on_field = subject.colours.on_field
    items += page.stack(
        [
            Text(subject.call, 5.4 * u, 9 * u, subject.heading, on_field, lines=2, field="call"),
            Text(subject.address, 2.6 * u, 4 * u, subject.body, on_field, gap_mm=2.4 * u, field="address"),
        ],
        Box(room.x, band.y + 2 * u, room.width, form.height_mm - band.y - 2 * u - max(4 * u, 5)),
    )
    return Piece((Page(form.width_mm, form.height_mm, tuple(items)),))


def _awning(page: Layout, stall: Box) -> tuple[Item, ...]:
    """The stripes, and their shadow on the wall."""
    subject, u = page.subject, page.unit_mm
    shadow = Box(stall.x, stall.y, stall.width, stall.height + 1.1 * u)
    dark = mixed(subject.text, subject.ground, 0.14)
    return (
        page.drawn(ornaments.awning(shadow, _STRIPES, 0) + ornaments.awning(shadow, _STRIPES, 1), dark),
        page.drawn(ornaments.awning(stall, _STRIPES, 1), WHITE),
        page.drawn(ornaments.awning(stall, _STRIPES, 0), subject.colours.field),
    )


def _head(page: Layout, head: Box) -> tuple[Item, ...]:
    u, subject = page.unit_mm, page.subject
    items: tuple[Item, ...] = ()
    if subject.logo:
        high = min(11 * u, head.height * 0.34)
        items = page.logo(Box(head.x, head.y, head.width, high))
        head = Box(head.x, head.y + high + 2 * u, head.width, head.height - high - 2 * u)
    name = Text(
        subject.name, 9.5 * u, head.height * 0.68, subject.heading, subject.accent, lines=2, field="name"
    )
    line = Text(
        subject.line,
        3.2 * u,
        head.height * 0.28,
        subject.body,
        subject.text,
        lines=2,
        gap_mm=2.6 * u,
        field="line",
    )
    return items + page.stack([name, line], head)

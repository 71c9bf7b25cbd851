"""A poster like a sign over a door: a frame with bitten corners, everything in the middle."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page, Shape, Stroke

TITLE = "Classic"
ABOUT = "Framed and centred, like a sign over a door"


def draw(subject: Subject, form: Format) -> Piece:
    """One page. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u = page.unit_mm
    room = page.trim.inset(12 * u)
    side = max(38 * u, form.least_code_mm)
    foot = Box(room.x, room.bottom - 14 * u, room.width, 14 * u)
    code = square(Box(room.x, foot.y - side - u, room.width, side), side)
    head = Box(room.x, room.y, room.width, code.y - room.y - 8 * u)
    rule = Box(page.width_mm / 2 - 16 * u, head.bottom + 2 * u, 32 * u, 2.2 * u)
    items: list[Item] = [page.area(page.bleed, subject.ground), *_frame(page)]
    items += _head(page, head)
    items += (page.drawn(ornaments.divider(rule, 0.25 * u), subject.accent), *page.code(code))
    items.append(page.ruled(code, subject.accent, 0.25 * u))
    items += page.stack(
        [
            Text(subject.call, 4.8 * u, 8 * u, subject.heading, subject.accent, lines=2, field="call"),
            Text(
                subject.address, 2.6 * u, 4 * u, subject.body, subject.text, gap_mm=2.2 * u, field="address"
            ),
        ],
        foot,
    )
    return Piece((Page(form.width_mm, form.height_mm, tuple(items)),))


def _frame(page: Layout) -> tuple[Item, ...]:
    u, ink = page.unit_mm, page.subject.accent
    outer, inner = page.trim.inset(5.2 * u), page.trim.inset(6.7 * u)
    return (
        Shape(ornaments.notched(outer, 4.6 * u), stroke=Stroke(ink, 0.7 * u)),
        Shape(ornaments.notched(inner, 4.6 * u), stroke=Stroke(ink, 0.18 * u)),
    )


def _head(page: Layout, head: Box) -> tuple[Item, ...]:
    """Logo, name and line; what is not there leaves its room to the others."""
    u, subject = page.unit_mm, page.subject
    items: tuple[Item, ...] = ()
    if subject.logo:
        high = min(14 * u, head.height * 0.36)
        items = page.logo(Box(head.x, head.y, head.width, high))
        head = Box(head.x, head.y + high + 2 * u, head.width, head.height - high - 2 * u)
    name = Text(subject.name, 9 * u, head.height * 0.62, subject.heading, subject.text, lines=2, field="name")
    line = Text(
        subject.line,
        3.1 * u,
        head.height * 0.3,
        subject.body,
        subject.text,
        lines=3,
        gap_mm=2.8 * u,
        field="line",
    )
    return items + page.stack([name, line], head)

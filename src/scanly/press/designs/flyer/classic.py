"""A flyer like a calling card: the name in a frame, the code in the same frame on the back."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.backs import code_side
from scanly.press.designs.layout import Layout, Text, ends
from scanly.press.designs.piece import Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page, Shape, Stroke, moved

TITLE = "Classic"
ABOUT = "The name in a frame, the code in the same frame on the back"


def draw(subject: Subject, form: Format) -> Piece:
    """Front and back. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    room = page.trim.inset(12 * page.unit_mm)
    front = (*_ground(page), *_front(page, room))
    back = (*_ground(page), *code_side(page, room, form.least_code_mm, subject.accent, subject.text))
    return Piece((Page(form.width_mm, form.height_mm, front), Page(form.width_mm, form.height_mm, back)))


def _ground(page: Layout) -> tuple[Item, ...]:
    u, ink = page.unit_mm, page.subject.accent
    outer, inner = page.trim.inset(5.2 * u), page.trim.inset(6.7 * u)
    return (
        page.area(page.bleed, page.subject.ground),
        Shape(ornaments.notched(outer, 4.6 * u), stroke=Stroke(ink, 0.6 * u)),
        Shape(ornaments.notched(inner, 4.6 * u), stroke=Stroke(ink, 0.2 * u)),
    )


def _front(page: Layout, room: Box) -> tuple[Item, ...]:
    """Logo or a diamond, the name, a rule, the line: as one block in the middle."""
    u, subject = page.unit_mm, page.subject
    x = room.middle[0]
    mark = Box(room.x, room.y, room.width, 20 * u if subject.logo else 4 * u)
    above = Box(room.x, mark.bottom + 5 * u, room.width, (room.height - mark.height) * 0.55)
    name = Text(subject.name, 11 * u, above.height, subject.heading, subject.text, lines=3, field="name")
    named = page.stack([name], above, upright="top")
    rule = Box(x - 16 * u, ends(named) + 5 * u, 32 * u, 2.4 * u)
    below = Box(room.x, rule.bottom + 4 * u, room.width, room.bottom - rule.bottom - 4 * u)
    line = Text(subject.line, 4.2 * u, below.height, subject.body, subject.text, lines=4, field="line")
    lined = page.stack([line], below, upright="top")
    block = (
        *(page.logo(mark) or (page.drawn(ornaments.diamond(x, mark.middle[1], 2 * u), subject.accent),)),
        *named,
        page.drawn(ornaments.divider(rule, 0.3 * u), subject.accent),
        *lined,
    )
    spare = room.bottom - (ends(lined) if lined else rule.bottom)
    return (moved(block, 0, spare / 2),)

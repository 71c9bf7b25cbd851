"""A poster with a light door in a wall of colour, rays behind it: for cafés, bakeries, salons."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import BLEED_MM, Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Group, Item, Page, Shape

TITLE = "Arch"
ABOUT = "A light door in a wall of your colour, with rays behind"

_RAYS = 18


def draw(subject: Subject, form: Format) -> Piece:
    """One page. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u, colours = page.unit_mm, subject.colours
    wide = form.width_mm - 20 * u
    door = Box(10 * u, 10 * u, wide, form.height_mm - 10 * u + BLEED_MM)
    centre = (form.width_mm / 2, door.y + wide / 2)
    side = max(36 * u, form.least_code_mm)
    foot = Box(door.x + 7 * u, form.height_mm - page.margin_mm - 14 * u, wide - 14 * u, 14 * u)
    code = square(Box(door.x, foot.y - side - 2 * u, wide, side), side)
    head = Box(door.x + 9 * u, door.y + 12 * u, wide - 18 * u, code.y - door.y - 17 * u)
    inner = Box(door.x + 2 * u, door.y + 2 * u, wide - 4 * u, door.height - 2 * u)
    # So that none of them ends between the cut and the bleed.
    beyond = page.bleed.inset(-10 * u)
    items: list[Item] = [
        page.area(page.bleed, colours.field),
        Group((page.drawn(ornaments.rays(beyond, centre, _RAYS), colours.shade(0.13)),), clip=page.bleed),
        page.drawn(ornaments.arch(door), colours.ground),
        Shape(ornaments.archway(inner, 0.3 * u), fill=colours.accent, even_odd=True),
        *_head(page, head),
        *page.code(code),
    ]
    items += page.stack(
        [
            Text(subject.call, 4.6 * u, 8 * u, subject.heading, subject.accent, lines=2, field="call"),
            Text(
                subject.address, 2.5 * u, 4 * u, subject.body, subject.text, gap_mm=2.2 * u, field="address"
            ),
        ],
        foot,
    )
    return Piece((Page(form.width_mm, form.height_mm, tuple(items)),))


def _head(page: Layout, head: Box) -> tuple[Item, ...]:
    """Logo or a diamond in the top of the door, name and line below."""
    u, subject = page.unit_mm, page.subject
    high = min(13 * u, head.height * 0.34) if subject.logo else 2.6 * u
    top = Box(head.x + head.width / 4, head.y, head.width / 2, high)
    middle, y = top.middle
    mark = page.logo(top) or (page.drawn(ornaments.diamond(middle, y, high / 2), subject.accent),)
    below = Box(head.x, top.bottom + 3 * u, head.width, head.bottom - top.bottom - 3 * u)
    name = Text(
        subject.name, 8 * u, below.height * 0.62, subject.heading, subject.text, lines=2, field="name"
    )
    line = Text(
        subject.line,
        2.9 * u,
        below.height * 0.32,
        subject.body,
        subject.text,
        lines=3,
        gap_mm=2.4 * u,
        field="line",
    )
    return mark + page.stack([name, line], below)

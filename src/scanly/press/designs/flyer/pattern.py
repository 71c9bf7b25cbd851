"""A flyer of tiles in the shop's colour, with a label upon them, like paper that shops wrap in."""

from __future__ import annotations

from scanly.press.designs import ornaments
from scanly.press.designs.backs import code_side
from scanly.press.designs.layout import Layout, Text
from scanly.press.designs.piece import BLEED_MM, Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Page, Shape, Stroke

TITLE = "Pattern"
ABOUT = "Tiles in your colour with a label upon them, like wrapping paper"


def draw(subject: Subject, form: Format) -> Piece:
    """Front and back. Raises Invalid for texts that do not fit."""
    page = Layout(subject, form.width_mm, form.height_mm)
    u, colours = page.unit_mm, subject.colours
    high = BLEED_MM + 8 * u
    top = Box(page.bleed.x, page.bleed.y, page.bleed.width, high)
    bottom = Box(page.bleed.x, form.height_mm - 8 * u, page.bleed.width, high)
    clear = Box(page.room.x, 12 * u, page.room.width, form.height_mm - 24 * u)
    back = (
        page.area(page.bleed, colours.ground),
        *(item for band in (top, bottom) for item in _tiled(page, band)),
        *code_side(page, clear, form.least_code_mm, subject.accent, subject.text),
    )
    front = (*_tiled(page, page.bleed), *_label(page))
    return Piece((Page(form.width_mm, form.height_mm, front), Page(form.width_mm, form.height_mm, back)))


def _tiled(page: Layout, room: Box) -> tuple[Item, ...]:
    colours = page.subject.colours
    tiles = ornaments.tiles(room, 11 * page.unit_mm)
    return page.area(room, colours.field), page.drawn(tiles, colours.shade(0.16))


def _label(page: Layout) -> tuple[Item, ...]:
    u, subject = page.unit_mm, page.subject
    high = min(74 * u, page.height_mm - 26 * u)
    label = Box(11 * u, (page.height_mm - high) / 2, page.width_mm - 22 * u, high)
    inner = label.inset(1.8 * u)
    room = label.inset(6 * u)
    items: list[Item] = [
        page.drawn(ornaments.notched(label, 4 * u), subject.ground),
        Shape(ornaments.notched(inner, 4 * u), stroke=Stroke(subject.accent, 0.3 * u)),
    ]
    if subject.logo:
        mark = min(19 * u, room.height * 0.34)
        items += page.logo(Box(room.x, room.y, room.width, mark))
        room = Box(room.x, room.y + mark + 2 * u, room.width, room.height - mark - 2 * u)
    name = Text(
        subject.name, 9 * u, room.height * 0.6, subject.heading, subject.accent, lines=3, field="name"
    )
    line = Text(
        subject.line,
        3.4 * u,
        room.height * 0.32,
        subject.body,
        subject.text,
        lines=4,
        gap_mm=3.4 * u,
        field="line",
    )
    return (*items, *page.stack([name, line], room))

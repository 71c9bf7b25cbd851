"""The side of a piece that has the code: whose it is, the code, what to do with it, the address."""

from __future__ import annotations

from scanly.press.designs.layout import Layout, Text, ends, ink_of, square
from scanly.press.page import Box, Item, moved
from scanly.qr.ink import Ink

# Rooms that are higher than this, in units of the page, have larger type.
_USUAL_HEIGHT = 96
_MOST_GROWTH = 1.3


def code_side(
    page: Layout, room: Box, least_code_mm: float, call_ink: Ink, text_ink: Ink
) -> tuple[Item, ...]:
    """All of it as one block in the middle of a room, the code as large as fits. Raises Invalid for texts that do not
    fit."""
    subject = page.subject
    u = page.unit_mm * min(max(room.height / (_USUAL_HEIGHT * page.unit_mm), 1.0), _MOST_GROWTH)
    head, foot = 9 * u, 19 * u
    side = max(min(room.width, room.height - head - foot - 6 * u, 52 * u), least_code_mm + u)
    code = square(Box(room.x, room.y + head + 2 * u, room.width, side), side)
    name = Text(subject.name, 4 * u, head, subject.heading, text_ink, lines=2, field="name")
    named = page.stack([name], Box(room.x, code.y - 3 * u - head, room.width, head), upright="bottom")
    said = page.stack(
        [
            Text(subject.call, 6 * u, 12 * u, subject.heading, call_ink, lines=2, field="call"),
            Text(subject.address, 3 * u, 4 * u, subject.body, text_ink, gap_mm=2.6 * u, field="address"),
        ],
        Box(room.x, code.bottom + 4 * u, room.width, foot),
        upright="top",
    )
    shift = (room.bottom - ends(said) + room.y - ink_of(named[0]).y) / 2
    return (moved((*named, *page.code(code, radius_mm=1.6 * u), *said), 0, shift),)

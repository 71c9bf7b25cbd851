"""A sticker with a scalloped edge, as a bottle cap or a postage stamp has it, the code in its middle."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from scanly.press.designs.curving import Arc, curved, opposite
from scanly.press.designs.cutting import CUT_NAME, corner_mm, sticker
from scanly.press.designs.layout import Layout, Text, square
from scanly.press.designs.piece import SAFE_MM, Format, Piece
from scanly.press.designs.small import above, below, broken, end_of, packed, under_logo
from scanly.press.designs.subject import Subject
from scanly.press.page import Box, Item, Shape, Stroke
from scanly.qr.artwork import Path, Point, Segment
from scanly.qr.ink import WHITE
from scanly.qr.outline import KAPPA, circle

TITLE = "Stamp"
ABOUT = "A scalloped edge, like a bottle cap or a postage stamp"
# How far the tips of the scallops are inside the cut, and how wide one is.
_EDGE_MM = 1.2
_SCALLOP_UNITS = 6.4
_CAP_SCALLOPS = 32


def draw(subject: Subject, form: Format, *, cut_name: str = CUT_NAME, mirror: bool = False) -> Piece:
    """The sticker; with ``mirror`` for the inside of glass."""
    layout = Layout(subject, form.width_mm, form.height_mm)
    items = _cap(layout) if form.outline == "round" else _stamp(layout, form)
    return sticker(form, items, cut_name=cut_name, mirror=mirror)


def _cap(layout: Layout) -> tuple[Item, ...]:
    subject, radius = layout.subject, layout.width_mm / 2
    colours, valley = subject.colours, (radius - _EDGE_MM) / (1 + math.pi / _CAP_SCALLOPS)
    angles = [2 * math.pi * number / _CAP_SCALLOPS for number in range(_CAP_SCALLOPS)]
    points = [(radius + valley * math.cos(angle), radius + valley * math.sin(angle)) for angle in angles]
    inner = 0.62 * radius
    outer = min(valley - 0.05 * radius, radius - SAFE_MM)
    arc = Arc(radius, radius, max(inner + 0.05 * radius, outer - 0.14 * radius), outer)
    line = Stroke(colours.field, 0.012 * radius)
    name = curved(subject.name, arc, subject.heading, colours.on_field, field="name")
    return (
        Shape(scalloped(points), fill=colours.field),
        Shape(circle(radius, radius, inner), fill=WHITE),
        Shape(circle(radius, radius, inner - 0.03 * radius), stroke=line),
        *layout.code(square(layout.trim, (inner - 0.03 * radius) * math.sqrt(2)), panel=None),
        name,
        curved(subject.call, opposite(arc, name), subject.heading, colours.on_field, field="call"),
    )


def _stamp(layout: Layout, form: Format) -> tuple[Item, ...]:
    unit, subject = layout.unit_mm, layout.subject
    ink = subject.colours.on_field
    inset = _EDGE_MM + _SCALLOP_UNITS * unit / 2
    edge, radius = layout.trim.inset(inset), max(corner_mm(form) - inset, 0.0)
    room = layout.trim.inset(max(SAFE_MM, _EDGE_MM + (_SCALLOP_UNITS + 1.5) * unit))
    tall = layout.height_mm > 1.2 * layout.width_mm
    name = Text(subject.name, 7 * unit, 14 * unit, subject.heading, ink, 2, field="name")
    call = Text(subject.call, 6.6 * unit, 14 * unit, subject.heading, ink, 2, field="call")
    address = Text(subject.address, 3.6 * unit, 9 * unit, subject.body, ink, 2, 4 * unit, "address")
    said = [call, broken(layout, address, room.width)] if tall else [call]
    foot = packed(layout, said, below(room.bottom - 0.2 * room.height, room), upright="bottom")
    head = replace(room, height=(0.27 if tall else 0.16) * room.height)
    if tall:
        names, end = under_logo(layout, [name], head, logo_mm=13 * unit, paper=True)
    else:
        names = packed(layout, [name], head, upright="top")
        end = end_of(names)
    left = above(foot, below(end + 2.5 * unit, room), 3.5 * unit)
    panel = square(left, min(left.width, left.height))
    return (
        Shape(scalloped(_round_box(edge, radius, _SCALLOP_UNITS * unit)), fill=subject.colours.field),
        *names,
        *layout.code(panel, radius_mm=unit),
        *foot,
    )


def _round_box(box: Box, radius: float, step_mm: float) -> list[Point]:
    """Points round a box with round corners, clockwise, about ``step_mm`` from each other."""
    inner = box.inset(radius)
    # Where each side begins and ends, and the middle of the corner after it.
    sides = (
        ((inner.x, box.y), (inner.right, box.y), (inner.right, inner.y)),
        ((box.right, inner.y), (box.right, inner.bottom), (inner.right, inner.bottom)),
        ((inner.right, box.bottom), (inner.x, box.bottom), (inner.x, inner.bottom)),
        ((box.x, inner.bottom), (box.x, inner.y), (inner.x, inner.y)),
    )
    points: list[Point] = []
    for number, (start, end, corner) in enumerate(sides):
        steps, bends = (max(round(math.dist(start, end) / step_mm), 1), round(math.pi / 2 * radius / step_mm))
        shares = [step / steps for step in range(steps)]
        turns = [math.pi / 2 * (number + bend / bends) for bend in range(bends)]
        points += (
            (start[0] + (end[0] - start[0]) * at, start[1] + (end[1] - start[1]) * at) for at in shares
        )
        points += ((corner[0] + radius * math.sin(at), corner[1] - radius * math.cos(at)) for at in turns)
    return points


def scalloped(points: list[Point]) -> Path:
    """A closed outline through points, clockwise, that bulges outwards between them in half circles."""
    segments: list[Segment] = [("M", *points[0])]
    for (x, y), (end_x, end_y) in pairwise([*points, points[0]]):
        dx, dy = (end_x - x) / 2, (end_y - y) / 2
        tip_x, tip_y = x + dx + dy, y + dy - dx
        segments += [
            ("C", x + dy * KAPPA, y - dx * KAPPA, tip_x - dx * KAPPA, tip_y - dy * KAPPA, tip_x, tip_y),
            (
                "C",
                tip_x + dx * KAPPA,
                tip_y + dy * KAPPA,
                end_x + dy * KAPPA,
                end_y - dx * KAPPA,
                end_x,
                end_y,
            ),
        ]
    return Path((*segments, ("Z",)))

"""The ruler page: two crosses to be measured, rulers that say where each mark is meant to be, and what to do with it.

The printed rulers do not begin at the edge, which no printer reaches: their numbers are distances from it. So a real
ruler that lies at the edge of the paper shows at every mark how far the printer is off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from shlex import quote

from scanly.press.page import MM_PER_PT, Box, Item, Page, Shape, Words
from scanly.press.printers.measuring import Point, crosses
from scanly.press.type.setting import Face, Manner, set_text
from scanly.qr.artwork import Path, Segment
from scanly.qr.ink import BLACK
from scanly.qr.outline import box

_ARM_MM = 8.0
_CROSS_LINE_MM = 0.15
# Length and thickness of the marks at every half, whole, fifth and tenth millimetre.
_MARKS: tuple[tuple[int, float, float], ...] = (
    (20, 7.0, 0.2),
    (10, 5.0, 0.15),
    (2, 3.5, 0.12),
    (1, 2.2, 0.08),
)
_STEP_MM = 0.5
# From a cross to the first mark across and down, and from the last mark to the edge of the paper.
_ACROSS_AFTER_MM, _DOWN_AFTER_MM, _BEFORE_EDGE_MM = 10.0, 20.0, 15.0
_NUMBER_PT, _CROSS_NUMBER_PT = 9.0, 24.0
_NUMBER_MM = 4.0
_TEXT_LEFT_MM, _TEXT_TOP_MM, _TEXT_FOOT_MM, _TITLE_MM = 40.0, 36.0, 35.0, 16.0
# What of the room lines take, when there are gaps between paragraphs.
_WITHOUT_GAPS = 0.65
_BOLD, _REGULAR = Face(weight="bold"), Face()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper that a ruler page is for, by the name that a command takes."""

    paper: str
    width_mm: float
    height_mm: float


def ruler_page(sheet: Sheet, printer: str) -> Page:
    """Raises Invalid for paper that is too small."""
    meant = crosses(sheet.width_mm, sheet.height_mm)
    lines = (*_across(sheet, meant.first_mm[1]), *_down(sheet, meant.first_mm[0]))
    lines += tuple(_arms(meant.first_mm)) + tuple(_arms(meant.second_mm))
    items: list[Item] = [Shape(_joined(lines), fill=BLACK)]
    items += _numbers(sheet, meant.first_mm)
    for number, (x, y) in zip("12", (meant.first_mm, meant.second_mm), strict=True):
        manner = Manner(_CROSS_NUMBER_PT, align="centre", upright="middle")
        items += set_text(number, Box(x - 14, y - 14, 10, 10), manner, _BOLD)
    items += _instructions(sheet, printer)
    return Page(sheet.width_mm, sheet.height_mm, tuple(items))


def _arms(middle: Point) -> Iterator[Path]:
    """A cross; its lines meet where one measures."""
    x, y = middle
    yield box(x - _ARM_MM, y - _CROSS_LINE_MM / 2, 2 * _ARM_MM, _CROSS_LINE_MM)
    yield box(x - _CROSS_LINE_MM / 2, y - _ARM_MM, _CROSS_LINE_MM, 2 * _ARM_MM)


def _steps(size_mm: float, first_mm: float) -> Iterator[int]:
    """The half millimetres that have a mark, on paper of that size."""
    last_mm = size_mm - _BEFORE_EDGE_MM
    return iter(range(round(first_mm / _STEP_MM), int(last_mm / _STEP_MM) + 1))


def _mark(step: int) -> tuple[float, float]:
    """Length and thickness."""
    return next((length, thickness) for every, length, thickness in _MARKS if step % every == 0)


def _across(sheet: Sheet, y: float) -> Iterator[Path]:
    for step in _steps(sheet.width_mm, y + _ACROSS_AFTER_MM):
        length, thickness = _mark(step)
        yield box(step * _STEP_MM - thickness / 2, y, thickness, length)


def _down(sheet: Sheet, x: float) -> Iterator[Path]:
    for step in _steps(sheet.height_mm, x + _DOWN_AFTER_MM):
        length, thickness = _mark(step)
        yield box(x, step * _STEP_MM - thickness / 2, length, thickness)


def _joined(paths: tuple[Path, ...]) -> Path:
    segments: list[Segment] = []
    for path in paths:
        segments += path.segments
    return Path(tuple(segments))


def _numbers(sheet: Sheet, corner: Point) -> Iterator[Words]:
    """Each tenth millimetre's distance from the edge of the paper."""
    x, y = corner
    tens, longest_mm = _MARKS[0][0], _MARKS[0][1]
    below = Manner(_NUMBER_PT, align="centre", upright="top")
    beside = Manner(_NUMBER_PT, align="start", upright="middle")
    for step in _steps(sheet.width_mm, y + _ACROSS_AFTER_MM):
        if step % tens == 0:
            at = step * _STEP_MM
            yield from set_text(f"{at:g}", Box(at - 5, y + longest_mm + 0.5, 10, _NUMBER_MM), below, _REGULAR)
    for step in _steps(sheet.height_mm, x + _DOWN_AFTER_MM):
        if step % tens == 0:
            at = step * _STEP_MM
            room = Box(x + longest_mm + 1, at - _NUMBER_MM / 2, 10, _NUMBER_MM)
            yield from set_text(f"{at:g}", room, beside, _REGULAR)


def _instructions(sheet: Sheet, printer: str) -> Iterator[Words]:
    """Between the rulers and cross 2."""
    room = Box(
        _TEXT_LEFT_MM,
        _TEXT_TOP_MM,
        sheet.width_mm - _TEXT_LEFT_MM - _BEFORE_EDGE_MM,
        sheet.height_mm - _TEXT_TOP_MM - _TEXT_FOOT_MM,
    )
    heading = f"Ruler page for {printer}" if printer else "Ruler page"
    size = f"{sheet.paper}, {sheet.width_mm:g} × {sheet.height_mm:g} mm"
    title = Box(room.x, room.y, room.width, min(room.height / 6, _TITLE_MM))
    large = Manner(18, least_pt=4, align="start", lines=3, upright="top")
    yield from set_text(f"{heading}\n{size}", title, large, _BOLD)
    yield from _paragraphs(
        _steps_to_do(sheet, printer),
        Box(room.x, title.bottom + 1, room.width, room.bottom - title.bottom - 1),
    )


def _paragraphs(texts: Sequence[str], room: Box) -> Iterator[Words]:
    """Below each other with gaps, all in the largest size at which they fit; one with a command in bold."""
    tight = Box(room.x, room.y, room.width, room.height * _WITHOUT_GAPS)
    manner = Manner(11, least_pt=3.5, align="start", lines=80, leading=1.3, upright="top")
    size_pt = set_text("\n".join(texts), tight, manner, _BOLD)[0].size_pt
    gap_mm = size_pt * MM_PER_PT
    y = room.y
    for text in texts:
        face = _BOLD if text.startswith("scanly ") else _REGULAR
        lines = set_text(
            text, Box(room.x, y, room.width, room.bottom - y), replace(manner, size_pt=size_pt), face
        )
        yield from lines
        y = lines[-1].y + gap_mm


def _steps_to_do(sheet: Sheet, printer: str) -> Sequence[str]:
    return (
        '1. Print this page at "Actual size" or 100 %, never "Fit to page", in the way your labels are printed.',
        "2. Measure where cross 1 is: first from the left edge of the paper to its middle, then from the top edge.",
        "Tenths of a millimetre count; a steel ruler and a magnifying glass help.",
        "3. Measure cross 2 in the same way, again from the left edge and from the top edge.",
        "4. Type the four numbers, in millimetres. If nothing were off, they would be these:",
        words_to_type(sheet, printer),
        "The printed rulers help: their numbers are distances from the edges of the paper.",
        "Lay your own ruler beside them, its 0 at the edge: what the marks differ by is what your printer is off by.",
    )


def words_to_type(sheet: Sheet, printer: str) -> str:
    """The command that keeps what was measured, with the places where nothing is off."""
    meant = crosses(sheet.width_mm, sheet.height_mm)
    first, second = (",".join(f"{mm:.1f}" for mm in point) for point in (meant.first_mm, meant.second_mm))
    return (
        f"scanly print calibrate --printer {quote(printer or 'NAME')} --paper {quote(sheet.paper)}"
        f" --first {first} --second {second}"
    )

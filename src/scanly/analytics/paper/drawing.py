"""The charts of a report, drawn into boxes of a PDF page from the same values that their SVG is written from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from scanly.analytics.charts.bars import bars
from scanly.analytics.charts.heat import grid, shade, written
from scanly.analytics.charts.plot import DAYS_BY_MONTH, Point, plot_days
from scanly.analytics.charts.wording import Wording
from scanly.analytics.charts.world import HIGH, WIDE, bubbles, land
from scanly.analytics.paper.letters import Style, width
from scanly.analytics.paper.sheet import Box, Sheet
from scanly.analytics.reports.answer import Report
from scanly.analytics.reports.breakdowns import HOURS

ROW_PT = 13.0
HEAT_ROW_PT = 11.5
_ROW_LETTERS_PT, _SMALL_PT, _TINY_PT = 8.0, 7.0, 5.6
_DATES_PT = 12.0
_OUTLINE = re.compile(r"M(\d+) (\d+)l([^z]*)z")
_NUMBER = re.compile(r"-?\d+")


def draw_days(sheet: Sheet, box: Box, report: Report, wording: Wording) -> None:
    """The line of days, with the period before as a dashed one."""
    plot, colours = plot_days(report, wording), sheet.colours
    small = sheet.muted(_SMALL_PT)
    label = max(width(line.text, small) for line in plot.lines) + 5
    drawn = Box(box.left + label, box.top, box.width - label, box.height - _DATES_PT)
    for line in plot.lines:
        x, y = drawn.at((0, line.at))
        sheet.line([(x, y), (drawn.left + drawn.width, y)], colours.rule, 0.5)
        sheet.words(line.text, (x - 5, y + _SMALL_PT * 0.36), small, "end")
    now = [drawn.at(point) for point in plot.now]
    fine = len(now) > DAYS_BY_MONTH
    if len(now) > 1:
        sheet.area([[drawn.at((plot.now[0][0], 1)), *now, drawn.at((plot.now[-1][0], 1))]], colours.area)
    if plot.before:
        sheet.line([drawn.at(point) for point in plot.before], colours.muted, 0.5 if fine else 0.8, (2.5, 2))
    sheet.line(now, colours.accent, 0.8 if fine else 1.6)
    for date in plot.dates:
        anchor = "start" if date.at < 0.04 else "end" if date.at > 0.96 else "middle"
        at = (drawn.at((date.at, 0))[0], box.top + box.height - 2)
        sheet.words(date.text, at, small, anchor)


def draw_heat(sheet: Sheet, box: Box, report: Report, wording: Wording) -> None:
    """Seven rows of ``HEAT_ROW_PT`` under one line of hours."""
    cells, label = grid(report), 26.0
    most = max(map(max, cells))
    wide = (box.width - label) / len(HOURS)
    for hour in range(len(HOURS)):
        at = (box.left + label + (hour + 0.5) * wide, box.top + _SMALL_PT)
        sheet.words(str(hour), at, sheet.muted(_TINY_PT), "middle")
    for day, scans in enumerate(cells):
        top = box.top + 10 + day * HEAT_ROW_PT
        sheet.words(
            wording.weekday(day, short=True), (box.left, top + 8), sheet.muted(_SMALL_PT), room_pt=label
        )
        for hour, number in enumerate(scans):
            left, ink = box.left + label + hour * wide, shade(number, most)
            cell = Box(left + 0.5, top + 0.5, wide - 1, HEAT_ROW_PT - 1)
            sheet.fill(cell, sheet.colours.shades[ink] if ink else sheet.colours.ground, 1.5)
            style = Style(_TINY_PT, sheet.colours.inks[ink])
            sheet.words(written(number, wording), (left + wide / 2, top + 7.8), style, "middle")


def draw_bars(sheet: Sheet, box: Box, report: Report, wording: Wording, most: int) -> None:
    """As many names as ``most``, a line of ``ROW_PT`` each, and one for the others."""
    lines = bars(report, wording, most)
    strong, muted = sheet.bold(_ROW_LETTERS_PT), sheet.muted(_ROW_LETTERS_PT)
    numbers_pt = max((width(wording.number(bar.scans), strong) for bar in lines), default=0)
    start = box.width * 0.45
    longest = box.width - start - numbers_pt - 8
    for place, bar in enumerate(lines):
        base = box.top + place * ROW_PT + 9
        rest = bar.share is None
        style = muted if rest else sheet.plain(_ROW_LETTERS_PT)
        sheet.words(bar.name, (box.left, base), style, room_pt=box.width * (0.7 if rest else 0.43))
        at = (box.left + box.width, base)
        sheet.words(wording.number(bar.scans), at, muted if rest else strong, "end")
        if bar.share:
            drawn = Box(box.left + start, base - 6, max(longest * bar.share, 0.6), 5)
            sheet.fill(drawn, sheet.colours.accent, 0.5)


def draw_world(sheet: Sheet, box: Box, report: Report) -> None:
    """The land as large as the box allows, and a bubble for each country."""
    scale = min(box.width / WIDE, box.height / HIGH)
    outlines = ([(box.left + x * scale, box.top + y * scale) for x, y in outline] for outline in _land())
    sheet.area(outlines, sheet.colours.land)
    for one in bubbles(report.rows):
        middle = box.left + one.spot.x * scale, box.top + one.spot.y * scale
        sheet.disc(middle, one.radius * scale, sheet.colours.accent, sheet.colours.surface)


@cache
def _land() -> tuple[tuple[Point, ...], ...]:
    """The outlines of the land, in units of its box."""
    return tuple(_outline(found) for found in _OUTLINE.findall(land()))


def _outline(written: Sequence[str]) -> tuple[Point, ...]:
    x, y = int(written[0]), int(written[1])
    points = [(x, y)]
    steps = [int(number) for number in _NUMBER.findall(written[2])]
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return tuple(points)

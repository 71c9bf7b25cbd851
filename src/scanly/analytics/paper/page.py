"""How a report stands on one page: what is fixed in height, and the line of days that takes the rest.

Source: ISO 216 (A4).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from scanly.analytics.charts.bars import bars, leader
from scanly.analytics.charts.days import sentence, series_title
from scanly.analytics.charts.heat import heat_sentence
from scanly.analytics.charts.plot import has_before
from scanly.analytics.charts.wording import Wording
from scanly.analytics.charts.world import world_sentence
from scanly.analytics.paper.brand import Brand
from scanly.analytics.paper.drawing import HEAT_ROW_PT, ROW_PT, draw_bars, draw_days, draw_heat, draw_world
from scanly.analytics.paper.figures import apart, big_numbers, heading, listed
from scanly.analytics.paper.letters import Style, width, wrapped
from scanly.analytics.paper.sheet import Box, Sheet
from scanly.analytics.reports.answer import Overview, Report

WIDE_PT, HIGH_PT = 595.28, 841.89
_MARGIN_PT, _GAP_PT, _BAR_PT = 38.0, 16.0, 5.0
_HEAD_PT, _NUMBERS_PT, _TITLED_PT = 78.0, 46.0, 27.0
_HEAT_PT = 10 + 7 * HEAT_ROW_PT
_NEWS_PT, _NOTE_PT = 13.5, 9.0
_MOST_NEWS, _MOST_NOTES = 5, 3
_LONG_ROWS, _SHORT_ROWS = 6, 5
_MAP_PT = 108.0
_HIGHEST_DAYS_PT = 240.0
_LISTS = 4
_DRAWN_OTHERWISE = ("heatmap", "hour", "weekday", "country")


@dataclass(frozen=True, slots=True)
class Page:
    """One overview on one sheet."""

    sheet: Sheet
    overview: Overview
    brand: Brand
    wording: Wording

    def draw(self) -> None:
        """Everything, from the top downwards; the line of days takes what height the others leave."""
        left, wide = _MARGIN_PT, WIDE_PT - 2 * _MARGIN_PT
        bottom = HIGH_PT - _MARGIN_PT + 8
        foot = self._foot(Box(left, 0, wide, 0))
        self._write_foot(foot, Box(left, bottom - len(foot) * _NOTE_PT, wide, 0))
        free = Box(left, _MARGIN_PT - 10, wide, bottom - len(foot) * _NOTE_PT - _GAP_PT - _MARGIN_PT + 10)
        free = self._numbers(self._head(free))
        free = self._news(free)
        lower = self._lower_pt()
        high = min(free.height - lower, _HIGHEST_DAYS_PT)
        self._days(Box(free.left, free.top, wide, high))
        self._rest(Box(free.left, free.top + high + _GAP_PT, wide, lower))

    def _head(self, box: Box) -> Box:
        sheet = self.sheet
        name = heading(self.overview, self.brand.name or self.overview.workspace, self.wording)
        sheet.fill(Box(0, 0, WIDE_PT, _BAR_PT), sheet.colours.accent)
        zone = self.wording.t("zone", zone=self.overview.days.time_zone)
        right = (box.left + box.width, box.top + 10)
        sheet.words(zone, right, sheet.muted(8), "end")
        room = box.width - width(zone, sheet.muted(8)) - _GAP_PT
        if self.brand.logo_png:
            self._logo(Box(box.left, box.top - 8, min(room, 140), 24), self.brand.logo_png)
        else:
            style = Style(11, sheet.colours.accent, bold=True)
            sheet.words(name, (box.left, box.top + 10), style, room_pt=room)
        title, size = self.overview.title, 24.0
        while size > 15 and width(title, sheet.bold(size)) > box.width:
            size -= 1
        sheet.words(title, (box.left, box.top + 45), sheet.bold(size), room_pt=box.width)
        span = self.wording.span(self.overview.days.since, self.overview.days.until)
        sheet.words(span, (box.left, box.top + 61), sheet.muted(9.5))
        return box.below(_HEAD_PT)

    def _logo(self, box: Box, png: bytes) -> None:
        from reportlab.lib.utils import ImageReader

        bottom = HIGH_PT - box.top - box.height
        self.sheet.canvas.drawImage(
            ImageReader(io.BytesIO(png)), box.left, bottom, box.width, box.height,
            mask="auto", preserveAspectRatio=True, anchor="w",
        )  # fmt: skip

    def _numbers(self, box: Box) -> Box:
        sheet, figures = self.sheet, big_numbers(self.overview.days, self.wording)
        for place, (figure, cell) in enumerate(zip(figures, box.columns(len(figures), _GAP_PT), strict=True)):
            ink = sheet.colours.text if place else sheet.colours.accent
            if place:
                edge = cell.left - _GAP_PT / 2
                sheet.line([(edge, cell.top), (edge, cell.top + 42)], sheet.colours.rule, 0.6)
            sheet.words(figure.title, (cell.left, cell.top + 8), sheet.muted(8.5), room_pt=cell.width)
            sheet.words(
                figure.number, (cell.left, cell.top + 29), Style(20, ink, bold=True), room_pt=cell.width
            )
            sheet.words(figure.remark, (cell.left, cell.top + 41), sheet.muted(8), room_pt=cell.width)
        return box.below(_NUMBERS_PT + _GAP_PT - 2)

    def _news(self, box: Box) -> Box:
        """As many sentences as there is room for, each in two lines at most."""
        sheet = self.sheet
        style, room = sheet.plain(9.5), box.width - 10
        lines: list[str] = []
        for one in self.overview.sentences:
            taken = wrapped(one, style, room, 2)
            if len(lines) + len(taken) > _MOST_NEWS:
                break
            lines += taken
        if not lines:
            return box
        for place, line in enumerate(lines):
            sheet.words(line, (box.left + 10, box.top + place * _NEWS_PT + 9.5), style)
        sheet.fill(Box(box.left, box.top, 2, len(lines) * _NEWS_PT), sheet.colours.accent)
        return box.below(len(lines) * _NEWS_PT + _GAP_PT)

    def _titled(self, box: Box, title: str, said: str) -> Box:
        """A heading and its sentence; what is left of the box."""
        self.sheet.words(title, (box.left, box.top + 9), self.sheet.bold(10.5), room_pt=box.width)
        self.sheet.words(said, (box.left, box.top + 20), self.sheet.muted(8), room_pt=box.width)
        return box.below(_TITLED_PT)

    def _days(self, box: Box) -> None:
        words, days = self.wording, self.overview.days
        draw_days(
            self.sheet, self._titled(box, series_title(days, words), sentence(days, words)), days, words
        )
        if has_before(days):
            self._key(box)

    def _key(self, box: Box) -> None:
        """Which line is which, at the right of the heading."""
        sheet, right = self.sheet, box.left + box.width
        for key, ink, dash in (
            ("period_before", sheet.colours.muted, (2.5, 2.0)),
            ("this_period", sheet.colours.accent, ()),
        ):
            said, style = self.wording.t(key), sheet.muted(8)
            sheet.words(said, (right, box.top + 9), style, "end")
            right -= width(said, style) + 5
            sheet.line([(right - 18, box.top + 6.5), (right, box.top + 6.5)], ink, 1.2, dash)
            right -= 18 + _GAP_PT

    def _rest(self, box: Box) -> None:
        words, heat, country = self.wording, self._section("heatmap"), self._section("country")
        if heat:
            drawn = self._titled(box, words.title("heatmap"), heat_sentence(heat, words))
            draw_heat(self.sheet, drawn, heat, words)
            box = box.below(_TITLED_PT + _HEAT_PT + _GAP_PT)
        lists = self._lists()
        if country:
            first, second = box.columns(2, 2 * _GAP_PT)
            drawn = self._titled(first, words.title("country"), world_sentence(country, words))
            draw_world(self.sheet, Box(drawn.left, drawn.top, drawn.width, _MAP_PT), country)
            self._list(second, country if not lists else lists.pop(0), _LONG_ROWS)
            box = box.below(_TITLED_PT + _MAP_PT + _GAP_PT)
        cells = box.columns(max(len(lists), 2), 2 * _GAP_PT)
        for report, cell in zip(lists, cells, strict=False):
            self._list(cell, report, _SHORT_ROWS)

    def _list(self, box: Box, report: Report, rows: int) -> None:
        rest = self._titled(box, self.wording.title(report.by), leader(report, self.wording))
        draw_bars(self.sheet, rest, report, self.wording, rows)

    def _lower_pt(self) -> float:
        """How high everything below the line of days is, with the gap above it."""
        blocks = [_TITLED_PT + _HEAT_PT] if self._section("heatmap") else []
        lists = self._lists()
        if self._section("country"):
            blocks.append(_TITLED_PT + _MAP_PT)
            lists = lists[1:]
        if lists:
            rows = max(len(bars(one, self.wording, _SHORT_ROWS)) for one in lists)
            blocks.append(_TITLED_PT + rows * ROW_PT)
        return sum(blocks) + _GAP_PT * len(blocks)

    def _section(self, by: str) -> Report | None:
        return next((one for one in self.overview.sections if one.by == by), None)

    def _lists(self) -> list[Report]:
        """The lists that find room, those that tell most first."""
        found = [one for one in listed(self.overview) if one.by not in _DRAWN_OTHERWISE]
        return found[: _LISTS if self._section("country") else _LISTS - 1]

    def _foot(self, box: Box) -> list[str]:
        """The small print in lines: what is counted apart, notes, and who must be named."""
        words, overview = self.wording, self.overview
        kinds = " · ".join(f"{kind} {number}" for kind, number in apart(overview.days, words))
        notes = dict.fromkeys(note for each in (overview.days, *overview.sections) for note in each.notes)
        small = self.sheet.muted(7)
        said = [f"{words.t('apart')}: {kinds}"] if kinds else []
        if notes:
            said += wrapped(" ".join(notes), small, box.width, _MOST_NOTES)
        return [*said, overview.attribution] if overview.attribution else said

    def _write_foot(self, lines: Sequence[str], box: Box) -> None:
        self.sheet.line(
            [(box.left, box.top - 6), (box.left + box.width, box.top - 6)], self.sheet.colours.rule, 0.6
        )
        for place, line in enumerate(lines):
            at = (box.left, box.top + place * _NOTE_PT + 6)
            self.sheet.words(line, at, self.sheet.muted(7), room_pt=box.width)

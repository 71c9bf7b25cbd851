"""Hours of the day or days of the week as columns from zero."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from scanly.analytics.charts.days import dated, noun
from scanly.analytics.charts.plot import Label, shares
from scanly.analytics.charts.svg import Chart, percent, picture, table
from scanly.analytics.charts.wording import Wording
from scanly.analytics.reports.answer import Report, Row
from scanly.analytics.reports.breakdowns import HOURS, WEEKDAYS

# What of the height columns take at most, and of its own room each takes of the width.
_DRAWN, _FILLED = 0.86, 0.76
_EVERY_HOURS = 3


def columns_chart(report: Report, wording: Wording, name: str) -> Chart:
    """By ``hour`` or ``weekday``; those without a row have a column of no height. ``name`` as for other charts."""
    found = {row.key: row.scans for row in report.rows}
    keys = HOURS if report.by == "hour" else WEEKDAYS
    rows = [Row(key, found.get(key, 0)) for key in keys]
    title = wording.title(report.by)
    heads = [wording.t(report.by), wording.t(noun(report))]
    twin = table(title, heads, [(_said(report, row, wording), wording.number(row.scans)) for row in rows])
    chart = Chart(title, _sentence(report, rows, wording), "", twin)
    return picture(name, chart, "".join(_columns(report, rows, wording)))


def _columns(report: Report, rows: list[Row], wording: Wording) -> Iterator[str]:
    yield f'<rect class="z" y="{percent(_DRAWN)}" width="100%" height="1"/>'
    room = 1 / len(rows)
    for place, (row, share) in enumerate(zip(rows, shares([row.scans for row in rows]), strict=True)):
        at = len(rows) - 1 - place if wording.direction == "rtl" else place
        left, high = (at + (1 - _FILLED) / 2) * room, share * _DRAWN
        said = f"{_said(report, row, wording)}: {wording.counted(row.scans, noun(report))}"
        yield (
            f'<rect class="c" x="{percent(left)}" y="{percent(_DRAWN - high)}" width="{percent(room * _FILLED)}" '
            f'height="{percent(high)}"><title>{escape(said)}</title></rect>'
        )
        if report.by == "weekday" or place % _EVERY_HOURS == 0:
            text = str(place) if report.by == "hour" else wording.weekday(place, short=True)
            yield dated(Label((at + 0.5) * room, text))


def _said(report: Report, row: Row, wording: Wording) -> str:
    if report.by == "hour":
        return wording.hour(int(row.key))
    return wording.weekday(WEEKDAYS.index(row.key))


def _sentence(report: Report, rows: list[Row], wording: Wording) -> str:
    best = max(rows, key=lambda row: row.scans)
    if not best.scans:
        return wording.t("nothing")
    said, counted = _said(report, best, wording), wording.counted(best.scans, noun(report))
    if report.by == "hour":
        return wording.t("best_hour", hour=said, count=counted)
    return wording.t("best_weekday", day=said, count=counted)

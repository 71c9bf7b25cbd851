"""Weekdays by hours as a table: six shades, and the number in each cell, so the picture is its own table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from scanly.analytics.charts.days import noun
from scanly.analytics.charts.svg import Chart
from scanly.analytics.charts.wording import Wording
from scanly.analytics.reports.answer import Report
from scanly.analytics.reports.breakdowns import HOURS, WEEKDAYS

SHADES = 6
_THOUSAND = 1000
_MOST_WRITTEN_OUT = 9_999


def grid(report: Report) -> list[list[int]]:
    """Scans of the seven weekdays from Monday, each by 24 hours, of a report by ``heatmap`` (``sat 18``)."""
    found = {row.key: row.scans for row in report.rows}
    return [[found.get(f"{day} {hour}", 0) for hour in HOURS] for day in WEEKDAYS]


def shade(scans: int, most: int) -> int:
    """0 for none, up to 5 for the most."""
    return -(-scans * (SHADES - 1) // most) if most else 0


def written(scans: int, wording: Wording) -> str:
    """A number that fits into a cell: thousands are cut short, none is empty."""
    if scans > _MOST_WRITTEN_OUT:
        return f"{wording.number(round(scans / _THOUSAND))}k"
    return str(scans) if scans else ""


def heat_chart(report: Report, wording: Wording) -> Chart:
    """The table, which can be moved sideways where letters are large; its sentence says when it is busiest."""
    title, cells = wording.title("heatmap"), grid(report)
    most = max(map(max, cells))
    heads = "".join(f'<th scope="col">{hour}</th>' for hour in range(len(HOURS)))
    corner = '<td aria-hidden="true"></td>'
    rows = "".join(_row(day, scans, most, wording) for day, scans in enumerate(cells))
    table = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f'<table class="heat"><caption>{escape(title)}</caption><thead><tr>{corner}{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
    return Chart(title, heat_sentence(report, wording), "", table)


def heat_sentence(report: Report, wording: Wording) -> str:
    """The busiest hour of the week."""
    scans, day, hour = max(
        (scans, -day, -hour) for day, hours in enumerate(grid(report)) for hour, scans in enumerate(hours)
    )
    if not scans:
        return wording.t("nothing")
    said = wording.counted(scans, noun(report))
    return wording.t("best_time", day=wording.weekday(-day), hour=wording.hour(-hour), count=said)


def _row(day: int, scans: Sequence[int], most: int, wording: Wording) -> str:
    cells = "".join(_cells(scans, most, wording))
    return f'<tr><th scope="row">{escape(wording.weekday(day, short=True))}</th>{cells}</tr>'


def _cells(scans: Sequence[int], most: int, wording: Wording) -> Iterator[str]:
    for number in scans:
        exact = f' title="{wording.number(number)}"' if number > _MOST_WRITTEN_OUT else ""
        yield f'<td class="q{shade(number, most)}"{exact}>{written(number, wording)}</td>'

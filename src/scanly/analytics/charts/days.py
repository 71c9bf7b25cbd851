"""Days as a line: this period drawn through, the period before dashed, both from zero.

Words keep their size however wide the picture is: what is stretched is only the inner drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from scanly.analytics.charts.plot import (
    DAYS_BY_MONTH,
    Label,
    Plot,
    Point,
    across,
    has_before,
    plot_days,
    shares,
)
from scanly.analytics.charts.svg import Chart, compared, percent, picture, table
from scanly.analytics.charts.wording import Wording
from scanly.analytics.reports.answer import Report

# Height of the inner drawing, which is stretched to whatever room there is, and what of the picture it takes:
# dates stand below. From day to day it is this many units.
_HIGH, _DRAWN, _DAY = 200, 0.88, 2
_MOST_TOUCHED = 400


def days_chart(report: Report, wording: Wording, name: str = "days") -> Chart:
    """A line for a series by day or month, which has no gaps. ``name`` tells it from other charts of a page."""
    plot = plot_days(report, wording)
    wide = _DAY * max(len(plot.now) - 1, 1)
    grid = "".join(f'<path class="g" d="M0 {round(line.at * _HIGH)}H{wide}"/>' for line in plot.lines)
    drawn = f"{grid}{_lines(plot, wide)}{_touched(report, plot.now, wide, wording)}"
    body = (
        f'<svg width="100%" height="{percent(_DRAWN)}" viewBox="0 0 {wide} {_HIGH}" preserveAspectRatio="none">'
        f"{drawn}</svg>{''.join(_labels(plot))}"
    )
    chart = Chart(series_title(report, wording), sentence(report, wording), "", _table(report, wording))
    return picture(name, chart, body, many=len(plot.now) > DAYS_BY_MONTH)


def sparkline(values: Sequence[int], label: str) -> str:
    """A small line beside a number, from zero; ``label`` says it in words."""
    points = [(place, 1 - share) for place, share in zip(across(len(values)), shares(values), strict=True)]
    drawn = _path(points, 100, 24)
    return (
        f'<svg class="spark" role="img" aria-label="{escape(label)}" viewBox="0 -2 100 28" '
        f'preserveAspectRatio="none"><path class="l" d="{drawn}"/></svg>'
    )


def sentence(report: Report, wording: Wording) -> str:
    """How the period compares, and its best day."""
    parts: list[str] = []
    if report.before:
        parts.append(wording.change(report.scans, report.before.scans))
    best = max(report.rows, key=lambda row: row.scans, default=None)
    if best is None or best.scans == 0:
        return wording.t("nothing")
    if len(report.rows) > 1 or not parts:
        count = wording.counted(best.scans, noun(report))
        parts.append(wording.t(f"best_{report.by}", day=wording.day(best.key), count=count))
    return " ".join(parts)


def series_title(report: Report, wording: Wording) -> str:
    """What a series by day or month is called."""
    return wording.t(f"per_{report.by}")


def noun(report: Report) -> str:
    """What is counted, as the words know it."""
    return report.measure if report.measure == "views" else "scans"


def _lines(plot: Plot, wide: int) -> str:
    """The area under this period, the line of the period before, and upon both that of this period."""
    if not plot.now:
        return ""
    line, first = _path(plot.now, wide, _HIGH), round(plot.now[0][0] * wide)
    drawn = f'<path class="a" d="{line}V{_HIGH}H{first}z"/>' if len(plot.now) > 1 else ""
    if plot.before:
        drawn += f'<path class="p" d="{_path(plot.before, wide, _HIGH)}"/>'
    return f'{drawn}<path class="l" d="{line}"/>'


def _path(points: Sequence[Point], wide: int, high: int) -> str:
    """In whole units, from point to point; a single one is a line without length, which round ends make a dot."""
    places = [(round(x * wide), round(y * high)) for x, y in points]
    steps = [f"{to_x - x} {to_y - y}" for (x, y), (to_x, to_y) in pairwise(places)]
    return f"M{places[0][0]} {places[0][1]}{'l' + ' '.join(steps) if steps else 'h0'}"


def _touched(report: Report, now: Sequence[Point], wide: int, wording: Wording) -> str:
    """A column for each day that says its number when it is pointed at; many days leave no room to point."""
    if len(now) > _MOST_TOUCHED:
        return ""
    columns = "".join(
        f'<rect x="{round(x * wide) - _DAY // 2}" width="{_DAY}" height="{_HIGH}">'
        f"<title>{escape(f'{wording.day(row.key)}: {wording.number(row.scans)}')}</title></rect>"
        for (x, _), row in zip(now, report.rows, strict=True)
    )
    return f'<g class="k">{columns}</g>'


def _labels(plot: Plot) -> Iterator[str]:
    """Levels stand under their lines at the side where reading begins, dates below all."""
    side, anchor = ("100%", "end") if plot.mirrored else ("0", "start")
    for line in plot.lines[1:]:
        yield f'<text x="{side}" y="{percent(line.at * _DRAWN)}" dy="1em" text-anchor="{anchor}">{line.text}</text>'
    yield from (dated(date) for date in plot.dates)


def dated(label: Label) -> str:
    """A label below a chart; those at the edges stay inside."""
    anchor = "start" if label.at < 0.04 else "end" if label.at > 0.96 else "middle"
    spare = ' class="o"' if label.spare else ""
    return f'<text x="{percent(label.at)}" y="98%" text-anchor="{anchor}"{spare}>{escape(label.text)}</text>'


def _table(report: Report, wording: Wording) -> str:
    compares = has_before(report)
    heads = [wording.t(report.by), wording.t(noun(report)), *([wording.t("before")] if compares else [])]
    rows = (
        (
            wording.day(row.key),
            wording.number(row.scans),
            *((compared(wording, row.before),) if compares else ()),
        )
        for row in report.rows
    )
    return table(series_title(report, wording), heads, rows)

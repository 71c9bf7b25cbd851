"""Names with the most, as a list with a bar each: table and picture in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from scanly.analytics.charts.plot import shares
from scanly.analytics.charts.svg import Chart
from scanly.analytics.charts.wording import Wording
from scanly.analytics.reports.answer import Report, Row
from scanly.analytics.reports.breakdowns import OTHER, UNKNOWN

# What whoever prints a code may give it, or not.
_GIVEN = frozenset({"referrer", "source", "medium", "campaign", "term", "content", "rule", "placement"})


@dataclass(frozen=True, slots=True)
class Bar:
    """One line; ``share`` is its part of the longest, 0 to 1, and None for what is no value but a rest."""

    name: str
    scans: int
    share: float | None


def bars(report: Report, wording: Wording, most: int) -> list[Bar]:
    """The first ``most`` values; all others are one line (a single one keeps its name), and so are those of whom
    the value is not known."""
    values = named(report.rows)
    whole = len(values) == most + 1 and all(row.key != OTHER for row in report.rows)
    shown, others = (values, []) if whole else (values[:most], values[most:])
    found = [
        Bar(name_of(row, wording), row.scans, share)
        for row, share in zip(shown, shares([row.scans for row in shown]), strict=True)
    ]
    rest = sum(row.scans for row in (*others, *(row for row in report.rows if row.key == OTHER)))
    if rest:
        found.append(Bar(wording.t("others"), rest, None))
    if unknown := sum(row.scans for row in report.rows if row.key == UNKNOWN):
        found.append(Bar(wording.t("without" if report.by in _GIVEN else "unknown"), unknown, None))
    return found


def named(rows: Sequence[Row]) -> list[Row]:
    """The rows that stand for one value each."""
    return [row for row in rows if row.scans and row.key not in (OTHER, UNKNOWN)]


def name_of(row: Row, wording: Wording) -> str:
    """What a row is called for people."""
    words = {OTHER: wording.t("others"), UNKNOWN: wording.t("unknown")}
    return row.title or words.get(row.key) or row.key or wording.t("unknown")


def leader(report: Report, wording: Wording) -> str:
    """Who has the most of how many."""
    first = max(named(report.rows), key=lambda row: row.scans, default=None)
    if first is None:
        return wording.t("nothing_known")
    share = first.scans / sum(row.scans for row in report.rows)
    return wording.t("leads", name=name_of(first, wording), percent=wording.percent(share))


def bars_chart(report: Report, wording: Wording, most: int = 8) -> Chart:
    """The table; its sentence says who leads."""
    title = wording.title(report.by)
    lines = "".join(_line(bar, wording) for bar in bars(report, wording, most))
    table = f'<table class="bars"><caption>{escape(title)}</caption><tbody>{lines}</tbody></table>'
    return Chart(title, leader(report, wording), "", table)


def _line(bar: Bar, wording: Wording) -> str:
    drawn, kind = "", ' class="rest"'
    if bar.share is not None:
        kind = ""
        drawn = (
            '<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect width="{round(100 * bar.share, 1):g}" height="1"/></svg>'
        )
    name, number = escape(bar.name), wording.number(bar.scans)
    return f'<tr{kind}><th scope="row">{name}</th><td>{drawn}</td><td>{number}</td></tr>'

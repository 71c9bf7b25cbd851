"""A report as one HTML file that needs nothing else: it can be mailed, printed on A4, and read on any screen."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from scanly.analytics.charts.bars import bars_chart
from scanly.analytics.charts.columns import columns_chart
from scanly.analytics.charts.days import days_chart, sparkline
from scanly.analytics.charts.heat import heat_chart
from scanly.analytics.charts.svg import Chart
from scanly.analytics.charts.wording import Wording, wording
from scanly.analytics.charts.world import world_chart
from scanly.analytics.paper.brand import NEUTRAL, Brand, Colours, dark, light
from scanly.analytics.paper.figures import apart, big_numbers, heading, listed
from scanly.analytics.reports.answer import Overview, Report
from scanly.core.paths import asset

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page; a ``wide`` one takes its whole width. What is ``beside`` is the same as a list."""

    chart: Chart
    wide: bool = False
    beside: Chart | None = None


def as_html(overview: Overview, brand: Brand = NEUTRAL) -> str:
    """The file's text. What is in it is all that the overview says."""
    words = wording(overview.language)
    days, name = overview.days, brand.name or overview.workspace
    return (
        _environment()
        .get_template("report.html")
        .render(
            overview=overview,
            words=words,
            name=name,
            heading=heading(overview, name, words),
            logo=base64.b64encode(brand.logo_png).decode() if brand.logo_png else "",
            schemes=(light(brand), dark(brand)),
            variables=_variables,
            sparkline=_sparkline,
            numbers=big_numbers(days, words),
            days=_marked(days_chart(days, words)),
            parts=_parts(overview, words),
            apart=apart(days, words),
            notes=list(dict.fromkeys(note for each in (days, *overview.sections) for note in each.notes)),
        )
    )


def _parts(overview: Overview, words: Wording) -> list[Part]:
    """Hours first, then lists side by side, and the map below them."""
    order = {"heatmap": 0, "country": 2}
    return [_drawn(one, words) for one in sorted(listed(overview), key=lambda one: order.get(one.by, 1))]


def _drawn(report: Report, words: Wording) -> Part:
    if report.by == "heatmap":
        return Part(_marked(heat_chart(report, words)), wide=True)
    if report.by in ("hour", "weekday"):
        return Part(_marked(columns_chart(report, words, f"by-{report.by}")))
    if report.by == "country":
        listed_too = _marked(bars_chart(report, words))
        return Part(_marked(world_chart(report, words)), wide=True, beside=listed_too)
    return Part(_marked(bars_chart(report, words)))


def _marked(chart: Chart) -> Chart:
    return replace(chart, picture=_markup(chart.picture), table=_markup(chart.table))


def _markup(text: str) -> str:
    """What was escaped when it was drawn."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - of our own charts and colours only


def _sparkline(values: Sequence[int], label: str) -> str:
    return _markup(sparkline(values, label))


def _variables(colours: Colours) -> str:
    """Colours as custom properties of CSS."""
    plain = ("ground", "surface", "text", "muted", "rule", "land", "accent", "area")
    named = {name: getattr(colours, name) for name in plain}
    named |= {f"q{number}": shade for number, shade in enumerate(colours.shades)}
    named |= {f"i{number}": ink for number, ink in enumerate(colours.inks)}
    return _markup(";".join(f"--{name}:{value}" for name, value in named.items()))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(asset("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

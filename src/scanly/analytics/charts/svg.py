"""What every chart is made of: a picture with title and sentence for those who do not see it, and a table twin.

Source: WAI-ARIA Graphics Module 1.0; SVG 2, 5.8 (title, desc).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from scanly.analytics.charts.wording import Wording


@dataclass(frozen=True, slots=True)
class Chart:
    """HTML of one chart: ``picture`` is an ``<svg>``, or empty where the ``table`` shows it all by itself."""

    title: str
    sentence: str
    picture: str
    table: str


def picture(name: str, chart: Chart, body: str, *, attributes: str = "", many: bool = False) -> Chart:
    """The chart with its picture. ``name`` tells it from others on a page; ``body`` is SVG; ``many`` points are
    drawn finer.

    Directions within are left to right, so that anchors mean the same in every language.
    """
    kind = f"chart {name}{' many' if many else ''}"
    svg = (
        f'<svg class="{kind}" role="img" aria-labelledby="{name}-t {name}-d" direction="ltr"{attributes}>'
        f'<title id="{name}-t">{escape(chart.title)}</title><desc id="{name}-d">{escape(chart.sentence)}</desc>'
        f"{body}</svg>"
    )
    return replace(chart, picture=svg)


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a head for each column and each row. Cells are text."""
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    lines = "".join(_row(cells) for cells in rows)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{lines}</tbody></table>"
    )


def _row(cells: Sequence[str]) -> str:
    first, *others = map(escape, cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'


def compared(wording: Wording, before: int | None) -> str:
    """A cell for the period before; empty where it is not known."""
    return "" if before is None else wording.number(before)


def percent(fraction: float) -> str:
    """A coordinate of SVG: ``0.25`` is ``25%``."""
    return f"{round(100 * fraction, 2):g}%"

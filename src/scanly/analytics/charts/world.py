"""Countries as bubbles on a silhouette of the land, without borders, which are disputed in places.

Source: Šavrič, Patterson and Jenny, "The Equal Earth map projection", 2018; land and places in ``templates/reports``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import NamedTuple

from scanly.analytics.charts.bars import name_of, named
from scanly.analytics.charts.days import noun
from scanly.analytics.charts.plot import shares
from scanly.analytics.charts.svg import Chart, picture, table
from scanly.analytics.charts.wording import Wording
from scanly.analytics.reports.answer import Report, Row
from scanly.core.paths import asset

WIDE, HIGH = 1000, 432
_COEFFICIENTS = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT = math.sqrt(3) / 2
# The map begins here; Antarctica is left out below.
_NORTHERNMOST_DEGREES = 84
# Radius of the largest bubble and of the smallest, which would not be seen otherwise.
_LARGEST, _SMALLEST = 42, 5


class Spot(NamedTuple):
    """A place on the map, in units of its box, ``WIDE`` by ``HIGH``; y grows downwards."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Bubble:
    """One country; the area of the circle grows with its scans."""

    row: Row
    spot: Spot
    radius: float


def spot(longitude: float, latitude: float) -> Spot:
    """Where degrees east and north lie on the map."""
    x, y = _equal_earth(longitude, latitude)
    edge, _ = _equal_earth(180, 0)
    _, top = _equal_earth(0, _NORTHERNMOST_DEGREES)
    scale = WIDE / (2 * edge)
    return Spot((x + edge) * scale, (top - y) * scale)


def _equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """Equations 7 and 9 of the paper; radians of a unit sphere, y upwards."""
    one, two, three, four = _COEFFICIENTS
    angle = math.asin(_ROOT * math.sin(math.radians(latitude)))
    square, sixth = angle**2, angle**6
    stretch = one + 3 * two * square + sixth * (7 * three + 9 * four * square)
    x = math.radians(longitude) * math.cos(angle) / (_ROOT * stretch)
    return x, angle * (one + two * square + sixth * (three + four * square))


@cache
def places() -> dict[str, Spot]:
    """Where the bubble of each country stands, by ISO 3166-1 code."""
    lines = asset("reports", "places.csv").read_text(encoding="utf-8").splitlines()[1:]
    parts = (line.split(",") for line in lines)
    return {country: spot(float(longitude), float(latitude)) for country, longitude, latitude in parts}


@cache
def land() -> str:
    """The outline of all land as data of one SVG path: ``M``, relative ``l`` and ``z``, in whole units."""
    text = asset("reports", "land.svg").read_text(encoding="utf-8")
    return text.partition(' d="')[2].partition('"')[0]


def bubbles(rows: Sequence[Row]) -> list[Bubble]:
    """The largest first, so that small ones lie upon it. Rows whose key is no country on the map are left out."""
    found = [row for row in rows if row.scans and row.key in places()]
    found.sort(key=lambda row: -row.scans)
    sizes = (max(_LARGEST * math.sqrt(share), _SMALLEST) for share in shares([row.scans for row in found]))
    return [Bubble(row, places()[row.key], radius) for row, radius in zip(found, sizes, strict=True)]


def world_chart(report: Report, wording: Wording, name: str = "world") -> Chart:
    """The map of a report by country, and all its rows as a table."""
    title = wording.title("country")
    circles = "".join(_circle(one, report, wording) for one in bubbles(report.rows))
    heads = [wording.title("country"), wording.t(noun(report))]
    twin = table(title, heads, [(name_of(row, wording), wording.number(row.scans)) for row in report.rows])
    body = f'<path class="land" d="{land()}"/>{circles}'
    chart = Chart(title, world_sentence(report, wording), "", twin)
    return picture(name, chart, body, attributes=f' viewBox="0 0 {WIDE} {HIGH}"')


def world_sentence(report: Report, wording: Wording) -> str:
    """How many countries, and which has the most."""
    known = named(report.rows)
    if not known:
        return wording.t("nothing_known")
    first = max(known, key=lambda row: row.scans)
    share = wording.percent(first.scans / sum(row.scans for row in report.rows))
    if len(known) == 1:
        return wording.t("only_from", name=name_of(first, wording), percent=share)
    counted = wording.counted(len(known), "countries")
    return wording.t("most_from", count=counted, name=name_of(first, wording), percent=share)


def _circle(bubble: Bubble, report: Report, wording: Wording) -> str:
    said = f"{name_of(bubble.row, wording)}: {wording.counted(bubble.row.scans, noun(report))}"
    return (
        f'<circle cx="{bubble.spot.x:.0f}" cy="{bubble.spot.y:.0f}" r="{bubble.radius:.1f}">'
        f"<title>{escape(said)}</title></circle>"
    )

"""The few large numbers at the head of a report, and those that are counted apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanly.analytics.charts.days import noun
from scanly.analytics.charts.plot import DAYS_BY_MONTH
from scanly.analytics.charts.wording import Wording
from scanly.analytics.reports.answer import Overview, Report

# Dimensions that are about all visits, not about people.
_OF_ROBOTS = ("kind", "outcome")
# What most people ask first; other dimensions follow in the order that they come in.
_WORTH = (
    "heatmap", "code", "placement", "clicked", "referrer", "campaign", "device", "city", "language", "model",
    "browser", "os",
)  # fmt: skip
_APART = ("bot", "preview", "prefetch", "test")


class Figure(NamedTuple):
    """A number with what it is, and a few words below it. ``series`` is how it came about, day by day."""

    title: str
    number: str
    remark: str
    series: tuple[int, ...] = ()


def listed(overview: Overview) -> list[Report]:
    """The sections that are shown, those that tell most first: what robots did is said in one line."""
    found = [section for section in overview.sections if section.by not in _OF_ROBOTS]
    return sorted(found, key=lambda one: _WORTH.index(one.by) if one.by in _WORTH else len(_WORTH))


def heading(overview: Overview, name: str, wording: Wording) -> str:
    """What stands above the title: whose report it is, unless the title says so."""
    return wording.t("report") if name == overview.title else name


def big_numbers(days: Report, wording: Wording) -> list[Figure]:
    """Scans, visitors, the best day, and links where there are several."""
    return list(_numbers(days, wording))


def _numbers(days: Report, wording: Wording) -> Iterator[Figure]:
    change = wording.change(days.scans, days.before.scans, short=True) if days.before else ""
    scans = _series([row.scans for row in days.rows])
    yield Figure(wording.t(noun(days)), wording.number(days.scans), change, scans)
    yield _visitors(days, wording)
    best = max(days.rows, key=lambda row: row.scans, default=None)
    if best and best.scans and len(days.rows) > 1:
        yield Figure(wording.t(f"best_of_{days.by}s"), wording.number(best.scans), wording.day(best.key))
    if days.links > 1:
        silent = wording.t("silent", n=wording.number(days.silent)) if days.silent else ""
        yield Figure(wording.t("links"), wording.number(days.links), silent)


def _visitors(days: Report, wording: Wording) -> Figure:
    """A dash where the workspace does not tell people apart."""
    if days.scans and not days.visitors:
        return Figure(wording.t("visitors"), "–", wording.t("not_counted"))
    remark = wording.t("daily_visitors") if len(days.rows) > 1 else ""
    if days.before and days.before.visitors:
        remark = wording.change(days.visitors, days.before.visitors, short=True)
    series = _series([row.visitors or 0 for row in days.rows])
    return Figure(wording.t("visitors"), wording.number(days.visitors), remark, series)


def _series(values: Sequence[int]) -> tuple[int, ...]:
    """What a small line can show."""
    return tuple(values) if len(values) <= DAYS_BY_MONTH else ()


def apart(days: Report, wording: Wording) -> list[tuple[str, str]]:
    """Kinds of visits that are no people's, and how many there were."""
    return [
        (wording.t(kind), wording.number(days.by_kind[kind])) for kind in _APART if days.by_kind.get(kind)
    ]

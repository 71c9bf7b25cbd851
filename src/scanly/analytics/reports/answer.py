"""What a question to the scans is answered with: one typed value for terminal, JSON, CSV, XLSX, HTML and PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One value of the dimension.

    ``key`` is stable for programs (``2026-11-22``, ``sat 18``, ``IN``, ``Chrome``), ``title`` is for people and
    may be empty. ``visitors`` and ``recorded`` are None where they are not known by this dimension, ``before``
    (scans of the same value in the period before) where nothing is compared.
    """

    key: str
    scans: int
    visitors: int | None = None
    recorded: int | None = None
    title: str = ""
    before: int | None = None


class Totals(msgspec.Struct, frozen=True):
    """``recorded`` counts visits of links of every kind and outcome, ``scans`` people who were led on.

    Of a site ``scans`` are views by people, ``recorded`` views and clicks of every kind. ``visitors`` is the sum
    of daily visitors.
    """

    since: str
    until: str
    recorded: int
    scans: int
    visitors: int
    by_kind: Mapping[str, int]


class Report(msgspec.Struct, frozen=True):
    """Totals of a period, and rows by one dimension.

    ``code`` is the link's code where one link was asked for, ``subject`` what was asked for in words ("table-7",
    "tag outdoor", "Chai Corner"). ``rows`` of a time series are complete and in order; others begin with the
    most. ``notes`` are sentences that whoever reads the numbers must know. ``links`` and ``silent`` say how many
    links there are and how many had no visit, where several were asked for.
    """

    code: str
    subject: str
    since: str
    until: str
    time_zone: str
    recorded: int
    scans: int
    visitors: int
    by_kind: Mapping[str, int]
    by: str
    rows: Sequence[Row]
    links: int = 0
    silent: int = 0
    before: Totals | None = None
    notes: Sequence[str] = ()
    measure: str = "scans"


class Overview(msgspec.Struct, frozen=True):
    """What fits on one page: totals against the period before, a series by day, and the best of each dimension.

    ``sections`` are reports of the same subject and period by other dimensions (``heatmap``, ``code``,
    ``country``, ``device`` …), without those that have nothing to say. ``sentences`` say it in plain words.
    """

    title: str
    workspace: str
    language: str
    days: Report
    sections: Sequence[Report]
    sentences: Sequence[str] = ()
    attribution: str = ""

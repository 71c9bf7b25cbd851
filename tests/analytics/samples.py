"""Made-up overviews of any size, always the same ones, for whatever shows numbers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise

from scanly.analytics.reports.answer import Overview, Report, Row, Totals
from scanly.analytics.reports.breakdowns import HOURS, UNKNOWN, WEEKDAYS

LAST = date(2026, 11, 24)
KINDS = ("person", "bot", "preview", "prefetch", "test")

# Names and how much of all each has.
_SHARES: dict[str, Sequence[tuple[str, str, float]]] = {
    "code": [
        ("table-4", "Table 4", 0.3),
        ("window", "Shop window", 0.24),
        ("counter", "Counter", 0.2),
        ("bag", "", 0.12),
        ("door", "Door", 0.08),
        ("poster-mg-road", "Poster, MG Road", 0.04),
        ("flyer", "Flyer", 0.02),
    ],
    "country": [
        ("IN", "India", 0.81),
        ("AE", "United Arab Emirates", 0.06),
        ("GB", "United Kingdom", 0.05),
        ("US", "United States", 0.04),
        ("SG", "Singapore", 0.02),
        ("MV", "Maldives", 0.01),
        ("BR", "Brazil", 0.006),
    ],
    "city": [("Pune", "", 0.5), ("Mumbai", "", 0.3), ("Delhi", "", 0.1)],
    "device": [("phone", "Phone", 0.93), ("tablet", "Tablet", 0.04), ("computer", "Computer", 0.03)],
    "browser": [("Chrome", "", 0.7), ("Safari", "", 0.2), ("Firefox", "", 0.05)],
    "referrer": [
        ("instagram.com", "Instagram", 0.12),
        ("google.com", "Google", 0.05),
        ("wa.me", "WhatsApp", 0.02),
    ],
    "campaign": [("diwali", "Diwali", 0.3), ("monsoon", "", 0.1)],
}
_HINDI = {
    "Table 4": "मेज़ 4",
    "Shop window": "दुकान की खिड़की",
    "Counter": "काउंटर",
    "Door": "दरवाज़ा",
    "India": "भारत",
    "United Arab Emirates": "संयुक्त अरब अमीरात",
    "United Kingdom": "यूनाइटेड किंगडम",
    "United States": "संयुक्त राज्य",
    "Singapore": "सिंगापुर",
    "Maldives": "मालदीव",
    "Brazil": "ब्राज़ील",
    "Phone": "फ़ोन",
    "Tablet": "टैबलेट",
    "Computer": "कंप्यूटर",
    "Diwali": "दिवाली",
}


def shared(scans: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in about these proportions whose sum is ``scans`` times the sum of the weights, rounded."""
    edges = [round(scans * edge) for edge in accumulate(weights, initial=0.0)]
    return [end - start for start, end in pairwise(edges)]


def report(by: str, rows: Sequence[Row], days: int = 30, *, before: int | None = None) -> Report:
    """A report whose totals are those of its rows; ``before`` are the scans of the period before."""
    scans = sum(row.scans for row in rows)
    since, until = (LAST - timedelta(days=days - 1)).isoformat(), LAST.isoformat()
    return Report(
        code="",
        subject="",
        since=since,
        until=until,
        time_zone="Asia/Kolkata",
        recorded=scans + scans // 10 + scans // 50,
        scans=scans,
        visitors=scans * 4 // 5,
        by_kind=dict(zip(KINDS, (scans, scans // 10, scans // 50, 0, 0), strict=True)),
        by=by,
        rows=rows,
        links=7,
        silent=1,
        before=None if before is None else Totals("", "", before, before, before * 4 // 5, {}),
    )


def series(scans: int, days: int = 30, *, before: int | None = None) -> Report:
    """By day, Saturdays being busier."""
    firm = random.Random(days)
    dates = [LAST - timedelta(days=days - 1 - number) for number in range(days)]
    weights = [(1.9 if day.weekday() == 5 else 1) * firm.uniform(0.7, 1.3) for day in dates]
    earlier = [firm.uniform(0.6, 1.3) for _ in dates]
    now = shared(scans, [weight / sum(weights) for weight in weights])
    then = shared(before or 0, [weight / sum(earlier) for weight in earlier])
    rows = [
        Row(day.isoformat(), number, number * 4 // 5, number, before=None if before is None else old)
        for day, number, old in zip(dates, now, then, strict=True)
    ]
    return report("day", rows, days, before=before)


def heatmap(scans: int, days: int = 30) -> Report:
    """By hour of the week; most come on Saturdays between six and seven in the evening."""
    weights = [
        (2.0 if day == "sat" else 1.0) * (0.02 if hour < 8 or hour > 22 else 1 / (1 + abs(hour - 18)))
        for day in WEEKDAYS
        for hour in range(24)
    ]
    keys = [f"{day} {hour}" for day in WEEKDAYS for hour in HOURS]
    numbers = shared(scans, [weight / sum(weights) for weight in weights])
    return report("heatmap", [Row(key, number) for key, number in zip(keys, numbers, strict=True)], days)


def ranked(by: str, scans: int, days: int = 30, *, language: str = "en") -> Report:
    """By any of the dimensions that have names; what is left over is not known."""
    parts = _SHARES[by]
    numbers = shared(scans, [weight for _, _, weight in parts])
    rows = [
        Row(key, number, number * 4 // 5, title=_HINDI.get(title, title) if language == "hi" else title)
        for (key, title, _), number in zip(parts, numbers, strict=True)
        if number
    ]
    rest = scans - sum(row.scans for row in rows)
    return report(by, [*rows, Row(UNKNOWN, rest, rest)] if rest else rows, days)


def overview(
    scans: int = 5_210,
    days: int = 30,
    *,
    language: str = "en",
    before: int | None = 4_630,
    name: str = "Chai Corner",
) -> Overview:
    """What a small café, or a large one, sees on a Friday."""
    kinds = [heatmap(scans, days), *(ranked(by, scans, days, language=language) for by in _SHARES)]
    hindi = language == "hi"
    return Overview(
        title="सभी कोड" if hindi else "All codes",
        workspace="चाय कॉर्नर" if hindi and name == "Chai Corner" else name,
        language=language,
        days=series(scans, days, before=before),
        sections=[section for section in kinds if any(row.scans for row in section.rows)],
        sentences=_SENTENCES[hindi] if scans else (),
        attribution="IP Geolocation by DB-IP",
    )


_SENTENCES = (
    (
        "Saturday was the busiest day: most came between 6 and 8 in the evening.",
        "The code in the shop window brought more people than ever before.",
        "The code on the flyer has been silent for three days.",
    ),
    (
        "शनिवार सबसे व्यस्त दिन रहा: ज़्यादातर लोग शाम 6 से 8 बजे के बीच आए।",
        "दुकान की खिड़की वाला कोड पहले से ज़्यादा लोगों को लाया।",
        "पर्चे वाला कोड तीन दिन से शांत है।",
    ),
)

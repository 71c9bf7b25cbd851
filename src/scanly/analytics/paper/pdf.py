"""A report as one page of A4 that can be sent to a client: vector charts, embedded fonts, the same bytes each time.

Source: ISO 32000-1; ISO 216 (A4).
"""

from __future__ import annotations

import io
from typing import Any

from scanly.analytics.charts.wording import wording
from scanly.analytics.paper.brand import NEUTRAL, Brand, light
from scanly.analytics.paper.figures import heading
from scanly.analytics.paper.page import HIGH_PT, WIDE_PT, Page
from scanly.analytics.paper.sheet import Sheet
from scanly.analytics.reports.answer import Overview


def as_pdf(overview: Overview, brand: Brand = NEUTRAL) -> bytes:
    """The file. What finds no room on the page is left out, the least telling lists first."""
    from reportlab.pdfgen.canvas import Canvas

    words, written = wording(overview.language), io.BytesIO()
    name = brand.name or overview.workspace
    canvas: Any = Canvas(written, (WIDE_PT, HIGH_PT), invariant=1, lang=words.tag, pageCompression=1)
    canvas.setTitle(f"{overview.title} · {heading(overview, name, words)}")
    canvas.setAuthor(name)
    canvas.setSubject(words.span(overview.days.since, overview.days.until))
    canvas.setCreator("Scanly")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    Page(Sheet(canvas, HIGH_PT, light(brand)), overview, brand, words).draw()
    canvas.showPage()
    canvas.save()
    return written.getvalue()

"""Reports as files: rows for spreadsheets, and pages to be sent to somebody."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scanly.cli import output

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.paper.brand import Brand
    from scanly.analytics.reports.answer import Overview
    from scanly.analytics.reports.question import Question
    from scanly.app import App
    from scanly.cli.session import Session

# Rows of each section of a page, and of each sheet of a workbook.
_ON_PAPER, _IN_SHEETS = 10, 100_000


class Files(NamedTuple):
    """Where to write what; ``csv`` may be ``-``, standard output."""

    csv: str = ""
    xlsx: Path | None = None
    html: Path | None = None
    pdf: Path | None = None

    @property
    def wanted(self) -> bool:
        return any(self)


async def write(app: App, question: Question, files: Files, language: str, session: Session) -> None:
    """Writes them all, each whole or not at all. Raises Invalid and Unavailable."""
    from scanly.core.files import write_whole

    written: list[tuple[Path, bytes]] = []
    told = replace(question, language=language)
    if files.csv:
        rows = await _csv(app, question)
        if files.csv == "-":
            sys.stdout.write(rows.replace("\r\n", "\n"))
        else:
            # Spreadsheets know UTF-8 by the mark.
            written.append((Path(files.csv), rows.encode("utf-8-sig")))
    if files.xlsx:
        written.append((files.xlsx, await _xlsx(app, told)))
    if files.html or files.pdf:
        written += await _pages(app, told, files)
    for path, data in written:
        write_whole(path, data)
        if not session.quiet:
            output.tell(f"Written to {path}.")


async def _csv(app: App, question: Question) -> str:
    from scanly.analytics.reports.report import report
    from scanly.analytics.reports.sheets import as_csv

    return as_csv(await report(app.call(), question.workspace.id, question, app.events))


async def _xlsx(app: App, question: Question) -> bytes:
    from scanly.analytics.reports.report import report
    from scanly.analytics.reports.sheets import as_xlsx

    asked = await report(app.call(), question.workspace.id, question, app.events)
    return as_xlsx(await _overview(app, replace(question, limit=question.limit or _IN_SHEETS)), asked)


async def _pages(app: App, question: Question, files: Files) -> list[tuple[Path, bytes]]:
    from scanly.analytics.paper.html import as_html
    from scanly.analytics.paper.pdf import as_pdf

    page = await _overview(app, replace(question, limit=question.limit or _ON_PAPER))
    brand = await _brand(app, question.workspace)
    found: list[tuple[Path, bytes]] = []
    if files.html:
        found.append((files.html, as_html(page, brand).encode()))
    if files.pdf:
        found.append((files.pdf, as_pdf(page, brand)))
    return found


async def _overview(app: App, question: Question) -> Overview:
    from scanly.analytics.explain import explain
    from scanly.analytics.reports.overview import overview
    from scanly.scans.geoip.shelf import attribution

    said = (await explain(app.call(), question.workspace.id, question, app.events)).sentences
    asked = attribution(app.folder, app.settings)
    return await overview(
        app.call(), question.workspace.id, question, app.events, sentences=said, attribution=asked
    )


async def _brand(app: App, workspace: Workspace) -> Brand:
    from scanly.analytics.paper.brand import Brand

    logo = await app.media.get(workspace.logo) if workspace.logo else None
    return Brand(workspace.name, workspace.accent, workspace.background, _png(logo) if logo else None)


def _png(picture: bytes) -> bytes:
    """The same picture, which was made by this program, as PNG."""
    from PIL import Image

    made = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        opened.save(made, "PNG")
    return made.getvalue()

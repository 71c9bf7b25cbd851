"""Jobs of labels for tests, and what their tables say."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path

from tests.press.pages import PLAIN

from scanly.accounts.actions import choose_workspace
from scanly.codes.order import Order
from scanly.links.actions import list_links
from scanly.links.hosts import parse_base_url
from scanly.links.store import Filter
from scanly.press.imposition import Imposition
from scanly.press.labels.standard import Wishes, blank_of, standard_label
from scanly.press.pdf.document import Finish
from scanly.press.sheets.order import SheetOrder, SheetSummary
from scanly.press.sheets.run import Progress, print_sheet
from scanly.press.stocks import find_stock
from scanly.qr.style import Style

BASE = parse_base_url("https://go.example.com")
STOCK = find_stock("A4:3x8")
_SECONDS = itertools.count(1)


def table(rows: int) -> str:
    return "target,code,name\n" + "".join(
        f"https://a.example/{number},t{number},Table {number}\n" for number in range(1, rows + 1)
    )


def job(
    root: Path, rows: str, *, stock=STOCK, text: str = "{name}", finish: Finish = PLAIN, **more
) -> SheetOrder:
    """An order for labels with a text; ``layout`` are arguments of the imposition, ``spread`` those of the rows."""
    source = root / "rows.csv"
    source.write_text(rows, encoding="utf-8")
    out = root / "labels.pdf"
    spread = {"source": source, "folder": out, "formats": ("pdf",), "base_url": BASE, "style": Style()}
    layout = more.pop("layout", {})
    rows_order = Order(**(spread | more.pop("spread", {})))
    label = more.pop("label", None) or standard_label(blank_of(stock), Wishes(text=text))
    return SheetOrder(rows_order, out, Imposition(stock, **layout), label, finish, **more)


def printed(installation, order: SheetOrder, progress: Progress = lambda *_: None) -> SheetSummary:
    later = replace(installation, now_ms=installation.now_ms + next(_SECONDS) * 1000)

    async def work(app):
        here = await choose_workspace(app.call(), None)
        return await print_sheet(app.call(), here.id, order, app.media, progress)

    return later.run(work)


def links(installation):
    async def work(app):
        here = await choose_workspace(app.call(), None)
        return await list_links(app.call(), here.id, Filter())

    return installation.run(work)


def told(order: SheetOrder) -> list[dict[str, str]]:
    """The lines of the table of results; of two columns of one name the first."""
    with order.out.with_suffix(".results.csv").open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    return [dict(reversed(list(zip(header, line, strict=True)))) for line in lines]

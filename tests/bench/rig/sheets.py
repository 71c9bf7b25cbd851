"""Labels through `press.sheets` alone, as `labels.py` measures them: no database, no table of results, no reading back.

    python sheets.py ROWS.csv OUT.pdf row|stack

Prints seconds of CPU.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from scanly.codes.item import read
from scanly.codes.order import Order, open_job
from scanly.links.hosts import parse_base_url
from scanly.press.imposition import Imposition
from scanly.press.labels.standard import Wishes, blank_of, standard_label
from scanly.press.pdf.document import Document, Finish
from scanly.press.pdf.standard import Metadata
from scanly.press.sheets.filling import Filling
from scanly.press.sheets.imposing import Imposing
from scanly.press.sheets.order import SheetOrder
from scanly.press.stocks import find_stock
from scanly.qr.style import Style

_NOW_MS = 1_790_000_000_000


def main() -> None:
    source, out, order = sys.argv[1:]
    before = time.process_time()
    write(_ordered(Path(source), Path(out), order))
    sys.stdout.write(f"{time.process_time() - before:.3f}\n")


def _ordered(source: Path, out: Path, order: str) -> SheetOrder:
    stock = find_stock("A4:3x8")
    base = parse_base_url("https://go.example.com")
    rows = Order(source, out, formats=("pdf",), base_url=base, style=Style(), dynamic=False)
    label = standard_label(blank_of(stock), Wishes(text="{name}"))
    finish = Finish(Metadata("Labels", _NOW_MS, "PDF/X-1a"))
    return SheetOrder(rows, out, Imposition(stock, order), label, finish)


def write(order: SheetOrder) -> None:
    job = open_job(order.rows, _NOW_MS)
    filling = Filling(order, job, lambda item: item.text)
    with order.out.open("w+b") as file:
        document = Document(file, order.finish)
        with Imposing(document, order) as imposing:
            for row in job.rows:
                filled = filling.fill(read(row, None, job))
                for label in filled[1] if filled else ():
                    imposing.add(label)
            imposing.finish()
            document.finish()


if __name__ == "__main__":
    main()

"""How exactly labels lie where the data of their stock says: a full sheet of each, measured at 600 dpi.

A label has a code whose dark corners are known, a text, and cut lines; pages, outlines and codes are measured in the
rendered page. With names, only those stocks.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rig.telling import machine, proof, say, table
from tests.conftest import Installation
from tests.press.sheets.measuring import DPI, Measured, measured, sheet_of

from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.press.stocks import find_stock, stocks
from scanly.press.stocks.model import Stock

MOST_OFF_MM = 0.05


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", help="of stocks; none for all")
    names = asked.parse_args().names
    machine()
    chosen = [find_stock(name) for name in names] or list(stocks().values())
    with tempfile.TemporaryDirectory(prefix="scanly-stocks-") as root:
        installation = Installation(DataFolder(Path(root) / "data"), Settings())
        found = [_of(stock, installation, Path(root)) for stock in chosen]
    found.sort(key=lambda one: -one.worst_mm)
    table(("mm off at most", "labels", "page", "outlines", "codes"), map(_line, found))
    worst = max(one.worst_mm for one in found)
    say(f"  {len(found)} stocks, {sum(one.stock.labels_per_sheet for one in found):,} labels at {DPI} dpi")
    proof(f"every measure within {worst:.3f} mm (at most {MOST_OFF_MM} mm)", holds=worst <= MOST_OFF_MM)


def _of(stock: Stock, installation: Installation, root: Path) -> Measured:
    return measured(sheet_of(installation, root, stock, stock.labels_per_sheet).out, stock)


def _line(one: Measured) -> tuple[str, ...]:
    figures = (f"{each:.3f}" for each in (one.page_mm, one.outlines_mm, one.codes_mm))
    return one.stock.name, str(one.stock.labels_per_sheet), *figures


if __name__ == "__main__":
    main()

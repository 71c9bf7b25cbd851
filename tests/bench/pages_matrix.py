"""Every starter in every language and theme: valid, light, accessible, never sideways.

Each page is measured as it is sent (gzip), checked with its style by the checker that the npm registry has, and opened
on a phone: the contract of pages, axe in light, dark and forced colours, 320 px wide, text twice as large by the
browser's own setting. That is some 2,000 pages and takes half an hour of a core; options take a part of it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from rig.program import fresh_folder
from rig.telling import machine, proof, require, say, table
from tests.sites import judges
from tests.sites.judges import Judged
from tests.sites.sketches import BASE

from scanly.sites.look.themes import list_themes
from scanly.sites.starters import list_starters
from scanly.sites.words.language import LANGUAGES

CHECKER = "vnu-jar@26.9.27"
TOLD_AT_MOST = 20
# What axe tells of colours is not to be had where the system chooses them; the themes' own tests compute those.
NARROW = {"width": 320, "height": 640}
BROWSER = ("--no-sandbox", "--font-render-hinting=none", "--force-color-profile=srgb")


class Cell(NamedTuple):
    """One page of the matrix."""

    starter: str
    language: str
    theme: str

    @property
    def name(self) -> str:
        return "-".join(self)


class Seen(NamedTuple):
    cell: Cell
    faults: list[str]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--starters", nargs="+", default=[each.name for each in list_starters()])
    asked.add_argument("--languages", nargs="+", default=list(LANGUAGES), choices=LANGUAGES)
    asked.add_argument("--themes", nargs="+", default=list(list_themes()))
    asked.add_argument("--parts", nargs="+", default=["html", "browser"], choices=("html", "browser"))
    asked.add_argument("--workers", type=int, default=2)
    options = asked.parse_args()
    require("chromium", "default-jre-headless", "npm")
    machine()
    cells = [
        Cell(starter, language, theme)
        for starter in options.starters
        for language in options.languages
        for theme in options.themes
    ]
    say(f"  {len(cells):,} pages")
    if "html" in options.parts:
        html(cells)
    if "browser" in options.parts:
        browser(cells, options.workers)


def page_of(cell: Cell) -> Judged:
    made = judges.in_theme(judges.starter(cell.starter, *dict.fromkeys((cell.language, "en"))), cell.theme)
    return judges.judged(made, cell.language, f"/s/{cell.name}")


def html(cells: list[Cell]) -> None:
    """What the pages weigh, and whether they are valid."""
    weights: dict[str, list[int]] = defaultdict(list)
    with fresh_folder() as folder:
        checker = newest_checker(folder)
        pages = folder / "pages"
        pages.mkdir()
        for cell in cells:
            page = page_of(cell)
            weights[cell.starter].append(page.bytes_sent)
            (pages / f"{cell.name}.html").write_bytes(page.html)
        faults = judges.faults_of_html(checker, pages, {}, newest=True)
    rows = [(name, f"{min(sent):,}", f"{max(sent):,}") for name, sent in weights.items()]
    table(("bytes as sent", "least", "most"), rows)
    most = max(max(sent) for sent in weights.values())
    proof(f"{most:,} bytes at most ({judges.MOST_BYTES:,} allowed)", holds=most <= judges.MOST_BYTES)
    tell(faults)
    proof(f"{len(faults)} faults in {len(cells):,} pages by {CHECKER}", holds=not faults)


def newest_checker(folder: Path) -> Path:
    """The jar from the npm registry, which needs no node to run."""
    done = subprocess.run(
        ["npm", "pack", "--silent", CHECKER], cwd=folder, capture_output=True, text=True, check=True
    )
    with tarfile.open(folder / done.stdout.split()[-1]) as packed:
        packed.extractall(folder, filter="data")
    return next(folder.rglob("vnu.jar"))


def browser(cells: list[Cell], workers: int) -> None:
    """What a browser and axe make of the pages, each worker with a browser of its own."""
    shares = [cells[number::workers] for number in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        seen = [each for share in pool.map(visit, shares) for each in share]
        wide = [each for share in pool.map(partial(visit, large=True), shares) for each in share]
    faults = [f"{each.cell.name}: {fault}" for each in (*seen, *wide) for fault in each.faults]
    tell(faults)
    kinds = Counter(fault.split(":")[1] for fault in faults)
    say(f"  {dict(kinds)}")
    proof(
        f"{len(faults)} faults on {len(seen):,} pages in a browser",
        holds=len(seen) == len(cells) and not faults,
    )


def tell(faults: list[str]) -> None:
    for fault in faults[:TOLD_AT_MOST]:
        say(f"    {fault[:300]}")


def visit(cells: list[Cell], *, large: bool = False) -> list[Seen]:
    """Opens pages one after another; ``large`` in a browser whose reader set letters to twice their size."""
    from playwright.sync_api import sync_playwright

    setting = ["--blink-settings=defaultFontSize=32"] if large else []
    program = shutil.which("chromium")
    narrow = {"viewport": NARROW} if large else {}
    pages = [page_of(cell) for cell in cells]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=[*BROWSER, *setting])
        with judges.visited(chromium, pages, **narrow) as page:
            faults = _faults_when_large if large else _faults
            found = [Seen(cell, list(faults(page, each))) for cell, each in zip(cells, pages, strict=True)]
        chromium.close()
    return found


def _faults(page: Any, each: Judged) -> Iterator[str]:
    _open(page, each)
    yield from judges.faults_of_contract(page)
    yield from judges.faults_of_access(page)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {fault}" for fault in judges.faults_of_access(page, "color-contrast"))
    page.emulate_media(color_scheme="light", forced_colors="active")
    told = judges.faults_of_access(page)
    yield from (f"forced: {fault}" for fault in told if not fault.startswith("color-contrast"))
    page.emulate_media(forced_colors="none")
    page.set_viewport_size(NARROW)
    yield from [f"sideways: {px} px" for px in [judges.sideways_px(page)] if px]
    page.set_viewport_size(judges.PHONE["viewport"])


def _faults_when_large(page: Any, each: Judged) -> Iterator[str]:
    _open(page, each)
    root_px = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    yield from [f"letters stay small: {root_px} px"] * (root_px < 32)
    yield from [f"sideways: {px} px with large text" for px in [judges.sideways_px(page)] if px]


def _open(page: Any, each: Judged) -> None:
    page.heard.clear()
    page.asked.clear()
    page.goto(BASE + each.path, wait_until="load")


if __name__ == "__main__":
    main()

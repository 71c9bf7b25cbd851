"""What Lighthouse says of starters as a phone gets them from a running server, each with three photos: median of runs.

Also what a whole visit weighs, and whom it asks. Lighthouse comes from the npm registry; its figures of speed move with
the load of the machine, so the gates are scores and bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from PIL import Image
from rig.program import Program, fresh_folder
from rig.telling import machine, proof, require, say, table, target
from tests.media.pictures import saved
from tests.sites.judges import MOST_BYTES, MOST_BYTES_WITH_PICTURES

from scanly.sites.starters import list_starters

VERSION = "lighthouse@12.8.2"
LEAST_SPEED = 98
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
MOST_REQUESTS = 12
PHOTOS = ("one.jpg", "two.jpg", "three.jpg")


class Run(NamedTuple):
    """One run of Lighthouse: its scores, 0 to 100, and what cost points."""

    scores: dict[str, int]
    failed: list[str]
    first_paint_s: float


class Visit(NamedTuple):
    """What a phone fetched that scrolled a page to its end: bytes with headers, by address."""

    page_bytes: int
    sent: dict[str, int]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    # A page for invited people alone shows nothing to anybody else.
    open_to_all = [each.name for each in list_starters() if not each.site.invited]
    asked.add_argument("--starters", nargs="+", default=open_to_all, choices=open_to_all)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--language", default="en")
    options = asked.parse_args()
    require("chromium", "npm")
    machine()
    with fresh_folder() as folder:
        program = Program(folder / "data")
        for name in options.starters:
            publish(program, folder / name, name, options.language)
        with program.serve() as server:
            addresses = {name: f"http://localhost:{server.port}/s/{name}" for name in options.starters}
            visits = visit(addresses)
            found = {name: [look(url) for _ in range(options.runs)] for name, url in addresses.items()}
    tell(found, visits)


def publish(program: Program, folder: Path, name: str, language: str) -> None:
    """A new site with photos as phones take them, live."""
    folder.mkdir()
    file = folder / "site.yaml"
    program.run(
        "site",
        "new",
        "--starter",
        name,
        "--name",
        name,
        "--title",
        name.title(),
        "--language",
        language,
        "-o",
        file,
    )
    photos = [{"photo": {"file": name, "shows": f"Photo {number}"}} for number, name in enumerate(PHOTOS)]
    with file.open("a", encoding="utf-8") as site:
        site.write(f"  - photo-strip: {json.dumps({'photos': [each['photo'] for each in photos]})}\n")
    for number, each in enumerate(PHOTOS):
        (folder / each).write_bytes(saved(photo(number), "JPEG", quality=90))
    program.run("site", "publish", file)


def photo(number: int) -> Image.Image:
    """Detail of every size, the finer the fainter, as natural pictures have it; coarser than most of them."""
    size = (1600 + number, 1200)
    bands = [Image.new("L", size, 128) for _ in "RGB"]
    for cells, strength in ((6, 0.6), (24, 0.4), (96, 0.2), (384, 0.08)):
        shared = Image.effect_noise((cells, cells * 3 // 4), 110).resize(size, Image.Resampling.BICUBIC)
        own = [Image.effect_noise((cells, cells * 3 // 4), 40).resize(size) for _ in bands]
        bands = [
            Image.blend(Image.blend(band, shared, strength), one, strength / 4)
            for band, one in zip(bands, own, strict=True)
        ]
    return Image.merge("RGB", bands)


def look(url: str) -> Run:
    command = ["npx", "--yes", VERSION, url, "--quiet", "--output=json", "--output-path=stdout"]
    command += ["--chrome-flags=--headless=new --no-sandbox", f"--only-categories={','.join(CATEGORIES)}"]
    environment = os.environ | {"CHROME_PATH": str(shutil.which("chromium"))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return read(json.loads(done.stdout))


def read(report: dict[str, Any]) -> Run:
    audits, categories = report["audits"], report["categories"]
    scores = {name: round(100 * categories[name]["score"]) for name in CATEGORIES}
    weighed = {ref["id"] for name in CATEGORIES[1:] for ref in categories[name]["auditRefs"] if ref["weight"]}
    failed = [
        name
        for name in sorted(weighed)
        if (audits[name]["score"] or 0) < 1 and audits[name]["score"] is not None
    ]
    return Run(scores, failed, audits["first-contentful-paint"]["numericValue"] / 1000)


def visit(addresses: dict[str, str]) -> dict[str, Visit]:
    """Each page on a phone with two dots to a pixel, with all its pictures."""
    from playwright.sync_api import sync_playwright

    found: dict[str, Visit] = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, url in addresses.items():
            context = chromium.new_context(viewport={"width": 360, "height": 760}, device_scale_factor=2)
            page, asked = context.new_page(), list[Any]()
            page.on("requestfinished", lambda one, asked=asked: asked.append(one))
            page.goto(url)
            for picture in page.locator("img").all():
                picture.scroll_into_view_if_needed()
                picture.evaluate("one => one.decode()")
            page.wait_for_load_state("networkidle")
            sizes = {each.url: each.sizes() for each in asked}
            sent = {each: one["responseBodySize"] + one["responseHeadersSize"] for each, one in sizes.items()}
            found[name] = Visit(sent[url], sent)
            context.close()
        chromium.close()
    return found


def tell(found: dict[str, list[Run]], visits: dict[str, Visit]) -> None:
    rows = [(name, *row(runs, visits[name])) for name, runs in found.items()]
    table(("median", *CATEGORIES, "first paint s", "page bytes", "visit bytes", "requests"), rows)
    for name, runs in found.items():
        for audit in sorted({audit for run in runs for audit in run.failed}):
            say(f"    {name}: {audit}")
    best = [name for name, runs in found.items() if all(score(runs, each) == 100 for each in CATEGORIES[1:])]
    fast = [name for name in best if score(found[name], "performance") >= LEAST_SPEED]
    proof(
        f"{len(best)} of {len(found)} have 100 in {', '.join(CATEGORIES[1:])}", holds=len(best) == len(found)
    )
    target(f"{len(fast)} of them at least {LEAST_SPEED} in performance", met=len(fast) == len(found))
    sent = [one.sent for one in visits.values()]
    page, most = max(one.page_bytes for one in visits.values()), max(sum(one.values()) for one in sent)
    proof(f"{page:,} bytes for a page ({MOST_BYTES:,} allowed)", holds=page <= MOST_BYTES)
    proof(
        f"{most:,} bytes for a visit ({MOST_BYTES_WITH_PICTURES:,} allowed)",
        holds=most <= MOST_BYTES_WITH_PICTURES,
    )
    hosts = {urlsplit(url).hostname for one in sent for url in one if not url.startswith("data:")}
    proof(f"one host was asked, {hosts}", holds=len(hosts) == 1)
    proof(f"{MOST_REQUESTS} requests at most", holds=all(len(one) <= MOST_REQUESTS for one in sent))


def score(runs: list[Run], category: str) -> float:
    return median(run.scores[category] for run in runs)


def row(runs: list[Run], seen: Visit) -> tuple[str, ...]:
    scores = tuple(f"{score(runs, name):.0f}" for name in CATEGORIES)
    paint_s = median(run.first_paint_s for run in runs)
    visited = f"{seen.page_bytes:,}", f"{sum(seen.sent.values()):,}", str(len(seen.sent))
    return (*scores, f"{paint_s:.1f}", *visited)


if __name__ == "__main__":
    main()

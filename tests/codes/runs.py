"""Bulk runs for tests: orders, runs on an installation, and what their tables say."""

from __future__ import annotations

import csv
import hashlib
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scanly.accounts.actions import choose_workspace
from scanly.codes import bulk
from scanly.codes.order import Order
from scanly.codes.render import Drawing, Drawn, render
from scanly.codes.tables import qr_codes
from scanly.links.actions import list_links
from scanly.links.hosts import parse_base_url
from scanly.links.store import Filter
from scanly.qr.style import Style

BASE = parse_base_url("https://go.example.com")
NOW_MS = 1_795_400_000_000
_SECONDS = itertools.count(1)
TABLE = """target,code,name,type,text,ssid,password,size
https://a.example/1,one,First,,,,,
https://a.example/2,,Second,,,,,40mm
htp:/broken,three,Third,,,,,
https://a.example/4,one,Fourth,,,,,
,,Note,text,Come in,,,
,,Wi-Fi,wifi,,Cafe,space is silent,
https://a.example/7,app,Seventh,,,,,
"""
CITIES = "target,name,city\n" + "".join(
    f"https://a.example/{n},Stall,{city}\n" for n, city in enumerate(["Pune", "Goa", "Pune", "Goa", "Pune"])
)


def order(root: Path, table: str = TABLE, **more: object) -> Order:
    (root / "rows.csv").write_text(table, encoding="utf-8")
    values: dict[str, object] = {
        "source": root / "rows.csv",
        "folder": root / "out",
        "formats": ("svg",),
        "base_url": BASE,
        "style": Style(),
    }
    return Order(**(values | more))


def run(installation, wanted: Order):
    """The summary, and how many links and saved codes there are then, a second after the run before."""
    later = replace(installation, now_ms=installation.now_ms + next(_SECONDS) * 1000)

    async def work(app):
        here = await choose_workspace(app.call(), None)
        summary = await bulk.run(app.call(), here.id, wanted, app.media, lambda done, total: None)
        links = await list_links(app.call(), here.id, Filter())
        async with app.main.read() as connection:
            saved = (await connection.execute(select(func.count()).select_from(qr_codes))).scalar_one()
        return summary, links, saved

    return later.run(work)


def told(folder: Path, name: str = "results.csv") -> list[dict[str, str]]:
    """The lines of a table; of two columns of one name the first."""
    with (folder / name).open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    return [dict(reversed(list(zip(header, line, strict=True)))) for line in lines]


def sums(folder: Path) -> list[tuple[str, str]]:
    """Names and hashes as the manifest tells them; each file is as it says."""
    lines = [(line["file"], line["sha256"], line["bytes"]) for line in told(folder, "manifest.csv")]
    for name, sha256, size in lines:
        data = (folder / name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), str(len(data))) == (sha256, size)
    return [line[:2] for line in lines]


def refusing(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Rows whose files have these names cannot be drawn."""

    def drawn(drawings: list[Drawing]) -> list[Drawn]:
        refused = Drawn(problem="The ink is dry.")
        return [refused if each.name in names else render(each) for each in drawings]

    monkeypatch.setattr(bulk, "render_all", drawn)

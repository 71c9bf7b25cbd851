"""From a spreadsheet with looks to paper, a reprint years later, and paper that leads elsewhere meanwhile."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from scanly.qr.proof.raster import pictures
from tests.journeys.program import Program

pytestmark = pytest.mark.journey

BASE = "https://go.example.com"
SHOP = Path(__file__).parents[2] / "examples" / "codes" / "shop.csv"


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read(file: Path) -> set[bytes]:
    (picture,) = pictures(file.read_bytes(), file.suffix[1:], 900)
    return {code.bytes for code in zxingcpp.read_barcodes(picture.image.convert("L"))}


def test_a_shops_codes_are_made_printed_again_and_lead_elsewhere(program: Program, tmp_path: Path):
    out = tmp_path / "out"
    order = ("qr", "bulk", SHOP, "--base-url", BASE, "--name-template", "{name of file}", "-o")
    made = program.run(*order, out, "--format", "svg,png,pdf,eps", "--jobs", 2)
    assert made.status == 3, made.err
    assert "DE88370400440532013000" in made.err
    manifest = lines(out / "manifest.csv")
    assert len(manifest) == 7 * 4
    for line in manifest:
        assert read(out / line["file"]) == {line["content"].encode()}

    checked = program.run("qr", "check", *(out / line["file"] for line in manifest), "--json")
    assert checked.status == 0, checked.out
    assert {reading["grade"] for reading in checked.json} <= {"A", "B"}

    (menu,) = [row for row in lines(out / "results.csv") if row["code"]]
    change = tmp_path / "change.csv"
    change.write_text(f"code,target\n{menu['code']},https://example.com/winter\n")
    seen = program.run("qr", "bulk", change, "--update", "--dry-run")
    assert "https://example.com/winter" in seen.out and "Nothing was changed" in seen.out
    assert program.run("qr", "bulk", change, "--update", "--yes").status == 0

    again = program.run("qr", "reprint", out / "manifest.csv", "-o", tmp_path / "again")
    assert again.status == 0, again.err
    for line in manifest:
        assert (tmp_path / "again" / line["file"]).read_bytes() == (out / line["file"]).read_bytes()
    server = program.serve("--base-url", BASE)
    status, headers, _ = server.get(f"/{menu['code']}", host="go.example.com")
    assert (status, headers["location"]) == (302, "https://example.com/winter")
    status, headers, body = server.get(f"/{menu['code']}.png?style=ocean", host="go.example.com")
    assert (status, headers["content-type"]) == (200, "image/png")
    (tmp_path / "served.png").write_bytes(body)
    with Image.open(tmp_path / "served.png") as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [menu["short_url"]]


def test_all_codes_are_bound_into_one_book_with_copies(program: Program, tmp_path: Path):
    book = tmp_path / "codes.pdf"
    made = program.run("qr", "bulk", SHOP, "--base-url", BASE, "-o", book)
    assert made.status == 3, made.err
    places = [line["file"] for line in lines(tmp_path / "codes.manifest.csv")]
    assert places[0] == "codes.pdf#page=1"
    assert places[1] == "codes.pdf#page=13"  # the menu is wanted twelve times
    readings = program.run("qr", "check", book, "--json").json
    assert len(readings) == 12 + 2 + 1 + 1 + 20 + 1 + 40
    assert len({reading["content"] for reading in readings[:12]}) == 1

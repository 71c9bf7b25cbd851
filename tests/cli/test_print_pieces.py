"""Posters, tents, cards, stickers and flyers, templates and stocks: asked for as people type it."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as Xml

import pikepdf
import pytest
from PIL import Image

from scanly.cli.print_designs import KINDS
from scanly.press import designs
from scanly.press.labels.template import templates
from scanly.press.render import opened
from scanly.press.stocks import stocks
from scanly.qr.proof.decoders import installed_decoders

BASE = ("--base-url", "https://go.example.com")
MM = 72 / 25.4


@pytest.fixture
def cafe(scanly):
    scanly("workspace", "add", "Café Löwe")
    for code in ("menu", "pay"):
        scanly("link", "add", f"https://example.com/{code}", "--code", code, "--title", f"Our {code}", *BASE)
    return scanly


def read(pdf, dpi=150, *, mirrored=False):
    """What is read from each page of a file."""
    decode = installed_decoders()["zxing"]
    with opened(pdf) as sheets:
        images = [sheets.image(number, dpi, grey=True) for number in range(1, len(sheets) + 1)]
    flip = Image.Transpose.FLIP_LEFT_RIGHT
    return [decode(image.transpose(flip) if mirrored else image) for image in images]


def trim_mm(pdf, page=0):
    with pikepdf.open(pdf) as document:
        left, bottom, right, top = (float(side) for side in document.pages[page].TrimBox)
    return round((right - left) / MM, 1), round((top - bottom) / MM, 1)


def test_there_is_a_command_for_every_kind_of_piece():
    assert set(KINDS) == set(designs.kinds())


@pytest.mark.parametrize("kind", KINDS)
def test_a_piece_is_made_for_the_press_and_looked_at_as_a_picture(cafe, tmp_path, kind):
    pdf, png = tmp_path / "piece.pdf", tmp_path / "piece.png"
    done = cafe("print", kind, "menu", "-o", pdf, *BASE)
    assert done.status == 0, done.err
    assert done.out.startswith(f"{pdf}: 1 {kind}, ")
    assert b"https://go.example.com/menu" in [each for page in read(pdf) for each in page]
    done = cafe("print", kind, "menu", "-o", png, "--json", *BASE)
    assert (done.json["kind"], done.json["codes"]) == (kind, ["menu"])
    with Image.open(png) as picture:
        assert picture.width >= done.json["width_mm"] / 25.4 * 150 - 1


def test_a_piece_is_made_for_each_of_many_codes(cafe, tmp_path):
    pdf = tmp_path / "both.pdf"
    done = cafe("print", "poster", "menu", "pay", "--format", "a6", "-o", pdf, *BASE)
    assert "2 posters, 2 pages of 105 × 148 mm" in done.out
    assert read(pdf) == [[b"https://go.example.com/menu"], [b"https://go.example.com/pay"]]
    assert "one code" in cafe("print", "poster", "menu", "pay", "-o", tmp_path / "both.png", *BASE).err


def test_design_format_words_and_language_are_chosen(cafe, tmp_path, needs):
    needs("pdftotext")
    pdf = tmp_path / "poster.pdf"
    more = ("--design", "minimal", "--format", "letter", "--call", "Come in", "--line", "Open until ten")
    done = cafe("print", "poster", "menu", "-o", pdf, *more, *BASE)
    assert done.status == 0, done.err
    assert trim_mm(pdf) == (215.9, 279.4)
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True, text=True).stdout
    assert "Come in" in text
    assert "Open until ten" in text
    assert "Café Löwe" in text
    cafe("print", "poster", "menu", "-o", pdf, "--language", "fr", "--call", "menu", *BASE)
    french = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True, text=True).stdout
    assert "la carte" in french


def test_bleed_marks_and_a_standard_make_it_ready_for_a_print_shop(cafe, tmp_path):
    pdf = tmp_path / "poster.pdf"
    more = ("--bleed", "3mm", "--marks", "--profile", "PDF/X-1a", "--condition", "FOGRA52")
    done = cafe("print", "poster", "menu", "-o", pdf, *more, *BASE)
    assert done.status == 0, done.err
    assert trim_mm(pdf) == (210, 297)
    with pikepdf.open(pdf) as document:
        page = document.pages[0]
        assert float(page.TrimBox[0]) - float(page.BleedBox[0]) == pytest.approx(3 * MM, abs=0.01)
        assert str(document.Root.OutputIntents[0].OutputConditionIdentifier) == "FOGRA52"
    checked = cafe("print", "check", pdf, "--standard", "x1a")
    assert checked.status == 0, checked.out


def test_the_back_panel_of_a_tent_asks_for_something_else(cafe, tmp_path, needs):
    needs("pdftotext")
    pdf = tmp_path / "tent.pdf"
    done = cafe(
        "print", "tent", "menu", "--back-call", "wifi", "--back-line", "Free for guests", "-o", pdf, *BASE
    )
    assert done.status == 0, done.err
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True, text=True).stdout
    assert " ".join(text.split()).count("Free for guests") == 1
    assert "Wi-Fi" in text


def test_ten_cards_are_laid_on_a_sheet_with_their_backs(cafe, tmp_path):
    pdf = tmp_path / "cards.pdf"
    done = cafe("print", "card", "menu", "--ten-up", "-o", pdf, *BASE)
    assert done.status == 0, done.err
    assert trim_mm(pdf) == (210, 297)
    assert sum(map(len, read(pdf, 300))) == 10
    larger = cafe("print", "card", "menu", "--ten-up", "--paper", "A3", "--gap", "4mm", "-o", pdf, *BASE)
    assert larger.status == 0, larger.err
    assert trim_mm(pdf) == (297, 420)
    too_small = cafe("print", "card", "menu", "--ten-up", "--paper", "A5", "-o", pdf, *BASE)
    assert "A5" in too_small.err


def test_a_sticker_has_its_line_its_white_and_is_mirrored_for_glass(cafe, tmp_path):
    pdf = tmp_path / "sticker.pdf"
    more = ("--format", "window", "--mirrored", "--white-name", "Opaque", "--cut-name", "KissCut")
    done = cafe("print", "sticker", "menu", "-o", pdf, *more, *BASE)
    assert done.status == 0, done.err
    assert read(pdf, mirrored=True) == [[b"https://go.example.com/menu"]]
    with pikepdf.open(pdf) as document:
        spaces = str([page.Resources.get("/ColorSpace", {}) for page in document.pages])
    assert "/KissCut" in spaces
    assert "/Opaque" in spaces
    done = cafe("print", "sticker", "menu", "--paper", "A4", "-o", pdf, *BASE)
    assert done.status == 0, done.err
    assert len(read(pdf, 300)[0]) > 3


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("poster nothing -o p.pdf", "nothing"),
        ("poster menu -o p.tiff", "p.pdf or p.png"),
        ("poster menu -o p.pdf --design fancy", "classic"),
        ("poster menu -o p.pdf --format A66", "A6"),
        (f"poster menu -o p.pdf --call {'Waffles-and-more-' * 30}", "choose a larger format"),
        ("poster https://go.example.com/menu -o p.pdf", "code alone: menu"),
        ("poster menu -o p.pdf --language klingon", "en, hi"),
        ("poster menu -o p.pdf --style nothing", "nothing"),
        ("poster menu -o p.pdf --font nothing.ttf", "nothing.ttf"),
        ("poster menu -o p.pdf --icc p.icc", "p.icc"),
        ("poster menu -o p.pdf --profile x4 --icc p.icc", "p.icc"),
        ("card menu -o p.pdf --paper A4", "--ten-up"),
        ("card menu -o p.pdf --gap 3mm", "--ten-up"),
        ("card menu --ten-up -o p.pdf --gap -3mm", "0mm or more"),
        ("card menu --ten-up -o p.pdf --paper A5", "need 189 × 294 mm"),
        ("sticker menu -o p.pdf --white --cut-name WHITE", "two names"),
        ("sticker menu -o p.pdf --cut-name Black", "cut"),
        ("designs banner", "banner"),
        ("templates nothing -o p.png", "nothing"),
        ("templates -o p.png", "name one"),
        ("stocks nothing-like-it", "print stocks"),
        ("stocks -o p.svg", "name one"),
        ("stocks --papers l7160", "--papers"),
    ],
)
def test_what_cannot_be_had_is_refused_with_what_works(cafe, tmp_path, monkeypatch, arguments, word):
    monkeypatch.chdir(tmp_path)
    done = cafe("print", *arguments.split(), *(BASE if "p.pdf" in arguments else ()))
    assert done.status in (1, 2), done.out
    assert word in done.err
    assert "unexpected" not in done.err
    assert not list(tmp_path.glob("p.*"))


def test_codes_that_only_this_machine_can_open_are_not_printed_by_accident(cafe, tmp_path):
    pdf = tmp_path / "poster.pdf"
    assert "--base-url" in cafe("print", "poster", "menu", "-o", pdf).err
    assert cafe("print", "poster", "menu", "-o", pdf, "--allow-local").status == 0


def test_every_design_is_listed_with_its_sizes(scanly):
    listed = scanly("print", "designs", "--json").json
    assert {(each["kind"], each["name"]) for each in listed} == {
        (kind, name) for kind in KINDS for name in designs.designs(kind)
    }
    shown = scanly("print", "designs").out
    assert all(name in shown for kind in KINDS for name in designs.formats(kind))
    assert {each["kind"] for each in scanly("print", "designs", "card", "--json").json} == {"card"}


def test_every_template_is_listed_and_one_is_looked_at(scanly, tmp_path, installation):
    own = installation.folder.root / "labels"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text(
        "template: mine\ntitle: Mine\npage: {width: 40, height: 20}\nelements: []\n"
    )
    (own / "broken.yaml").write_text("template: broken\npage: {width: wide}\n")
    listed = scanly("print", "templates", "--json")
    names = {each["name"] for each in listed.json}
    assert listed.status == 3
    assert "broken" in listed.err
    assert names >= set(templates())
    (own / "broken.yaml").unlink()
    picture = tmp_path / "label.png"
    done = scanly("print", "templates", "shelf-label", "-o", picture)
    assert done.status == 0, done.err
    with Image.open(picture) as image:
        assert image.width / image.height == pytest.approx(90 / 38, rel=0.01)
    assert "columns" in scanly("print", "templates", "shelf-label").out


def test_stocks_are_listed_found_by_words_and_drawn(scanly, tmp_path, installation):
    listed = scanly("print", "stocks", "--json").json
    assert [each["name"] for each in listed] == list(stocks())
    assert all(each["source"] for each in listed)
    (one,) = scanly("print", "stocks", "Avery L7160", "--json").json
    assert (one["labels_per_sheet"], one["label_width_mm"], one["label_height_mm"]) == (21, 63.5, 38.1)
    round_ones = scanly("print", "stocks", "herma", "round", "--json").json
    assert round_ones
    assert {(each["maker"], each["shape"]) for each in round_ones} == {("Herma", "round")}
    drawing = tmp_path / "stock.svg"
    assert scanly("print", "stocks", "l7160", "-o", drawing).status == 0
    texts = [each.text for each in Xml.parse(drawing).iter() if each.tag.endswith("text")]
    assert texts == [str(number) for number in range(1, 22)]
    own = installation.folder.root / "stocks"
    own.mkdir(parents=True)
    (own / "mine.csv").write_text("name,label_width_mm,label_height_mm,columns,rows\nmy-own,60,30,3,8\n")
    assert scanly("print", "stocks", "my-own", "--json").json[0]["labels_per_sheet"] == 24
    assert "3 × 8 labels of 60 × 30 mm" in scanly("print", "stocks", "my-own").out


def test_papers_are_listed(scanly):
    papers = {each["name"]: each for each in scanly("print", "stocks", "--papers", "--json").json}
    assert (papers["A4"]["width_mm"], papers["letter"]["height_mm"]) == (210, 279.4)
    assert "210 × 297 mm" in scanly("print", "stocks", "--papers").out


def test_who_prints_colour_to_the_edge_is_told_of_bleed_until_there_is_some(cafe, tmp_path):
    out = tmp_path / "poster.pdf"
    order = ("print", "poster", "menu", "--design", "bold", "-o", out, *BASE)
    assert "add --bleed 3mm" in cafe(*order).err
    assert "--bleed" not in cafe(*order, "--bleed", "3mm").err
    assert "--bleed" not in cafe(*order, "--rgb").err

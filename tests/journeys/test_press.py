"""From a spreadsheet or a link to files that a print shop takes, by the real program; and what it refuses, and how."""

from __future__ import annotations

import csv
import signal
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageCms

from scanly.press.imposition import Imposition
from scanly.press.page import Box
from scanly.press.render import page_image
from scanly.press.stocks import find_stock
from tests.journeys.program import REPOSITORY, Program, eventually

pytestmark = pytest.mark.journey

BASE = ("--base-url", "https://go.example.com")
STOCK = "avery-l7165"
GTINS = ("4006381333931", "9783161484100", "5901234123457", "8901030865275", "4012345123456")
NAMES = ("Darjeeling", "दार्जिलिंग चाय", "شاي بالنعناع", "碧螺春", "Rooibos")


@pytest.fixture
def teas(tmp_path: Path) -> Path:
    """A tea shop's tins, with a serial for each label."""
    file = tmp_path / "teas.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened)
        lines.writerow(("target", "code", "name", "gtin"))
        for number, (name, gtin) in enumerate(zip(NAMES, GTINS, strict=True), start=1):
            lines.writerow((f"https://tea.example/{number}", f"tea-{number}", name, gtin))
    return file


def read(image: Image.Image, box: Box, dpi: float) -> set[tuple[str, str]]:
    """The symbols that are read in a box (mm) of a page."""
    edges = (box.x, box.y, box.right, box.bottom)
    cut = image.crop(tuple(round(edge * dpi / 25.4) for edge in edges)).convert("L")
    # A barcode that is made smaller first may read as another one, too.
    found = zxingcpp.read_barcodes(cut, try_downscale=False)
    return {(code.format.name, code.text) for code in found}


def test_a_spreadsheet_becomes_stacks_of_labels_that_a_print_shop_takes(
    program: Program, teas: Path, tmp_path: Path
):
    out = tmp_path / "labels.pdf"
    order = ("print", "sheet", teas, "--stock", STOCK, "-o", out, *BASE)
    more = ("--order", "stack", "--start", 3, "--copies", 4, "--serial-from", "T-0007")
    bears = ("--text", r"{name}\nNo {serial}", "--barcode", "ean13:{gtin}")
    printed = program.run(*order, *more, *bears, "--profile", "PDF/X-1a", "--json")
    assert printed.status == 0, printed.err
    assert (printed.json["labels"], printed.json["sheets"], printed.json["gaps"]) == (20, 3, [])

    with out.with_suffix(".results.csv").open(encoding="utf-8", newline="") as opened:
        lines = list(csv.DictReader(opened))
    labels: dict[tuple[int, int], tuple[str, dict[str, str]]] = {}
    for line in lines:
        for page, position, serial in zip(
            *(line[name].split("|") for name in ("page", "position", "serial")), strict=True
        ):
            labels[int(page), int(position)] = serial, line
    assert len(labels) == 20
    # The pile is cut; its stacks lie one upon the other, from the first position that was asked for.
    piled = sorted(labels, key=lambda place: ((place[1] - 3) % 8, place[0]))
    assert [labels[place][0] for place in piled] == [f"T-{number:04}" for number in range(7, 27)]

    stock = find_stock(STOCK)
    for page in (1, 2, 3):
        image = page_image(out, page, 300)
        for position, slot in enumerate(stock.slots, start=1):
            _, line = labels.get((page, position), ("", {}))
            wanted = {("QRCode", line["short_url"]), ("EAN13", line["gtin"])} if line else set()
            assert read(image, slot, 300) == wanted, (page, position)
    assert Imposition(stock, "stack", 3).sheets(20) == 3

    checked = program.run("print", "check", out, "--standard", "PDF/X-1a", "--json")
    assert checked.status == 0, checked.out
    (report,) = checked.json
    assert report["facts"]["inks"] == ["Black"]
    assert {finding["code"] for finding in report["findings"]} <= {"code-duplicate"}


def test_every_piece_for_a_page_is_in_its_language_and_passes_the_check(program: Program, tmp_path: Path):
    site = REPOSITORY / "examples" / "sites" / "asha-kirana" / "site.yaml"
    assert program.run("site", "publish", site, *BASE).status == 0
    assert program.run("link", "add", "/s/asha-kirana", "--code", "asha", *BASE).status == 0
    pieces = [tmp_path / f"{kind}.pdf" for kind in ("poster", "tent", "card", "sticker", "flyer")]
    for piece in pieces:
        order = ("print", piece.stem, "asha", "-o", piece, "--language", "hi", "--bleed", "3mm", "--marks")
        done = program.run(*order, "--profile", "PDF/X-1a", *BASE)
        assert done.status == 0, done.err
    checked = program.run("print", "check", *pieces, "--standard", "PDF/X-1a", "--json")
    assert checked.status == 0, checked.out
    for report in checked.json:
        facts = report["facts"]
        assert {code["content"] for code in facts["codes"]} == {"https://go.example.com/asha"}
        assert {code["grade"] for code in facts["codes"]} == {"A"}
        # Letters along a curve are outlines.
        assert "sticker" in report["file"] or any("Devanagari" in font["name"] for font in facts["fonts"])
    assert "CutContour" in checked.json[3]["facts"]["inks"]


def test_a_run_that_is_interrupted_leaves_no_half_file_and_is_simply_run_again(
    program: Program, tmp_path: Path
):
    rows = tmp_path / "rows.csv"
    rows.write_text("target,name\n" + "".join(f"https://tea.example/{n},Tin {n}\n" for n in range(600)))
    out = tmp_path / "out"
    out.mkdir()
    order = ("print", "sheet", rows, "--stock", "avery-l7160", "-o", out / "labels.pdf", "--text", "{name}")
    process = program.start(*order, *BASE)
    assert eventually(lambda: any(path.stat().st_size for path in out.iterdir()), within_s=30)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert list(out.iterdir()) == []
    again = program.run(*order, *BASE, "--no-verify", "--json")
    assert (again.status, again.json["ok"]) == (0, 600), again.err
    assert {path.name for path in out.iterdir()} == {"labels.pdf", "labels.results.csv"}
    assert len(program.run("link", "list", "--json").json) == 600


@pytest.fixture
def desk(teas: Path) -> Path:
    """A folder with all that does not work."""
    folder = teas.parent
    (folder / "none.csv").write_text("target,name\n")
    (folder / "long.csv").write_text(
        f"target,name\nhttps://tea.example/1,Assam\nhttps://tea.example/2,{'W' * 90}\n"
    )
    screen = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    (folder / "screen.icc").write_bytes(screen.tobytes())
    Image.new("RGB", (60, 60), "red").save(folder / "red.png")
    return folder


@pytest.mark.parametrize(
    ("rows", "options", "status", "said"),
    [
        ("teas", "--stock avery-l7166x", 1, '"avery-l7166" (2 × 3 labels of 99.06 × 93.13 mm on A4)'),
        ("none", f"--stock {STOCK}", 1, "none.csv has no rows. Write one row for each label"),
        ("teas", f"--stock {STOCK} --start 99", 1, "has no position 99. Give 1 to 8."),
        ("teas", f"--stock {STOCK} --start first", 2, "--start"),
        ("teas", f"--stock {STOCK} --text {{nmae}}", 1, 'Did you mean "name"?'),
        (
            "teas",
            f"--stock {STOCK} --template product",
            1,
            "product is 63.5 × 38.1 mm, a label 99.06 × 67.73 mm",
        ),
        ("teas", f"--stock {STOCK} --profile x4 --icc screen.icc", 1, "is a profile of a display (RGB)"),
        ("teas", f"--stock {STOCK} --profile x1a --logo red.png", 1, "Save it as CMYK, or allow converting"),
        ("teas", f"--stock {STOCK} --size 5mm", 1, "Make it at least 9.25 mm"),
        ("long", f"--stock {STOCK} --text {{name}}", 3, "of 90 characters about"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_what_can(
    program: Program, desk: Path, rows: str, options: str, status: int, said: str
):
    words = [str(desk / word) if "." in word else word for word in options.split()]
    out = desk / "labels.pdf"
    done = program.run("print", "sheet", desk / f"{rows}.csv", "-o", out, *words, *BASE)
    assert done.status == status, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert out.exists() == (status == 3)
    assert not list(desk.glob(".*"))

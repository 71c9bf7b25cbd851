"""A spreadsheet becomes sheets of labels: what each option does is seen in the finished file."""

from __future__ import annotations

import csv
import re
import subprocess

import pikepdf
import pytest
from PIL import Image

from scanly.press.render import opened, page_image
from scanly.qr.proof.decoders import installed_decoders

BASE = ("--base-url", "https://go.example.com")
ROWS = """code,target,name,table,gtin,drawing
t1,https://example.com/1,Anna,1,4006381333931,red.png
t2,https://example.com/2,Ben,2,4006381333931,red.png
t3,https://example.com/3,चाय घर,3,4006381333931,red.png
"""


@pytest.fixture
def rows(scanly, tmp_path):
    scanly("workspace", "add", "Café")
    file = tmp_path / "rows.csv"
    file.write_text(ROWS)
    return file


@pytest.fixture
def sheet(scanly, rows, tmp_path):
    """Prints the rows and returns what was said, and the file."""

    def run(*options, stock="avery-l7160", out="labels.pdf"):
        where = ("--stock", stock) if stock else ()
        done = scanly("print", "sheet", rows, *where, "-o", tmp_path / out, *BASE, *options)
        return done, tmp_path / out

    return run


def results(pdf):
    with pdf.with_suffix(".results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def words(pdf):
    """What can be searched in each page of a file."""
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True, text=True)
    return [re.sub(r"\s+", " ", page).strip() for page in done.stdout.split("\f")[:-1]]


def contents(pdf, dpi=200):
    """What is read from each page, from the top left to the bottom right."""
    read = installed_decoders()["zxing"]
    with opened(pdf) as sheets:
        return [read(sheets.image(number, dpi, grey=True)) for number in range(1, len(sheets) + 1)]


def positions(pdf):
    return [int(row["position"]) for row in results(pdf) if row["position"]]


def test_each_row_becomes_a_label_with_its_text_and_a_short_address(sheet, scanly, needs):
    needs("pdftotext")
    done, pdf = sheet("--text", r"{name}\nTable {table}")
    assert done.status == 0, done.err
    assert "3 labels on 1 sheet, from 3 of 3 rows." in done.out
    assert "Read back from the finished pages: 3 codes" in done.out
    (page,) = words(pdf)
    assert all(f"Table {number}" in page for number in (1, 2, 3))
    assert "Anna" in page
    assert set(contents(pdf)[0]) == {f"https://go.example.com/t{number}".encode() for number in (1, 2, 3)}
    assert [(row["code"], row["page"], row["position"]) for row in results(pdf)] == [
        ("t1", "1", "1"),
        ("t2", "1", "2"),
        ("t3", "1", "3"),
    ]
    assert {link["code"] for link in scanly("link", "list", "--json").json} == {"t1", "t2", "t3"}


def test_json_tells_all_of_it(sheet):
    done, _ = sheet("--json")
    assert (done.json["ok"], done.json["labels"], done.json["sheets"], done.json["pages"]) == (3, 3, 1, 1)
    assert done.json["proof"]["read"] == 3


def test_a_dry_run_makes_nothing(sheet, scanly):
    done, pdf = sheet("--dry-run")
    assert done.status == 0, done.err
    assert "3 labels on 1 sheet can be printed. Nothing was made." in done.out
    assert not pdf.exists()
    assert scanly("link", "list", "--json").json == []


def test_static_codes_hold_the_target_itself(sheet, scanly):
    _, pdf = sheet("--static")
    assert set(contents(pdf)[0]) == {f"https://example.com/{number}".encode() for number in (1, 2, 3)}
    assert scanly("link", "list", "--json").json == []


def test_a_bad_row_is_told_and_the_others_are_printed(sheet, rows):
    rows.write_text(f"{ROWS}t4,javascript:alert(1),Bad,4,1,\n")
    done, pdf = sheet()
    assert done.status == 3
    assert "row 5, target" in done.err
    assert "1 row failed, see labels.results.csv" in done.out
    assert [row["status"] for row in results(pdf)] == ["ok", "ok", "ok", "failed"]


def test_a_bad_row_that_is_not_chosen_does_no_harm(sheet, rows):
    rows.write_text(f"{ROWS}t4,javascript:alert(1),Bad,4,1,\n")
    done, pdf = sheet("--where", "table!=4", "--no-verify")
    assert done.status == 0, done.err
    assert "3 labels on 1 sheet, from 3 of 4 rows, 1 passed over." in done.out
    assert [row["status"] for row in results(pdf)] == ["ok", "ok", "ok", "skipped"]
    done, pdf = sheet("--where", "table=9", out="none.pdf")
    assert done.status == 1
    assert "no row is as --where wants it" in done.out
    assert not pdf.exists()


def test_when_every_row_is_bad_nothing_is_printed(sheet, rows):
    rows.write_text("code,target\nt4,javascript:alert(1)\n")
    done, pdf = sheet()
    assert done.status == 1
    assert "Nothing was printed: 1 row failed, see labels.results.csv." in done.out
    assert not pdf.exists()


@pytest.mark.parametrize(
    ("options", "places"),
    [
        (("--start", "5"), [5, 6, 7]),
        (("--order", "column"), [1, 4, 7]),
        (("--where", "table!=2"), [1, 2]),
    ],
)
def test_labels_go_where_they_are_wanted(sheet, options, places):
    done, pdf = sheet(*options, "--no-verify")
    assert done.status == 0, done.err
    assert positions(pdf) == places


def test_stacks_are_in_order_after_cutting(sheet):
    _, pdf = sheet("--order", "stack", "--no-verify", stock="A4:1x2")
    assert [(row["page"], row["position"]) for row in results(pdf)] == [("1", "1"), ("2", "1"), ("1", "2")]


def test_copies_and_serials_number_every_label(sheet, needs):
    needs("pdftotext")
    done, pdf = sheet("--copies", "2", "--serial-from", "A-009", "--text", "No {serial}")
    assert done.status == 0, done.err
    assert [row["serial"] for row in results(pdf)] == ["A-009|A-010", "A-011|A-012", "A-013|A-014"]
    assert all(f"A-0{number:02}" in words(pdf)[0] for number in range(9, 15))


def test_barcodes_and_pictures_stand_beside_the_code(sheet, rows):
    Image.new("RGB", (300, 300), "red").save(rows.parent / "red.png")
    wide = {"stock": "A4:2x5"}
    refused, _ = sheet("--barcode", "ean13:{gtin}", "--image", "{drawing}", **wide)
    assert refused.status == 1
    assert "red.png" in refused.err
    assert "--convert-rgb" in refused.err
    done, pdf = sheet("--barcode", "ean13:{gtin}", "--image", "{drawing}", "--convert-rgb", **wide)
    assert done.status == 0, done.err
    assert contents(pdf)[0].count(b"https://go.example.com/t1") == 1
    red = page_image(pdf, 1, 50)
    assert any(pixel[0] > 150 and pixel[1] < 90 for _, pixel in red.getcolors(1 << 20))


def inks(pdf, device="inkcov"):
    done = subprocess.run(
        ["gs", "-q", "-o", "-", f"-sDEVICE={device}", pdf], capture_output=True, check=True, text=True
    )
    return [tuple(map(float, line.split()[:4])) for line in done.stdout.splitlines()]


def test_everything_is_pure_black_unless_asked(sheet, needs):
    needs("gs")
    _, pdf = sheet("--text", "{name}", "--cut-lines", "--no-verify")
    (cmyk,) = inks(pdf)
    assert cmyk[:3] == (0, 0, 0)
    assert cmyk[3] > 0


def colour_spaces(pdf):
    """Every colour space and colour operator that the content streams use."""
    with pikepdf.open(pdf) as document:
        return " ".join(
            str(part)
            for page in document.pages
            for part in (page.Resources, page.Contents.read_bytes().decode("latin-1"))
        )


def test_a_spot_ink_is_a_plate_of_its_own(sheet):
    bears = ("--text", "{name}", "--barcode", "code128:{code}")
    done, pdf = sheet("--spot", "PANTONE 286 C; 100 75 0 0", *bears, stock="A4:2x5")
    assert done.status == 0, done.err
    assert set(re.findall(r"(\S+ \S+ \S+ \S+) k\b", colour_spaces(pdf))) <= {"0 0 0 0"}
    with pikepdf.open(pdf) as document:
        spaces = [
            space for page in document.pages for space in page.Resources.get("/ColorSpace", {}).values()
        ]
        assert [str(space[1]) for space in spaces] == ["/PANTONE 286 C"]
        assert str(spaces[0][2]) == "/DeviceCMYK"


def test_rgb_is_for_office_printers(sheet):
    _, pdf = sheet("--rgb", "--dark", "#003366")
    assert " rg" in colour_spaces(pdf)
    _, pdf = sheet("--dark", "#003366", out="other.pdf")
    assert " rg" not in colour_spaces(pdf)


def test_bleed_and_marks_give_the_page_its_boxes(sheet):
    done, pdf = sheet("--bleed", "3mm", "--marks", "--profile", "x1a")
    assert done.status == 0, done.err
    with pikepdf.open(pdf) as document:
        page = document.pages[0]
        trim, bleed, media = (
            [float(side) for side in box] for box in (page.TrimBox, page.BleedBox, page.MediaBox)
        )
        assert str(document.docinfo["/GTS_PDFXVersion"]) == "PDF/X-1a:2003"
    mm = 72 / 25.4
    assert [round((trim[2] - trim[0]) / mm, 2), round((trim[3] - trim[1]) / mm, 2)] == [210, 297]
    assert [round((one - other) / mm, 2) for one, other in zip(trim[:2], bleed[:2], strict=True)] == [3, 3]
    assert media[2] - media[0] > bleed[2] - bleed[0] + 2 * 5 * mm


def test_white_and_varnish_are_plates_of_their_own(sheet):
    done, pdf = sheet("--white", "--varnish-name", "Spot UV")
    assert done.status == 0, done.err
    with pikepdf.open(pdf) as document:
        named = str([page.Resources.get("/ColorSpace", {}) for page in document.pages])
    assert "/White" in named
    assert "/Spot UV" in named


def test_thinner_modules_let_the_ink_spread(sheet, needs):
    needs("gs")
    covered = {}
    for share in ("0", "10%"):
        _, pdf = sheet("--bwr", share, "--size", "30mm", out=f"{share[:-1] or 0}.pdf")
        covered[share] = inks(pdf)[0][3]
    assert covered["10%"] < 0.9 * covered["0"]


def test_the_code_is_as_wide_as_it_is_asked_to_be(sheet):
    done, pdf = sheet("--size", "25mm", "--border", "1", "--where", "table=1", stock="A4:2x5")
    assert done.status == 0, done.err
    left, _, right, _ = (
        page_image(pdf, 1, 600).convert("L").point(lambda level: 255 * (level < 128)).getbbox()
    )
    assert (right - left) / 600 * 25.4 == pytest.approx(25 * 25 / 27, abs=0.1)
    refused, _ = sheet("--size", "80mm")
    assert refused.status == 1
    assert "80" in refused.err


def test_columns_are_named_and_short_addresses_shortened(sheet, rows):
    rows.write_text("Ziel,Titel\nhttps://example.com/1,Anna\n", encoding="utf-8")
    done, pdf = sheet("--map", "Ziel=target", "--map", "Titel=title", "--compact", "--text", "{Titel}")
    assert done.status == 0, done.err
    ((content,),) = contents(pdf)
    assert content.startswith(b"HTTPS://GO.EXAMPLE.COM/")
    assert "COLUMN=NAME" in sheet("--map", "Ziel")[0].err


def inked_mm(pdf, dpi=300):
    """The left and right edge of the ink on a page."""
    dark = page_image(pdf, 1, dpi).convert("L").point(lambda level: 255 * (level < 128))
    left, _, right, _ = dark.getbbox()
    return left / dpi * 25.4, right / dpi * 25.4


def test_the_code_is_on_the_right_and_text_as_large_as_it_is_asked_to_be(sheet):
    # One label of 100 × 30 mm in the middle of a page: the code is where its squares are.
    one = ("--where", "table=1", "--text", "Anna", "--no-verify")
    stock = {"stock": "A4:1x1:100x30"}
    left, right = (sheet(*one, *more, out=f"{len(more)}.pdf", **stock)[1] for more in ((), ("--rtl",)))
    half = contents_halves(left), contents_halves(right)
    assert half == ((True, False), (False, True))
    small, large = (sheet(*one, "--text-size", size, out=f"{size}.pdf", **stock)[1] for size in ("6", "20"))
    assert inked_mm(large)[1] - inked_mm(small)[1] > 5


def contents_halves(pdf):
    """Whether a code is read in the left and in the right half of a page."""
    read = installed_decoders()["zxing"]
    image = page_image(pdf, 1, 200).convert("L")
    middle = image.width // 2
    return tuple(
        bool(read(image.crop(box)))
        for box in ((0, 0, middle, image.height), (middle, 0, image.width, image.height))
    )


TEMPLATE = """
template: tag
title: A tag
page: {width: 60, height: 30}
example: {name: Anna}
elements:
  - code: {x: 2, y: 2, size: 26}
  - text: {x: 32, y: 5, width: 26, height: 20, text: "{name}", size: 12}
"""


def test_a_template_of_ones_own_is_printed_one_a_page_or_on_a_stock_of_its_size(sheet, rows, needs):
    needs("pdftotext")
    template = rows.parent / "tag.yaml"
    template.write_text(TEMPLATE)
    done, pdf = sheet("--template", template, stock="")
    assert done.status == 0, done.err
    assert [page.split()[0] for page in words(pdf)][:2] == ["Anna", "Ben"]
    done, pdf = sheet("--template", template, stock="A4:3x8:60x30")
    assert done.status == 0, done.err
    assert positions(pdf) == [1, 2, 3]
    refused, _ = sheet("--template", template)
    assert "60 × 30 mm" in refused.err
    assert "63.5 × 38.1 mm" in refused.err
    assert "Leave --text out" in sheet("--template", template, "--text", "x", stock="")[0].err


def test_backs_lie_behind_their_labels(sheet, rows, needs):
    needs("pdftotext")
    template = rows.parent / "tag.yaml"
    template.write_text(TEMPLATE)
    done, pdf = sheet("--backs", template, "--text", "front", stock="A4:3x8:60x30")
    assert done.status == 0, done.err
    front, back = words(pdf)
    assert front.count("front") == 3
    # Seen from behind, the first label is the last of its row.
    assert back.index("Ben") < back.index("Anna")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--start", "22"), "Give 1 to 21"),
        (("--nudge", "30,0"), "nudge"),
        (("--nudge", "0.3"), "like 0.3,-0.2"),
        (("--scale", "1.2"), "0.98"),
        (("--order", "rows"), 'Did you mean "row"'),
        (("--turn", "left", "--backs", "wifi-card"), "long or short"),
        (("--turn", "long"), "--backs"),
        (("--align", "middle", "--text", "x"), "start, centre or end"),
        (("--align", "end"), "--text"),
        (("--rgb", "--spot", "PANTONE 286 C"), "--rgb"),
        (("--rgb", "--varnish"), "--rgb"),
        (("--rgb", "--convert-rgb"), "--rgb"),
        (("--bleed", "3 miles"), "3mm"),
        (("--bleed", "30mm"), "0mm to 20mm"),
        (("--bwr", "20"), "0 to 15"),
        (("--profile", "x5"), "PDF/X-1a"),
        (("--profile", "x4"), "--icc"),
        (("--profile", "x1a", "--rgb"), "--rgb"),
        (("--profile", "none", "--condition", "FOGRA39"), "--profile"),
        (("--text", "{nam}"), "name"),
        (("--text", "{serial}"), "--serial-from"),
        (("--barcode", "ean14:{gtin}"), "ean1"),
        (("--barcode", "{gtin}"), "barcode"),
        (("--template", "nothing"), "template"),
        (("--printer", "office"), "print calibrate"),
        (("--serial-from", "A", "--text", "{serial}"), "A-00001"),
        (("--spot", "Black"), "spot"),
        (("--spot", "PANTONE 286 C; 100 75"), "PANTONE 286 C; 100 66 0 2"),
        (("--white-name", "Spot", "--varnish-name", "spot"), "two names"),
        (("--font", "nothing.ttf", "--text", "x"), "nothing.ttf"),
        (("--text-size", "big", "--text", "x"), "9-6"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_what_works(sheet, options, word):
    done, pdf = sheet(*options)
    assert done.status in (1, 2), done.out
    assert word in done.err
    assert "unexpected" not in done.err
    assert not pdf.exists()


def test_a_stock_that_there_is_not_is_answered_with_the_nearest(sheet):
    assert "avery-l7160" in sheet(stock="avry-l7160")[0].err
    assert "print stocks" in sheet(stock="")[0].err

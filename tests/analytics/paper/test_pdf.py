"""The report as one page of PDF, judged by three readers that are not ours."""

import io
import re
import subprocess
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import msgspec
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops
from tests.analytics.paper.test_html import LONG, logo
from tests.analytics.samples import overview, ranked, report

from scanly.analytics.charts.wording import wording
from scanly.analytics.paper.brand import Brand
from scanly.analytics.paper.pdf import as_pdf
from scanly.analytics.reports.answer import Overview, Row

ACCENT, LAND = (0x34, 0x51, 0xB2), (0xD3, 0xD8, 0xE0)
NOTES = ["Visitors are added up by day: somebody who came on two days counts twice."] * 2


def odd() -> Overview:
    """Names in many scripts, much too long, and some that no font has."""
    rows = [
        Row("a", 90, title="مقهى الشاي"),
        Row("b", 80, title="漢字 🍵"),
        Row("c", 70, title="தேநீர் கடை"),
        Row("d", 9, title=LONG),
    ]
    found = overview(500, 30, name="चाय ☕ مقهى " + LONG)
    return msgspec.structs.replace(
        found, title="Ärger <b>&amp;</b> \u202eपरीक्षण\x00", sections=[report("code", rows)]
    )


def full() -> Overview:
    """Everything at once, and sentences that are too long for one line."""
    found = overview(98_765_432, 366, before=9)
    days = msgspec.structs.replace(found.days, notes=[f"{note} {LONG}" for note in NOTES])
    return msgspec.structs.replace(found, days=days, title=LONG, sentences=[f"{LONG}. {LONG}."] * 4)


OVERVIEWS: dict[str, tuple[Overview, Brand]] = {
    "english": (overview(), Brand()),
    "hindi": (overview(language="hi"), Brand(accent="#b3261e", logo_png=logo())),
    "nothing": (overview(0, before=None), Brand(accent="#ffff00")),
    "five": (overview(5, before=0), Brand(name=LONG)),
    "much": (overview(2_123_456, 365, before=1_000_000, name=LONG), Brand(logo_png=logo((30, 900)))),
    "one-day": (overview(55, 1, before=5), Brand()),
    "odd": (odd(), Brand()),
    "full": (full(), Brand(logo_png=logo((2000, 20)))),
    "only-places": (
        msgspec.structs.replace(overview(), sections=[ranked("country", 5_210)]),
        Brand(),
    ),
}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {name: as_pdf(*asked) for name, asked in OVERVIEWS.items()}


@pytest.mark.parametrize("name", OVERVIEWS)
def test_it_is_one_page_of_a4_that_says_what_it_is(files: dict[str, bytes], name: str):
    found, brand = OVERVIEWS[name]
    with pikepdf.open(io.BytesIO(files[name])) as read:
        assert read.check_pdf_syntax() == []
        (page,) = read.pages
        assert [float(side) for side in page.mediabox] == pytest.approx([0, 0, 595.28, 841.89], abs=0.01)
        assert read.Root.Lang == found.language
        assert read.Root.ViewerPreferences.DisplayDocTitle
        assert str(read.docinfo["/Title"]).endswith(brand.name or found.workspace)
        fonts = [font for font in page.Resources.Font.values() if "/FontDescriptor" in font]
        assert fonts and all("/FontFile2" in font.FontDescriptor for font in fonts)
        assert len(files[name]) < 600_000


@pytest.mark.parametrize("name", OVERVIEWS)
def test_poppler_reads_the_numbers_and_the_words(
    files: dict[str, bytes], name: str, needs: Callable[[str], str]
):
    found, _ = OVERVIEWS[name]
    said = text_of(files[name], needs("pdftotext"))
    words = wording(found.language)
    wanted = [words.number(found.days.scans), words.number(found.days.visitors), words.t("per_day")]
    for section in found.sections:
        if section.by in ("code", "device", "campaign"):
            wanted += [words.number(row.scans) for row in section.rows[:4]]
            wanted += [row.title for row in section.rows[:4] if row.title.isascii() and len(row.title) < 20]
    assert [one for one in wanted if one not in said] == []


def test_hindi_can_be_searched(files: dict[str, bytes], needs: Callable[[str], str]):
    said = text_of(files["hindi"], needs("pdftotext"))
    for words in ("सभी कोड", "सबसे अच्छा दिन", "दुकान की खिड़की", *OVERVIEWS["hindi"][0].sentences):
        assert words in said


def test_ghostscript_reads_the_same_numbers(
    files: dict[str, bytes], needs: Callable[[str], str], tmp_path: Path
):
    program = needs("gs")
    for name in ("english", "much", "full"):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(files[name])
        command = [program, "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=txtwrite", "-o", "-", file]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        found, _ = OVERVIEWS[name]
        assert done.stderr == "" and wording("en").number(found.days.scans) in done.stdout.replace(" ", "")


@pytest.mark.parametrize("name", OVERVIEWS)
def test_no_word_lies_upon_another_or_in_the_margin(
    files: dict[str, bytes], name: str, needs: Callable[[str], str]
):
    boxes = boxes_of(files[name], needs("pdftotext"))
    assert len(boxes) > 20
    for word, (left, top, right, bottom) in boxes:
        assert left >= 30 and right <= 566 and top >= 12 and bottom <= 820, word
    for (word, one), (other, two) in combinations(boxes, 2):
        across = min(one[2], two[2]) - max(one[0], two[0])
        down = min(one[3], two[3]) - max(one[1], two[1])
        # Lines stand closer than the boxes of their fonts are high.
        assert across <= 1 or down <= 0.45 * min(one[3] - one[1], two[3] - two[1]), f"{word} on {other}"


@pytest.mark.parametrize("name", ["english", "hindi", "full"])
def test_nothing_is_drawn_outside_of_the_margins(files: dict[str, bytes], name: str):
    with pypdfium2.PdfDocument(files[name]) as read:
        picture = read[0].render(scale=1).to_pil().convert("RGB")
    box = (
        ImageChops.difference(picture, Image.new("RGB", picture.size, "white"))
        .crop((0, 8, 595, 842))
        .getbbox()
    )
    assert box and box[0] >= 36 and box[2] <= 560 and box[3] <= 842 - 30


def test_a_sentence_is_shown_as_a_whole_or_not_at_all(needs: Callable[[str], str]):
    long = [" ".join(f"{name}{number}" for number in range(40)) for name in "abc"]
    asked = msgspec.structs.replace(overview(), sentences=long)
    said = text_of(as_pdf(asked), needs("pdftotext"))
    assert "a0 a1" in said and "b39" in said and "c0" not in said


def test_letters_whose_parts_overlap_have_no_holes(files: dict[str, bytes]):
    """Arabic letters are joined by overlapping: what is inside twice is inside."""
    with pikepdf.open(io.BytesIO(files["odd"])) as read:
        drawn = read.pages[0].Contents.read_bytes()
    spans = re.findall(rb"/Span <</ActualText.*?EMC", drawn, re.DOTALL)
    assert len(spans) > 5 and not [span for span in spans if re.search(rb"\bf\*", span)]


def test_charts_are_drawn_not_photographed(files: dict[str, bytes]):
    with pikepdf.open(io.BytesIO(files["english"])) as read:
        assert "/XObject" not in read.pages[0].Resources or len(read.pages[0].Resources.XObject) == 0
        drawn = read.pages[0].Contents.read_bytes()
    assert len(re.findall(rb" l\b", drawn)) > 2_000


def test_the_line_of_days_is_where_its_numbers_are(files: dict[str, bytes]):
    """The highest point of the line, in pixels of its colour, stands over the best day."""
    chart = rendered(files["english"]).crop((0, 480, 1190, 720))
    drawn = [
        (y, x) for y in range(chart.height) for x in range(chart.width) if chart.getpixel((x, y)) == ACCENT
    ]
    left, right = min(x for _, x in drawn), max(x for _, x in drawn)
    rows = OVERVIEWS["english"][0].days.rows
    best = max(range(len(rows)), key=lambda place: rows[place].scans)
    assert (min(drawn)[1] - left) / (right - left) == pytest.approx(best / (len(rows) - 1), abs=0.01)


@pytest.mark.parametrize("name", ["english", "much"])
def test_neither_bars_nor_land_lie_under_words(
    files: dict[str, bytes], name: str, needs: Callable[[str], str]
):
    boxes = boxes_of(files[name], needs("pdftotext"))
    start = next(box[1] for word, box in boxes if word == "Where")
    picture = rendered(files[name])
    lists = [(word, box) for word, box in boxes if box[1] >= start - 1]
    assert len(lists) > 40
    for word, (left, top, right, bottom) in lists:
        part = picture.crop((round(left * 2), round(top * 2) + 3, round(right * 2), round(bottom * 2) - 3))
        colours = {colour for _, colour in part.getcolors(1 << 16) or []}
        assert not colours & {ACCENT, LAND}, word


def test_the_same_report_is_the_same_file(files: dict[str, bytes]):
    assert as_pdf(*OVERVIEWS["hindi"]) == files["hindi"]


def rendered(data: bytes) -> Image.Image:
    """The page at two pixels a point."""
    with pypdfium2.PdfDocument(data) as read:
        return read[0].render(scale=2).to_pil().convert("RGB")


def text_of(data: bytes, program: str) -> str:
    done = subprocess.run([program, "-layout", "-", "-"], input=data, capture_output=True, check=True)
    assert done.stderr == b""
    return re.sub(r"[\u202a-\u202e]", "", done.stdout.decode())


def boxes_of(data: bytes, program: str) -> list[tuple[str, tuple[float, float, float, float]]]:
    done = subprocess.run([program, "-bbox", "-", "-"], input=data, capture_output=True, check=True)
    found = re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>',
        done.stdout.decode(),
    )
    return [(word, (float(a), float(b), float(c), float(d))) for a, b, c, d, word in found]

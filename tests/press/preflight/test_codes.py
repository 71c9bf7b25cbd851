"""Codes on pages: found, measured and held to the rules, wherever they come from."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from tests.conftest import imported
from tests.press.pages import written
from tests.press.preflight.files import BOXES, GROUND, MM, codes_of, page_of, qr, report_of

from scanly.press.barcodes import draw
from scanly.press.page import Box, Page, Shape
from scanly.press.preflight import Expectation, PreflightReport, check_pdf
from scanly.press.preflight.findings import CodeFacts
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.ink import parse_ink
from scanly.qr.outline import box
from scanly.qr.style import Style
from scanly.qr.writers import pdf as pdf_writer

LOOK = Expectation(coverage_pages=0)
STATES = "<< /ExtGState << /O << /OP true /op true /OPM 1 >> >> >>"


def of_page(
    folder: Path, content: str, resources: str = "<< >>", *, expect: Expectation = LOOK, **more: object
) -> PreflightReport:
    return report_of(page_of(content, resources, **more), folder, expect=expect)


def only(report: PreflightReport) -> CodeFacts:
    (found,) = report.facts.codes
    return found


def about_codes(report: PreflightReport) -> set[str]:
    return {code for code in codes_of(report) if code.startswith(("code-", "serial-"))}


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_code_is_found_in_its_place_with_the_size_of_its_modules(tmp_path: Path, turned: int) -> None:
    content = qr("HTTPS://GO.EXAMPLE.COM/ABC", 40, 30, 0.5)
    report = of_page(tmp_path, content, entries=f"<< /Rotate {turned} >>")
    found = only(report)
    assert found.content == "HTTPS://GO.EXAMPLE.COM/ABC"
    assert found.module_mm == pytest.approx(0.5, abs=0.01)
    assert found.grade == "A"
    assert found.inks == ("Black",)
    size = 0.5 * len(make_symbol(found.content, Style()).rows)
    # From the lower left corner of the trim, which is at 10, 10: 30 from the left, 20 from the foot.
    left, foot = 30, 20
    corners = {
        0: (left, 60 - foot - size),
        90: (foot, left),
        180: (100 - left - size, foot),
        270: (60 - foot - size, 100 - left - size),
    }
    assert (found.place.x, found.place.y) == pytest.approx(corners[turned], abs=0.15)
    assert not about_codes(report)


def test_a_code_of_our_own_writer_passes(tmp_path: Path) -> None:
    style = Style()
    path = tmp_path / "code.pdf"
    path.write_bytes(
        pdf_writer.write(artwork_of(make_symbol("https://go.example.com/AbC1234", style), style))
    )
    report = report_of(pikepdf.open(path), tmp_path, expect=LOOK)
    assert only(report).content == "https://go.example.com/AbC1234"
    assert not report.findings


@pytest.mark.parametrize(
    ("module_mm", "code"), [(0.24, "code-small"), (0.26, "code-fine"), (0.32, "code-fine"), (0.34, "")]
)
def test_modules_are_held_to_what_presses_hold(tmp_path: Path, module_mm: float, code: str) -> None:
    met = about_codes(of_page(tmp_path, qr("TABLE 4", 40, 30, module_mm))) & {"code-small", "code-fine"}
    assert met == ({code} if code else set())


@pytest.mark.parametrize(
    ("colour", "code"),
    [
        ("0 0 0 1 k", ""),
        ("0 g", ""),
        ("0.6 0.4 0.4 1 k", "code-rich-black"),
        ("1 0.6 0 0.4 k", "code-many-inks"),
        ("0 0 0 rg", "code-screen-colours"),
    ],
)
def test_a_code_is_printed_in_one_ink(tmp_path: Path, colour: str, code: str) -> None:
    report = of_page(tmp_path, qr("TABLE 4", 40, 30, 0.5, colour))
    assert only(report).content == "TABLE 4"
    assert about_codes(report) == ({code} if code else set())


@pytest.mark.parametrize(
    ("space", "colour", "code"),
    [
        ("/Black /White", "1 1", ""),
        ("/Black /Deckendes", "1 1", ""),
        ("/PANTONE#20286#20C /Varnish", "1 1", ""),
        ("/PANTONE#20286#20C /Magenta", "1 1", "code-many-inks"),
        ("/Black /Cyan /White", "1 0.6 1", "code-rich-black"),
    ],
)
def test_a_plate_of_white_or_varnish_makes_no_black_rich(
    tmp_path: Path, space: str, colour: str, code: str
) -> None:
    count = len(space.split())
    dark = b"{ " + b"pop " * count + b"0 0 0 1 }"
    function = f"<< /FunctionType 4 /Domain [{'0 1 ' * count}] /Range [0 1 0 1 0 1 0 1] >>"
    resources = f"<< /ColorSpace << /N [/DeviceN [{space}] /DeviceCMYK %0] >> >>"
    content = qr("TABLE 4", 40, 30, 0.5, f"/N cs {colour} scn")
    assert about_codes(of_page(tmp_path, content, resources, streams=((function, dark),))) == (
        {code} if code else set()
    )


@pytest.mark.parametrize(("dark", "code"), [("linear(45, #003366, #660033)", "code-blend"), ("#000000", "")])
def test_a_code_that_is_a_blend_is_a_note(tmp_path: Path, dark: str, code: str) -> None:
    style = Style(dark=dark)
    path = tmp_path / "code.pdf"
    path.write_bytes(pdf_writer.write(artwork_of(make_symbol("TABLE 4", style), style)))
    report = check_pdf(path, expect=LOOK)
    assert about_codes(report) == ({code} if code else set())
    assert all(each.severity == "note" for each in report.findings if each.code == code)


def test_many_codes_in_one_path_are_told_apart(tmp_path: Path) -> None:
    # Both symbols are 21 modules wide; the second begins 60 modules further.
    first, second = (qr(content, 30, 30, 0.5).split("\n")[1:-2] for content in ("TABLE 4", "TABLE 5"))
    shifted = [f"{int(run.split()[0]) + 60} {run.split(maxsplit=1)[1]}" for run in second]
    head = qr("TABLE 4", 30, 30, 0.5, "0.6 0.4 0.4 1 k").split("\n")[0]
    report = of_page(tmp_path, "\n".join([head, *first, *shifted, "f Q"]))
    assert {found.content for found in report.facts.codes} == {"TABLE 4", "TABLE 5"}
    assert sum(found.times for found in report.findings if found.code == "code-rich-black") == 2


@pytest.mark.parametrize(("x_mm", "code"), [(9, "code-cut"), (11, "code-near-trim"), (13.5, "")])
def test_a_code_keeps_away_from_the_cut(tmp_path: Path, x_mm: float, code: str) -> None:
    met = about_codes(of_page(tmp_path, qr("TABLE 4", x_mm, 30, 0.5)))
    assert met == ({code} if code else set())


def test_what_lies_over_a_code_is_told_and_what_lies_beside_it_is_not(tmp_path: Path) -> None:
    code = qr("HTTPS://GO.EXAMPLE.COM/ABC", 40, 30, 0.5)
    over = f"0.2 0 0 0 k {51.7 * MM} {31 * MM} {11 * MM} {2 * MM} re f"
    beside = f"0.2 0 0 0 k {51.7 * MM} {25 * MM} {11 * MM} {2 * MM} re f"
    assert "code-covered" in about_codes(of_page(tmp_path, code + over))
    assert "code-covered" not in about_codes(of_page(tmp_path, code + beside))
    assert "code-covered" not in about_codes(of_page(tmp_path, over + code))


def test_a_code_that_overprints_a_ground_is_told(tmp_path: Path) -> None:
    code = qr("TABLE 4", 40, 30, 0.5)
    assert "code-overprint" in about_codes(of_page(tmp_path, GROUND + "/O gs " + code, STATES))
    assert "code-overprint" not in about_codes(of_page(tmp_path, GROUND + code, STATES))
    assert "code-overprint" not in about_codes(of_page(tmp_path, "/O gs " + code, STATES))


@pytest.mark.parametrize(("pixels", "met"), [(4, True), (20, False)])
def test_a_code_that_is_a_picture_is_told_with_its_pixels(tmp_path: Path, pixels: int, met: bool) -> None:
    rows = make_symbol("TABLE 4", Style()).rows
    side = len(rows)
    grey = Image.new("L", (side, side))
    grey.putdata([0 if dark else 255 for row in rows for dark in row])
    big = grey.resize((side * pixels, side * pixels), Image.Resampling.NEAREST)
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {big.width} /Height {big.height} "
        "/ColorSpace /DeviceGray /BitsPerComponent 8 >>"
    )
    width = side * 0.5 * MM
    place = f"q {width} 0 0 {width} {40 * MM} {30 * MM} cm /I Do Q"
    report = of_page(tmp_path, place, "<< /XObject << /I %0 >> >>", streams=((head, big.tobytes()),))
    assert ("code-is-picture" in about_codes(report)) is met
    assert only(report).image_ppi == pytest.approx(pixels * 25.4 / 0.5, rel=0.01)


def test_a_code_without_clear_ground_or_contrast_is_weak(tmp_path: Path) -> None:
    code = qr("HTTPS://GO.EXAMPLE.COM/ABC", 40, 30, 0.5, "0 0 0 0.35 k")
    met = about_codes(of_page(tmp_path, code))
    assert met & {"code-weak", "code-failing", "code-unreadable"}


def test_the_same_code_twice_and_a_number_that_is_missing_are_told(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for content in ("A-001", "A-002", "A-004", "A-004", "A-005"):
        pdf.pages.extend(page_of(qr(content, 40, 30, 0.5)).pages)
    report = report_of(pdf, tmp_path, expect=LOOK)
    told = {finding.code: finding for finding in report.findings}
    assert told["code-duplicate"].pages == (4,)
    assert '"A-004" is there 2 times, first on page 3' in told["code-duplicate"].what
    assert '"A-003"' in told["serial-gap"].what


@pytest.mark.parametrize(
    ("contents", "met"),
    [
        (("A-1", "A-1", "A-1"), {"code-repeated"}),
        (("A-1", "B-1", "A-1", "B-1"), {"code-repeated"}),
        (("A-1", "B-1", "A-1"), {"code-duplicate"}),
        (("A-1", "A-1", "B-1", "B-1", "B-1"), {"code-duplicate"}),
    ],
)
def test_a_sheet_of_one_piece_is_a_note_and_one_code_that_is_there_twice_a_warning(
    tmp_path: Path, contents: tuple[str, ...], met: set[str]
) -> None:
    content = "".join(qr(each, 15 + 17 * number, 30, 0.5) for number, each in enumerate(contents))
    report = of_page(tmp_path, content)
    assert sorted(code.content for code in report.facts.codes) == sorted(contents)
    assert about_codes(report) == met


def test_sheets_of_the_same_piece_are_told_once_for_each_sheet(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for _ in range(2):
        pdf.pages.extend(page_of(qr("A-1", 15, 30, 0.5) + qr("A-1", 45, 30, 0.5)).pages)
    told = {finding.code: finding for finding in report_of(pdf, tmp_path, expect=LOOK).findings}
    assert told["code-repeated"].pages == (1, 2)
    assert '"A-1" is there 2 times, first on page 1' in told["code-duplicate"].what
    assert told["code-duplicate"].times == 1


def test_an_article_may_be_there_twice_with_its_number_below_and_nothing_over_its_bars(
    tmp_path: Path,
) -> None:
    file = tmp_path / "articles.pdf"
    bars = draw("ean13", "4006381333931", Box(10, 10, 40, 20))
    stripe = Shape(box(5, 12, 50, 6), parse_ink("cmyk(20 0 0 0)"))
    for over, met in (((), set()), ((stripe,), {"code-covered"})):
        page = Page(60, 40, (*bars, *over))
        file.write_bytes(written([page, page]))
        report = check_pdf(file, expect=LOOK)
        assert [code.content for code in report.facts.codes] == ["4006381333931"] * 2
        assert about_codes(report) == met


def test_numbers_by_chance_are_no_series(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for content in ("A-1", "A-7", "A-901"):
        pdf.pages.extend(page_of(qr(content, 40, 30, 0.5)).pages)
    assert "serial-gap" not in codes_of(report_of(pdf, tmp_path, expect=LOOK))


def drawn(symbology: str, text: str, module_mm: float, folder: Path, left_mm: float = 40) -> PreflightReport:
    """A linear barcode by zint, drawn as bars."""
    zint = imported("zint")
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology[symbology]
    symbol.show_text = False
    symbol.encode(text)
    symbol.buffer_vector()
    bars = list(symbol.vector.rectangles)
    scale = module_mm * MM / 2
    left = min(bar.x for bar in bars)
    rects = "\n".join(f"{bar.x - left} 0 {bar.width} {20 * MM / scale} re" for bar in bars)
    wall = f"0 0 0 1 k {(left_mm - 4) * MM} {30 * MM} {1 * MM} {20 * MM} re f\n" if left_mm < 40 else ""
    content = f"{wall}q {scale} 0 0 {scale} {left_mm * MM} {30 * MM} cm 0 0 0 1 k\n{rects}\nf Q"
    return report_of(page_of(content), folder, expect=LOOK)


def test_linear_barcodes_of_another_program_are_read_and_measured(tmp_path: Path) -> None:
    for symbology, text, name in (
        ("EANX", "4006381333931", "EAN-13"),
        ("CODE128", "TABLE-0042", "Code 128"),
        ("C25INTER", "00012345678905", "ITF"),
    ):
        found = only(drawn(symbology, text, 0.4, tmp_path))
        assert found.content == text
        assert found.symbol.startswith(name)
        assert found.module_mm == pytest.approx(0.4, abs=0.02), symbology
        assert found.inks == ("Black",)


@pytest.mark.parametrize(("left_mm", "met"), [(35, True), (40, False)])
def test_a_linear_barcode_needs_clear_ground_at_its_ends(tmp_path: Path, left_mm: float, met: bool) -> None:
    """At 35 mm a black bar stands 3 mm, which are 7 modules of 10, beside it."""
    report = drawn("CODE128", "TABLE-0042", 0.4, tmp_path, left_mm)
    assert only(report).content == "TABLE-0042"
    assert ("code-quiet-zone" in about_codes(report)) is met


def test_no_codes_are_looked_for_when_they_are_not_asked_for(tmp_path: Path) -> None:
    report = of_page(tmp_path, qr("TABLE 4", 40, 30, 0.5), expect=Expectation(codes=False, coverage_pages=0))
    assert report.facts.codes == ()


def test_a_page_larger_than_any_press_is_drawn_within_bounds(tmp_path: Path) -> None:
    huge = {"MediaBox": (0, 0, 14_400, 14_400), "TrimBox": (10, 10, 14_390, 14_390)}
    report = of_page(tmp_path, "0 0 0 1 k 99 99 9 9 re f", boxes=huge)
    assert "not-drawn" not in codes_of(report)


def test_boxes_of_the_page_do_not_move_codes(tmp_path: Path) -> None:
    shifted = {name: (x - 50, y - 70, right - 50, top - 70) for name, (x, y, right, top) in BOXES.items()}
    content = f"1 0 0 1 -50 -70 cm {qr('TABLE 4', 40, 30, 0.5)}"
    place = only(of_page(tmp_path, content, boxes=shifted)).place
    assert (place.x, place.y) == pytest.approx((30, 60 - 20 - 0.5 * 21), abs=0.15)

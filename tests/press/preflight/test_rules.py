"""Every rule about a page: one file that it must report, and one as near as possible that it must let pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from tests.press.preflight.files import (
    BLEED,
    BOXES,
    FONT,
    GROUND,
    MEDIA,
    MM,
    SPOT,
    TRIM,
    codes_of,
    page_of,
    report_of,
)

from scanly.press import preflight
from scanly.press.preflight import Expectation
from scanly.press.preflight.rules import RULES

Make = Callable[[], pikepdf.Pdf]
EVERY_PLATE = f"<< /ColorSpace << /R {SPOT % ('All', '1 1 1 1')} >> >>"
GOLD = ("Gold", "0 .2 1 0")
GLYPHS = (("<< >>", b"\0\1\0\0"),)
PURE = "<< /Font << /F << /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Sans /Encoding /WinAnsiEncoding "
PURE += "/FontDescriptor << /Type /FontDescriptor /FontFile2 %0 >> >> >> /ExtGState << /O << /OP true /OPM 1 >> >> >>"
PLAIN_FONT = f"<< /Font << /F {FONT} >> >>"


def text(operators: str, size: float, x_mm: float = 40, y_mm: float = 40) -> str:
    return f"{operators} BT /F {size} Tf {x_mm * MM:.2f} {y_mm * MM:.2f} Td (Menu) Tj ET"


def with_text(content: str, font: str = PURE) -> Make:
    return lambda: page_of(GROUND + content, font, streams=GLYPHS)


def drawn(content: str, resources: str = "<< >>", **more: object) -> Make:
    return lambda: page_of(GROUND + content, resources, **more)


def boxed(**boxes: object) -> Make:
    return lambda: page_of(GROUND, boxes={**BOXES, **boxes})


def moved(box: tuple[float, float, float, float], mm: float) -> tuple[float, float, float, float]:
    return box[0] - mm * MM, box[1] - mm * MM, box[2] + mm * MM, box[3] + mm * MM


def image(width: int, height: int, entries: str, data: bytes, side_mm: float = 25.4) -> Make:
    head = f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} {entries} >>"
    place = f"q {side_mm * MM} 0 0 {side_mm * MM} {30 * MM} {20 * MM} cm /I Do Q"
    return lambda: page_of(GROUND + place, "<< /XObject << /I %0 >> >>", streams=((head, data),))


def grey(side: int) -> Make:
    return image(side, side, "/ColorSpace /DeviceGray /BitsPerComponent 8", bytes(side * side))


def line_art(side: int) -> Make:
    return image(side, side, "/ColorSpace /DeviceGray /BitsPerComponent 1", bytes(side * -(-side // 8)))


def cmyk(pixel: bytes) -> Make:
    return image(300, 300, "/ColorSpace /DeviceCMYK /BitsPerComponent 8", pixel * 90_000)


def spots(*named: tuple[str, str]) -> Make:
    spaces = " ".join(f"/S{index} {SPOT % each}" for index, each in enumerate(named))
    paint = "".join(f"/S{index} cs 1 scn 100 60 50 50 re f " for index, _ in enumerate(named))
    return drawn(paint, f"<< /ColorSpace << {spaces} >> >>")


STATES = (
    "<< /ExtGState << /O << /OP true /op true /OPM 1 >> /A << /ca 0.5 >> /N << /ca 1 /BM /Normal >> >> >>"
)
GROUP = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] %s >>"
PROFILES = (("<< /N 3 >>", b"rgb"), ("<< /N 4 >>", b"cmyk"))


def form(entries: str) -> Make:
    return lambda: page_of(GROUND + "/F Do", "<< /XObject << /F %0 >> >>", streams=((GROUP % entries, b""),))


def managed(profile: int, paint: str) -> Make:
    space = f"<< /ColorSpace << /P [/ICCBased %{profile}] >> >>"
    return lambda: page_of(GROUND + paint, space, streams=PROFILES)


CASES: dict[str, tuple[Make, Make]] = {
    # boxes and bleed
    "no-trim-box": (lambda: page_of(GROUND, boxes={"MediaBox": MEDIA}), boxed()),
    "boxes-not-nested": (boxed(BleedBox=moved(MEDIA, 1)), boxed(BleedBox=moved(MEDIA, 0.01))),
    "crop-hides-bleed": (boxed(CropBox=TRIM), boxed(CropBox=BLEED)),
    "art-and-trim": (boxed(ArtBox=TRIM), boxed()),
    "rotated": (lambda: page_of(GROUND, entries="<< /Rotate 90 >>"), boxed()),
    "user-unit": (lambda: page_of(GROUND, entries="<< /UserUnit 2 >>"), boxed()),
    "bleed-short": (
        lambda: page_of(f"0 1 0 0 k {TRIM[0]} {TRIM[1]} {TRIM[2] - TRIM[0]} {TRIM[3] - TRIM[1]} re f"),
        lambda: page_of(f"0 1 0 0 k {TRIM[0] + 5} {TRIM[1] + 5} 100 80 re f"),
    ),
    "marks-in-bleed": (
        drawn(
            f"/R CS 1 SCN 0.5 w {40 * MM} {8 * MM} m {50 * MM} {8 * MM} l S",
            EVERY_PLATE,
        ),
        drawn(
            f"/R CS 1 SCN 0.5 w {40 * MM} {5 * MM} m {50 * MM} {5 * MM} l S",
            EVERY_PLATE,
        ),
    ),
    "marks-inside": (
        drawn("/R CS 1 SCN 0.5 w 90 90 m 99 90 l S", EVERY_PLATE),
        drawn("0 0 0 1 K 0.5 w 90 90 m 99 90 l S"),
    ),
    "registration-inside": (spots(("All", "1 1 1 1")), spots(("White", "0 0 0 0.1"))),
    "near-trim": (with_text(text("0 0 0 1 k", 12, 11)), with_text(text("0 0 0 1 k", 12, 14))),
    "empty-page": (lambda: page_of("1 g 0 0 99 99 re f"), lambda: page_of("0.9 g 0 0 99 99 re f")),
    # content
    "states-unbalanced": (drawn("Q Q"), drawn("q Q")),
    "operator-unknown": (drawn("1 2 zz"), drawn("[1 2] 0 d")),
    "resource-missing": (drawn("/Gone Do"), drawn("")),
    "transfer-curve": (
        drawn("/T gs", "<< /ExtGState << /T << /TR << /FunctionType 2 /N 2 /Domain [0 1] >> >> >> >>"),
        drawn("/T gs", "<< /ExtGState << /T << /TR2 /Default >> >> >>"),
    ),
    "opi": (
        form("/OPI << /x << >> >>"),
        form(""),
    ),
    # fonts
    "font-not-embedded": (with_text(text("0 0 0 1 k", 12), PLAIN_FONT), with_text(text("0 0 0 1 k", 12))),
    "font-no-unicode": (
        with_text(text("0 0 0 1 k", 12), PURE.replace("/Encoding /WinAnsiEncoding ", "")),
        with_text(text("0 0 0 1 k", 12)),
    ),
    # colours
    "rgb": (drawn("1 0 0 rg 99 99 9 9 re f"), drawn("0 1 1 0 k 99 99 9 9 re f")),
    "rgb-managed": (
        managed(0, "/P cs 1 0 0 scn 99 99 9 9 re f"),
        managed(1, "/P cs 1 0 0 0 scn 99 99 9 9 re f"),
    ),
    "lab": (
        drawn(
            "/L cs 50 9 9 scn 99 99 9 9 re f", "<< /ColorSpace << /L [/Lab << /WhitePoint [1 1 1] >>] >> >>"
        ),
        drawn("/DeviceCMYK cs 0 1 0 0 scn 99 99 9 9 re f"),
    ),
    "ink-limit": (drawn("0.9 0.9 0.8 0.5 k 99 99 9 9 re f"), drawn("0.9 0.9 0.7 0.5 k 99 99 9 9 re f")),
    "spot-replacements": (
        spots(GOLD, ("Gold", "0 .3 1 0")),
        spots(GOLD, GOLD),
    ),
    "spot-spellings": (
        spots(("PANTONE#20286#20C", "1 .7 0 0"), ("Pantone#20286C", "1 .7 0 0")),
        spots(("PANTONE#20286#20C", "1 .7 0 0"), ("PANTONE#20287#20C", "1 .7 0 0")),
    ),
    "spot-process-name": (spots(("Black", "0 0 0 1")), spots(("Blacker", "0 0 0 1"))),
    "white-overprint": (
        drawn("/O gs 0 0 0 0 k 99 99 9 9 re f", STATES),
        drawn("0 0 0 0 k 99 99 9 9 re f", STATES),
    ),
    "colour-overprint": (
        drawn("/O gs 0 1 0 0 k 99 99 9 9 re f", STATES),
        drawn("/O gs 0 0 0 1 k 99 99 9 9 re f", STATES),
    ),
    "rich-black-text": (with_text(text(".5 0 0 1 k", 10)), with_text(text(".5 0 0 1 k", 24))),
    "hairline": (drawn("0.1 w 99 99 m 120 99 l S"), drawn("0.25 w 99 99 m 120 99 l S")),
    "small-coloured-text": (with_text(text("1 .5 0 0 k", 4)), with_text(text("1 0 0 0 k", 4))),
    "small-reversed-text": (with_text(text("0 0 0 0 k", 4)), with_text(text("0 0 0 0 k", 8))),
    # pictures: an inch wide
    "image-rough": (grey(149), grey(150)),
    "image-soft": (grey(224), grey(225)),
    "line-art-rough": (line_art(599), line_art(600)),
    # transparency
    "transparency": (drawn("/A gs 99 99 9 9 re f", STATES), drawn("/N gs 99 99 9 9 re f", STATES)),
}


@pytest.mark.parametrize("code", CASES)
def test_what_breaks_the_rule_is_reported_with_its_page(code: str, tmp_path: Path) -> None:
    found = [each for each in report_of(CASES[code][0](), tmp_path).findings if each.code == code]
    assert found, f"{code} is not reported"
    assert all(each.what.endswith(".") and each.remedy for each in found)
    assert all(each.pages == (1,) for each in found)


@pytest.mark.parametrize("code", CASES)
def test_what_keeps_the_rule_passes(code: str, tmp_path: Path) -> None:
    assert code not in codes_of(report_of(CASES[code][1](), tmp_path))


def test_a_picture_in_cmyk_that_takes_too_much_ink_is_reported(tmp_path: Path) -> None:
    assert "ink-limit" in codes_of(report_of(cmyk(b"\xff\xff\xff\x40")(), tmp_path))
    passed = report_of(cmyk(b"\xff\xff\x80\x00")(), tmp_path)
    assert "ink-limit" not in codes_of(passed)
    assert passed.facts.inks == ("Cyan", "Magenta", "Yellow")


def test_newsprint_takes_less_ink(tmp_path: Path) -> None:
    made = drawn("0.9 0.9 0.7 0 k 99 99 9 9 re f")
    news = Expectation(codes=False, coverage_pages=0, ink_limit_percent=240)
    assert "ink-limit" not in codes_of(report_of(made(), tmp_path))
    assert "ink-limit" in codes_of(report_of(made(), tmp_path, expect=news))


def test_an_office_printer_takes_colours_of_the_screen(tmp_path: Path) -> None:
    office = Expectation(codes=False, coverage_pages=0, rgb=True)
    assert not {"rgb", "rgb-managed"} & codes_of(report_of(CASES["rgb"][0](), tmp_path, expect=office))


def test_a_page_without_fault_has_no_finding(tmp_path: Path) -> None:
    report = report_of(with_text(text("0 0 0 1 k", 12))(), tmp_path)
    assert report.findings == ()
    assert report.ok
    assert report.facts.inks == ("Cyan", "Black")


def test_pages_of_another_size_than_most_are_named(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for boxes in (BOXES, BOXES, {"MediaBox": (0, 0, 99, 99), "TrimBox": (5, 5, 90, 90)}, BOXES):
        pdf.pages.extend(page_of(boxes=boxes).pages)
    found = [each for each in report_of(pdf, tmp_path).findings if each.code == "mixed-sizes"]
    assert [each.pages for each in found] == [(3,)]
    assert "30 × 30 mm" in found[0].what


def test_a_place_is_told_in_millimetres_from_the_corner_of_the_trimmed_page_as_it_is_seen(
    tmp_path: Path,
) -> None:
    # 20 by 10 mm, its lower left corner 30 mm from the left and 15 mm from the foot of the trimmed page (100 by 60).
    area = f"1 0 0 rg {40 * MM} {25 * MM} {20 * MM} {10 * MM} re f"
    wanted = {0: (30, 35, 20, 10), 90: (15, 30, 10, 20), 180: (50, 15, 20, 10), 270: (35, 50, 10, 20)}
    for turned, (x, y, width, height) in wanted.items():
        report = report_of(page_of(GROUND + area, entries=f"<< /Rotate {turned} >>"), tmp_path)
        place = next(each.place for each in report.findings if each.code == "rgb")
        assert place
        assert (place.x, place.y, place.width, place.height) == pytest.approx((x, y, width, height), abs=0.01)


def test_the_same_on_many_pages_is_one_finding(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for number in range(7):
        pdf.pages.extend(page_of(GROUND + ("1 0 0 rg 99 99 9 9 re f " * 3 if number != 3 else "")).pages)
    report = report_of(pdf, tmp_path)
    (found,) = [each for each in report.findings if each.code == "rgb"]
    assert found.pages == (1, 2, 3, 5, 6, 7)
    assert found.times == 18
    assert report.rows()[0][:2] == ("error", "1–3, 5–7")


def test_thousands_of_different_findings_are_summed_up(tmp_path: Path) -> None:
    shades = [(60 + step // 10, 50 + step % 10) for step in range(200)]
    fills = "".join(f"1 1 {yellow / 100} {black / 100} k 99 99 9 9 re f " for yellow, black in shades)
    report = report_of(page_of(GROUND + fills), tmp_path)
    found = [each for each in report.findings if each.code == "ink-limit"]
    assert len(found) == 41
    assert found[-1].what.startswith("And 160 more")


def test_embedded_fonts_are_told_with_their_facts(tmp_path: Path) -> None:
    (font,) = report_of(with_text(text("0 0 0 1 k", 12))(), tmp_path).facts.fonts
    assert (font.name, font.kind, font.embedded, font.subset, font.page) == (
        "Sans",
        "TrueType",
        True,
        True,
        1,
    )


@pytest.mark.parametrize(("turned", "side"), [(0, "left"), (90, "top"), (180, "right"), (270, "bottom")])
def test_the_side_at_which_bleed_is_short_is_named_as_it_is_seen(
    tmp_path: Path, turned: int, side: str
) -> None:
    area = f"0 1 0 0 k {TRIM[0] - MM} {TRIM[1] + 40} {30 * MM} 40 re f"
    report = report_of(page_of(area, entries=f"<< /Rotate {turned} >>"), tmp_path)
    (found,) = [each for each in report.findings if each.code == "bleed-short"]
    assert found.what == f"At the {side} edge the print ends 1.0 mm beyond the cut, not 3 mm."


@pytest.mark.parametrize(
    ("beyond_mm", "wanted_mm", "met"), [(2.9, 3, True), (3, 3, False), (2, 2, False), (0, 0, False)]
)
def test_bleed_is_as_wide_as_the_shop_asks(
    tmp_path: Path, beyond_mm: float, wanted_mm: float, met: bool
) -> None:
    left, bottom, right, top = moved(TRIM, beyond_mm)
    expect = Expectation(codes=False, coverage_pages=0, bleed_mm=wanted_mm)
    report = report_of(
        page_of(f"0 1 0 0 k {left} {bottom} {right - left} {top - bottom} re f"), tmp_path, expect=expect
    )
    assert ("bleed-short" in codes_of(report)) is met


def test_a_stretched_picture_has_as_many_pixels_an_inch_as_its_longer_side(tmp_path: Path) -> None:
    head = "<< /Type /XObject /Subtype /Image /Width 300 /Height 300 /ColorSpace /DeviceGray /BitsPerComponent 8 >>"
    placed = "q 72 0 0 144 60 60 cm /I Do Q"
    made = page_of(GROUND + placed, "<< /XObject << /I %0 >> >>", streams=((head, bytes(90_000)),))
    (image,) = report_of(made, tmp_path).facts.images
    assert image.ppi == 150


def test_every_rule_of_the_table_is_met_somewhere_and_no_other() -> None:
    folder = Path(preflight.__file__).parent
    sources = "".join(path.read_text() for path in folder.rglob("*.py") if path.name != "rules.py")
    assert [code for code in RULES if f'"{code}"' not in sources] == []
    assert set(re.findall(r'(?:meet|use)\(\s*"([a-z0-9-]+)"', sources)) <= set(RULES)

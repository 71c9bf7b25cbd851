"""Other programs say the same: Ghostscript about inks, poppler about boxes, fonts and pictures."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from tests.conftest import imported, missing
from tests.press.pages import PLAIN, code, written
from tests.press.preflight.files import GROUND, MM, SPOT, codes_of, page_of, qr

from scanly.core.paths import asset
from scanly.press.page import Page
from scanly.press.preflight import Expectation, PreflightReport, check_pdf

QUICK = Expectation(codes=False, coverage_pages=0)
COLOURS = (
    "0 0 0 1 k 20 20 50 50 re f",
    "0.3 0 0 0 k 20 20 50 50 re f 0 0 0.4 0 K 4 w 100 100 m 150 150 l S",
    "0.5 g 20 20 50 50 re f",
    "/S cs 1 scn 20 20 50 50 re f",
    "/S cs 1 scn 20 20 50 50 re f 0 1 0 0.2 k 80 20 50 50 re f",
    "0 0 0 0 k 20 20 50 50 re f",
    "0 0.2 0 0 k 20 20 50 50 re f 0 0 20 20 re W n 1 0 0 0 k 100 100 50 50 re f",
)


def program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        missing(name)
    return found or name


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def saved(pdf: pikepdf.Pdf, folder: Path) -> Path:
    path = folder / "file.pdf"
    pdf.save(path)
    return path


@pytest.mark.parametrize("colour", COLOURS)
def test_ghostscript_makes_the_same_plates(colour: str, tmp_path: Path) -> None:
    path = saved(page_of(colour, f"<< /ColorSpace << /S {SPOT % ('Gold', '0 .2 1 0')} >> >>"), tmp_path)
    # Ghostscript names the file of each plate after it.
    said(program("gs"), "-q", "-o", str(tmp_path / "plate.tif"), "-r36", "-sDEVICE=tiffsep", str(path))
    inked = set()
    for plate in tmp_path.glob("plate(*).tif"):
        lightest = Image.open(plate).convert("L").getextrema()[0]
        if lightest < 255:
            inked.add(re.search(r"\((.*)\)", plate.name)[1])
    assert set(check_pdf(path, expect=QUICK).facts.inks) == inked


def test_ghostscript_takes_the_same_ink_of_pictures(tmp_path: Path) -> None:
    """JPEG files of Adobe's kind are upside down, and PDF turns them over; both ways in both kinds of packing."""
    picture = Image.new("CMYK", (60, 60), (255, 0, 51, 0))
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=100)
    head = "<< /Type /XObject /Subtype /Image /Width 60 /Height 60 /ColorSpace /DeviceCMYK /BitsPerComponent 8 %s >>"
    for entries, data in (
        ("", picture.tobytes()),
        ("/Decode [1 0 1 0 1 0 1 0]", picture.tobytes()),
        ("/Filter /DCTDecode /Decode [1 0 1 0 1 0 1 0]", packed.getvalue()),
        ("/Filter /DCTDecode", packed.getvalue()),
    ):
        pdf = page_of(
            "q 90 0 0 90 60 60 cm /I Do Q", "<< /XObject << /I %0 >> >>", streams=((head % entries, data),)
        )
        path = saved(pdf, tmp_path)
        cover = said(program("gs"), "-q", "-o", "-", "-sDEVICE=inkcov", str(path)).split()[:4]
        names = ("Cyan", "Magenta", "Yellow", "Black")
        inked = {name for name, share in zip(names, cover, strict=True) if float(share) > 0}
        assert set(check_pdf(path, expect=QUICK).facts.inks) == inked, entries


def test_ghostscript_tells_how_much_ink_a_page_takes(tmp_path: Path) -> None:
    program("gs")
    # A square of a tenth of the page.
    pdf = page_of("0 0 0 1 k 0 0 100 100 re f", boxes={"MediaBox": (0, 0, 200, 500)})
    report = check_pdf(saved(pdf, tmp_path), expect=Expectation(codes=False))
    assert report.facts.pages[0].coverage_percent
    assert report.facts.pages[0].coverage_percent["Black"] == pytest.approx(10, abs=0.2)
    assert report.facts.pages[0].coverage_percent["Cyan"] == 0


def test_poppler_sees_the_same_boxes(tmp_path: Path) -> None:
    path = saved(page_of(entries="<< /CropBox [10 10 300 200] >>"), tmp_path)
    told = said(program("pdfinfo"), "-box", str(path))
    (page,) = check_pdf(path, expect=QUICK).facts.pages
    for name in ("Media", "Crop", "Bleed", "Trim"):
        line = re.search(rf"{name}Box:\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)", told)
        left, _, right, top = (float(part) for part in line.groups())
        box = getattr(page, name.lower())
        assert (box.x, box.right) == pytest.approx((left / MM, right / MM), abs=0.01)
        assert box.y == pytest.approx(page.height_mm - top / MM, abs=0.01)


def by_reportlab(folder: Path) -> Path:
    path = folder / "reportlab.pdf"
    page = canvas.Canvas(str(path), pagesize=(100 * mm, 80 * mm))
    font = asset("fonts", "NotoSans-Bold.ttf")
    pdfmetrics.registerFont(TTFont("Own", str(font)))
    page.setFillColorCMYK(0, 0, 0, 1)
    page.setFont("Own", 12)
    page.drawString(20 * mm, 40 * mm, "Table 4")
    page.setFont("Times-Italic", 10)
    page.drawString(20 * mm, 30 * mm, "Menu")
    picture = io.BytesIO()
    Image.effect_noise((200, 100), 50).save(picture, "PNG")
    page.drawImage(ImageReader(picture), 50 * mm, 20 * mm, 25.4 * mm, 12.7 * mm)
    page.save()
    return path


def test_poppler_sees_the_same_fonts_and_pictures(tmp_path: Path) -> None:
    path = by_reportlab(tmp_path)
    facts = check_pdf(path, expect=QUICK).facts
    lines = said(program("pdffonts"), str(path)).splitlines()[2:]
    told = {
        (re.sub(r"^[A-Z]{6}\+", "", line.split()[0]), *re.findall(r"\b(yes|no)\b", line)[:2])
        for line in lines
    }
    # reportlab names it on every page, and here no text is set with it.
    told.remove(("Helvetica", "no", "no"))
    words = {True: "yes", False: "no"}
    assert {(font.name, words[font.embedded], words[font.subset]) for font in facts.fonts} == told
    (line,) = said(program("pdfimages"), "-list", str(path)).splitlines()[2:]
    width, height, x_ppi = int(line.split()[3]), int(line.split()[4]), int(line.split()[12])
    (image,) = facts.images
    assert (image.width_px, image.height_px, round(image.ppi)) == (width, height, x_ppi)


def test_a_page_of_our_own_press_has_nothing_to_be_told(tmp_path: Path) -> None:
    path = tmp_path / "ours.pdf"
    path.write_bytes(written([Page(60, 60, (code(),))], PLAIN))
    report = check_pdf(path)
    assert [finding for finding in report.findings if finding.severity != "note"] == []
    assert report.facts.inks == ("Black",)
    assert [found.grade for found in report.facts.codes] == ["A"]


def test_what_ghostscript_wrote_anew_is_read_alike(tmp_path: Path) -> None:
    before = saved(page_of(GROUND + qr("TABLE 4", 40, 30, 0.5)), tmp_path)
    after = tmp_path / "distilled.pdf"
    said(program("gs"), "-q", "-o", str(after), "-sDEVICE=pdfwrite", str(before))
    look = Expectation(coverage_pages=0)
    one, other = check_pdf(before, expect=look), check_pdf(after, expect=look)
    assert other.facts.inks == one.facts.inks == ("Cyan", "Black")
    assert [found.content for found in other.facts.codes] == ["TABLE 4"]
    assert other.facts.codes[0].place.x == pytest.approx(one.facts.codes[0].place.x, abs=0.1)


@pytest.mark.browser
def test_what_a_browser_prints_is_told_to_be_in_rgb(tmp_path: Path) -> None:
    playwright = imported("playwright.sync_api")
    path = tmp_path / "browser.pdf"
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(
            "<p style='font:20px sans-serif'>Menu</p><a href='https://example.com'>x</a><div style='opacity:.5'>y</div>"
        )
        page.pdf(path=str(path), width="100mm", height="80mm")
        browser.close()
    report: PreflightReport = check_pdf(path, expect=QUICK)
    assert {"rgb", "no-trim-box", "link-inside"} <= codes_of(report)
    assert all(font.embedded for font in report.facts.fonts)
    assert "Black" not in report.facts.inks
    assert (report.facts.pages[0].width_mm, report.facts.pages[0].height_mm) == pytest.approx(
        (100, 80), abs=0.5
    )

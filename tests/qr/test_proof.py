import io
import subprocess
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from scanly.core.errors import Invalid, NotFound
from scanly.qr.drawing import FORMATS, draw
from scanly.qr.encoding import encode
from scanly.qr.proof import Reading, confirm, inspect, read
from scanly.qr.raster import pictures
from scanly.qr.style import Style

CONTENT = "https://go.example.com/AbC1234"
SYMBOL = encode(CONTENT)


def picture(**options) -> Image.Image:
    return Image.open(io.BytesIO(draw(SYMBOL, Style(**options), "png"))).convert("RGB")


def saved(image: Image.Image, format_: str = "png", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def graded(image: Image.Image) -> tuple[str, str]:
    """The grade of the only code, and everything said about it."""
    (reading,) = read(saved(image), "png")
    return reading.grade, " ".join(reading.problems)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("content", ["a", CONTENT, "नमस्ते", "Grüße", "x" * 900])
def test_the_content_and_nothing_else_is_confirmed(format_, content):
    file = draw(encode(content), Style(size_mm=60), format_)
    confirm(file, format_, content)
    confirm(file, format_, content.encode())
    for other in (content + " ", content[:-1], content.swapcase() + "!"):
        with pytest.raises(Invalid, match="It reads as"):
            confirm(file, format_, other)


def test_bytes_that_are_no_text_are_confirmed_byte_by_byte():
    file = draw(encode(b"\xff\x00\xfe"), Style(), "svg")
    confirm(file, "svg", b"\xff\x00\xfe")
    with pytest.raises(Invalid):
        confirm(file, "svg", b"\xff\x00\xfd")


def test_a_second_code_in_the_file_is_not_overlooked():
    pair = Image.new("RGB", (800, 400), "white")
    pair.paste(picture(), (0, 0))
    confirm(saved(pair), "png", CONTENT)
    pair.paste(Image.open(io.BytesIO(draw(encode("other"), Style(), "png"))), (400, 0))
    with pytest.raises(Invalid, match=f'It reads as "{CONTENT} and other"'):
        confirm(saved(pair), "png", CONTENT)


def test_a_file_without_a_readable_code_is_refused():
    with pytest.raises(Invalid, match="No decoder can read it"):
        confirm(saved(Image.new("RGB", (300, 300), "white")), "png", CONTENT)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(("quiet", "size_mm"), [(4, 30.0), (2, 24.0), (1, 20.0), (7, 60.0)])
def test_a_reading_measures_what_was_drawn(format_, quiet, size_mm):
    style = Style(quiet_zone_modules=quiet, size_mm=size_mm, dpi=600)
    (reading,) = read(draw(SYMBOL, style, format_), format_)
    outer = 29 + 2 * quiet
    assert (reading.content, reading.symbol, reading.page) == (CONTENT, "QR 3-Q", 1)
    assert reading.quiet_zone_modules == quiet
    assert reading.module_mm == pytest.approx(size_mm / outer, rel=0.03)
    assert reading.contrast == pytest.approx(1, abs=0.02)
    assert reading.corners_ratio is not None
    (left, top), _, (right, bottom), _ = reading.corners_ratio
    assert (left, top) == pytest.approx((quiet / outer, quiet / outer), abs=0.01)
    assert (right, bottom) == pytest.approx((1 - quiet / outer, 1 - quiet / outer), abs=0.01)


@pytest.mark.parametrize(("quiet", "grade"), [(4, "A"), (3, "B"), (2, "C"), (1, "D")])
def test_a_narrower_quiet_zone_gets_a_lower_grade(quiet, grade):
    assert graded(picture(quiet_zone_modules=quiet))[0] == grade


def test_no_quiet_zone_at_all_fails():
    grade, problems = graded(picture().crop((40, 40, 330, 330)))
    assert grade == "F"
    assert "leave 4 modules all round" in problems


@pytest.mark.parametrize(("grey", "grade"), [(0, "A"), (100, "B"), (125, "C"), (160, "F")])
def test_paler_ink_gets_a_lower_grade(grey, grade):
    assert graded(picture().point(lambda value: max(value, grey)))[0] == grade


def test_red_is_judged_by_its_luminance_not_by_its_name():
    assert graded(picture(dark="#ff0000"))[0] == "C"


@pytest.mark.parametrize("quiet", [1, 2.5, 4])
def test_print_near_the_code_ends_the_quiet_zone_and_white_paper_does_not(quiet):
    sheet = Image.new("RGB", (700, 700), "white")
    sheet.paste(picture(), (165, 165))
    beyond = 165 + 330 + quiet * 10
    ImageDraw.Draw(sheet).rectangle((beyond, 300, beyond + 8, 400), fill="black")
    (reading,) = read(saved(sheet), "png")
    assert reading.quiet_zone_modules == quiet


def test_light_on_dark_fails():
    grade, problems = graded(Image.eval(picture(), lambda value: 255 - value))
    assert grade == "F"
    assert "inverted" in problems


@pytest.mark.parametrize(("hole_px", "grade"), [(60, "D"), (110, "F")])
def test_a_hole_costs_error_correction(hole_px, grade):
    image, middle = picture(), 185
    edge = (middle - hole_px / 2, middle - hole_px / 2, middle + hole_px / 2, middle + hole_px / 2)
    ImageDraw.Draw(image).rectangle(edge, fill="white")
    found, problems = graded(image)
    assert found == grade
    assert "error correction" in problems


def test_a_code_that_is_there_but_destroyed_is_reported():
    image = picture()
    ImageDraw.Draw(image).rectangle((120, 120, 250, 250), fill="white")
    (reading,) = read(saved(image), "png")
    assert (reading.ok, reading.content) == (False, "")
    assert reading.problems == ("A QR code is here, but it cannot be read.",)


@pytest.mark.parametrize("degrees", [10, 45, 90, 200])
def test_a_turned_photograph_is_measured_alike(degrees):
    image = picture().rotate(degrees, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    (reading,) = read(saved(image, "jpeg", dpi=(300, 300)), "jpeg")
    assert reading.content == CONTENT
    assert reading.module_mm == pytest.approx(0.847, rel=0.02)
    assert reading.quiet_zone_modules == 4
    assert reading.grade == "A"


def test_too_few_pixels_a_module_are_told():
    small = Image.open(io.BytesIO(draw(SYMBOL, Style(size_mm=26.2, dpi=72), "png")))
    grade, problems = graded(small.convert("RGB"))
    assert grade == "C"
    assert "2.0 pixels a module" in problems


def test_every_page_of_a_pdf_is_inspected(tmp_path):
    with pikepdf.new() as book:
        for content in ("first", "second", "third"):
            with pikepdf.open(io.BytesIO(draw(encode(content), Style(), "pdf"))) as sheet:
                book.pages.extend(sheet.pages)
        book.save(tmp_path / "book.pdf")
    found = [(reading.page, reading.content) for reading in inspect(tmp_path / "book.pdf")]
    assert found == [(1, "first"), (2, "second"), (3, "third")]


def test_all_codes_of_a_sheet_are_found():
    sheet = Image.new("RGB", (4 * 400, 6 * 400), "white")
    names = [f"https://go.example.com/label-{number}" for number in range(24)]
    for number, name in enumerate(names):
        label = Image.open(io.BytesIO(draw(encode(name), Style(), "png"))).convert("RGB")
        sheet.paste(label, (number % 4 * 400, number // 4 * 400))
    readings = read(saved(sheet, dpi=(300, 300)), "png")
    assert sorted(reading.content for reading in readings) == sorted(names)
    assert {reading.grade for reading in readings} == {"A"}


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_is_known_by_its_content_whatever_its_name(format_, tmp_path):
    file = tmp_path / "code.dat"
    file.write_bytes(draw(SYMBOL, Style(), format_))
    (reading,) = inspect(file)
    assert (reading.file, reading.content, reading.ok) == (str(file), CONTENT, True)


def test_a_picture_without_a_code_is_one_failed_reading(tmp_path):
    file = tmp_path / "white.png"
    file.write_bytes(saved(Image.new("RGB", (100, 100), "white")))
    assert inspect(file) == [Reading(file=str(file), problems=("No QR code was found.",))]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.4\nnothing", "The PDF file is damaged"),
        (b"\x89PNG\r\n\x1a\nnothing", "The PNG file is damaged"),
        (draw(SYMBOL, Style(), "png")[:200], "The PNG file is damaged"),
        (b"\xff\xd8\xffnothing", "The JPEG file is damaged"),
        (b"<svg ", "The SVG file is damaged"),
        (b"GIF89a", "none of svg, png, jpeg, pdf"),
        (b"", "none of svg, png, jpeg, pdf"),
    ],
)
def test_files_that_cannot_be_opened_say_so(data, sentence, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(data)
    with pytest.raises(Invalid, match=sentence):
        inspect(file)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path):
    bomb = bytearray(draw(SYMBOL, Style(), "png"))
    bomb[16:24] = (50_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(bomb)
    with pytest.raises(Invalid, match="50,000 by 50,000 pixels"):
        inspect(tmp_path / "bomb.png")


def test_a_missing_file_is_not_found():
    with pytest.raises(NotFound, match="No such file"):
        inspect(Path("no/such/file.svg"))


@pytest.mark.parametrize(
    ("width", "px_per_mm"),
    [("30mm", 10), ("3cm", 10), ("300", 300 / 79.375), ("72pt", 300 / 25.4), ("100%", None)],
)
def test_the_size_of_an_svg_is_read_in_its_unit(width, px_per_mm):
    file = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{width}" viewBox="0 0 9 9"/>'
    (page,) = pictures(file.encode(), "svg", 300)
    assert page.image.width == 300
    assert page.px_per_mm == (pytest.approx(px_per_mm) if px_per_mm else None)


def test_files_of_another_maker_are_read(tmp_path, needs):
    for name in ("code.svg", "code.png"):
        file = tmp_path / name
        command = [needs("zint"), "-b", "58", "--secure=2", "--quietzones", "-o", str(file), "-d", CONTENT]
        subprocess.run(command, check=True, capture_output=True)
        assert [reading.content for reading in inspect(file)] == [CONTENT]

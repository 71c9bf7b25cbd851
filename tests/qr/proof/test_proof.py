import io
import subprocess
import zlib
from itertools import product
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw
from tests.qr.sketches import Look, as_picture, as_png, as_svg

from scanly.core.errors import Invalid, NotFound
from scanly.qr.drawing import FORMATS, artwork_of, draw, write
from scanly.qr.encoding import capacity, encode
from scanly.qr.proof import Reading, confirm, decoders, inspect, read, verify
from scanly.qr.proof.sampling import projection
from scanly.qr.proof.strain import CONDITIONS
from scanly.qr.style import Style
from scanly.qr.symbol import LEVELS

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


def test_a_code_that_is_there_but_destroyed_is_reported():
    image = picture()
    ImageDraw.Draw(image).rectangle((90, 120, 250, 250), fill="white")
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
        (b"GIF89a", "none of svg, png, jpeg, pdf, eps"),
        (b"", "none of svg, png, jpeg, pdf, eps"),
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


def test_files_of_another_maker_are_read(tmp_path, needs):
    for name in ("code.svg", "code.png", "code.eps"):
        file = tmp_path / name
        command = [needs("zint"), "-b", "58", "--secure=2", "--quietzones", "-o", str(file), "-d", CONTENT]
        subprocess.run(command, check=True, capture_output=True)
        assert [reading.content for reading in inspect(file)] == [CONTENT]


def test_a_plain_code_is_proved_by_both_decoders_under_every_condition(zbar):
    proof = verify(as_svg(SYMBOL), "svg", CONTENT, strength="thorough", width_modules=37)
    assert (proof.grade, proof.ok, proof.reasons, proof.notes) == ("A", True, (), ())
    assert {(read.condition, read.decoder) for read in proof.readings[0].reads} == set(
        product(CONDITIONS, ("zxing", "zbar"))
    )
    assert all((read.pictures, read.wrong) == (4, 0) for read in proof.readings[0].reads)


# What the measured limits of styles are worth: each look is drawn for three contents.
CALIBRATION = {
    "A": [
        (Look(), level) for level in "LMQH"
    ] + [(Look(dot=1.0), "H"), (Look(dot=0.9), "H"), (Look(square=0.8), "H"), (Look(diamond=1.0), "H"),
         (Look(eye_radius=2.2), "H"), (Look(dark="#555555"), "H")],
    "AB": [(Look(dot=0.8), "H"), (Look(dark="#777777"), "H"), (Look(quiet=3, around="#000000"), "M")],
    "ABC": [(Look(logo=0.15), "M"), (Look(logo=0.2), "Q"), (Look(logo=0.25), "H"), (Look(dark="#8a8a8a"), "H"),
            (Look(light="#c8a87a"), "H"), (Look(quiet=2, around="#000000"), "M"),
            (Look(logo=0.25, dot=0.85, eye_radius=3.5), "H")],
    "DF": [(Look(dot=0.6), "H"), (Look(square=0.6), "H"), (Look(logo=0.25), "M"), (Look(logo=0.3), "Q"),
           (Look(dark="#ffffff", light="#000000"), "M"), (Look(pupil=4), "H"), (Look(dark="#a0a0a0"), "H"),
           (Look(quiet=0.5, around="#000000"), "M")],
    "F": [(Look(dot=0.5), "H"), (Look(square=0.5), "H"), (Look(logo=0.36), "Q"), (Look(ring=0.5), "H"),
          (Look(dark="#ff9900"), "H"), (Look(quiet=0, around="#000000"), "M")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("grades", "look", "level"),
    [(grades, look, level) for grades, looks in CALIBRATION.items() for look, level in looks],
)
def test_looks_get_the_grades_that_trials_gave_them(grades, look, level):
    for code in ("AbC1234", "x7Kq20p", "ZZtop99"):
        content = f"https://go.example.com/{code}"
        symbol = encode(content, level=level, boost=False)
        width_modules = symbol.modules + 2 * look.border
        assert verify(as_svg(symbol, look), "svg", content, width_modules=width_modules).grade in grades


@pytest.mark.parametrize(
    ("condition", "look", "micro"),
    [
        ("blur", Look(dot=0.5), False),
        ("noise", Look(dark="#a0a0a0"), False),
        ("low light", Look(dark="#c8c8c8"), False),
        ("perspective", Look(quiet=2), True),
    ],
)
def test_each_condition_is_too_much_for_what_it_should_be_too_much_for(condition, look, micro):
    symbol = encode("hello", micro=True, level="L", boost=False) if micro else SYMBOL
    proof = verify(as_svg(symbol, look), "svg", width_modules=symbol.modules + 2 * look.border)
    assert condition not in {read.condition for read in proof.readings[0].reads if read.right}
    assert any(condition in reason for reason in proof.reasons)


@pytest.mark.parametrize("version", range(1, 11))
@pytest.mark.parametrize("level", LEVELS)
def test_plain_codes_of_the_first_ten_versions_are_the_best_there_is(version, level):
    content = ("https://go.example.com/" + "AbC1234" * 60)[: capacity("byte", level, version)]
    symbol = encode(content, level=level, version=version, boost=False)
    proof = verify(as_png(as_picture(symbol.rows)), "png", content)
    assert (proof.grade, proof.reasons) == ("A", ())


def test_the_same_file_gets_the_same_proof():
    file = as_svg(SYMBOL, Look(dot=0.7, dark="#777777"))
    assert verify(file, "svg", CONTENT) == verify(file, "svg", CONTENT)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_that_says_something_else_fails(format_):
    file = draw(SYMBOL, Style(), format_)
    assert verify(file, format_, CONTENT).ok
    for other in (CONTENT[:-1], CONTENT + "/", CONTENT.upper()):
        proof = verify(file, format_, other)
        assert (proof.grade, proof.ok) == ("F", False)
        assert f'It reads as "{CONTENT}".' in proof.reasons


def test_a_second_code_that_says_something_else_fails():
    pair = Image.new("RGB", (800, 400), "white")
    pair.paste(picture(), (0, 0))
    pair.paste(Image.open(io.BytesIO(draw(encode("other"), Style(), "png"))), (400, 0))
    assert verify(saved(pair), "png").ok
    proof = verify(saved(pair), "png", CONTENT)
    assert not proof.ok and len(proof.readings) == 2


def test_a_file_without_a_code_fails():
    proof = verify(saved(Image.new("RGB", (300, 300), "white")), "png")
    assert (proof.grade, proof.reasons, proof.readings) == ("F", ("No decoder can read it.",), ())


def test_a_code_must_be_large_enough_for_its_distance():
    file = as_svg(SYMBOL, side_mm=37)
    assert verify(file, "svg", CONTENT, distance_mm=290).grade == "A"
    far = verify(file, "svg", CONTENT, distance_mm=3000)
    assert far.grade == "F"
    assert far.reasons == ("The symbol is 29 mm wide; for 3 m make it 300 mm.",)


@pytest.mark.parametrize("content", ["a", CONTENT, "x" * 900])
@pytest.mark.parametrize("wide", [True, False])
def test_the_scale_of_a_drawing_may_be_known_or_not(content, wide):
    symbol = encode(content)
    width_modules = symbol.modules + 8 if wide else None
    proof = verify(as_svg(symbol, side_mm=150), "svg", content, width_modules=width_modules)
    assert (proof.grade, proof.readings[0].symbol) == ("A", symbol.name)


@pytest.mark.parametrize(("content", "level"), [("12345", "L"), ("MENU 7", "M"), ("hello", "L")])
def test_micro_qr_codes_are_proved_by_the_decoder_that_knows_them(content, level):
    symbol = encode(content, micro=True, level=level, boost=False)
    proof = verify(as_svg(symbol, Look(quiet=2)), "svg", content, width_modules=symbol.modules + 4)
    (reading,) = proof.readings
    # They are harder to read from the side and out of focus than large codes, and are told so.
    assert proof.grade in "ABC"
    assert all(reason.startswith("It is not read under") for reason in proof.reasons)
    assert (reading.symbol, reading.quiet_zone_modules) == (symbol.name, 2)
    assert proof.notes == ("Only zxing-cpp read it: zbar knows no Micro QR codes.",)
    assert {read.decoder for read in reading.reads} == {"zxing"}


def test_a_micro_qr_code_without_its_quiet_zone_is_worth_less():
    symbol = encode("12345", micro=True)
    proof = verify(as_svg(symbol, Look(quiet=1, around="#000000")), "svg", "12345")
    assert proof.grade in "BCDF"
    assert "The quiet zone measures 1; leave 2 modules all round." in proof.reasons


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("content", ["=1+1", "A", "7", "abc"])
def test_the_smallest_symbols_are_measured_right_inside_a_dark_frame(content, format_):
    """Version 1 has no alignment pattern, so on a small picture its last corner is a guess."""
    style = Style(frame="card")
    artwork = artwork_of(encode(content), style)
    proof = verify(write(artwork, format_), format_, content, width_modules=artwork.width)
    assert proof.grade == "A"


def test_without_zbar_the_grade_is_the_same_and_its_absence_is_told(monkeypatch):
    monkeypatch.setattr(decoders, "_zbar", lambda: None)
    proof = verify(as_svg(SYMBOL), "svg", CONTENT)
    assert (proof.grade, proof.notes) == (
        "A", ("Only zxing-cpp read it: zbar, the second decoder, is not installed.",),
    )  # fmt: skip


def test_each_strength_looks_as_often_as_it_says():
    file = as_svg(SYMBOL)

    def pictures_read(strength: str) -> int:
        (reading,) = verify(file, "svg", CONTENT, strength=strength).readings
        return sum(read.pictures for read in reading.reads if read.decoder == "zxing")

    assert [pictures_read(strength) for strength in ("quick", "standard", "thorough")] == [0, 6, 24]


def test_small_codes_on_a_large_page_are_looked_at_closely():
    """At the first width, a module of these has less than three pixels."""
    inner = as_svg(SYMBOL).decode().replace('width="60.0mm" height="60.0mm"', 'width="20" height="20"')
    nested = "".join(f'<g transform="translate({x} {y})">{inner}</g>' for x in (5, 90, 170) for y in (5, 150))
    page = f'<svg xmlns="http://www.w3.org/2000/svg" width="195mm" height="195mm" viewBox="0 0 195 195">{nested}</svg>'
    readings = read(page.encode(), "svg")
    assert [reading.grade for reading in readings] == ["A"] * 6
    assert all(reading.module_mm == pytest.approx(20 / 37, rel=0.01) for reading in readings)
    assert all(len({read.condition for read in reading.reads}) == 6 for reading in readings)


@pytest.mark.parametrize("tilt", [0.0, 0.05, 0.1])
def test_a_photograph_from_the_side_is_measured_straight(tilt):
    """The file is a picture of a code as a camera sees it; nothing about it is axis-aligned any more."""
    image, edge = picture(dpi=600).convert("L"), round(700 * tilt)
    corners = ((-edge, 0), (700 + edge, -edge), (700, 700 + edge), (0, 700))
    seen = image.resize((700, 700)).transform(
        (700, 700), Image.Transform.PERSPECTIVE, projection(700, 700, corners), Image.Resampling.BILINEAR,
        fillcolor=255,
    )  # fmt: skip
    (reading,) = read(saved(seen, "jpeg", quality=90), "jpeg")
    assert (reading.content, reading.grade) == (CONTENT, "A")
    assert reading.modulation > 0.6


def test_a_small_neighbour_of_a_turned_code_is_taken_for_nothing_else():
    large = as_picture(encode("large" * 20, level="L").rows, px=6)
    sheet = large.rotate(45, expand=True, fillcolor=255)
    sheet.paste(as_picture(encode("small").rows, px=6, quiet=2), (0, 0))
    readings = read(as_png(sheet), "png")
    assert sorted(reading.content for reading in readings) == ["large" * 20, "small"]
    assert not any("something else" in problem for reading in readings for problem in reading.problems)

import io
import subprocess
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from PIL import Image, ImageDraw
from tests.qr.any_style import any_style

from scanly.qr.drawing import make_symbol
from scanly.qr.encoding import encode
from scanly.qr.ink import parse_ink
from scanly.qr.looks.compose import compose
from scanly.qr.style import Style
from scanly.qr.writers import pdf
from scanly.qr.writers.operators import inks_of

SYMBOL = encode("https://go.example.com/AbC1234")
STYLES = [
    Style(),
    Style(light="none"),
    Style(dark="#1b4d3e", light="#fff4e0"),
    Style(size_mm=46),
    Style(dark="linear(45, #003366, #663399)", module_shape="dots", corner_radius_modules=2),
    Style(dark="radial(#003366, #102030, #663399)", module_shape="rounded", inks="rgb"),
    Style(eye_colour="spot(PANTONE 286 C; 100 66 0 2)"),
]


@pytest.mark.parametrize("style", STYLES)
def test_the_syntax_is_flawless(style):
    with pikepdf.open(io.BytesIO(pdf.write(compose(SYMBOL, style)))) as document:
        assert document.check_pdf_syntax() == []
        assert document.pdf_version == "1.4"


@pytest.mark.parametrize("size_mm", [12.0, 30.0, 46.0, 1234.5])
def test_the_page_and_its_boxes_are_exactly_the_size(size_mm):
    with pikepdf.open(io.BytesIO(pdf.write(compose(SYMBOL, Style(size_mm=size_mm))))) as document:
        (page,) = document.pages
        for box in (page.MediaBox, page.BleedBox, page.TrimBox):
            left, bottom, right, top = (float(value) for value in box)
            assert (left, bottom) == (0, 0)
            assert (right / 72 * 25.4, top / 72 * 25.4) == pytest.approx((size_mm, size_mm), abs=1e-4)


def test_the_content_is_one_black_fill_of_runs_on_a_module_grid():
    with pikepdf.open(io.BytesIO(pdf.write(compose(SYMBOL, Style(light="none"))))) as document:
        operations = pikepdf.parse_content_stream(document.pages[0])
    names = [str(operation.operator) for operation in operations]
    assert [name for name in names if name != "re"] == ["q", "cm", "k", "f", "Q"]
    (ink,) = (operation.operands for operation in operations if str(operation.operator) == "k")
    assert [int(value) for value in ink] == [0, 0, 0, 1]
    drawn = {
        (int(x) + step - 4, int(y) - 4)
        for x, y, width, height in (op.operands for op in operations if str(op.operator) == "re")
        for step in range(int(width))
        if int(height) == 1
    }
    assert drawn == {(x, y) for y, row in enumerate(SYMBOL.rows) for x, dark in enumerate(row) if dark}


@pytest.mark.parametrize("style", [Style(), Style(dark="#333333"), Style(light="none")])
def test_blacks_and_greys_use_black_ink_alone(style, tmp_path, needs):
    file = tmp_path / "code.pdf"
    file.write_bytes(pdf.write(compose(SYMBOL, style)))
    command = [needs("gs"), "-q", "-o", "-", "-sDEVICE=inkcov", str(file)]
    report = subprocess.run(command, capture_output=True, text=True, check=True)
    cyan, magenta, yellow, black, *_ = report.stdout.split()
    assert (float(cyan), float(magenta), float(yellow)) == (0, 0, 0)
    assert float(black) > 0.2
    assert report.stderr == ""


@pytest.mark.parametrize(
    ("colour", "inks"),
    [("#000000", "0 0 0 1"), ("#ffffff", "0 0 0 0"), ("#ff0000", "0 1 1 0"), ("#003366", "1 0.5 0 0.6")],
)
def test_colours_become_cmyk_by_the_plain_formula(colour, inks):
    assert inks_of(parse_ink(colour).cmyk) == inks


@pytest.mark.parametrize("title", ["Table 4", "मेनू (4) \\"])
def test_the_title_says_what_it_is(title):
    with pikepdf.open(io.BytesIO(pdf.write(compose(SYMBOL, Style(), title=title)))) as document:
        assert str(document.docinfo.Title) == title


def test_the_same_code_gives_the_same_bytes():
    assert pdf.write(compose(SYMBOL, Style())) == pdf.write(
        compose(encode("https://go.example.com/AbC1234"), Style())
    )


def separations(file: bytes, tmp_path, needs) -> dict[str, int]:
    """How dark the darkest point of each plate is, by the plate's name (0 none to 255 full)."""
    plates = tiffs(file, tmp_path, needs)
    return {name: 255 - plate.getextrema()[0] for name, plate in plates.items()}


def tiffs(file: bytes, tmp_path, needs, dpi: int = 100) -> dict[str, Image.Image]:
    """Each plate in grey, by its name: black is full ink."""
    (tmp_path / "code.pdf").write_bytes(file)
    command = [needs("gs"), "-q", "-dSAFER", f"-r{dpi}", "-sDEVICE=tiffsep", "-o", "plate.tif", "code.pdf"]
    subprocess.run(command, check=True, cwd=tmp_path)
    return {
        path.name.removeprefix("plate(").removesuffix(").tif"): Image.open(path).convert("L")
        for path in tmp_path.glob("plate(*.tif")
    }


def test_a_spot_ink_has_a_plate_of_its_own_under_the_very_name(tmp_path, needs):
    style = Style(eye_colour="spot(PANTONE 286 C; 100 66 0 2)", pupil_colour="#000000")
    plates = separations(pdf.write(compose(SYMBOL, style)), tmp_path, needs)
    assert plates == {"Cyan": 0, "Magenta": 0, "Yellow": 0, "Black": 255, "PANTONE 286 C": 255}


def test_process_inks_reach_the_plates_as_they_were_said(tmp_path, needs):
    plates = separations(pdf.write(compose(SYMBOL, Style(dark="cmyk(100 80 0 40)"))), tmp_path, needs)
    assert {name: round(dark / 255, 2) for name, dark in plates.items()} == {
        "Cyan": 1.0,
        "Magenta": 0.8,
        "Yellow": 0.0,
        "Black": 0.4,
    }


def test_rgb_files_have_no_process_inks():
    style = Style(dark="linear(45, #003366, #663399)", module_shape="dots", inks="rgb")
    with pikepdf.open(io.BytesIO(pdf.write(compose(SYMBOL, style)))) as document:
        names = [str(one.operator) for one in pikepdf.parse_content_stream(document.pages[0])]
        shading = document.pages[0].Resources.Shading.S0
    assert "k" not in names
    assert str(shading.ColorSpace) == "/DeviceRGB"


@settings(max_examples=40, deadline=None)
@given(any_style())
def test_nothing_in_any_look_stands_against_pdf_x(style):
    """No transparency, fonts, layers or actions; each spot ink by its name, once, with its replacement."""
    with pikepdf.open(io.BytesIO(pdf.write(compose(SYMBOL, style)))) as document:
        assert document.check_pdf_syntax() == []
        (page,) = document.pages
        assert set(page.keys()) == {
            *("/Type", "/Parent", "/MediaBox", "/BleedBox", "/TrimBox", "/Resources", "/Contents")
        }
        assert set(document.Root.keys()) == {"/Type", "/Pages"}
        assert set(page.Resources.keys()) <= {"/ColorSpace", "/Shading"}
        spaces = [list(space) for space in page.Resources.get("/ColorSpace", {}).values()]
        names = [str(operation.operator) for operation in pikepdf.parse_content_stream(page)]
    spots = [
        ink
        for paint in (style.dark, style.light, style.eye_colour, style.pupil_colour, style.frame_colour)
        if paint.startswith("spot")
        for ink in [parse_ink(paint)]
    ]
    found = {str(name)[1:]: tuple(round(float(share), 3) for share in tint.C1) for _, name, _, tint in spaces}
    assert len(found) == len(spaces)
    assert found.items() <= {ink.spot: ink.cmyk for ink in spots}.items()
    assert names.count("q") == names.count("Q")
    assert not {"rg", "k"} <= set(names)


@pytest.fixture
def disc(tmp_path):
    """A blue disc, transparent round about."""
    picture = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(picture).ellipse((0, 0, 199, 199), fill="#0000ff")
    picture.save(tmp_path / "disc.png")
    return str(tmp_path / "disc.png")


@pytest.mark.parametrize(
    ("light", "clipped"), [("none", True), ("spot(Kraft; 0 10 30 0)", True), ("#fff4e0", False)]
)
def test_round_a_picture_nothing_is_printed_that_the_ground_is_not(disc, light, clipped, tmp_path, needs):
    style = Style(logo=disc, light=light, size_mm=50, forced=True)
    symbol = make_symbol("https://go.example.com/AbC1234", style)
    artwork = compose(symbol, style)
    bitmap = artwork.shapes[-1]
    plates = tiffs(pdf.write(artwork), tmp_path, needs, dpi=400)

    def printed(x: float, y: float) -> dict[str, int]:
        scale = plates["Black"].width / artwork.width
        return {
            name: 255 - plate.getpixel((int(x * scale), int(y * scale))) for name, plate in plates.items()
        }

    inside, margin = printed(bitmap.x + bitmap.width / 2, bitmap.y + bitmap.height / 2), 0.1
    assert (inside["Cyan"], inside["Magenta"], inside.get("Kraft", 0)) == (255, 255, 0)
    beside = printed(bitmap.x - margin, bitmap.y - margin)
    assert printed(bitmap.x + margin, bitmap.y + margin) == pytest.approx(beside, abs=2)
    assert (b" re\nW n\n" in zlib.decompress(stream(pdf.write(artwork)))) == clipped


def stream(file: bytes) -> bytes:
    return file.partition(b"stream\n")[2].partition(b"\nendstream")[0]

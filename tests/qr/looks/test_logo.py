from __future__ import annotations

import contextlib
import io
import itertools
import math
import os
import random

import pytest
from PIL import Image, ImageDraw

from scanly.core.errors import Invalid, NotFound
from scanly.qr.artwork import Fill
from scanly.qr.budget import ALLOWED, budget
from scanly.qr.drawing import FORMATS, draw, make_symbol
from scanly.qr.encoding import encode
from scanly.qr.looks.compose import compose
from scanly.qr.looks.logo import MARGIN_MODULES, Hole, hole_of, opened
from scanly.qr.proof import confirm
from scanly.qr.proof.raster import pictures
from scanly.qr.style import Style

CONTENT = "https://go.example.com/AbC1234"
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
<rect width="40" height="40" rx="8" fill="#c00020"/>
<path d="M10 20l8 8 14-16" fill="none" stroke="#ffffff" stroke-width="5"/>
</svg>"""


@pytest.fixture
def logos(tmp_path):
    """A square drawing, a wide picture with transparent corners, a tall photograph."""
    (tmp_path / "badge.svg").write_text(SVG)
    wide = Image.new("RGBA", (400, 200))
    ImageDraw.Draw(wide).ellipse((0, 0, 399, 199), fill="#0055aa")
    wide.save(tmp_path / "wide.png")
    Image.linear_gradient("L").resize((150, 300)).convert("RGB").save(tmp_path / "tall.jpg")
    return {path.name: str(path) for path in tmp_path.iterdir()}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", ["badge.svg", "wide.png", "tall.jpg"])
@pytest.mark.parametrize("shape", ["square", "circle"])
def test_a_code_with_a_logo_reads_in_every_format(logos, name, shape, format_, zbar):
    style = Style(logo=logos[name], logo_shape=shape, module_shape="rounded", eye_shape="rounded", size_mm=40)
    file = draw(make_symbol(CONTENT, style), style, format_)
    confirm(file, format_, CONTENT)
    assert zbar(file, format_) == [CONTENT]


@pytest.mark.parametrize("ratio", [0.1, 0.15, 0.2, 0.25, 0.3])
@pytest.mark.parametrize("content", ["A", CONTENT, CONTENT * 4, CONTENT * 20])
def test_the_symbol_that_is_chosen_bears_the_logo_well(logos, content, ratio):
    style = Style(logo=logos["badge.svg"], logo_ratio=ratio)
    symbol = make_symbol(content, style)
    hole = hole_of(symbol, style)
    found = budget(symbol, hole.modules())
    assert found.bearable
    assert found.worst_share <= ALLOWED
    assert symbol.version >= encode(content).version


def test_modules_make_room_and_no_others_are_touched(logos):
    style = Style(logo=logos["wide.png"], logo_ratio=0.25)
    symbol = make_symbol(CONTENT, style)
    hole = hole_of(symbol, style)
    side = symbol.modules + 8
    (picture,) = pictures(draw(symbol, style, "svg"), "svg", 20 * side)
    image, gone = picture.image.convert("RGB"), set(hole.modules())
    assert {y for _, y in gone} != {x for x, _ in gone}  # a wide logo takes a wide hole
    for y, x in itertools.product(range(symbol.modules), repeat=2):
        colour = image.getpixel(((x + 4) * 20 + 10, (y + 4) * 20 + 10))
        if (x, y) in gone:
            assert colour in {(255, 255, 255), (0, 85, 170)} or colour[2] > 170
        else:
            assert colour == ((0, 0, 0) if symbol.rows[y][x] else (255, 255, 255))


def test_a_logo_that_is_too_large_is_refused_with_a_size_that_works(logos):
    """On a small symbol of a low level: as `draw` gets it from somebody who made the symbol by himself."""
    style = Style(logo=logos["badge.svg"], logo_ratio=0.3)
    symbol = encode(CONTENT * 2, level="L", boost=False)
    with pytest.raises(Invalid, match=r"On QR 4-L the logo takes .*%.*Make it smaller, or raise the level"):
        draw(symbol, style, "svg")
    assert draw(symbol, Style(logo=style.logo, logo_ratio=0.3, forced=True), "svg")


def test_when_no_symbol_bears_it_the_nearest_ratio_is_named_and_works(logos):
    content = "x" * 2900
    with pytest.raises(Invalid, match=r"Use (0\.\d+) or less") as refused:
        make_symbol(content, Style(logo=logos["badge.svg"], logo_ratio=0.3, level="L"))
    ratio = float(refused.value.problems[0].hint.split()[1])
    assert make_symbol(content, Style(logo=logos["badge.svg"], logo_ratio=ratio, level="L"))


def test_a_colour_picture_is_printed_with_the_four_inks(logos, tmp_path):
    import pikepdf

    style = Style(logo=logos["wide.png"], dark="#000000")
    file = draw(make_symbol(CONTENT, style), style, "pdf")
    with pikepdf.open(io.BytesIO(file)) as document:
        (image,) = document.pages[0].Resources.XObject.values()
        assert str(image.ColorSpace) == "/DeviceCMYK"
        assert "/SMask" not in image
        pixels = image.read_bytes()
    middle = (int(image.Height) // 2 * int(image.Width) + int(image.Width) // 2) * 4
    # 0055aa by the plain formula: black is what all lack, the rest is cyan and magenta.
    assert list(pixels[middle : middle + 4]) == pytest.approx([255, 127, 0, 85], abs=1)
    assert list(pixels[:4]) == [0, 0, 0, 0]


def test_a_large_picture_is_kept_as_fine_as_a_printer_shows(tmp_path):
    Image.effect_noise((1900, 1900), 80).convert("RGB").save(tmp_path / "large.jpg")
    style = Style(logo=str(tmp_path / "large.jpg"), size_mm=30)
    assert len(draw(make_symbol(CONTENT, style), style, "svg")) < 150_000


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.gif", b"GIF89a", "a.gif is neither PNG, JPEG nor SVG."),
        ("a.png", b"\x89PNG\r\n\x1a\n broken", "a.png is damaged."),
        ("a.jpg", b"\xff\xd8\xff\xe0 broken", "a.jpg is damaged."),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "script"),
        ("big.png", b"\x89PNG\r\n\x1a\n" + bytes(5_000_000), "big.png has 5.0 MB; a logo may have 4."),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused(tmp_path, name, data, sentence):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Invalid) as refused:
        make_symbol(CONTENT, Style(logo=str(tmp_path / name)))
    assert sentence in str(refused.value)


def test_too_many_pixels_are_refused_before_they_are_unpacked(tmp_path):
    Image.new("1", (9000, 9000)).save(tmp_path / "wide.png")
    with pytest.raises(Invalid, match=r"9,000 by 9,000 pixels\. Scale it to 4 megapixels or less"):
        make_symbol(CONTENT, Style(logo=str(tmp_path / "wide.png")))


def test_a_missing_logo_is_named():
    with pytest.raises(NotFound, match=r"The logo nowhere\.png cannot be opened"):
        make_symbol(CONTENT, Style(logo="nowhere.png"))


@pytest.mark.parametrize(("name", "size"), [("wide.png", (900, 3)), ("tall.png", (1, 700))])
def test_of_a_thin_logo_something_is_left_beside_its_margin(tmp_path, name, size):
    Image.new("RGB", size, "#c00020").save(tmp_path / name)
    style = Style(logo=str(tmp_path / name))
    symbol = make_symbol(CONTENT, style)
    bitmap = compose(symbol, style).shapes[-1]
    assert bitmap.width / bitmap.height == pytest.approx(size[0] / size[1])
    assert max(bitmap.width, bitmap.height) >= 0.2 * symbol.modules - 1
    for format_ in FORMATS:
        confirm(draw(symbol, style, format_), format_, CONTENT)


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked(tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(Invalid, match=r"20,000 by 20,000 pixels"):
        make_symbol(CONTENT, Style(logo=str(tmp_path / "bomb.png")))


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_picture_with_any_byte_changed_is_drawn_or_refused(tmp_path, suffix):
    file, chance = tmp_path / f"logo.{suffix}", random.Random(15415)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((24, 24), 60).convert("RGB").save(file, exif=exif, dpi=(300, 300))
    whole = file.read_bytes()
    for number in range(250):
        broken = bytearray(whole)
        broken[chance.randrange(4, min(len(broken), 400))] = chance.randrange(256)
        file.write_bytes(broken[: chance.choice((len(broken), chance.randrange(len(broken))))])
        os.utime(file, (number, number))
        with contextlib.suppress(Invalid):
            opened(str(file))


@pytest.mark.parametrize(("width", "height"), [(3, 3), (7, 7), (9, 9), (15, 5), (3, 13)])
def test_a_round_hole_is_of_the_modules_that_its_circle_touches(width, height):
    hole = Hole(10, 20, 10 + width, 20 + height, "circle")
    steps = [step / 20 for step in range(21)]

    def within(x: float, y: float) -> bool:
        return ((x - 10 - width / 2) / width) ** 2 + ((y - 20 - height / 2) / height) ** 2 < 0.25

    touched = {
        (x, y)
        for y, x in itertools.product(range(20, 20 + height), range(10, 10 + width))
        if any(within(x + across, y + down) for across, down in itertools.product(steps, repeat=2))
    }
    assert set(hole.modules()) == touched


def test_the_corners_of_a_drawing_stay_within_a_round_hole(logos):
    style = Style(logo=logos["badge.svg"], logo_shape="circle", logo_ratio=0.3)
    symbol = make_symbol(CONTENT, style)
    hole, middle = hole_of(symbol, style), 4 + symbol.modules / 2
    drawn = [shape for shape in compose(symbol, style).shapes if isinstance(shape, Fill)]
    farthest = max(
        math.dist(place[-2:], (middle, middle)) for fill in drawn for _, *place in fill.path.segments if place
    )
    assert farthest <= (hole.right - hole.left) / 2 - MARGIN_MODULES + 0.01


@pytest.mark.parametrize("shape", ["square", "circle"])
def test_between_a_logo_and_the_modules_there_is_half_a_module(tmp_path, shape):
    Image.new("RGB", (90, 90), "#c00020").save(tmp_path / "full.png")
    style = Style(logo=str(tmp_path / "full.png"), logo_shape=shape, size_mm=40)
    symbol = make_symbol(CONTENT, style)
    hole, bitmap = hole_of(symbol, style), compose(symbol, style).shapes[-1]
    assert (
        bitmap.x - 4 - hole.left == bitmap.y - 4 - hole.top == hole.right + 4 - bitmap.x - bitmap.width == 0.5
    )
    corner = Image.open(io.BytesIO(bitmap.png)).convert("RGBA").getpixel((0, 0))
    assert corner[3] == (255 if shape == "square" else 0)


def test_a_photograph_stands_upright_and_is_read_again_when_it_has_changed(tmp_path):
    file, exif = tmp_path / "photo.jpg", Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (80, 40), "#c00020").save(file, exif=exif)
    assert opened(str(file)).aspect == 0.5
    Image.new("RGB", (80, 40), "#0000c0").save(file)
    os.utime(file, (1, 1))
    assert opened(str(file)).aspect == 2


@pytest.mark.parametrize("size", [(3000, 60), (300, 3000)])
def test_a_picture_of_any_shape_is_kept_no_finer_than_a_printer_shows(tmp_path, size):
    Image.new("RGB", size, "#c00020").save(tmp_path / "long.png")
    style = Style(logo=str(tmp_path / "long.png"), size_mm=30)
    artwork = compose(make_symbol(CONTENT, style), style)
    bitmap = artwork.shapes[-1]
    shown = Image.open(io.BytesIO(bitmap.png))
    longest_mm = max(bitmap.width, bitmap.height) * artwork.module_mm
    assert max(shown.size) == pytest.approx(longest_mm / 25.4 * 600, rel=0.2)

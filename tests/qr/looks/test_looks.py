"""Every look, judged on pictures of the finished files: each module's middle, the eyes, and that all formats agree."""

from __future__ import annotations

import itertools
import math
import re
from typing import get_args

import pytest
from PIL import Image, ImageChops, ImageStat

from scanly.core.errors import Invalid
from scanly.qr.drawing import FORMATS, draw, make_symbol
from scanly.qr.encoding import encode
from scanly.qr.looks.compose import compose
from scanly.qr.proof import confirm
from scanly.qr.proof.raster import pictures
from scanly.qr.style import EyeShape, ModuleShape, Style

CONTENT = "https://go.example.com/AbC1234"
SYMBOL = encode(CONTENT)
OUTER = SYMBOL.modules + 8
MODULE_PX = 20
SHAPES = [Style(module_shape=shape) for shape in get_args(ModuleShape)]
EYES = [
    Style(eye_shape=eye, pupil_shape=pupil) for eye, pupil in itertools.product(get_args(EyeShape), repeat=2)
]


def seen(style: Style, format_: str, symbol=SYMBOL) -> Image.Image:
    side_px = (symbol.modules + 2 * style.quiet_zone_modules) * MODULE_PX
    (picture,) = pictures(draw(symbol, style, format_), format_, side_px)
    return picture.image.convert("L").resize((side_px, side_px))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("style", SHAPES, ids=lambda style: style.module_shape)
def test_the_middle_of_every_module_is_as_dark_as_its_module(style, format_):
    image = seen(style, format_)
    for y, x in itertools.product(range(SYMBOL.modules), repeat=2):
        value = image.getpixel(((x + 4) * MODULE_PX + MODULE_PX // 2, (y + 4) * MODULE_PX + MODULE_PX // 2))
        assert (value < 128) == bool(SYMBOL.rows[y][x])


@pytest.mark.parametrize("style", EYES, ids=lambda style: f"{style.eye_shape}-{style.pupil_shape}")
def test_eyes_keep_their_proportions_through_the_middle_both_ways(style):
    image = seen(style, "svg")
    far = SYMBOL.modules - 7
    for x, y in ((0, 0), (far, 0), (0, far)):
        left, top, middle = (4 + x) * MODULE_PX, (4 + y) * MODULE_PX, MODULE_PX * 7 // 2
        across = [image.getpixel((left + step, top + middle)) < 128 for step in range(7 * MODULE_PX)]
        down = [image.getpixel((left + middle, top + step)) < 128 for step in range(7 * MODULE_PX)]
        for line in (across, down):
            runs = [(dark, len(list(run))) for dark, run in itertools.groupby(line)]
            assert [dark for dark, _ in runs] == [True, False, True, False, True]
            for (_, length), modules in zip(runs, (1, 1, 3, 1, 1), strict=True):
                assert length == pytest.approx(modules * MODULE_PX, abs=1.5)


@pytest.mark.parametrize("eye", get_args(EyeShape))
def test_a_ring_is_one_module_thick_all_the_way_round(eye):
    """Seen from the middle of the eye, in every direction, the dark ring begins and ends a module apart."""
    from math import cos, radians, sin

    image = seen(Style(eye_shape=eye), "svg")
    middle = (4 + 3.5) * MODULE_PX
    for degrees in range(0, 360, 15):
        across, down = cos(radians(degrees)), sin(radians(degrees))
        dark = [
            image.getpixel((int(middle + across * r), int(middle + down * r))) < 128
            for r in range(round(2.2 * MODULE_PX), round(5.2 * MODULE_PX))
        ]
        start = dark.index(True)
        thickness = dark.index(False, start) - start
        # At an angle the line crosses a straight ring aslant, by up to the root of two.
        assert MODULE_PX * 0.9 <= thickness <= MODULE_PX * 1.5


@pytest.mark.parametrize(
    "style",
    [
        Style(module_shape="dots", eye_shape="circle", pupil_shape="leaf", dark="#203060", inks="rgb"),
        Style(module_shape="rounded", eye_shape="leaf", dark="linear(30, #0a2a66, #8c1c13)", inks="rgb"),
        Style(module_shape="vertical-bars", dark="radial(#0a2a66, #8c1c13)", light="#fff4e0", inks="rgb"),
        Style(frame="bubble", caption="खिड़की", dark="#14213d", inks="rgb"),
    ],
)
def test_the_same_look_comes_out_of_every_format(style):
    images = {
        format_: next(iter(pictures(draw(SYMBOL, style, format_), format_, 600)))
        .image.convert("RGB")
        .resize((600, 700))
        for format_ in FORMATS
    }
    for format_ in ("png", "pdf", "eps"):
        difference = ImageStat.Stat(ImageChops.difference(images["svg"], images[format_])).mean
        assert max(difference) < 4, format_


@pytest.mark.parametrize("style", [*SHAPES, *EYES[::5]], ids=str)
@pytest.mark.parametrize("format_", FORMATS)
def test_every_shape_reads_in_every_format(style, format_):
    confirm(draw(make_symbol(CONTENT, style), style, format_), format_, CONTENT)


def test_modules_touch_without_a_seam():
    """Joined modules are one fill: along a vertical pair no lighter line may show."""
    image = seen(Style(module_shape="rounded"), "pdf")
    column, row = next(
        (x, y)
        for y, x in itertools.product(range(8, SYMBOL.modules - 1), repeat=2)
        if SYMBOL.rows[y][x] and SYMBOL.rows[y + 1][x]
    )
    x = (column + 4) * MODULE_PX + MODULE_PX // 2
    top = (row + 4) * MODULE_PX + MODULE_PX // 2
    assert max(image.getpixel((x, top + step)) for step in range(MODULE_PX)) < 40


@pytest.mark.parametrize(("quiet", "fits", "cuts"), [(1, 1, 1.1), (2, 4.4, 4.5), (4, 11.2, 11.3)])
def test_round_corners_of_the_ground_leave_a_module_of_it_round_the_symbol(quiet, fits, cuts):
    """Measured along the diagonal, from the symbol's corner to the curve."""
    assert math.isclose(fits - math.dist((quiet, quiet), (fits, fits)), 1, abs_tol=0.05)
    assert compose(SYMBOL, Style(quiet_zone_modules=quiet, corner_radius_modules=fits))
    with pytest.raises(Invalid, match=r"corner_radius_modules: .* cut the quiet zone off"):
        compose(SYMBOL, Style(quiet_zone_modules=quiet, corner_radius_modules=cuts))


def test_corners_are_never_rounder_than_half_the_ground():
    style = Style(corner_radius_modules=20, quiet_zone_modules=2, light="#b0b0b0", inks="rgb", forced=True)
    symbol = encode("1", micro=True)
    assert compose(symbol, style).corner_radius == (symbol.modules + 4) / 2
    images = [seen(style, format_, symbol) for format_ in FORMATS]
    for image in images[1:]:
        assert ImageStat.Stat(ImageChops.difference(images[0], image)).mean[0] < 4


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"size_mm": 5000, "frame": "phone"}, r"size_mm: .* Use (\S+) or less"),
        ({"module_mm": 180}, r"module_mm: .* Use (\S+) or less"),
    ],
)
def test_a_drawing_longer_than_a_page_can_be_is_refused_with_a_size_that_works(fields, hint):
    with pytest.raises(Invalid, match=hint) as refused:
        compose(SYMBOL, Style(**fields, forced=True))
    fitting = float(re.search(hint, str(refused.value))[1])
    artwork = compose(SYMBOL, Style(**fields | {next(iter(fields)): fitting}))
    assert 4990 < max(artwork.width, artwork.height) * artwork.module_mm <= 5000


@pytest.mark.parametrize("version", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", get_args(ModuleShape))
def test_micro_codes_have_every_shape_and_one_eye(shape, version):
    symbol = encode("1" * (3 * version), micro=True)
    style = Style(
        module_shape=shape,
        eye_shape="rounded",
        pupil_shape="leaf",
        eye_colour="#8c1c13",
        quiet_zone_modules=2,
    )
    frames = compose(symbol, style).shapes[1]
    assert [letter for letter, *_ in frames.path.segments].count("M") == 2
    confirm(draw(symbol, style, "svg"), "svg", "1" * (3 * version))


@pytest.mark.parametrize("eye", ["circle", "leaf"])
def test_the_only_eye_of_a_micro_code_keeps_a_shape_that_is_found(eye):
    symbol = encode("1234", micro=True)
    with pytest.raises(Invalid, match=r"one eye only.* Use rounded or square"):
        compose(symbol, Style(eye_shape=eye))
    assert compose(symbol, Style(eye_shape=eye, forced=True))


def test_every_part_has_its_own_paint_or_that_of_the_part_around_it():
    def paints(**fields: str) -> list[str]:
        return [
            shape.paint.hex
            for shape in compose(SYMBOL, Style(module_shape="dots", dark="#000011", **fields)).shapes
        ]

    assert paints() == ["#000011", "#000011", "#000011"]
    assert paints(eye_colour="#000022") == ["#000011", "#000022", "#000022"]
    assert paints(pupil_colour="#000033") == ["#000011", "#000011", "#000033"]
    assert paints(eye_colour="#000022", pupil_colour="#000033") == ["#000011", "#000022", "#000033"]


def test_a_gradient_begins_and_ends_with_the_symbol():
    (bars,) = compose(SYMBOL, Style(dark="linear(0, #000000, #003366)")).shapes
    assert (bars.paint.start, bars.paint.end) == ((4, 18.5), (33, 18.5))

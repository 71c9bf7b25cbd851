"""Every look, judged on pictures of the finished files: each module's middle, the eyes, and that all formats agree."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest
from PIL import Image, ImageChops, ImageStat

from scanly.qr.drawing import FORMATS, draw, make_symbol
from scanly.qr.encoding import encode
from scanly.qr.proof import confirm
from scanly.qr.raster import pictures
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

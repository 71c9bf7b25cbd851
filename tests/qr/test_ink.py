from __future__ import annotations

import pytest

from scanly.core.errors import Invalid
from scanly.qr.ink import Ink, mixed, parse_ink, parse_paint


@pytest.mark.parametrize(
    ("text", "rgb", "cmyk", "spot"),
    [
        ("#036", (0, 0x33, 0x66), (1, 0.5, 0, 0.6), ""),
        (" #FF8000 ", (255, 128, 0), (0, 0.498, 1, 0), ""),
        ("#808080", (128, 128, 128), (0, 0, 0, 0.498), ""),
        ("cmyk(100, 80, 0, 40)", (0, 31, 153), (1, 0.8, 0, 0.4), ""),
        ("CMYK( 0% 12.5%  50% 0% )", (255, 223, 128), (0, 0.125, 0.5, 0), ""),
        ("Spot(PANTONE 286 C; 100 66 0 2)", (0, 85, 250), (1, 0.66, 0, 0.02), "PANTONE 286 C"),
        ("spot(Ⓔ (x); 0 0 0 100)", (0, 0, 0), (0, 0, 0, 1), "Ⓔ (x)"),
        (f"spot({'x' * 120}; 0 0 0 100)", (0, 0, 0), (0, 0, 0, 1), "x" * 120),
    ],
)
def test_inks_are_what_printers_and_screens_mean_by_them(text, rgb, cmyk, spot):
    ink = parse_ink(text)
    assert (ink.rgb, ink.spot) == (rgb, spot)
    assert ink.cmyk == pytest.approx(cmyk, abs=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "#12345",
            "#ggg",
            "cmyk(0 0 0)",
            "cmyk(0 0 0 100.5)",
            "cmyk(-1 0 0 0)",
            "spot(A)",
            "spot(; 0 0 0 100)",
        ),
        *("spot(None; 0 0 0 100)", "spot(black; 0 0 0 100)", "spot(a\x07b; 0 0 0 100)"),
        *(f"spot({'x' * 121}; 0 0 0 100)", f"spot({'ä' * 61}; 0 0 0 100)", "linear(#000000, #ffffff)"),
    ],
)
def test_what_is_no_ink_is_refused_for_its_field(text):
    with pytest.raises(Invalid) as refused:
        parse_ink(text, field="eye_colour")
    assert refused.value.problems[0].field == "eye_colour"
    assert refused.value.problems[0].hint


@pytest.mark.parametrize(
    ("text", "kind", "degrees", "count"),
    [
        ("LINEAR(45deg, #000, #123456)", "linear", 45, 2),
        ("linear(-12.5°, #000, cmyk(1, 2, 3, 4))", "linear", -12.5, 2),
        ("linear(#000, #111, #222)", "linear", 0, 3),
        ("radial(#000,#111,#222,#333,#444,#555,#666,#777)", "radial", 0, 8),
    ],
)
def test_gradients_have_an_angle_and_two_to_eight_inks(text, kind, degrees, count):
    blend = parse_paint(text)
    assert (blend.kind, blend.degrees, len(blend.inks)) == (kind, degrees, count)


@pytest.mark.parametrize("count", [1, 9])
def test_a_gradient_of_one_or_too_many_inks_is_refused(count):
    with pytest.raises(Invalid, match=f"has {count} colour.*a gradient has 2 to 8"):
        parse_paint(f"radial({','.join(['#000'] * count)})")


def test_a_mixture_lies_between_its_inks_and_has_no_plate_of_its_own():
    ink, ground = parse_ink("spot(A; 100 0 0 0)"), Ink((255, 255, 255), (0, 0, 0, 0))
    assert mixed(ink, ground, 0.25) == Ink((191, 255, 255), (0.25, 0, 0, 0))
    assert mixed(ink, ground, 1) == ink

"""OKLCH, against the values that CSS Color 4 gives, and what it is used for: a colour that others can read."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.colour import contrast, hex_of, mix, rgb
from scanly.core.oklch import Oklch, from_oklch, readable, to_oklch

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.mark.parametrize(
    ("colour", "lightness", "chroma", "degrees"),
    [
        ("#ff0000", 0.62796, 0.25768, 29.234),
        ("#00ff00", 0.86644, 0.29483, 142.495),
        ("#0000ff", 0.45201, 0.31321, 264.052),
        ("#663399", 0.44027, 0.16029, 303.373),
    ],
)
def test_known_colours_have_the_known_lightness_chroma_and_hue(colour, lightness, chroma, degrees):
    found = to_oklch(rgb(colour))
    assert (found.lightness, found.chroma) == pytest.approx((lightness, chroma), abs=1e-4)
    assert math.degrees(found.hue) % 360 == pytest.approx(degrees, abs=0.01)


def test_greys_have_no_chroma():
    for level in (0, 1, 60, 128, 255):
        assert to_oklch((level, level, level)).chroma == pytest.approx(0, abs=1e-6)


@settings(deadline=None)
@given(COLOURS)
def test_every_colour_comes_back_from_oklch(colour):
    assert from_oklch(to_oklch(colour)) == colour


@settings(deadline=None)
@given(st.floats(0.25, 0.95), st.floats(-math.pi, math.pi))
def test_a_colour_no_screen_shows_keeps_its_lightness_and_gives_up_chroma(lightness, hue):
    shown = to_oklch(from_oklch(Oklch(lightness, 0.4, hue)))
    assert shown.lightness == pytest.approx(lightness, abs=0.01)
    assert shown.chroma < 0.4


@settings(deadline=None)
@given(COLOURS, COLOURS, st.booleans())
def test_a_readable_colour_is_readable_and_only_moved_as_far_as_needed(colour, ground, darker):
    wanted, behind = hex_of(colour), hex_of(ground)
    found = readable(wanted, (behind,), 4.5, darker=darker)
    if found is None:
        assert contrast("#000000" if darker else "#ffffff", behind) < 4.5
        return
    assert contrast(found, behind) >= 4.5
    if found == wanted:
        return
    assert contrast(wanted, behind) < 4.5
    moved = to_oklch(rgb(found)).lightness - to_oklch(colour).lightness
    assert moved < 0 if darker else moved > 0


def test_the_nearest_readable_colour_is_barely_readable():
    assert contrast(readable("#ff9933", ("#ffffff",), 4.5, darker=True) or "", "#ffffff") < 4.75


def test_a_colour_laid_over_another_lies_between_them():
    assert mix("#000000", "#ffffff", 0) == "#ffffff"
    assert mix("#000000", "#ffffff", 1) == "#000000"
    assert mix("#ff0000", "#0000ff", 0.5) in ("#800080", "#7f007f", "#800080")

"""Colours of a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.analytics.paper.brand import Brand, dark, light
from scanly.core.colour import contrast, hex_of

colours = st.tuples(*[st.integers(0, 255)] * 3).map(hex_of)


@given(colours, colours)
def test_whatever_colours_a_brand_has_everything_can_be_read(accent: str, background: str):
    for found in (light(Brand("", accent, background)), dark(Brand("", accent, background))):
        for ink in (found.text, found.muted, found.accent):
            assert min(contrast(ink, found.ground), contrast(ink, found.surface)) >= 4.5
        assert all(contrast(ink, shade) >= 4.5 for ink, shade in zip(found.inks, found.shades, strict=True))
        assert contrast(found.text, found.area) >= 4.5
        assert len(found.shades) == len(found.inks) == 6


@pytest.mark.parametrize(
    ("background", "by_day", "by_night"), [("#fff4d6", True, False), ("#101418", False, True)]
)
def test_a_light_background_serves_the_day_and_a_dark_one_the_night(
    background: str, by_day: bool, by_night: bool
):
    brand = Brand("", "#b3261e", background)
    assert (light(brand).ground == background, dark(brand).ground == background) == (by_day, by_night)


def test_a_colour_that_can_be_read_is_kept():
    assert light(Brand("", "#b3261e")).accent == "#b3261e"

"""How fine a picture is on paper."""

from __future__ import annotations

import pytest

from scanly.core.errors import Invalid
from scanly.press.page import Box
from scanly.press.pictures.picture import Pixels, Vectors
from scanly.press.pictures.resolution import judge_resolution, resolution_ppi


def pixels(width: int, height: int) -> Pixels:
    return Pixels(b"", width, height, "grey")


def test_the_coarser_direction_counts():
    assert resolution_ppi(pixels(600, 300), Box(0, 0, 50.8, 50.8)) == pytest.approx(150)


@pytest.mark.parametrize(("side", "cautioned"), [(225, False), (224, True), (150, True)])
def test_a_coarse_picture_is_named_with_its_figures(side, cautioned):
    said = judge_resolution(pixels(side, side), Box(0, 0, 25.4, 25.4))
    assert bool(said) == cautioned
    if cautioned:
        assert f"{side} x {side} pixels on 25 x 25 mm: {side} an inch" in said


def test_a_very_coarse_picture_is_refused_with_the_pixels_that_would_do():
    with pytest.raises(Invalid, match=r"logo: .*149 an inch\. Give at least 225 x 450 pixels"):
        judge_resolution(pixels(149, 298), Box(0, 0, 25.4, 50.8), field="logo")


def test_drawings_are_as_fine_as_paper():
    assert judge_resolution(Vectors((), 1, 1), Box(0, 0, 5000, 5000)) == ""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scanly.qr.proof.sampling import Sighting, projected, projection

# Corners of a square of 100, each moved by up to 20: always a convex quadrilateral.
shifts = st.floats(-20, 20)
quads = st.tuples(*[st.tuples(shifts, shifts)] * 4).map(
    lambda moved: tuple(
        (x + dx, y + dy)
        for (x, y), (dx, dy) in zip(((0, 0), (100, 0), (100, 100), (0, 100)), moved, strict=True)
    )
)
sides = st.floats(1, 500)


@settings(deadline=None)
@given(sides, sides, quads)
def test_a_projection_takes_a_rectangle_to_the_given_corners(width, height, corners):
    view = projection(width, height, corners)
    for place, corner in zip(((0, 0), (width, 0), (width, height), (0, height)), corners, strict=True):
        assert projected(view, *place) == pytest.approx(corner, abs=1e-6)


@settings(deadline=None)
@given(sides, quads, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_projection_keeps_straight_lines_straight(side, corners, one, other):
    view = projection(side, side, corners)
    (ax, ay), (bx, by), (cx, cy) = (
        projected(view, side * at, side * (one + (other - one) * at)) for at in (0.1, 0.4, 0.9)
    )
    assert (
        abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) < 1e-6 * max(math.dist((ax, ay), (cx, cy)), 1) ** 2
    )


def four_corners(left: float, top: float, side: float):
    return ((left, top), (left + side, top), (left + side, top + side), (left, top + side))


def test_a_symbol_is_seen_straight_on_with_black_outside_the_picture():
    image = Image.linear_gradient("L").convert("RGB")
    seen = Sighting(image, four_corners(56, 56, 144), 36)
    grey = seen.straightened(image.convert("L"), 2, margin=20)
    assert grey.size == (152, 152)
    assert grey.getpixel((0, 76)) == 0
    assert [grey.getpixel((76, y)) for y in (40, 76, 112)] == pytest.approx([56, 128, 200], abs=2)


@pytest.mark.parametrize("px", [4, 6, 9, 25])
def test_a_closer_look_has_the_same_symbol_at_no_more_pixels_a_module(px):
    image = Image.new("RGB", (60 * px, 60 * px), "white")
    seen = Sighting(image, four_corners(20 * px, 12 * px, 21 * px), 21, px_per_mm=px * 2.0)
    close = seen.closer(4, 6)
    assert close.module_px == pytest.approx(min(px, 6), rel=0.02)
    assert close.px_per_mm == pytest.approx(2 * close.module_px, rel=0.02)
    assert close.image.size == pytest.approx((29 * close.module_px,) * 2, abs=2)
    assert close.corners[0] == pytest.approx((4 * close.module_px,) * 2, abs=0.1)


def test_a_closer_look_ends_at_the_picture():
    seen = Sighting(Image.new("RGB", (100, 120), "white"), four_corners(10, 12, 84), 21)
    assert seen.closer(10, 6).image.size == (100, 120)


@settings(deadline=None)
@given(st.tuples(*[st.tuples(st.floats(0, 100), st.floats(0, 100))] * 4), st.floats(0, 12))
def test_corners_that_cannot_be_are_survived(corners, margin):
    box = Sighting(Image.new("RGB", (100, 100)), corners, 21).box(margin)
    assert len(box) == 4

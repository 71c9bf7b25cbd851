import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.press.pages import code

from scanly.press.page import (
    Box,
    Group,
    Shape,
    Stroke,
    Words,
    after,
    bounds,
    expected,
    mirrored,
    moved,
    turned,
)
from scanly.qr.lettering import set_line
from scanly.qr.outline import box, circle

SIDES = st.floats(0.1, 300)
PLACES = st.floats(-100, 300)
BOXES = st.builds(Box, PLACES, PLACES, SIDES, SIDES)


@given(BOXES, BOXES)
def test_boxes_meet_exactly_when_they_share_an_area(one, other):
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    if min(across, down) > 1e-5:
        assert one.meets(other) and other.meets(one)
    elif min(across, down) < -1e-5:
        assert not one.meets(other) and not other.meets(one)


@given(BOXES, st.floats(0, 0.04))
def test_a_box_holds_what_is_inset_and_nothing_larger(one, inset):
    assert one.holds(one.inset(inset))
    assert not one.holds(one.inset(-0.01))


def test_half_a_turn_and_a_mirror_keep_the_box_and_undo_themselves():
    here = Box(20, 30, 50, 40)
    for change in (turned, mirrored):
        matrix = change((), here).matrix
        assert here.transformed(matrix) == here
        assert after(matrix, matrix) == pytest.approx((1, 0, 0, 1, 0, 0))


def test_symbols_are_expected_where_groups_of_groups_put_them():
    inner = moved((code(1, 2, size_mm=20),), 10, 20)
    outer = Group((inner,), (2, 0, 0, 2, 5, 5))
    (found,) = expected((outer,))
    assert found.box == Box(5 + 2 * 11, 5 + 2 * 22, 40, 40)
    assert found.module_mm == pytest.approx(2 * 20 / 37)
    assert not found.mirrored


def test_a_symbol_seen_through_glass_is_known_as_mirrored_and_twice_as_not():
    page = Box(0, 0, 100, 100)
    once = mirrored((code(10, 10),), page)
    assert [each.mirrored for each in expected((once,))] == [True]
    assert [each.mirrored for each in expected((mirrored((once,), page),))] == [False]
    assert [each.mirrored for each in expected((turned((code(),), page),))] == [False]


def test_bounds_are_those_of_the_ink():
    line = set_line("Hg")
    words = Words(line, 10, 20, 72 / 25.4 * 10)
    items = (
        Shape(circle(50, 50, 5), stroke=Stroke(code().artwork.ground, 1.0)),
        Shape(box(0, 0, 1, 1)),
        words,
    )
    found = bounds(items)
    assert (found.x, found.y) == (0, 0)
    assert (found.right, found.bottom) == pytest.approx((55.5, 55.5))
    (ink,) = [bounds((words,))]
    assert ink.y == pytest.approx(20 + 10 * line.top) and ink.bottom == pytest.approx(20 + 10 * line.bottom)
    assert bounds(()) is None


def test_bounds_of_what_is_turned_by_an_angle_hold_it_all():
    angle = math.radians(30)
    turn = (math.cos(angle), math.sin(angle), -math.sin(angle), math.cos(angle), 0, 0)
    found = bounds((Group((Shape(box(0, 0, 10, 10)),), turn),))
    assert found.width == pytest.approx(10 * (math.cos(angle) + math.sin(angle)))


@given(BOXES, BOXES)
def test_what_boxes_share_is_within_both_and_nothing_is_shared_by_those_apart(one, other):
    both = one.shared(other)
    assert (both is not None) == one.meets(other)
    if both:
        assert one.holds(both)
        assert other.holds(both)
        assert both.width * both.height > 0


def test_of_a_clipped_group_only_what_is_seen_counts():
    shape = Shape(box(-5, -5, 30, 30))
    found = bounds((Group((shape,), (-1, 0, 0, -1, 100, 100), clip=Box(0, 0, 10, 40)),))
    assert found == Box(90, 75, 10, 25)
    assert bounds((Group((shape,), clip=Box(60, 60, 10, 10)),)) is None

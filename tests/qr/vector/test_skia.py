import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.qr.artwork import Path
from scanly.qr.extent import extent
from scanly.qr.vector.shapes import ellipse, rectangle
from scanly.qr.vector.skia import NOTHING, Area, Knife, Pen, TooComplex, closed, stroked

BOXES = st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 20)] * 2)


def square(x: float, y: float, width: float, height: float) -> Area:
    return Area(rectangle(x, y, width, height))


def surface(area: Area) -> float:
    """Twice the area, of outlines that do not cross themselves and are of straight lines."""
    total, here, start = 0.0, (0.0, 0.0), (0.0, 0.0)
    for letter, *places in area.path.segments:
        there = (places[0], places[1]) if places else start
        start = there if letter == "M" else start
        total += 0 if letter == "M" else here[0] * there[1] - there[0] * here[1]
        here = there
    return abs(total)


@given(BOXES, BOXES)
@settings(deadline=None)
def test_rectangles_are_cut_as_arithmetic_says(one, other):
    width, height = (
        max(0, min(one[n] + one[n + 2], other[n] + other[n + 2]) - max(one[n], other[n])) for n in (0, 1)
    )
    first, second, knife = square(*one), square(*other), Knife()
    both = width * height
    assert surface(knife.shared(first, second)) == pytest.approx(2 * both, abs=1e-3)
    if both and both < one[2] * one[3] and len(knife.without(first, second).path.segments) < 10:
        assert surface(knife.without(first, second)) == pytest.approx(2 * (one[2] * one[3] - both), abs=1e-3)


def test_what_lies_apart_or_inside_is_not_touched():
    knife, small, large = Knife(), Area(ellipse((50, 50), 10, 5)), square(0, 0, 100, 100)
    assert knife.shared(small, large) is small and knife.without(small, large) is NOTHING
    assert (
        knife.shared(small, square(70, 0, 9, 9)) is NOTHING
        and knife.without(small, square(70, 0, 9, 9)) is small
    )


def test_a_hole_is_no_part_of_what_is_shared():
    ring = Area(rectangle(0, 0, 10, 10) + rectangle(2, 2, 6, 6), even_odd=True)
    assert not Knife().shared(square(3, 3, 4, 4), ring)
    assert Knife().shared(square(3, 3, 4, 4), Area(ring.path))


def test_curves_that_skia_cannot_follow_are_cut_from_another_angle():
    one = Area(Path((("M", 10, 20), ("C", 80, 80, 30, 20, 90, 100), ("Z",))))
    other = Area(Path((("M", 30, 80), ("C", 0, 0, 70, 90, 50, 10), ("Z",))))
    left, top, right, bottom = extent(Knife().shared(one, other).path)
    assert 30 <= left < right <= 60 and 30 <= top < bottom <= 70


def test_a_knife_does_so_much_and_no_more():
    one, other = square(0, 0, 10, 10), Area(ellipse((10, 10), 5, 5))
    knife = Knife(work=300)
    assert knife.shared(one, other)
    assert knife.shared(one, other)
    with pytest.raises(TooComplex):
        knife.shared(one, other)


@pytest.mark.parametrize(
    ("pen", "box"),
    [
        (Pen(4), (10, 8, 30, 12)),
        (Pen(4, cap="square"), (8, 8, 32, 12)),
        (Pen(4, cap="round"), (8, 8, 32, 12)),
        (Pen(4, dashes=(5, 5)), (10, 8, 25, 12)),
        (Pen(4, dashes=(5, 5), dash_offset=5), (15, 8, 30, 12)),
        (Pen(4, dashes=(5,), dash_offset=-5), (15, 8, 30, 12)),
    ],
)
def test_a_pen_covers_its_width_and_its_ends(pen, box):
    assert extent(stroked(Path((("M", 10, 10), ("L", 30, 10))), pen).path) == pytest.approx(box, abs=1e-3)


@pytest.mark.parametrize(
    ("join", "reach"), [("miter", 2 * math.sqrt(2)), ("bevel", math.sqrt(2)), ("round", 2)]
)
def test_joins_reach_out_as_far_as_they_should(join, reach):
    corner = Path((("M", 0, 20), ("L", 20, 0), ("L", 40, 20)))
    assert extent(stroked(corner, Pen(4, join=join, miter_limit=10)).path)[1] == pytest.approx(
        -reach, abs=1e-3
    )


def test_too_many_dashes_are_refused():
    with pytest.raises(TooComplex):
        stroked(Path((("M", 0, 0), ("L", 1e5, 0))), Pen(1, dashes=(0.1, 0.1)))


def test_every_subpath_is_closed_once():
    path = closed(
        Path((("M", 0, 0), ("L", 1, 1), ("M", 5, 5), ("L", 6, 6), ("Z",), ("M", 7, 7), ("L", 8, 8)))
    )
    assert "".join(letter for letter, *_ in path.segments) == "MLZMLZMLZ"
    assert closed(Path(())) == Path(())

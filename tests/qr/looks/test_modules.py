"""Modules: where they stand, how far their outlines reach, and how they meet their neighbours."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.qr.artwork import Path
from scanly.qr.extent import extent
from scanly.qr.looks.modules import DARK, DOWN, LEFT, RIGHT, SHAPES, UP, glyphs, places, runs

SCALE = 0.8
SIDES = [sum(some) for number in range(5) for some in itertools.combinations((UP, DOWN, LEFT, RIGHT), number)]


def points(path: Path) -> set[tuple[float, float]]:
    """The ends of all segments, without the handles of curves."""
    return {(round(x, 6), round(y, 6)) for _, *places in path.segments if places for x, y in [places[-2:]]}


@pytest.mark.parametrize("sides", SIDES)
def test_a_corner_is_round_unless_a_neighbour_continues_it(sides):
    sharp = points(glyphs("rounded", SCALE)[DARK | sides]) & {(0, 0), (1, 0), (1, 1), (0, 1)}
    corners = {(0, 0): UP | LEFT, (1, 0): UP | RIGHT, (1, 1): DOWN | RIGHT, (0, 1): DOWN | LEFT}
    assert sharp == {corner for corner, beside in corners.items() if sides & beside}


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize(
    ("shape", "start", "end", "turned"),
    [("vertical-bars", UP, DOWN, False), ("horizontal-bars", LEFT, RIGHT, True)],
)
def test_bars_reach_their_neighbours_along_them_at_full_width_and_end_round(shape, start, end, turned, sides):
    bar = glyphs(shape, SCALE)[DARK | sides]
    bar = bar.transformed((0, 1, 1, 0, 0, 0)) if turned else bar
    edge = 0.1  # so that 0.8 are left between both
    top, bottom = (0 if sides & start else edge), (1 if sides & end else 1 - edge)
    assert extent(bar) == pytest.approx((edge, top, 1 - edge, bottom))
    square = points(bar) & {(edge, 0), (1 - edge, 0), (edge, 1), (1 - edge, 1)}
    assert square == {
        *({(edge, 0), (1 - edge, 0)} if sides & start else ()),
        *({(edge, 1), (1 - edge, 1)} if sides & end else ()),
    }


@pytest.mark.parametrize(("shape", "edge"), [("gapped", 0.1), ("dots", 0.1), ("diamond", 0), ("square", 0)])
def test_shapes_that_stand_alone_are_in_the_middle_whatever_is_beside(shape, edge):
    (outline,) = set(glyphs(shape, SCALE).values())
    assert extent(outline) == pytest.approx((edge, edge, 1 - edge, 1 - edge), abs=1e-3)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_looks_the_same_in_a_mirror(shape):
    """With the neighbours mirrored, too."""
    for sides in SIDES:
        swapped = sides & (UP | DOWN) | (RIGHT if sides & LEFT else 0) | (LEFT if sides & RIGHT else 0)
        one, other = glyphs(shape, SCALE)[DARK | sides], glyphs(shape, SCALE)[DARK | swapped]
        assert points(one.transformed((-1, 0, 0, 1, 1, 0))) == points(other)


def test_neighbours_are_found_within_the_symbol_only():
    rows = (b"\1\1\0", b"\0\1\0", b"\1\0\1")
    assert places(rows, 4) == [
        *((4, 4, DARK | RIGHT), (5, 4, DARK | LEFT | DOWN), (5, 5, DARK | UP)),
        *((4, 6, DARK), (6, 6, DARK)),
    ]


@st.composite
def squares(draw: st.DrawFn) -> tuple[bytes, ...]:
    side, dice = draw(st.integers(1, 25)), draw(st.randoms(use_true_random=False))
    return tuple(bytes(dice.choices((0, 1), k=side)) for _ in range(side))


@settings(max_examples=40, deadline=None)
@given(rows=squares(), offset=st.integers(0, 50))
def test_runs_are_the_dark_modules_from_the_top_left_and_never_touch(rows, offset):
    found = runs(rows, offset)
    assert [(y, x + step) for x, y, length in found for step in range(length)] == [
        (y, x) for y, row in enumerate(rows, offset) for x, dark in enumerate(row, offset) if dark
    ]
    for (x, y, length), (next_x, next_y, _) in itertools.pairwise(found):
        assert y < next_y or x + length < next_x


@settings(max_examples=40, deadline=None)
@given(rows=squares(), offset=st.integers(0, 50))
def test_places_are_the_dark_modules_with_those_of_their_four_neighbours_that_are_dark(rows, offset):
    dark = {(x, y) for y, row in enumerate(rows, offset) for x, module in enumerate(row, offset) if module}
    sides = {UP: (0, -1), DOWN: (0, 1), LEFT: (-1, 0), RIGHT: (1, 0)}
    assert places(rows, offset) == [
        (x, y, DARK + sum(side for side, (dx, dy) in sides.items() if (x + dx, y + dy) in dark))
        for x, y in sorted(dark, key=lambda place: place[::-1])
    ]

"""Ornaments measured by their area: curves are followed point by point, by other means than they are made."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.press.designs import ornaments
from scanly.press.page import Box
from scanly.qr.extent import extent

ROOM = Box(10, 20, 60, 90)
STEPS = 64


def outlines(path):
    """Each outline as points along it."""
    points = []
    for letter, *places in path.segments:
        if letter == "Z":
            yield points
            points = []
            continue
        ends = list(zip(places[::2], places[1::2], strict=True))
        if letter == "C":
            corners = [points[-1], *ends]
            points += [curve(corners, step / STEPS) for step in range(1, STEPS + 1)]
        else:
            points += ends


def curve(corners, share: float):
    """A point of a Bézier curve, by de Casteljau's construction."""
    while len(corners) > 1:
        corners = [
            tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))
            for one, other in pairwise(corners)
        ]
    return corners[0]


def area(path) -> float:
    """Of all outlines together, each counted as it runs: clockwise is more."""
    whole = 0.0
    for points in outlines(path):
        around = zip(points, [*points[1:], points[0]], strict=True)
        whole += sum(x * v - u * y for (x, y), (u, v) in around) / 2
    return whole


def within(path, room: Box) -> bool:
    left, top, right, bottom = extent(path)
    return room.holds(Box(left, top, right - left, bottom - top))


@given(x=st.floats(0.1, 0.9), y=st.floats(0.1, 0.9), number=st.integers(3, 24))
def test_rays_stay_in_their_room_and_with_those_between_them_they_fill_it(x, y, number):
    centre = (ROOM.x + x * ROOM.width, ROOM.y + y * ROOM.height)
    path = ornaments.rays(ROOM, centre, number)
    assert within(path, ROOM)
    parts = [abs(area_of) for area_of in map(polygon_area, outlines(path))]
    assert len(parts) == number
    assert 0 < sum(parts) < ROOM.width * ROOM.height
    assert area(path) == pytest.approx(sum(parts))
    if number % 2 == 0:
        return
    # With an odd number, each ray has its gap on the other side of the centre.
    middle = ornaments.rays(ROOM, ROOM.middle, number)
    assert area(middle) == pytest.approx(ROOM.width * ROOM.height / 2)


def polygon_area(points) -> float:
    return sum(x * v - u * y for (x, y), (u, v) in zip(points, [*points[1:], points[0]], strict=True)) / 2


def test_a_notched_box_lacks_a_quarter_of_a_disc_in_each_corner():
    path = ornaments.notched(ROOM, 8)
    assert within(path, ROOM)
    assert area(path) == pytest.approx(ROOM.width * ROOM.height - math.pi * 8**2, rel=1e-3)


def test_a_door_is_a_half_disc_upon_a_box_and_its_frame_is_open_at_the_foot():
    path = ornaments.arch(ROOM)
    assert within(path, ROOM)
    assert area(path) == pytest.approx(math.pi * 30**2 / 2 + 60 * (90 - 30), rel=1e-3)
    whole, hole = outlines(ornaments.archway(ROOM, 2))
    assert max(y for _, y in whole) == max(y for _, y in hole) == ROOM.bottom
    assert min(y for _, y in hole) - min(y for _, y in whole) == pytest.approx(2)


def test_an_awning_is_covered_by_its_two_halves_down_to_where_they_are_round():
    halves = [ornaments.awning(ROOM, 9, first) for first in (0, 1)]
    assert [len(list(outlines(half))) for half in halves] == [5, 4]
    width = ROOM.width / 9
    cut = 2 * (width / 2) ** 2 - math.pi * (width / 2) ** 2 / 2
    assert sum(map(area, halves)) == pytest.approx(ROOM.width * ROOM.height - 9 * cut, rel=1e-3)
    assert all(within(half, ROOM) for half in halves)


@pytest.mark.parametrize(("across", "down"), [(20, 20), (-20, 20), (20, -20), (-20, -20)])
def test_a_corner_disc_reaches_into_its_quarter_only(across, down):
    path = ornaments.corner_disc((50, 50), across, down)
    assert within(path, Box(min(50, 50 + across), min(50, 50 + down), 20, 20))
    assert abs(area(path)) == pytest.approx(math.pi * 20**2 / 4, rel=1e-3)


def test_tiles_are_whole_and_fill_their_band_from_edge_to_edge():
    path = ornaments.tiles(ROOM, 11)
    left, top, right, bottom = extent(path)
    assert (left, top, right, bottom) == pytest.approx((ROOM.x, ROOM.y, ROOM.right, ROOM.bottom))
    assert len(list(outlines(path))) == 5 * round(60 / 11) * round(90 / 11)


def test_an_arrow_points_to_the_left_and_is_the_same_above_and_below_its_shaft():
    room = Box(0, 0, 26, 13)
    (points,) = outlines(ornaments.arrow(room))
    assert min(points) == (0, 6.5)
    assert within(ornaments.arrow(room), room)
    mirrored = {(round(x, 6), round(13 - y, 6)) for x, y in points}
    assert mirrored == {(round(x, 6), round(y, 6)) for x, y in points}


def test_a_divider_has_its_diamond_in_the_middle_clear_of_the_rule():
    star, left, right = outlines(ornaments.divider(Box(0, 0, 40, 4), 0.5))
    assert max(x for x, _ in left) < min(x for x, _ in star)
    assert max(x for x, _ in star) < min(x for x, _ in right)
    assert sum(x for x, _ in star) / 4 == pytest.approx(20)

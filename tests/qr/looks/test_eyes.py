from __future__ import annotations

from typing import get_args

import pytest

from scanly.qr.looks import eyes
from scanly.qr.style import EyeShape

FAR = 22
SIDE = FAR + eyes.SIDE
MIRRORS = {
    (FAR, 0): (-1, 0, 0, 1, SIDE, 0),
    (0, FAR): (1, 0, 0, -1, 0, SIDE),
}


def points(path) -> set[tuple[float, float]]:
    """The ends of all segments."""
    return {(round(x, 6), round(y, 6)) for _, *places in path.segments if places for x, y in [places[-2:]]}


@pytest.mark.parametrize("shape", get_args(EyeShape))
@pytest.mark.parametrize("at", MIRRORS)
@pytest.mark.parametrize("part", [eyes.frames, eyes.pupils])
def test_the_other_eyes_are_mirror_images_of_the_first(part, at, shape):
    first = part(shape, ((0, 0),), 0)
    assert points(part(shape, (at,), 0)) == points(first.transformed(MIRRORS[at]))


@pytest.mark.parametrize("part", [eyes.frames, eyes.pupils])
def test_a_leaf_is_pointed_towards_the_sides_and_round_outwards(part):
    """The first eye: its outer and its inner corner are round, the other two sharp."""
    reach = max(x for x, _ in points(part("leaf", ((0, 0),), 0)))
    least = eyes.SIDE - reach
    sharp = points(part("leaf", ((0, 0),), 0)) & {
        (least, least),
        (reach, least),
        (reach, reach),
        (least, reach),
    }
    assert sharp == {(reach, least), (least, reach)}

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.qr.artwork import Path
from scanly.qr.extent import extent

PLACES = st.floats(-100, 100).map(lambda place: round(place, 2))


def bezier(t: float, *places: float) -> float:
    one, two, three, four = places
    return (1 - t) ** 3 * one + 3 * (1 - t) ** 2 * t * two + 3 * (1 - t) * t * t * three + t**3 * four


@given(st.tuples(*[PLACES] * 8))
def test_a_curve_touches_its_box_and_never_leaves_it(places):
    left, top, right, bottom = extent(Path((("M", *places[:2]), ("C", *places[2:]))))
    for low, high, along in ((left, right, places[::2]), (top, bottom, places[1::2])):
        met = [bezier(step / 400, *along) for step in range(401)]
        assert low == pytest.approx(min(met), abs=0.01) and low <= min(met) + 1e-9
        assert high == pytest.approx(max(met), abs=0.01) and high >= max(met) - 1e-9


def test_all_subpaths_count_and_nothing_has_no_box():
    lines = Path((("M", 1, 2), ("L", 3, 4), ("Z",), ("M", -5, 9), ("L", 0, 0)))
    assert extent(lines) == (-5, 0, 3, 9)
    assert extent(Path(())) is None

"""Crosses stand beside the marks of cuts and folds, never upon them."""

import pytest

from scanly.press.page import Page
from scanly.press.pdf.marks import marks
from scanly.qr.extent import extent

FOLD = (0.0, 105.0, 148.0, 105.0)
CUT = (85.0, 0.0, 85.0, 275.0)


def crosses_of(page):
    """The middles of all crosses: each has a ring, the only closed outline among marks."""
    rings = [extent(shape.path) for shape in marks(page, 3.0) if shape.path.segments[-1][0] == "Z"]
    return sorted(((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in rings)


@pytest.mark.parametrize(
    ("page", "crosses"),
    [
        (Page(148, 210), [(-6, 105), (74, -6), (74, 216), (154, 105)]),
        (Page(148, 210, folds=(FOLD,)), [(-6, 52.5), (74, -6), (74, 216), (154, 52.5)]),
        (Page(170, 275, cuts=(CUT,)), [(-6, 137.5), (42.5, -6), (42.5, 281), (176, 137.5)]),
        (Page(148, 10), [(74, -6), (74, 16)]),
        (Page(10, 10), []),
    ],
)
def test_a_cross_stands_in_the_middle_of_a_side_or_beside_the_mark_there(page, crosses):
    assert crosses_of(page) == [pytest.approx(each) for each in crosses]

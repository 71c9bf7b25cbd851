"""Grids said in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid, NotFound
from scanly.press.stocks import PAPERS, find_stock


@given(st.sampled_from(sorted(PAPERS)), st.integers(1, 20), st.integers(1, 20))
def test_a_grid_without_a_size_fills_the_page(paper, columns, rows):
    stock = find_stock(f"{paper}:{columns}x{rows}")
    area = sum(slot.width * slot.height for slot in stock.slots)
    assert area == pytest.approx(PAPERS[paper].width_mm * PAPERS[paper].height_mm)
    assert (stock.columns, stock.rows) == (columns, rows)
    assert find_stock(stock.name) == stock


@given(
    st.integers(1, 4), st.integers(1, 5), st.floats(5, 40), st.floats(5, 40), st.floats(0, 5), st.floats(0, 5)
)
def test_labels_of_a_size_stand_in_the_middle(columns, rows, width, height, gap_x, gap_y):
    stock = find_stock(f"A4:{columns}x{rows}:{width:.2f}x{height:.2f}mm:{gap_x:.2f}x{gap_y:.2f}")
    first, last = stock.slots[0], stock.slots[-1]
    assert first.x == pytest.approx(210 - last.right)
    assert first.y == pytest.approx(297 - last.bottom)
    assert first.width == pytest.approx(width, abs=0.0051)
    assert find_stock(stock.name) == stock
    assert stock.pitch_y_mm - first.height == pytest.approx(gap_y, abs=0.0051)


def test_a_grid_in_inches_is_the_sheet_that_is_sold():
    ours, avery = find_stock("Letter: 2 × 5 : 4x2in : .1875x0in"), find_stock("avery-5163")
    for one, other in zip(ours.slots, avery.slots, strict=True):
        assert one.x == pytest.approx(other.x, abs=0.02)
        assert one.y == pytest.approx(other.y, abs=0.02)
    assert ours.verified
    assert ours.radius_mm == 0


def test_a_grid_may_lie_on_its_side():
    stock = find_stock("A4 landscape:8x3")
    assert (stock.page_width_mm, stock.page_height_mm) == (297, 210)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A4:", "is no number of columns and rows"),
        ("A4:3", "is no number of columns and rows"),
        ("A4:3x0", r"3 × 0 has no labels\. Give 1 or more"),
        ("A4:0x8", "has no labels"),
        ("A4:-1x8", "has no labels|no number of columns"),
        ("A4:500x1", "no sheet"),
        ("A4:3x8:big", r'"big" is no width by height\. Write PAPER:COLUMNSxROWS'),
        ("A4:3x8:80x30", r"reach to 225 mm, but A4 is 210 mm wide"),
        ("A4:3x8:0x30", "no area"),
        ("A4:3x8:60x30:2", "is no width by height"),
        ("A4:3x8:60x30:2x2:9", "is no grid of labels"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(text, says):
    with pytest.raises(Invalid, match=says):
        find_stock(text)


def test_a_grid_on_an_unknown_paper_names_papers():
    with pytest.raises(NotFound, match=r'There is no paper "A44".*"a4"'):
        find_stock("A44:3x8")

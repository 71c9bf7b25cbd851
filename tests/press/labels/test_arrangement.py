"""The standard label's geometry, for every stock there is: nothing in danger, nothing upon something else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.press.labels.arrangement import GAP_MM, LEAST_CODE_MM, Arrangement, Blank, Wanted, arrange
from scanly.press.labels.standard import blank_of
from scanly.press.page import Box
from scanly.press.stocks import stocks

BLANKS = sorted(
    {blank_of(stock) for stock in stocks().values()}, key=lambda blank: (blank.width_mm, blank.height_mm)
)
LINEAR_MM = 29.83
WANTED = [
    Wanted(text_mm=text, linear_mm=linear, image=image, rtl=rtl)
    for text in (0, 4, 9, 14)
    for linear in (0, LINEAR_MM, math.inf)
    for image in (False, True)
    for rtl in (False, True)
]


def boxes(found: Arrangement) -> list[Box]:
    return [box for box in (found.code, found.text, found.linear, found.image) if box]


def arranged(blank: Blank, wanted: Wanted) -> Arrangement | None:
    try:
        return arrange(blank, wanted)
    except Invalid:
        return None


def check(blank: Blank, wanted: Wanted) -> Arrangement | None:
    found = arranged(blank, wanted)
    if found is None:
        return None
    there = boxes(found)
    assert len(there) == 1 + sum(map(bool, (wanted.text_mm, wanted.linear_mm, wanted.image)))
    assert all(blank.holds(box, slack_mm=1e-6) and min(box.width, box.height) > 0 for box in there), found
    assert not any(one.meets(other) for one in there for other in there if one is not other), found
    assert found.code.width == pytest.approx(found.code.height)
    assert found.code.width >= LEAST_CODE_MM - 1e-9
    assert not found.linear or wanted.linear_mm == math.inf or found.linear.width >= wanted.linear_mm - 1e-6
    return found


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_all_is_inside_the_safe_area_of_every_stock_and_nothing_overlaps(wanted: Wanted):
    found = [check(blank, wanted) for blank in BLANKS]
    assert sum(each is not None for each in found) > len(found) / 3


@given(
    st.floats(8, 320),
    st.floats(8, 320),
    st.sampled_from(("rect", "round", "oval")),
    st.floats(0, 4),
    st.sampled_from(WANTED),
    st.floats(0, 60),
)
def test_the_same_holds_for_labels_of_any_size(width, height, shape, inset, wanted, code_mm):
    blank = Blank(width, width if shape == "round" else height, shape, inset)
    asked = Wanted(
        wanted.text_mm, wanted.linear_mm, wanted.image, code_mm if code_mm > LEAST_CODE_MM else 0, wanted.rtl
    )
    found = check(blank, asked)
    if found and asked.code_mm:
        assert found.code.width == asked.code_mm


def test_a_code_alone_is_as_large_as_the_safe_area_lets_it_be():
    found = [(blank, each.code) for blank in BLANKS if (each := arranged(blank, Wanted()))]
    assert len(found) > 0.95 * len(BLANKS)
    assert all(blank.holds(code) and not blank.holds(code.inset(-0.01)) for blank, code in found)


def test_beside_text_a_code_has_15_mm_where_the_label_has_them():
    lines_mm = 5.0
    roomy = [
        blank for blank in BLANKS if min(blank.safe.width, blank.safe.height) > 15 + lines_mm + GAP_MM + 2
    ]
    assert all(arrange(blank, Wanted(text_mm=lines_mm)).code.width >= 15 for blank in roomy)
    assert len(roomy) > 50


def test_a_code_leaves_text_its_share_of_the_label():
    wide = arrange(Blank(50, 38), Wanted(text_mm=5))
    assert wide.text and wide.text.width > 0.4 * wide.code.width
    square = arrange(Blank(25, 25, "rect", 1.5), Wanted(text_mm=9))
    assert square.code.width >= 15
    assert square.text and square.text.height > 5


def test_a_code_that_is_wanted_too_large_is_refused_with_the_size_that_fits():
    blank = Blank(63.5, 38.1, "rect", 1.5)
    with pytest.raises(Invalid, match=r"A code of 40 mm does not fit .* (\d+(\.\d)?) mm fit") as caught:
        arrange(blank, Wanted(text_mm=5, code_mm=40))
    fits = float(caught.value.problems[0].hint.split(" ")[0])
    assert arrange(blank, Wanted(text_mm=5, code_mm=fits)).code.width == fits
    with pytest.raises(Invalid):
        arrange(blank, Wanted(text_mm=5, code_mm=fits + 0.11))


def test_text_stands_beside_the_code_on_wide_labels_and_below_on_others():
    wide, tall = (arrange(Blank(*size), Wanted(text_mm=5)) for size in ((63.5, 38.1), (38.1, 63.5)))
    assert wide.beside
    assert wide.text and wide.text.x >= wide.code.right
    assert not tall.beside
    assert tall.text and tall.text.y >= tall.code.bottom


def test_from_right_to_left_the_code_is_on_the_right():
    left, right = (arrange(Blank(63.5, 38.1), Wanted(text_mm=5, rtl=rtl)) for rtl in (False, True))
    assert right == left.mirrored(63.5)
    assert right.text and right.text.right <= right.code.x


def test_a_barcode_that_is_too_wide_for_the_column_runs_below_both():
    beside, below = (
        arrange(Blank(101.6, 50.8), Wanted(text_mm=5, linear_mm=mm)) for mm in (LINEAR_MM, math.inf)
    )
    assert beside.linear and beside.linear.x >= beside.code.right
    assert below.linear and below.linear.y >= below.code.bottom
    assert below.linear.width == pytest.approx(97.6)


def test_a_barcode_that_no_label_of_this_size_has_room_for_is_refused_with_both_widths():
    with pytest.raises(Invalid, match=r"needs 29\.8 mm, and the label leaves 21\.0 mm"):
        arrange(Blank(25, 80), Wanted(text_mm=5, linear_mm=LINEAR_MM))

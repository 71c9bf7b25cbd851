"""Imposition against what people do with paper: fill sheets, cut piles, put stacks together, turn sheets over."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.press.imposition import Adjustment, Imposition, Order
from scanly.press.page import Box
from scanly.press.stocks import Stock, find_stock, stocks
from scanly.press.stocks.model import SLACK_MM

ORDERS: tuple[Order, ...] = ("row", "column", "stack")
ALL = [pytest.param(stock, id=name) for name, stock in stocks().items()]


@st.composite
def runs(draw: st.DrawFn, order: Order | None = None) -> tuple[Imposition, int]:
    """An imposition on any grid, from any position, and how many labels there are."""
    stock = find_stock(f"A4:{draw(st.integers(1, 7))}x{draw(st.integers(1, 8))}")
    start = draw(st.integers(1, stock.labels_per_sheet))
    chosen = order or draw(st.sampled_from(ORDERS))
    return Imposition(stock, chosen, start), draw(st.integers(0, 5 * stock.labels_per_sheet))


def laid(imposition: Imposition, count: int) -> dict[tuple[int, int], int]:
    """The labels on their sheets and positions, as they are asked for one by one."""
    places = [imposition.place(index, count) for index in range(count)]
    return {(place.sheet, place.position): index for index, place in enumerate(places)}


@given(runs())
def test_every_label_has_a_place_of_its_own_and_every_place_knows_its_label(run):
    imposition, count = run
    found = laid(imposition, count)
    assert len(found) == count
    sheets = imposition.sheets(count)
    asked = {
        (sheet, position): imposition.index_at(sheet, position, count)
        for sheet in range(sheets + 2)
        for position in range(imposition.stock.labels_per_sheet + 2)
    }
    assert {place: index for place, index in asked.items() if index is not None} == found


@given(runs())
def test_no_sheet_is_empty_and_there_are_no_more_than_needed(run):
    imposition, count = run
    used = {sheet for sheet, _ in laid(imposition, count)}
    assert used == set(range(1, imposition.sheets(count) + 1))
    each = imposition.stock.labels_per_sheet
    before = imposition.stock.slots.index(imposition.place(0, 1).box) if count else 0
    if imposition.order != "column":
        assert imposition.sheets(count) == (-(-(count + before) // each) if count else 0)


@given(runs("row"))
def test_rows_are_filled_from_left_to_right_and_from_the_top(run):
    imposition, count = run
    expected = [
        (sheet, position)
        for sheet in range(1, imposition.sheets(count) + 1)
        for position in range(1, imposition.stock.labels_per_sheet + 1)
        if sheet > 1 or position >= imposition.start
    ]
    assert list(laid(imposition, count)) == expected[:count]


@given(runs("column"))
def test_columns_are_filled_from_the_top_and_from_the_left(run):
    imposition, count = run
    boxes = imposition.stock.slots
    first = boxes[imposition.start - 1]
    downwards = sorted(range(len(boxes)), key=lambda slot: (boxes[slot].x, boxes[slot].y))
    expected = [
        (sheet, slot + 1)
        for sheet in range(1, imposition.sheets(count) + 1)
        for slot in downwards
        if sheet > 1 or (boxes[slot].x, boxes[slot].y) >= (first.x, first.y)
    ]
    assert list(laid(imposition, count)) == expected[:count]


@given(runs("stack"))
def test_cut_stacks_put_one_after_another_are_the_whole_run_in_order(run):
    imposition, count = run
    found, each = laid(imposition, count), imposition.stock.labels_per_sheet
    stacks = [
        [
            found[sheet, position]
            for sheet in range(1, imposition.sheets(count) + 1)
            if (sheet, position) in found
        ]
        for position in [*range(imposition.start, each + 1), *range(1, imposition.start)]
    ]
    assert all(lower < upper for stack in stacks for lower, upper in pairwise(stack))
    assert [index for stack in stacks for index in stack] == list(range(count))


@given(runs("stack"))
def test_a_stack_without_a_used_first_sheet_is_the_simple_rule(run):
    imposition, count = run
    if imposition.start > 1:
        return
    sheets = imposition.sheets(count)
    for index in range(count):
        place = imposition.place(index, count)
        assert (place.sheet - 1, place.position - 1) == (index % sheets, index // sheets)


@pytest.mark.parametrize("stock", ALL)
@pytest.mark.parametrize("order", ORDERS)
def test_every_position_of_every_stock_can_be_the_first(stock: Stock, order: Order):
    for start in range(1, stock.labels_per_sheet + 1):
        place = Imposition(stock, order, start).place(0, 1)
        assert (place.sheet, place.position, place.box) == (1, start, stock.slots[start - 1])


def test_a_used_sheet_of_the_commonest_stock_begins_where_one_says():
    imposition = Imposition(find_stock("L7160"), start=8)
    assert imposition.sheets(14) == 1
    assert imposition.sheets(15) == 2
    assert imposition.place(14, 15).sheet == 2
    assert imposition.index_at(1, 7, 15) is None
    assert imposition.index_at(1, 8, 15) == 0


def test_three_sheets_of_four_are_stacked_like_this():
    imposition = Imposition(find_stock("A4:2x2"), "stack", start=2)
    on = [[imposition.index_at(sheet, position, 10) for position in (1, 2, 3, 4)] for sheet in (1, 2, 3)]
    # The stack of the used position comes last; it lacks the first sheet and, in this run, the third.
    assert on == [[None, 0, 3, 6], [9, 1, 4, 7], [None, 2, 5, 8]]


def test_on_a_roll_each_label_is_a_page_whatever_the_order():
    roll = find_stock("dymo-99012")
    for order in ORDERS:
        imposition = Imposition(roll, order)
        assert [imposition.place(index, 5).sheet for index in range(5)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("start", [0, -1, 22, 1000])
def test_a_start_beyond_the_sheet_is_refused_with_the_positions_there_are(start):
    with pytest.raises(Invalid, match=rf"avery-l7160 has no position {start}\. Give 1 to 21\."):
        Imposition(find_stock("L7160"), start=start)


@pytest.mark.parametrize("index", [-1, 5])
def test_a_label_that_is_not_in_the_run_has_no_place(index):
    with pytest.raises(IndexError):
        Imposition(find_stock("L7160")).place(index, 5)


def test_a_hundred_thousand_labels_are_laid_quickly():
    imposition, begin = Imposition(find_stock("L7160"), "stack", 8), time.process_time()
    sheets = {imposition.place(index, 100_000).sheet for index in range(100_000)}
    assert len(sheets) == imposition.sheets(100_000)
    assert time.process_time() - begin < 2


# Backs


def turned_over(x: float, y: float, stock: Stock, edge: str) -> tuple[float, float]:
    """A point of the back, as one looks at the back, as the point of the front that lies behind it.

    The sheet is turned like a page over its long or short edge: over a vertical edge left and right change
    places, over a horizontal one top and bottom.
    """
    long_is_vertical = stock.page_height_mm >= stock.page_width_mm
    vertical = long_is_vertical if edge == "long" else not long_is_vertical
    return (stock.page_width_mm - x, y) if vertical else (x, stock.page_height_mm - y)


@pytest.mark.parametrize("edge", ["long", "short"])
@pytest.mark.parametrize(
    "name", ["avery-c32011", "avery-l7160", "A4 landscape:8x3", "100x100mm:2x3", "dymo-99012", "avery-c2243"]
)
def test_a_back_lies_behind_its_front_after_the_sheet_is_turned(name, edge):
    stock = find_stock(name)
    imposition = Imposition(stock, turn=edge)
    for box in stock.slots:
        back = imposition.back(box)
        x, y = back.middle
        assert turned_over(x, y, stock, edge) == pytest.approx(box.middle)
        assert (back.width, back.height) == (box.width, box.height)
        again = imposition.back(back)
        assert (again.x, again.y) == pytest.approx((box.x, box.y))


@pytest.mark.parametrize("edge", ["long", "short"])
@pytest.mark.parametrize("name", ["avery-c32011", "A4 landscape:8x3"])
def test_both_sides_of_a_label_have_their_top_at_one_edge(name, edge):
    stock = find_stock(name)
    imposition = Imposition(stock, turn=edge)
    box = stock.slots[0]
    back = imposition.back(box)
    top = back.bottom if imposition.back_turned else back.y
    _, behind = turned_over(back.middle[0], top, stock, edge)
    assert behind == pytest.approx(box.y)


def test_a_back_over_the_upright_edge_lies_in_the_mirrored_column():
    stock = find_stock("A4:3x4")
    backs = [Imposition(stock).back(box) for box in stock.slots]
    for number, back in enumerate(backs):
        row, column = divmod(number, 3)
        mirrored = stock.slots[row * 3 + 2 - column]
        assert (back.x, back.y) == pytest.approx((mirrored.x, mirrored.y))


# Printers


def applied(matrix: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


SCALES, NUDGES = st.floats(0.98, 1.02), st.floats(-20, 20)


@given(SCALES, SCALES, NUDGES, NUDGES)
def test_a_page_is_scaled_about_its_centre_and_then_moved(scale_x, scale_y, right, down):
    matrix = Adjustment((right, down), (scale_x, scale_y)).matrix(210, 297)
    assert applied(matrix, 105, 148.5) == pytest.approx((105 + right, 148.5 + down))
    x, y = applied(matrix, 0, 0)
    far_x, far_y = applied(matrix, 210, 297)
    assert (far_x - x, far_y - y) == pytest.approx((210 * scale_x, 297 * scale_y))


def test_a_printer_that_is_right_needs_nothing():
    assert Adjustment().matrix(210, 297) == pytest.approx((1, 0, 0, 1, 0, 0))


@given(st.sampled_from(list(stocks())), SCALES, SCALES, NUDGES, NUDGES)
def test_what_an_adjustment_lets_pass_stays_on_the_page_and_what_it_refuses_does_not(
    name, sx, sy, right, down
):
    stock, adjustment = find_stock(name), Adjustment((right, down), (sx, sy))
    page = Box(0, 0, stock.page_width_mm, stock.page_height_mm)
    matrix = adjustment.matrix(stock.page_width_mm, stock.page_height_mm)
    safe = [slot.inset(stock.safe_inset_mm).transformed(matrix) for slot in stock.slots]
    stays = all(page.holds(box, slack_mm=SLACK_MM) for box in safe)
    try:
        adjustment.require_on(stock)
    except Invalid:
        assert not stays
    else:
        assert stays


@pytest.mark.parametrize(
    ("adjustment", "says"),
    [
        (Adjustment((9.0, 0)), r"nudge of 9 mm sideways, labels leave the page\. Give -8\.7 to 8\.72\."),
        (
            Adjustment((0, -17.0)),
            r"nudge of -17 mm up or down, labels leave the page\. Give -16\.65 to 16\.65",
        ),
    ],
)
def test_a_nudge_off_the_page_is_refused_with_the_most_that_works(adjustment, says):
    with pytest.raises(Invalid, match=says) as raised:
        adjustment.require_on(find_stock("L7160"))
    numbers = raised.value.problems[0].hint.removeprefix("Give ").removesuffix(".").split(" to ")
    axis = 0 if adjustment.nudge_mm[0] else 1
    for number in map(float, numbers):
        nudge = (number, 0.0) if axis == 0 else (0.0, number)
        Adjustment(nudge).require_on(find_stock("L7160"))


def test_a_scale_that_no_nudge_can_save_is_refused_with_the_most_that_works():
    stock = find_stock("zweckform-3474")
    with pytest.raises(Invalid, match=r"scale of 1\.02 pushes labels off the page\. Give 1\.014 at most"):
        Adjustment(scale=(1.02, 1)).require_on(stock)
    Adjustment(scale=(1.014, 1)).require_on(stock)


@pytest.mark.parametrize("scale", [0.979, 1.021, 0, -1, 100, float("nan"), float("inf")])
def test_a_scale_that_no_printer_needs_is_refused(scale):
    with pytest.raises(Invalid, match=r"Give 0\.98 to 1\.02"):
        Adjustment(scale=(1, scale))


@pytest.mark.parametrize("nudge", [float("nan"), float("inf")])
def test_a_nudge_that_is_no_number_is_refused(nudge):
    with pytest.raises(Invalid, match="no distance"):
        Adjustment((nudge, 0))

"""Labels lie where their stock says, measured at 600 dpi; `tests/bench/stocks.py` does the same for every stock."""

import pytest
from tests.press.sheets.measuring import measured, sheet_of

from scanly.press.imposition import Adjustment
from scanly.press.stocks import find_stock

# The smallest labels, abutting ones, round ones, inches, and a roll.
STOCKS = ("avery-l7658", "avery-l7160", "herma-4477", "avery-5160", "dymo-99012")
MOST_OFF_MM = 0.05


@pytest.mark.parametrize("name", STOCKS)
def test_pages_outlines_and_codes_are_where_the_stock_says(installation, tmp_path, name):
    stock = find_stock(name)
    order = sheet_of(installation, tmp_path, stock, stock.labels_per_sheet)
    found = measured(order.out, stock)
    assert found.page_mm < 0.001
    assert found.outlines_mm < MOST_OFF_MM
    assert found.codes_mm < MOST_OFF_MM


def test_a_tenth_of_a_millimetre_is_measured_as_such(installation, tmp_path):
    stock = find_stock("avery-l7160")
    order = sheet_of(installation, tmp_path, stock, stock.labels_per_sheet, adjustment=Adjustment((0.1, 0)))
    found = measured(order.out, stock)
    assert found.outlines_mm == pytest.approx(0.1, abs=0.01)
    assert found.codes_mm == pytest.approx(0.1, abs=0.03)

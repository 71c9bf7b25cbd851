"""Every stock that comes along, as geometry; and how stocks are found by what people type."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from scanly.core.errors import Invalid, NotFound
from scanly.core.paths import asset
from scanly.press.page import Box
from scanly.press.stocks import find_stock, stocks
from scanly.press.stocks.model import SLACK_MM, Stock
from scanly.press.stocks.names import plain
from scanly.press.stocks.papers import PAPERS

ALL = [pytest.param(stock, id=name) for name, stock in stocks().items()]
SHEETS = [pytest.param(stock, id=name) for name, stock in stocks().items() if stock.kind == "sheet"]
# Sold by a size that is rounded more coarsely than to a tenth of a millimetre.
AGREES_MM = 0.15
CENTRED_MM = 1.0


def rows() -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for file in sorted(asset("stocks").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found += list(csv.DictReader(lines))
    return found


def nominal_mm(text: str) -> tuple[list[float], float]:
    """The lengths of ``2 5/8 x 1 in`` or ``105 x 74 mm``, and what they may be off by through rounding."""
    said, unit = text.rsplit(" ", 1)
    sides = [sum((Fraction(part) for part in side.split()), Fraction()) for side in said.split(" x ")]
    if unit == "in":
        return [float(side) * 25.4 for side in sides], 0.0
    assert unit == "mm"
    return [float(side) for side in sides], 0.0 if "." in said else 0.5


@pytest.mark.parametrize("stock", ALL)
def test_every_label_lies_on_its_page_and_on_no_other(stock: Stock):
    page = Box(0, 0, stock.page_width_mm, stock.page_height_mm)
    assert len(stock.slots) == stock.labels_per_sheet == stock.columns * stock.rows
    assert all(page.holds(slot, slack_mm=SLACK_MM) for slot in stock.slots)
    assert not any(one.meets(other, slack_mm=SLACK_MM) for one, other in combinations(stock.slots, 2))


@pytest.mark.parametrize("stock", ALL)
def test_labels_stand_row_by_row_at_the_pitch(stock: Stock):
    for number, slot in enumerate(stock.slots):
        row, column = divmod(number, stock.columns)
        assert slot.x == pytest.approx(stock.left_mm + column * stock.pitch_x_mm)
        assert slot.y == pytest.approx(stock.top_mm + row * stock.pitch_y_mm)
        assert (slot.width, slot.height) == (stock.label_width_mm, stock.label_height_mm)


@pytest.mark.parametrize("stock", SHEETS)
def test_every_sheet_is_even_on_both_sides(stock: Stock):
    first, last = stock.slots[0], stock.slots[-1]
    assert first.x == pytest.approx(stock.page_width_mm - last.right, abs=CENTRED_MM)
    assert first.y == pytest.approx(stock.page_height_mm - last.bottom, abs=CENTRED_MM)


@pytest.mark.parametrize("stock", ALL)
def test_the_size_it_is_sold_by_is_the_size_of_a_label(stock: Stock):
    if not stock.nominal:
        assert not stock.verified
        return
    sides, rounding_mm = nominal_mm(stock.nominal)
    assert len(sides) == (1 if stock.shape == "round" else 2)
    said = [stock.label_width_mm, stock.label_height_mm][: len(sides)]
    assert said == pytest.approx(sides, abs=max(AGREES_MM, rounding_mm))


@pytest.mark.parametrize("stock", ALL)
def test_what_is_safe_lies_within_the_label_and_leaves_room(stock: Stock):
    safe = stock.slots[0].inset(stock.safe_inset_mm)
    assert safe.width > stock.label_width_mm / 2
    assert safe.height > stock.label_height_mm / 2
    if stock.shape == "round":
        x, y = stock.slots[0].middle
        assert (safe.x - x) ** 2 + (safe.y - y) ** 2 < (stock.label_width_mm / 2) ** 2


@pytest.mark.parametrize(
    ("name", "inset_mm"),
    [
        ("L7160", 1.5),
        ("L7658", 1.0),  # 10 mm high
        ("A4:3x8", 1.5),
        ("herma-4476", 1.5 + 20 - 20 / 2**0.5),
        ("herma-4385", 1.0 + 5 - 5 / 2**0.5),
    ],
)
def test_what_is_kept_free_is_what_printers_drift_and_a_circle_s_corners(name, inset_mm):
    assert find_stock(name).safe_inset_mm == pytest.approx(inset_mm)


def test_what_is_safe_on_an_oval_touches_its_edge_but_for_the_drift():
    round_one = find_stock("herma-4477")
    oval = replace(round_one, columns=1, label_height_mm=40.0, shape="oval", radius_mm=None)
    corner = oval.safe_inset_mm - 1.5
    assert ((30 - corner) / 30) ** 2 + ((20 - corner) / 20) ** 2 == pytest.approx(1)


def test_large_corners_take_more_than_the_drift():
    assert replace(find_stock("L7160"), radius_mm=15.0).safe_inset_mm == pytest.approx(15 - 15 / 2**0.5)


@pytest.mark.parametrize("stock", ALL)
def test_every_stock_says_where_its_figures_come_from_and_whether_they_were_compared(stock: Stock):
    assert stock.source
    assert re.match(r"(un)?verified: \w", stock.verification)
    assert stock.name == f"{stock.maker}-{stock.part}".lower()
    assert stock.page in {*PAPERS, "roll"}


def test_there_are_stocks_of_every_maker_and_few_that_nobody_could_compare():
    makers = {stock.maker for stock in stocks().values()}
    assert makers == {"Avery", "Herma", "Zweckform", "OnlineLabels", "DYMO", "Zebra", "Brother"}
    unverified = [name for name, stock in stocks().items() if not stock.verified]
    assert len(stocks()) >= 158
    assert 0 < len(unverified) <= 16


def test_every_row_is_a_stock_and_no_name_stands_for_two():
    written = rows()
    assert sorted(row["name"] for row in written) == list(stocks())
    words = [plain(word) for row in written for word in [row["part"], *row["aliases"].split()]]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("part", "grid", "size_mm"),
    [
        ("L7160", (3, 7), (63.5, 38.1)),
        ("L7159", (3, 8), (63.5, 33.9)),
        ("L7651", (5, 13), (38.1, 21.2)),
        ("5160", (3, 10), (66.675, 25.4)),
        ("5163", (2, 5), (101.6, 50.8)),
        ("5167", (4, 20), (44.45, 12.7)),
        ("4780", (4, 10), (48.5, 25.4)),
        ("3475", (3, 8), (70, 36)),
    ],
)
def test_well_known_sheets_have_the_layout_that_everybody_knows(part, grid, size_mm):
    stock = find_stock(part)
    assert (stock.columns, stock.rows) == grid
    assert (stock.label_width_mm, stock.label_height_mm) == pytest.approx(size_mm, abs=AGREES_MM)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("avery-l7160", "avery-l7160"),
        ("l7160", "avery-l7160"),
        ("Avery 7160", "avery-l7160"),
        ("avery_L7160", "avery-l7160"),
        ("J8160", "avery-l7160"),
        ("L7160-25", "avery-l7160"),
        ("Avery 5160", "avery-5160"),
        ("18160", "avery-5160"),
        ("8160", "avery-8160"),
        ("4780", "zweckform-4780"),
        ("Herma 4677", "herma-4677"),
        ("dymo 99012", "dymo-99012"),
        ("DK11201", "brother-dk-11201"),
        ("DK-11201", "brother-dk-11201"),
        ("11201", "brother-dk-11201"),
        ("Zebra 4 × 6 in", "zebra-4x6in"),
        ("OL2679", "onlinelabels-ol2679"),
    ],
)
def test_a_stock_is_found_by_what_people_type(typed, name):
    assert find_stock(typed).name == name


@pytest.mark.parametrize("stock", ALL)
def test_every_stock_is_found_by_its_name_its_part_and_each_alias(stock: Stock):
    for word in (stock.name, stock.part, *stock.aliases):
        assert find_stock(word) is stock
        assert find_stock(f"{stock.maker} {word}") is stock


def test_an_unknown_stock_names_the_nearest_with_its_grid_and_size():
    with pytest.raises(NotFound) as raised:
        find_stock("averi-l7161")
    assert raised.value.message == 'There is no label stock "averi-l7161".'
    assert '"avery-l7161" (3 × 6 labels of 63.5 × 46.56 mm on A4)' in raised.value.hint
    with pytest.raises(NotFound, match=r"scanly print stocks.*A4:3x8"):
        find_stock("?")


def test_stocks_of_one_s_own_are_found_and_win_over_those_that_come_along(tmp_path: Path):
    (tmp_path / "shelf.toml").write_text("label_width_mm = 90\nlabel_height_mm = 50\n", encoding="utf-8")
    (tmp_path / "more.csv").write_text(
        "name,label_width_mm,label_height_mm\navery-l7160,60,40\nour boxes,80,80\n", encoding="utf-8"
    )
    (tmp_path / "notes.txt").write_text("not a stock", encoding="utf-8")
    assert find_stock("Shelf", tmp_path).label_width_mm == 90
    assert find_stock("our-boxes", tmp_path).label_width_mm == 80
    assert find_stock("L7160", tmp_path).label_width_mm == 63.5
    assert find_stock("avery-l7160", tmp_path).label_width_mm == 60
    assert list(stocks(tmp_path)) == sorted({*stocks(), "shelf", "our boxes"})
    assert find_stock("avery-l7160").label_width_mm == 63.5
    with pytest.raises(NotFound, match='"shelf"'):
        find_stock("shelv", tmp_path)


def test_a_folder_that_does_not_exist_holds_no_stocks(tmp_path: Path):
    assert stocks(tmp_path / "stocks") == stocks()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"columns": 4}, r"reach to 26\d\.\d+ mm, but A4 is 210 mm wide"),
        ({"rows": 8}, r"reach to 319\.95 mm, but A4 is 297 mm high"),
        ({"left_mm": -2.0}, "begin 2 mm outside A4"),
        (
            {"pitch_x_mm": 60.0},
            r"63\.5 mm wide overlap at a pitch of 60 mm\. Give a pitch of 63\.5 mm or more",
        ),
        ({"columns": 2, "pitch_x_mm": 63.0}, "overlap"),
        ({"pitch_y_mm": 30.0}, "overlap"),
        ({"columns": 0}, "0 × 7 labels are no sheet"),
        ({"rows": 201}, "no sheet"),
        ({"label_width_mm": 0.0}, "no area"),
        ({"top_mm": float("nan")}, "no number"),
        ({"label_height_mm": float("inf")}, "no number"),
        ({"radius_mm": 20.0}, r"radius of 20 mm\. Give 0 to 19\.05 mm"),
        ({"shape": "round"}, "as wide as it is high"),
    ],
)
def test_a_layout_that_cannot_be_is_refused_with_what_would_work(change, says):
    with pytest.raises(Invalid, match=says):
        replace(find_stock("L7160"), **change)


def test_stocks_are_read_when_one_is_asked_for_and_not_before():
    code = (
        "import scanly.press.stocks as s, sys; assert not s._shipped.cache_info().currsize; "
        "s.find_stock('A4:3x8'); assert not s._shipped.cache_info().currsize; "
        "s.find_stock('L7160'); assert s._shipped.cache_info().currsize; "
        "assert not {'PIL', 'reportlab', 'uharfbuzz', 'jinja2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

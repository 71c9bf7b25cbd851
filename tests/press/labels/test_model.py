"""What labels share: their texts, their cells, codes in boxes."""

from __future__ import annotations

import pytest
from tests.press.labels.rows import ADDRESS, artwork

from scanly.core.errors import Invalid
from scanly.press.labels.model import cautions, cells_of, code_in, read_exact, read_wording
from scanly.press.page import Box, Code, Placed, moved
from scanly.press.pictures.picture import Pixels
from scanly.qr.artwork import Artwork

CELLS = {"name": "Rosa", "table": "7", "empty": " ", "story": "two\r\nlines\tand a tab"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{name}\\nTable {table:02}", "Rosa\nTable 07"),
        ("{name}\nTable {table}", "Rosa\nTable 7"),
        ("{name}\n{empty}\nend", "Rosa\nend"),
        ("Price {empty}", ""),
        ("{name} {empty}", "Rosa"),
        ("{story}", "two\nlines and a tab"),
        ("always", "always"),
        ("\n {name} \n", "Rosa"),
        ("", ""),
    ],
)
def test_a_text_is_filled_and_lines_without_cells_are_left_out(text: str, filled: str):
    assert read_wording(text, field="text").fill(CELLS) == filled


def test_a_content_or_a_file_s_name_is_taken_as_it_is():
    cells = {"folder": r"C:\new", "story": CELLS["story"], "empty": ""}
    assert read_exact(r"{folder}\noon.png", field="image").fill(cells) == r"C:\new\noon.png"
    assert read_exact("{story}", field="content").fill(cells) == CELLS["story"]
    assert read_exact(" {empty}", field="content").fill(cells) == ""


def test_a_text_may_name_built_in_words_and_refuses_others():
    wording = read_wording("{address} {serial}\n{nmae}", field="text")
    assert wording.columns == {"address", "serial", "nmae"}
    with pytest.raises(Invalid, match=r'"nmae", which is not a column\. Did you mean "name"\?.*short_url'):
        wording.require(("name",), field="text")


@pytest.mark.parametrize(
    ("values", "built_in", "cells"),
    [
        ({"Full Name": "Rosa"}, {}, {"fullname": "Rosa"}),
        ({"Code": "mine"}, {"code": "k7"}, {"code": "k7"}),
        ({"Code": "mine"}, {"code": ""}, {"code": "mine"}),
        (
            {},
            {"short_url": "https://a.example/k7"},
            {"shorturl": "https://a.example/k7", "address": "a.example/k7"},
        ),
        (
            {"address": "Main Street 4"},
            {"short_url": "https://a.example/k7"},
            {"shorturl": "https://a.example/k7", "address": "Main Street 4"},
        ),
    ],
)
def test_built_in_cells_lie_over_those_of_the_row_where_there_are_any(values, built_in, cells):
    assert cells_of(values, **built_in) == cells


def test_a_code_fills_its_box_and_one_with_a_frame_stays_within():
    box = Box(2, 3, 20, 20)
    square = code_in(artwork(ADDRESS, 20), box, b"x").box
    assert (square.x, square.y, square.right, square.bottom) == pytest.approx((2, 3, 22, 23))
    tall = Artwork(width=40, height=50, module_mm=0.5, ground=None, shapes=())
    placed = code_in(tall, box, b"x").box
    assert (placed.x, placed.y, placed.right, placed.bottom) == pytest.approx((4, 3, 20, 23))


def test_modules_below_a_quarter_of_a_millimetre_are_refused_with_the_width_that_works():
    small = Artwork(width=33, height=33, module_mm=0.24, ground=None, shapes=())
    with pytest.raises(Invalid, match=r"0\.24 mm do not print reliably\. Make the code 8\.2[5-6] mm or more"):
        code_in(small, Box(0, 0, 8, 8), b"x")
    code_in(Artwork(33, 33, 0.25, None, ()), Box(0, 0, 8.25, 8.25), b"x")


def test_modules_below_a_third_of_a_millimetre_are_cautioned_also_in_groups():
    def code(module_mm: float) -> Code:
        return Code(Artwork(33, 33, module_mm, None, ()), 0, 0, b"x")

    found = list(cautions((code(0.33), moved((code(0.26),), 5, 5))))
    assert found == ["Modules of 0.26 mm ask for a good printer; a code of 10.9 mm would have 0.33 mm."]


@pytest.mark.parametrize(("side", "told"), [(225, 0), (224, 1)])
def test_a_picture_that_will_look_soft_is_a_caution_and_a_coarser_one_is_refused(side: int, told: int):
    def on_an_inch(pixels: int) -> list[str]:
        return list(cautions([Placed(Pixels(b"", pixels, pixels, "grey"), Box(0, 0, 25.4, 25.4))]))

    assert len(on_an_inch(side)) == told
    with pytest.raises(Invalid, match=r"image: .*Give at least 225 x 225 pixels"):
        on_an_inch(149)

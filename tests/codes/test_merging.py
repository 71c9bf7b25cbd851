"""Text with places for cells: what is filled in, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.codes.merging import parse_merge
from scanly.core.errors import Invalid

TEXTS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{name}, table {table:03}", "Rosa, table 007"),
        ("{NAME}", "Rosa"),
        ("{place of birth}{place_of_birth}", "PunePune"),
        ("{nobody}", ""),
        ("{{name}}", "{name}"),
    ],
)
def test_cells_stand_where_their_columns_are_named(text: str, filled: str):
    cells = {"name": "Rosa", "table": "7", "placeofbirth": "Pune"}
    assert parse_merge(text, field="text").fill(cells) == filled


@given(TEXTS, TEXTS, TEXTS)
def test_all_else_stays_and_nothing_in_a_cell_is_read(before: str, cell: str, after: str):
    merge = parse_merge(f"{before}{{name}}{after}", field="text")
    assert merge.columns == {"name"}
    assert merge.fill({"name": f"{{{cell}}}"}) == f"{before}{{{cell}}}{after}"


def test_columns_that_are_not_there_are_named_with_the_nearest():
    merge = parse_merge("{name} {tabel}", field="text")
    merge.require(("Name", "Tabel"), field="text")
    with pytest.raises(Invalid) as caught:
        merge.require(("Name", "Table"), field="text")
    assert str(caught.value) == (
        'text: names "tabel", which is not a column. Did you mean "table"? There are Name, Table.'
    )


def test_zeros_before_a_word_are_refused_with_its_row():
    with pytest.raises(Invalid, match='row 9, table: "4a" is not a whole number'):
        parse_merge("{table:03}", field="text").fill({"table": "4a", "line": "9"})

"""Which rows a run is about."""

from __future__ import annotations

import pytest

from scanly.codes.columns import bind
from scanly.codes.selection import parse_selection
from scanly.codes.spreadsheet import Row
from scanly.core.errors import Invalid

COLUMNS = bind(("url", "City", "Titel"), {"Titel": "title"}, {"url": ("target",)})
ROW = Row(2, {"url": "https://e.example/?a=b", "City": " Pune ", "Titel": "Été 2027"})


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ((), True),
        (("city=Pune",), True),
        ((" CITY = pune",), True),
        (("city=Pun",), False),
        (("city~un",), True),
        (("city~",), True),
        (("city!=Pune",), False),
        (("city!=",), True),
        (("city=",), False),
        (("title=e\u0301t\u00e9 2027", "Titel~2027"), True),
        (("city=Pune", "title~2028"), False),
        (("target=https://e.example/?a=b",), True),
        (("status=failed",), True),
        (("Status!=failed",), False),
        (("results.status=failed", "city=Pune"), True),
    ],
)
def test_a_row_is_meant_when_every_condition_holds(conditions: tuple[str, ...], holds: bool):
    assert parse_selection(conditions, COLUMNS.header, COLUMNS.column_of).holds(ROW, "failed") is holds


def test_a_column_named_status_is_the_spreadsheets_own():
    columns = bind(("url", "status"), {}, {"url": ("target",)})
    row = Row(2, {"url": "x", "status": "sold"})
    assert parse_selection(("status=sold",), columns.header, columns.column_of).holds(row, "failed")
    assert not parse_selection(("status=sold",), columns.header, columns.column_of).by_status
    earlier = parse_selection(("results.status=failed",), columns.header, columns.column_of)
    assert earlier.by_status and earlier.holds(row, "failed") and not earlier.holds(row, "")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("city", '"city" is no condition.'),
        ("=Pune", '"=Pune" is no condition.'),
        (
            "ciity=Pune",
            'There is no column "ciity". Did you mean "city"? There are "url", "City", "Titel", and status.',
        ),
    ],
)
def test_what_is_no_condition_is_refused(condition: str, words: str):
    with pytest.raises(Invalid) as caught:
        parse_selection((condition,), COLUMNS.header, COLUMNS.column_of)
    assert words in str(caught.value)

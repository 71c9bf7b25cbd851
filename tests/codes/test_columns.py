"""What columns mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanly.codes.columns import bind
from scanly.codes.rowspec import Conventions, RowSpec, spec_of
from scanly.codes.spreadsheet import Row, open_rows
from scanly.core.errors import Invalid

ROOT = Path(__file__).parents[2]
TYPES = {"url": ("target",), "text": ("text",), "wifi": ("ssid", "password", "security", "hidden")}


def refusal(header: tuple[str, ...], mapping: dict[str, str] | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        bind(header, mapping or {}, TYPES)
    return str(caught.value)


def test_german_columns_are_mapped_and_the_others_are_kept():
    rows = open_rows(ROOT / "tests/fixtures/agency-campaign-semicolon-cp1252.csv")
    columns = bind(rows.header, {"titel": "Title", "Kampagne": "campaign", "Platzierung": "placement"}, TYPES)
    specs = [spec_of(row, columns, Conventions()) for row in rows]
    assert [spec.title for spec in specs if isinstance(spec, RowSpec)][3] == "Preis in €"
    assert columns.unknown == ("Kosten", "Gültig bis")
    assert set(columns.template_names()) == {*rows.header, "title", "campaign", "placement", "target"}
    values = columns.template_values(next(iter(rows)))
    assert (values["Kosten"], values["title"], values["Titel"]) == (
        "145,50",
        *["Frühlingsfest – Plakat groß"] * 2,
    )


@pytest.mark.parametrize(
    ("header", "mapping", "words"),
    [
        (
            ("Traget", "code"),
            {},
            'no column "target" (or "url"). Did you mean "traget"? The columns are "Traget"',
        ),
        (("Ziel",), {}, 'like --map "Ziel=target"'),
        (("type", "colour"), {}, 'no column "target"'),
        (("text",), {}, 'no column "target"'),
        (("url", "Target"), {}, '"url" and "Target" both mean target.'),
        (("url", "title", "Titel"), {"Titel": "title"}, '"title" and "Titel" both mean title.'),
        (("url", "Titel"), {"Tite": "title"}, 'no column "Tite". Did you mean "Titel"?'),
        (("url", "Titel"), {"Titel": "titl"}, '"titl" is not a known column. Did you mean "title"?'),
    ],
)
def test_columns_that_cannot_be_understood_are_refused(
    header: tuple[str, ...], mapping: dict[str, str], words: str
):
    assert words in refusal(header, mapping)


def test_names_are_compared_without_case_spaces_hyphens_and_underscores():
    columns = bind(("U R L", "UTM-Source", "TAGS", "Max Scans"), {}, TYPES)
    assert columns.column_of == {
        "target": "U R L",
        "utm_source": "UTM-Source",
        "tags": "TAGS",
        "max_scans": "Max Scans",
    }


def test_a_mapped_column_is_named_as_its_owner_knows_it():
    columns = bind(("Ziel",), {"Ziel": "target"}, TYPES)
    problems = spec_of(Row(3, {"Ziel": "x"}), columns, Conventions())
    assert not isinstance(problems, RowSpec)
    assert str(problems[0]).startswith('row 3, target (column "Ziel"): "x" cannot be used')

"""What columns mean and what rows ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanly.codes.columns import RowSpec, bind, spec_of, with_utm
from scanly.codes.spreadsheet import Row, open_rows
from scanly.core.errors import Invalid

ROOT = Path(__file__).parents[2]
TYPES = {
    "url": ("target",),
    "text": ("text",),
    "wifi": ("ssid", "password", "security", "hidden"),
    "vcard": ("name", "phone", "title", "url"),
    "gs1": ("gtin", "host"),
}


def read(**cells: str) -> RowSpec | str:
    """The spec of one row in line 24, or its problems as text; names are written as keywords."""
    columns = bind(tuple(cells), {}, TYPES)
    spec = spec_of(Row(24, cells), columns)
    return spec if isinstance(spec, RowSpec) else "\n".join(map(str, spec))


def good(**cells: str) -> RowSpec:
    spec = read(**cells)
    assert isinstance(spec, RowSpec), spec
    return spec


def refusal(header: tuple[str, ...], mapping: dict[str, str] | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        bind(header, mapping or {}, TYPES)
    return str(caught.value)


def test_the_menu_example_has_39_good_rows_and_names_the_bad_one():
    rows = open_rows(ROOT / "examples/menu/tables.csv")
    columns = bind(rows.header, {}, TYPES)
    specs = [spec_of(row, columns) for row in rows]
    bad = [spec for spec in specs if not isinstance(spec, RowSpec)]
    assert (len(specs), len(bad)) == (40, 1)
    assert str(bad[0][0]).startswith('row 24, target: "htp:/chai-corner.example/menu" cannot be used')
    assert specs[0] == RowSpec(
        line=2,
        type="url",
        fields={"target": "https://chai-corner.example/menu?table=1&utm_source=table&utm_medium=qr"},
        code="table-1",
        title="",
        tags=("menu", "indoor"),
        campaign="",
        placement="Table 1",
        host="",
        caption="खिड़की 1 – मेन्यू के लिए स्कैन करें",
        name="Window 1",
        size_mm=None,
    )


def test_german_columns_are_mapped_and_the_others_are_kept():
    rows = open_rows(ROOT / "tests/fixtures/agency-campaign-semicolon-cp1252.csv")
    columns = bind(rows.header, {"titel": "Title", "Kampagne": "campaign", "Platzierung": "placement"}, TYPES)
    specs = [spec_of(row, columns) for row in rows]
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


def test_each_type_takes_its_own_fields_and_spaces_around_cells_do_not_count():
    cells = {"target": "", "ssid": " Café ", "password": "a b", "title": "Guests", "text": "Hi", "name": "n"}
    wifi = good(type="Wi-Fi", **cells)
    assert (wifi.type, wifi.fields, wifi.title) == ("wifi", {"ssid": "Café", "password": "a b"}, "Guests")
    assert good(type="text", **cells | {"password": ""}).fields == {"text": "Hi"}
    card = good(type="vcard", **cells | {"password": "", "target": "https://e.example"})
    assert card.fields == {"name": "n", "title": "Guests", "url": "https://e.example"}
    assert (card.name, card.title) == ("n", "")
    assert good(type="gs1", gtin="1", host="id.example").host == ""
    assert good(url="https://e.example/", host="go.example").host == "go.example"


@pytest.mark.parametrize("name", ["style", "logo", "frame", "copies", "expires", "max_scans", "password"])
def test_a_filled_cell_that_would_have_no_effect_makes_the_row_bad(name: str):
    assert isinstance(read(url="https://e.example", **{name: " "}), RowSpec)
    expected = f'row 24, {name}: "v" has no effect: this version cannot set {name} from a spreadsheet.'
    assert str(read(url="https://e.example", **{name: "v"})).startswith(expected)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"target": "", "code": "a"}, "row 24, target: is empty."),
        ({"url": "javascript:alert(1)"}, 'row 24, target: "javascript:alert(1)" cannot be used'),
        (
            {"url": "https://e.example", "type": "wify"},
            'type: "wify" is not a kind of content. Did you mean "wifi"?',
        ),
        (
            {"url": "https://e.example", "size": "3 inch"},
            'row 24, size: "3 inch" is not a size in millimetres.',
        ),
        ({"url": "https://e.example", "size": "0"}, "not a size"),
        (
            {"type": "text", "text": "Hi", "utm_source": "x"},
            'utm_source: "x" has no effect: text has no address',
        ),
        ({"url": "x", "size": "y", "logo": "z"}, "row 24, logo"),
    ],
)
def test_a_bad_row_says_line_column_value_and_remedy(cells: dict[str, str], words: str):
    assert words in str(read(**cells))


def test_all_problems_of_a_row_are_told_at_once():
    assert str(read(url="x", size="y", logo="z")).count("row 24") == 3


def test_a_mapped_column_is_named_as_its_owner_knows_it():
    columns = bind(("Ziel",), {"Ziel": "target"}, TYPES)
    problems = spec_of(Row(3, {"Ziel": "x"}), columns)
    assert not isinstance(problems, RowSpec)
    assert str(problems[0]).startswith('row 3, target (column "Ziel"): "x" cannot be used')


@pytest.mark.parametrize(("cell", "size_mm"), [("30", 30), ("30mm", 30), ("25,5 MM", 25.5), ("", None)])
def test_sizes_are_millimetres(cell: str, size_mm: float | None):
    assert good(url="https://e.example", size=cell).size_mm == size_mm


def test_tags_are_split_once_each():
    assert good(url="https://e.example", tags=" a; b|a |;c d").tags == ("a", "b", "c d")


@pytest.mark.parametrize(
    ("address", "utm", "result"),
    [
        ("https://e.example/", {}, "https://e.example/"),
        ("https://e.example/", {"utm_source": "a b&c=é"}, "https://e.example/?utm_source=a%20b%26c%3D%C3%A9"),
        ("https://e.example/?x=1#f?g", {"utm_source": "s"}, "https://e.example/?x=1&utm_source=s#f?g"),
        (
            "https://e.example/?utm_medium=old&b=%2F+&utm_medium=older&c",
            {"utm_source": "s", "utm_medium": "qr"},
            "https://e.example/?utm_medium=qr&b=%2F+&c&utm_source=s",
        ),
        ("https://e.example/?utm%5Fsource=o&&", {"utm_source": "s"}, "https://e.example/?utm_source=s&&"),
    ],
)
def test_utm_columns_set_or_replace_and_leave_the_rest_alone(address: str, utm: dict[str, str], result: str):
    assert with_utm(address, utm) == result

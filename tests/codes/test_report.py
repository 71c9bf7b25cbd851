"""The report of a bulk run: whole, resumable, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import errno
import hashlib
from pathlib import Path
from typing import Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.codes.report import COLUMNS, INPUT_HASH, PART, RESULTS, Report, Result, defused
from scanly.codes.spreadsheet import Row, Rows, open_rows
from scanly.core.errors import Conflict, Unavailable

TABLE = 'target,note\nx,"two\r\nlines, ""quoted"" and ₹"\ny,=1+1\nz,plain\n'


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    path = tmp_path / "in put.csv"
    path.write_text(TABLE, encoding="utf-8", newline="")
    return open_rows(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


def result(row: Row) -> Result:
    if row.line == 4:
        return Result(row, "failed", problem=f"row {row.line}: no")
    return Result(row, "ok", f"-c{row.line}", f"https://g.example/-c{row.line}", ("a.svg", "a.png"))


def written(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def run(folder: Path, rows: Rows) -> bytes:
    """A run without interruption."""
    with Report.start(folder, rows) as report:
        for row in rows:
            report.add([result(row)])
        return report.finish().read_bytes()


def test_every_row_is_reported_with_its_input(folder: Path, rows: Rows):
    run(folder, rows)
    assert written(folder / RESULTS) == [
        [*COLUMNS, "target", "note"],
        ["2", "ok", "'-c2", "https://g.example/-c2", "a.svg|a.png", "", "x", 'two\r\nlines, "quoted" and ₹'],
        ["4", "failed", "", "", "", "row 4: no", "y", "'=1+1"],
        ["5", "ok", "'-c5", "https://g.example/-c5", "a.svg|a.png", "", "z", "plain"],
    ]
    assert sorted(path.name for path in folder.iterdir()) == [INPUT_HASH, RESULTS]
    sha256 = hashlib.sha256(TABLE.encode()).hexdigest()
    assert (folder / INPUT_HASH).read_text() == f"{sha256}  in put.csv\n"


def test_a_report_torn_at_any_byte_goes_on_to_the_same_end(folder: Path, rows: Rows):
    whole = run(folder, rows)
    header_end = whole.index(b"\r\n") + 2
    for cut in range(len(whole) + 1):
        (folder / RESULTS).unlink()
        (folder / PART).write_bytes(whole[:cut])
        with Report.resume(folder, rows) as report:
            complete = 0 if cut < header_end else len([end for end in ends(whole) if end <= cut]) - 1
            assert sorted(report.done) == [2, 4, 5][:complete], cut
            report.add(result(row) for row in rows if row.line not in report.done)
            report.finish()
        assert (folder / RESULTS).read_bytes() == whole, cut
        assert report.done == {2: "-c2", 4: "", 5: "-c5"}
        assert report.counts == {"ok": 2, "failed": 1}


def ends(whole: bytes) -> list[int]:
    """Where the records end: the line end inside the quoted cell is none."""
    inside = whole.index(b"two\r\n") + 5
    return [at + 2 for at in range(len(whole)) if whole[at : at + 2] == b"\r\n" and at + 2 != inside]


def test_a_report_without_an_earlier_run_begins_and_a_finished_one_has_nothing_left(folder: Path, rows: Rows):
    with Report.resume(folder, rows) as report:
        assert report.done == {}
        report.add(map(result, rows))
        report.finish()
    before = (folder / RESULTS).read_bytes()
    with Report.resume(folder, rows) as report:
        assert sorted(report.done) == [row.line for row in rows]
        report.finish()
    assert (folder / RESULTS).read_bytes() == before


@pytest.mark.parametrize("finished", [False, True])
def test_a_changed_input_is_refused(folder: Path, rows: Rows, finished: bool):
    with Report.start(folder, rows) as report:
        report.add(map(result, rows))
        if finished:
            report.finish()
    rows.path.write_text(TABLE + "more,1\n")
    with pytest.raises(Conflict, match="not the file"):
        Report.resume(folder, open_rows(rows.path))
    (folder / INPUT_HASH).unlink()
    with pytest.raises(Conflict, match="does not say"):
        Report.resume(folder, rows)


def test_a_new_run_does_not_overwrite_one_that_was_cut_off(folder: Path, rows: Rows):
    with Report.start(folder, rows) as report:
        report.add([])
    with pytest.raises(Conflict, match="Add --resume"):
        Report.start(folder, rows)


def test_a_folder_that_is_a_file_is_refused(folder: Path, rows: Rows):
    folder.touch()
    with pytest.raises(Unavailable, match="File exists"):
        Report.start(folder, rows)


def test_two_runs_cannot_write_to_one_folder(folder: Path, rows: Rows):
    with Report.start(folder, rows), pytest.raises(Conflict, match="Another run"):
        Report.resume(folder, rows)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b",", b";"),
        lambda data: data.replace(b"\r\n4,", b"\r\nfour,"),
        lambda data: data.replace(b",failed,", b",maybe,"),
        lambda data: data.replace(b"\r\n4,failed", b"\r\n4,more,failed"),
        lambda data: data.replace(b'quoted"" and', b'quoted" and'),
    ],
)
def test_a_report_that_another_program_changed_is_refused(folder: Path, rows: Rows, change):
    whole = run(folder, rows)
    (folder / RESULTS).write_bytes(change(whole))
    with pytest.raises(Conflict, match="changed by another program"):
        Report.resume(folder, rows)


def test_a_full_disk_leaves_whole_records(folder: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch):
    first, *others = map(result, rows)
    with Report.start(folder, rows) as report:
        report.add([first])
        before = (folder / PART).read_bytes()

        def full(_: int) -> Never:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            with pytest.raises(Unavailable, match="No space left"):
                report.add(others)
        assert (folder / PART).read_bytes() == before
        report.add(others)
        report.finish()
    assert [line[0] for line in written(folder / RESULTS)] == ["line", "2", "4", "5"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹣"])
@pytest.mark.parametrize("before", ["", " ", "\u00a0", '"', ' "', "\u200b", "\ufeff"])
def test_a_formula_gets_an_apostrophe(sign: str, before: str):
    assert defused(f"{before}{sign}cmd|' /C calc'!A0") == f"'{before}{sign}cmd|' /C calc'!A0"


@pytest.mark.parametrize("cell", ["\tx", "\rx", "\n=1", "-", "--1", "-1+1", "+49 170 1", "1\n".join("=a")])
def test_other_cells_that_a_spreadsheet_might_run_get_one_too(cell: str):
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["", "-5", "+3.5", "-1.234,50", "12", "a=b", "'=1", "https://e.example", "मेन्यू"]
)
def test_numbers_and_plain_text_are_untouched(cell: str):
    assert defused(cell) == cell


@given(st.text())
def test_defusing_twice_is_defusing_once(cell: str):
    assert defused(defused(cell)) == defused(cell)

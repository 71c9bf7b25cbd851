"""The report of a bulk run: whole, resumable, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import errno
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.codes import manifest
from scanly.codes.formulas import as_was, defused
from scanly.codes.ledger import Ledger
from scanly.codes.manifest import MANIFEST
from scanly.codes.report import COLUMNS, INPUT_HASH, PART, RESULTS, Earlier, Report, Result, statuses
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


def result(row: Row, made_by: str = "") -> Result:
    if row.line == 4 and not made_by:
        return Result(row, "failed", problem=f"row {row.line}: no")
    code, names = f"-c{row.line}", (f"{row.line}.a.svg", f"{row.line}.a.png")
    made = tuple(tuple(made_line(row.line, name, made_by)) for name in names)
    return Result(row, "ok", code, f"https://g.example/{code}", names, made=made)


def made_line(line: int, file: str, made_by: str = "") -> list[str]:
    """A line of the manifest."""
    said = {"line": str(line), "file": file, "encoder": made_by}
    return [said.get(name, "") for name in manifest.COLUMNS]


def add_rest(report: Report, rows: Rows) -> list[Earlier | None]:
    """Adds what is missing, copies what was known; what was known of each row."""
    known = [(row, report.earlier(row)) for row in rows]
    report.add(earlier or result(row) for row, earlier in known if not (earlier and earlier.written))
    return [earlier for _, earlier in known]


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
        [
            "2",
            "ok",
            "'-c2",
            "https://g.example/-c2",
            "2.a.svg|2.a.png",
            "",
            "x",
            'two\r\nlines, "quoted" and ₹',
        ],
        ["4", "failed", "", "", "", "row 4: no", "y", "'=1+1"],
        ["5", "ok", "'-c5", "https://g.example/-c5", "5.a.svg|5.a.png", "", "z", "plain"],
    ]
    files = ((2, "2.a.svg"), (2, "2.a.png"), (5, "5.a.svg"), (5, "5.a.png"))
    assert written(folder / MANIFEST) == [
        list(manifest.COLUMNS),
        *(made_line(line, file) for line, file in files),
    ]
    assert sorted(path.name for path in folder.iterdir()) == [INPUT_HASH, MANIFEST, RESULTS]
    sha256 = hashlib.sha256(TABLE.encode()).hexdigest()
    assert (folder / INPUT_HASH).read_text() == f"{sha256}  in put.csv\n"


def test_a_report_torn_at_any_byte_goes_on_to_the_same_end(folder: Path, rows: Rows):
    whole = run(folder, rows)
    made = (folder / MANIFEST).read_bytes()
    header_end = whole.index(b"\r\n") + 2
    for cut in range(len(whole) + 1):
        (folder / RESULTS).unlink()
        (folder / PART).write_bytes(whole[:cut])
        (folder / MANIFEST).replace(folder / f"{MANIFEST}.part")
        with Report.resume(folder, rows) as report:
            complete = 0 if cut < header_end else len([end for end in ends(whole) if end <= cut]) - 1
            known = add_rest(report, rows)
            lines = [2, 4, 5][:complete]
            assert [(each.line, each.written) for each in known if each] == [
                (line, True) for line in lines
            ], cut
            report.finish()
        assert (folder / RESULTS).read_bytes() == whole, cut
        assert (folder / MANIFEST).read_bytes() == made, cut
        assert report.counts == {"ok": 2, "failed": 1}
        assert report.problems == ["row 4: no"]


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_a_manifest_torn_behind_the_results_is_refused_and_one_ahead_of_them_is_cut(
    folder: Path, rows: Rows, cut: int
):
    first, second, third = rows
    with Report.start(folder, rows) as report:
        report.add([result(first), result(second)])
        before = (folder / f"{MANIFEST}.part").read_bytes()
        results = (folder / PART).read_bytes()
        report.add([result(third)])
    (folder / PART).write_bytes(results)
    if cut:
        (folder / f"{MANIFEST}.part").write_bytes(before[:-cut])
        with pytest.raises(Conflict, match="changed by another program"):
            Report.resume(folder, rows).close()
        return
    with Report.resume(folder, rows) as report:
        assert (folder / f"{MANIFEST}.part").read_bytes() == before


def ends(whole: bytes) -> list[int]:
    """Where the records end: the line end inside the quoted cell is none."""
    inside = whole.index(b"two\r\n") + 5
    return [at + 2 for at in range(len(whole)) if whole[at : at + 2] == b"\r\n" and at + 2 != inside]


def test_a_report_without_an_earlier_run_begins_and_a_finished_one_is_copied(folder: Path, rows: Rows):
    with Report.resume(folder, rows) as report:
        assert add_rest(report, rows) == [None] * 3
        report.finish()
    before = (folder / RESULTS).read_bytes(), (folder / MANIFEST).read_bytes()
    with Report.resume(folder, rows) as report:
        known = add_rest(report, rows)
        assert [(each.status, each.code, each.name, each.written) for each in known if each] == [
            ("ok", "-c2", "2.a", False),
            ("failed", "", "", False),
            ("ok", "-c5", "5.a", False),
        ]
        assert ((folder / RESULTS).read_bytes(), (folder / MANIFEST).read_bytes()) == before
        report.finish()
    assert ((folder / RESULTS).read_bytes(), (folder / MANIFEST).read_bytes()) == before
    assert report.counts == {"ok": 2, "failed": 1}


@pytest.mark.parametrize("reached", [0, 1, 2, 3, 4])
def test_rows_that_are_made_anew_take_the_place_of_what_was_known_wherever_it_is_cut_off(
    folder: Path, rows: Rows, reached: int
):
    run(folder, rows)
    with Report.resume(folder, rows) as report:
        known = [(row, report.earlier(row)) for row in rows]
        for row, earlier in known[:reached]:
            report.add([result(row, "again") if row.line != 2 else earlier or result(row)])
        if reached == 4:
            Ledger.finish(report._results)  # the manifest does not get its name any more
    assert list(statuses(folder, rows.header)) == ["ok", "ok" if reached > 1 else "failed", "ok"]
    with Report.resume(folder, rows) as report:
        known = [(row, report.earlier(row)) for row in rows]
        assert [each.written for _, each in known if each] == [
            line < reached for line in range(3)
        ] or reached == 4
        assert list(report.earlier_names()) == (["2.a", "4.a", "5.a"] if reached == 4 else ["2.a", "5.a"])
        for row, earlier in known:
            if earlier and not earlier.written:
                report.add([result(row, "again") if row.line != 2 else earlier])
        report.finish()
    files = [(line[0], line[manifest.COLUMNS.index("encoder")]) for line in written(folder / MANIFEST)[1:]]
    assert files == [(line, by) for line, by in (("2", ""), ("4", "again"), ("5", "again")) for _ in range(2)]
    assert [line[:2] for line in written(folder / RESULTS)[1:]] == [["2", "ok"], ["4", "ok"], ["5", "ok"]]


def test_a_manifest_of_a_run_that_was_taken_away_does_not_replace_the_whole_one(folder: Path, rows: Rows):
    run(folder, rows)
    before = (folder / MANIFEST).read_bytes()
    with Report.resume(folder, rows) as report:
        earlier = report.earlier(next(iter(rows)))
        assert earlier
        report.add([earlier])
    (folder / PART).unlink()
    with Report.resume(folder, rows) as report:
        add_rest(report, rows)
        report.finish()
    assert (folder / MANIFEST).read_bytes() == before


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


@pytest.mark.parametrize("calls", [0, 1])
def test_a_full_disk_leaves_whole_records(
    folder: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch, calls: int
):
    """The disk is full at the manifest, or at the results after it."""
    first, *others = map(result, rows)
    parts = (folder / PART, folder / f"{MANIFEST}.part")
    with Report.start(folder, rows) as report:
        report.add([first])
        before = [part.read_bytes() for part in parts]
        left = [calls]

        def full(_: int) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            with pytest.raises(Unavailable, match="No space left"):
                report.add(others)
        assert [part.read_bytes() for part in parts] == before
        report.add(others)
        report.finish()
    assert [line[0] for line in written(folder / RESULTS)] == ["line", "2", "4", "5"]
    assert [line[0] for line in written(folder / MANIFEST)] == ["line", "2", "2", "5", "5"]


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


@given(st.text())
def test_a_cell_of_a_results_file_is_told_as_it_was(cell: str):
    assert as_was(defused(cell)) == cell or cell.startswith("'")

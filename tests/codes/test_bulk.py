"""A spreadsheet becomes links and files: every row's fate, names, going on after a cut, on both engines."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.codes.runs import NOW_MS, TABLE, order, run, sums, told

from scanly.codes import bulk
from scanly.codes.formulas import as_was
from scanly.codes.report import Report
from scanly.core.errors import Conflict, Invalid
from scanly.links import passwords
from scanly.links.terms import PLAIN
from scanly.qr.drawing import draw
from scanly.qr.encoding import encode
from scanly.qr.proof import read
from scanly.qr.style import Style


def test_every_row_has_its_fate_and_every_file_says_what_the_row_asked(either, tmp_path: Path):
    summary, links, saved = run(either, order(tmp_path, formats=("svg", "pdf")))

    assert (summary.total, summary.ok, summary.failed, summary.made_before) == (7, 4, 3, 0)
    said = "\n".join(summary.problems)
    assert 'row 4, target: "htp:/broken"' in said
    assert 'row 5, code: "one" is taken' in said
    assert 'row 8, code: "app" is reserved' in said
    rows = told(tmp_path / "out")
    assert [row["status"] for row in rows] == ["ok", "ok", "failed", "failed", "ok", "ok", "failed"]
    drawn = {link.target: link.code for link in links}
    assert drawn["https://a.example/1"] == "one" and len(links) == 2 and saved == 4
    content = {
        2: "https://go.example.com/one",
        3: f"https://go.example.com/{drawn['https://a.example/2']}",
        6: "Come in",
        7: "WIFI:T:WPA;S:Cafe;P:space is silent;;",
    }
    for row in rows:
        files = [tmp_path / "out" / name for name in row["files"].split("|") if name]
        assert len(files) == (2 if row["status"] == "ok" else 0)
        for file in files:
            (reading,) = read(file.read_bytes(), file.suffix[1:])
            assert reading.content == content[int(row["line"])]
    assert 'width="40mm"' in (tmp_path / "out" / rows[1]["files"].split("|")[0]).read_text()


def test_a_run_that_is_cut_off_anywhere_goes_on_and_makes_nothing_twice(
    either, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bulk, "BATCH", 2)
    table = "target,name\n" + "".join(f"https://a.example/{n},Row\n" for n in range(9))
    whole = order(tmp_path, table, name_template="{name}")
    cuts = iter([1, 2, 0])
    add, written = Report.add, []

    def cut_off(report: Report, batch) -> None:
        """Before or after a batch is on disk, the process ends."""
        kept = list(batch)
        if len(written) == 1 and next(cuts, None) is not None:
            raise KeyboardInterrupt
        add(report, kept)
        written.append(len(kept))

    for attempt in range(4):
        monkeypatch.setattr(Report, "add", cut_off if attempt < 3 else add)
        written.clear()
        wanted = order(tmp_path, table, name_template="{name}", resume=attempt > 0)
        try:
            summary, links, saved = run(either, wanted)
        except KeyboardInterrupt:
            continue
        break
    assert (summary.ok, summary.failed) == (9, 0)
    assert len(links) == 9 and saved == 9
    rows = told(whole.folder)
    assert [row["line"] for row in rows] == [str(line) for line in range(2, 11)]
    assert [row["files"] for row in rows] == ["Row.svg", *(f"Row-{number}.svg" for number in range(2, 10))]
    assert {row["code"] for row in rows} == {link.code for link in links}
    again, links_again, _ = run(either, order(tmp_path, table, name_template="{name}", resume=True))
    assert (again.ok, again.made_before, len(links_again)) == (9, 9, 9)
    assert told(whole.folder) == rows


def test_a_finished_run_is_not_written_over_and_another_table_does_not_go_on_with_it(
    installation, tmp_path: Path
):
    run(installation, order(tmp_path))
    with pytest.raises(Conflict, match="finished run"):
        run(installation, order(tmp_path))
    with pytest.raises(Conflict):
        run(installation, order(tmp_path, TABLE.replace("First", "Other"), resume=True))
    (tmp_path / "file").write_text("x")
    with pytest.raises(Conflict, match="is a file"):
        run(installation, order(tmp_path, folder=tmp_path / "file"))


def test_a_dry_run_says_what_is_wrong_and_makes_nothing(tmp_path: Path):
    summary = bulk.check(order(tmp_path), NOW_MS)
    assert (summary.total, summary.failed) == (7, 1), (
        "what is taken or reserved is known to the database only"
    )
    assert not (tmp_path / "out").exists()
    with pytest.raises(Invalid, match="target"):
        bulk.check(order(tmp_path, "a,b\n1,2\n"), NOW_MS)


def test_static_codes_hold_the_address_itself_and_make_no_link(installation, tmp_path: Path):
    summary, links, _ = run(installation, order(tmp_path, "target\nhttps://a.example/menu\n", dynamic=False))
    assert (summary.ok, links) == (1, [])
    (file,) = (tmp_path / "out").glob("*.svg")
    assert read(file.read_bytes(), "svg")[0].content == "https://a.example/menu"


def test_two_processes_draw_the_same_files_as_one(installation, tmp_path: Path):
    table = "target,code\n" + "".join(f"https://a.example/{n},code-{n}\n" for n in range(120))
    run(installation, order(tmp_path, table))
    run(installation, order(tmp_path, table, folder=tmp_path / "static", dynamic=False, jobs=2))
    one = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.svg")}
    two = {path.name: path.read_bytes() for path in (tmp_path / "static").glob("*.svg")}
    assert one.keys() == two.keys() and len(one) == 120
    assert all(read(two[f"code-{n}.svg"], "svg")[0].content == f"https://a.example/{n}" for n in (0, 57, 119))


def test_terms_of_a_row_close_its_link_and_a_password_is_kept_once(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    kept: list[str] = []
    keep = passwords.keep
    monkeypatch.setattr(passwords, "keep", lambda password: kept.append(password) or keep(password))
    table = (
        "target,code,expires,max_scans,password\n"
        "https://a.example/1,one,31.05.2027,,geheim\n"
        "https://a.example/2,two,,100,geheim\n"
        "https://a.example/3,three,,,\n"
    )
    wanted = order(tmp_path, table, zone=ZoneInfo("Asia/Kolkata"), date_format="%d.%m.%Y")
    _, links, _ = run(installation, wanted)
    terms = {link.code: link.terms for link in links}
    closes = datetime(2027, 6, 1, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert terms["one"].expires_ms == closes.timestamp() * 1000
    assert (terms["two"].expires_ms, terms["two"].max_scans) == (None, 100)
    assert terms["three"] == PLAIN
    assert passwords.fits("geheim", terms["one"].password) and terms["one"].password == terms["two"].password
    assert kept == ["geheim"]


def test_a_reprint_elsewhere_gives_the_same_files_and_the_manifest_makes_each_symbol_again(
    installation, tmp_path: Path
):
    table = (
        "type,target,text,copies,size\n"
        "url,https://a.example/1,,,\n"
        "text,,Grüße aus Pune,25,40\n"
        'text,,"=1+1",,\n'
    )
    wanted = order(tmp_path, table, formats=("svg", "pdf"), dynamic=False)
    run(installation, wanted)
    elsewhere = replace(wanted, folder=tmp_path / "elsewhere")
    run(installation, elsewhere)
    assert sums(wanted.folder) == sums(elsewhere.folder)
    lines = told(wanted.folder, "manifest.csv")
    assert [(line["line"], line["format"], line["copies"]) for line in lines] == [
        (row, form, copies)
        for row, copies in (("2", "1"), ("3", "25"), ("4", "1"))
        for form in ("svg", "pdf")
    ]
    assert [line["content"] for line in lines[::2]] == ["https://a.example/1", "Grüße aus Pune", "'=1+1"]
    assert {line["style"] for line in lines} == {"{}", '{"size_mm":40.0}'}
    for line in lines[::2]:
        content = as_was(line["content"])
        symbol = encode(
            content, level=line["level"], boost=False, version=int(line["version"]), mask=int(line["mask"])
        )
        style = Style(size_mm=40 if line["line"] == "3" else 30)
        drawn = draw(symbol, style, "svg")
        assert (symbol.name, symbol.encoder) == (line["symbol"], line["encoder"])
        assert hashlib.sha256(drawn).hexdigest() == line["sha256"]


def test_a_size_that_cannot_be_made_stops_its_row_only(installation, tmp_path: Path):
    table = "target,size\nhttps://a.example/1,2mm\nhttps://a.example/2,\n"
    summary, links, _ = run(installation, order(tmp_path, table))
    assert (summary.ok, summary.failed, len(links)) == (1, 1, 1)
    assert "row 2, size: " in summary.problems[0]

"""A spreadsheet becomes links and files: every row's fate, names, going on after a cut, on both engines."""

from __future__ import annotations

import csv
import itertools
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scanly.accounts.actions import choose_workspace
from scanly.codes import bulk, pack
from scanly.codes.bulk import Order
from scanly.codes.report import Report
from scanly.codes.tables import qr_codes
from scanly.core.errors import Conflict, Invalid
from scanly.links.actions import list_links
from scanly.links.hosts import parse_base_url
from scanly.links.store import Filter
from scanly.qr.proof import read
from scanly.qr.style import Style

BASE = parse_base_url("https://go.example.com")
_SECONDS = itertools.count(1)
TABLE = """target,code,name,type,text,ssid,password,size
https://a.example/1,one,First,,,,,
https://a.example/2,,Second,,,,,40mm
htp:/broken,three,Third,,,,,
https://a.example/4,one,Fourth,,,,,
,,Note,text,Come in,,,
,,Wi-Fi,wifi,,Cafe,space is silent,
https://a.example/7,app,Seventh,,,,,
"""


def order(root: Path, table: str = TABLE, **more: object) -> Order:
    (root / "rows.csv").write_text(table, encoding="utf-8")
    values: dict[str, object] = {
        "source": root / "rows.csv",
        "folder": root / "out",
        "formats": ("svg",),
        "base_url": BASE,
        "style": Style(),
    }
    return Order(**(values | more))


def run(installation, wanted: Order):
    """The summary, and how many links and saved codes there are then, a second after the run before."""
    later = replace(installation, now_ms=installation.now_ms + next(_SECONDS) * 1000)

    async def work(app):
        here = await choose_workspace(app.call(), None)
        summary = await bulk.run(app.call(), here.id, wanted, lambda done, total: None)
        links = await list_links(app.call(), here.id, Filter())
        async with app.main.read() as connection:
            saved = (await connection.execute(select(func.count()).select_from(qr_codes))).scalar_one()
        return summary, links, saved

    return later.run(work)


def results(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return [dict(zip(rows[0][:6], row[:6], strict=True)) for row in rows[1:]]


def test_every_row_has_its_fate_and_every_file_says_what_the_row_asked(either, tmp_path: Path):
    summary, links, saved = run(either, order(tmp_path, formats=("svg", "pdf")))

    assert (summary.total, summary.ok, summary.failed, summary.made_before) == (7, 4, 3, 0)
    said = "\n".join(summary.problems)
    assert 'row 4, target: "htp:/broken"' in said
    assert 'row 5, code: "one" is taken' in said
    assert 'row 8, code: "app" is reserved' in said
    rows = results(tmp_path / "out")
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
    rows = results(whole.folder)
    assert [row["line"] for row in rows] == [str(line) for line in range(2, 11)]
    assert [row["files"] for row in rows] == ["Row.svg", *(f"Row-{number}.svg" for number in range(2, 10))]
    assert {row["code"] for row in rows} == {link.code for link in links}
    again, links_again, _ = run(either, order(tmp_path, table, name_template="{name}", resume=True))
    assert (again.ok, again.made_before, len(links_again)) == (9, 9, 9)
    assert results(whole.folder) == rows


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
    summary = bulk.check(order(tmp_path))
    assert (summary.total, summary.failed) == (7, 1), (
        "what is taken or reserved is known to the database only"
    )
    assert not (tmp_path / "out").exists()
    with pytest.raises(Invalid, match="target"):
        bulk.check(order(tmp_path, "a,b\n1,2\n"))


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


def test_a_zip_is_packed_from_a_finished_folder_and_never_written_over(installation, tmp_path: Path):
    target = tmp_path / "codes.zip"
    folder = pack.folder_of(target)
    pack.refuse_finished(target, resume=False)
    run(installation, order(tmp_path, folder=folder))
    pack.finish(folder, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert {"results.csv", "one.svg"} <= set(archive.namelist())
    assert not folder.exists()
    with pytest.raises(Conflict, match="finished"):
        pack.refuse_finished(target, resume=True)

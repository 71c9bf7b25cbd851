"""Rows that were chosen, and rows that are made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.codes.runs import CITIES, NOW_MS, order, refusing, run, sums, told

from scanly.codes import bulk
from scanly.codes.report import Report
from scanly.core.errors import Conflict, Invalid
from scanly.qr.style import Style


def test_rows_that_are_not_chosen_are_skipped_and_made_when_the_run_goes_on(installation, tmp_path: Path):
    whole = order(tmp_path, CITIES, name_template="{name}", dynamic=False)
    run(installation, whole)
    parts = replace(whole, folder=tmp_path / "parts", where=("city=pune",))
    summary, _, _ = run(installation, parts)
    assert (summary.ok, summary.failed, summary.skipped) == (3, 0, 2)
    assert [row["status"] for row in told(parts.folder)] == ["ok", "skipped"] * 2 + ["ok"]
    assert len(list(parts.folder.glob("*.svg"))) == len(told(parts.folder, "manifest.csv")) == 3
    summary, _, _ = run(installation, replace(parts, where=(), resume=True))
    assert (summary.ok, summary.skipped, summary.made_before) == (5, 0, 3)
    assert told(parts.folder) == told(whole.folder)
    assert sums(parts.folder) == sums(whole.folder)


def test_failed_rows_are_made_anew_when_asked_for_and_only_then(
    either, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    wanted = order(tmp_path, CITIES, name_template="{name}")
    refusing(monkeypatch, "Stall-2", "Stall-4")
    summary, links, saved = run(either, wanted)
    assert (summary.ok, summary.failed, len(links), saved) == (3, 2, 5, 3)
    monkeypatch.undo()
    before, files = told(wanted.folder), told(wanted.folder, "manifest.csv")

    summary, _, _ = run(either, replace(wanted, resume=True))
    assert (summary.ok, summary.failed, summary.made_before) == (3, 2, 5)
    assert (told(wanted.folder), told(wanted.folder, "manifest.csv")) == (before, files)

    again = replace(wanted, resume=True, where=("status=failed", "target~a.example/1"))
    summary, links, saved = run(either, again)
    assert (summary.ok, summary.failed, summary.made_before, len(links), saved) == (4, 1, 4, 5, 4)
    summary, links, saved = run(either, replace(again, where=("status=failed",)))
    assert (summary.ok, summary.failed, len(links), saved) == (5, 0, 5, 5)
    assert summary.problems == ()
    after = told(wanted.folder)
    assert [row["files"] for row in after] == ["Stall.svg", *(f"Stall-{n}.svg" for n in range(2, 6))]
    assert [row for row in after if row["line"] in "246"] == [row for row in before if row["line"] in "246"]
    assert [line["line"] for line in told(wanted.folder, "manifest.csv")] == ["2", "3", "4", "5", "6"]
    assert {row["code"] for row in after} == {link.code for link in links}
    sums(wanted.folder)


def test_rows_that_are_well_are_drawn_again_under_their_names_when_asked_for(installation, tmp_path: Path):
    wanted = order(tmp_path, CITIES, name_template="{name}")
    run(installation, wanted)
    before = sums(wanted.folder)
    (wanted.folder / "Stall-2.svg").unlink()
    larger = replace(wanted, style=Style(size_mm=40), resume=True, where=("status=ok", "city=Goa"))
    summary, links, saved = run(installation, larger)
    assert (summary.ok, len(links), saved) == (5, 5, 5)
    after = sums(wanted.folder)
    assert [name for name, _ in after] == [name for name, _ in before]
    assert [one == other for one, other in zip(after, before, strict=True)] == [
        True,
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("cut", range(4))
def test_making_rows_anew_can_be_cut_off_anywhere(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
):
    monkeypatch.setattr(bulk, "BATCH", 2)
    wanted = order(tmp_path, CITIES, name_template="{name}")
    refusing(monkeypatch, "Stall-2", "Stall-5")
    run(installation, wanted)
    monkeypatch.undo()
    monkeypatch.setattr(bulk, "BATCH", 2)
    again = replace(wanted, resume=True, where=("status=failed",))
    left = [cut]

    def cut_off(report: Report, outcomes) -> None:
        outcomes = list(outcomes)
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        add(report, outcomes)

    add = Report.add
    with monkeypatch.context() as patch:
        patch.setattr(Report, "add", cut_off)
        if cut < 3:
            with pytest.raises(KeyboardInterrupt):
                run(installation, again)
    summary, links, saved = run(installation, again)
    assert (summary.ok, summary.failed, len(links), saved) == (5, 0, 5, 5)
    assert [row["line"] for row in told(wanted.folder)] == ["2", "3", "4", "5", "6"]
    assert [name for name, _ in sums(wanted.folder)] == [
        "Stall.svg",
        *(f"Stall-{n}.svg" for n in range(2, 6)),
    ]


def test_a_run_that_was_cut_off_is_the_earlier_one_for_a_condition_on_status(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bulk, "BATCH", 2)
    wanted = order(tmp_path, CITIES, name_template="{name}")
    add, written = Report.add, []

    def cut_off(report: Report, outcomes) -> None:
        if written:
            raise KeyboardInterrupt
        add(report, list(outcomes))
        written.append(1)

    with monkeypatch.context() as patch:
        refusing(patch, "Stall-2")
        patch.setattr(Report, "add", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run(installation, wanted)
    summary, _, _ = run(installation, replace(wanted, resume=True, where=("status=failed",)))
    assert (summary.ok, summary.failed, summary.skipped) == (2, 0, 3)
    summary, links, _ = run(installation, replace(wanted, resume=True))
    assert (summary.ok, summary.skipped, len(links)) == (5, 0, 5)


def test_a_condition_on_status_needs_an_earlier_run(installation, tmp_path: Path):
    wanted = order(tmp_path, where=("status=failed",))
    with pytest.raises(Invalid, match="Add --resume"):
        run(installation, wanted)
    with pytest.raises(Conflict, match="no earlier run"):
        run(installation, replace(wanted, resume=True))


def test_a_dry_run_looks_at_the_chosen_rows(installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    refusing(monkeypatch, "one")
    wanted = order(tmp_path)
    run(installation, wanted)
    chosen = bulk.check(replace(wanted, where=("name~th", "type=")), NOW_MS)
    assert (chosen.total, chosen.ok, chosen.failed, chosen.skipped) == (7, 2, 1, 4)
    failed = bulk.check(replace(wanted, where=("status=failed",), resume=True), NOW_MS)
    assert (failed.ok, failed.failed, failed.skipped) == (3, 1, 3)


def test_a_row_that_is_made_anew_takes_no_name_that_has_files(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    table = "target,name,city\nhttps://a.example/1,Stall,Goa\nhttps://a.example/2,Goa,Pune\n"
    wanted = order(tmp_path, table, name_template="{name}")
    with monkeypatch.context() as patch:
        refusing(patch, "Stall")
        run(installation, wanted)
    run(installation, replace(wanted, name_template="{city}", resume=True, where=("status=failed",)))
    assert [row["files"] for row in told(wanted.folder)] == ["Goa-2.svg", "Goa.svg"]
    sums(wanted.folder)

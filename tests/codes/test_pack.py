"""A run as one file: packed or bound when it is whole, read back, and never half of it under its name."""

from __future__ import annotations

import csv
import errno
import itertools
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from scanly.accounts.actions import choose_workspace
from scanly.codes import binding, bulk, pack
from scanly.codes.order import Order, Summary
from scanly.codes.render import Drawing, Drawn, render
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.links.hosts import parse_base_url
from scanly.qr.proof import read
from scanly.qr.style import Style

_SECONDS = itertools.count(1)
TABLE = "type,target,text,name,copies\n" + "".join(
    f"{kind},https://a.example/{n},Text {n},Stall,{copies}\n"
    for n, (kind, copies) in enumerate(
        [("text", ""), ("url", "3"), ("nonsense", ""), ("text", "2"), ("text", "")]
    )
)


def order(output: Path, table: str = TABLE, **more: object) -> Order:
    (output.parent / "rows.csv").write_text(table, encoding="utf-8")
    values: dict[str, object] = {
        "source": output.parent / "rows.csv",
        "folder": pack.folder_of(output),
        "formats": ("pdf",) if output.suffix == ".pdf" else ("svg", "png"),
        "base_url": parse_base_url("https://go.example.com"),
        "style": Style(),
        "dynamic": False,
    }
    return Order(**(values | more))


def made(installation, output: Path, wanted: Order) -> Summary:
    later = replace(installation, now_ms=installation.now_ms + next(_SECONDS) * 1000)

    async def work(app):
        here = await choose_workspace(app.call(), None)
        pack.refuse_finished(output, resume=wanted.resume, where=wanted.where)
        return await bulk.run(app.call(), here.id, wanted, app.media, lambda done, total: None)

    summary = later.run(work)
    pack.finish(wanted.folder, output)
    return summary


def lines(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_zip_holds_the_files_in_order_and_its_tables(installation, tmp_path: Path):
    output = tmp_path / "codes.zip"
    made(installation, output, order(output))
    with zipfile.ZipFile(output) as archive:
        assert archive.testzip() is None
        names = [
            f"{name}.{form}" for name in ("Stall", "Stall-2", "Stall-3", "Stall-4") for form in ("svg", "png")
        ]
        assert archive.namelist() == ["results.csv", "manifest.csv", "input.sha256", *names]
        assert read(archive.read("Stall-3.svg"), "svg")[0].content == "Text 3"
    assert sorted(path.name for path in tmp_path.iterdir() if "codes" in path.name) == ["codes.zip"]


@pytest.mark.parametrize("suffix", ["zip", "pdf"])
def test_files_whose_names_look_like_formulas_are_packed(installation, tmp_path: Path, suffix: str):
    output = tmp_path / f"=codes.{suffix}"
    made(installation, output, order(output, "type,text,name\ntext,=1+1,=Stall\ntext,'=2,@Stall\n"))
    if suffix == "zip":
        with zipfile.ZipFile(output) as archive:
            assert {"=Stall.svg", "@Stall.png"} <= set(archive.namelist())
    else:
        assert [line[4] for line in lines(tmp_path / "=codes.results.csv")[1:]] == [
            "'=codes.pdf#page=1",
            "'=codes.pdf#page=2",
        ]


def test_a_finished_file_is_neither_written_over_nor_gone_on_with(installation, tmp_path: Path):
    for output in (tmp_path / "codes.zip", tmp_path / "codes.pdf"):
        made(installation, output, order(output))
        before = output.read_bytes()
        for resume in (False, True):
            with pytest.raises(Conflict, match="finished"):
                made(installation, output, order(output, resume=resume))
        assert output.read_bytes() == before and not pack.folder_of(output).exists()


def test_rows_of_a_finished_zip_are_made_anew(installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    output = tmp_path / "codes.zip"
    failed = Drawn(problem="The ink is dry.")

    def drawn(drawings: list[Drawing]) -> list[Drawn]:
        return [failed if each.name == "Stall-2" else render(each) for each in drawings]

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "render_all", drawn)
        summary = made(installation, output, order(output))
    assert (summary.ok, summary.failed) == (3, 2)
    summary = made(installation, output, order(output, resume=True, where=("status=failed",)))
    assert (summary.ok, summary.failed, summary.made_before) == (4, 1, 3)
    with zipfile.ZipFile(output) as archive:
        assert "Stall-2.svg" in archive.namelist()
    (tmp_path / "other.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises(Conflict, match="not what an earlier run packed"):
        pack.refuse_finished(tmp_path / "other.zip", resume=True, where=("status=failed",))


@pytest.mark.parametrize("chapter", [1, 2, 200])
def test_a_pdf_has_a_page_a_copy_and_tables_that_say_which(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chapter: int
):
    monkeypatch.setattr(binding, "_CHAPTER", chapter)
    output = tmp_path / "codes.pdf"
    made(installation, output, order(output, style=Style(size_mm=25.4)))
    with pikepdf.open(output) as whole:
        assert whole.check_pdf_syntax() == []
        assert [[float(side) for side in page.mediabox] for page in whole.pages] == [[0, 0, 72, 72]] * 7
    contents = [reading.content for reading in read(output.read_bytes(), "pdf")]
    assert contents == ["Text 0", *["https://a.example/1"] * 3, *["Text 3"] * 2, "Text 4"]
    pages = ["codes.pdf#page=1", "codes.pdf#page=2", "", "codes.pdf#page=5", "codes.pdf#page=7"]
    assert [line[4] for line in lines(tmp_path / "codes.results.csv")[1:]] == pages
    header, *manifest = lines(tmp_path / "codes.manifest.csv")
    listed = [(line[header.index("file")], line[header.index("copies")]) for line in manifest]
    assert listed == list(zip(filter(None, pages), ("1", "3", "2", "1"), strict=True))
    names = ["codes.manifest.csv", "codes.pdf", "codes.results.csv"]
    assert sorted(path.name for path in tmp_path.iterdir() if "codes" in path.name) == names


def test_a_pdf_is_bound_from_pdf_pages_only(tmp_path: Path):
    pack.check_formats(tmp_path / "codes.pdf", ("pdf",))
    pack.check_formats(tmp_path / "codes.zip", ("svg", "png"))
    with pytest.raises(Invalid, match="bound from PDF pages"):
        pack.check_formats(tmp_path / "codes.pdf", ("svg", "pdf"))


def test_a_page_that_does_not_say_what_it_should_is_found(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    output = tmp_path / "codes.pdf"
    right = binding.Book.add

    def wrong(book, page: bytes, copies: int) -> None:
        """The second code takes the place of the third, too."""
        kept.append(page)
        right(book, kept[1] if len(kept) == 3 else page, copies)

    kept: list[bytes] = []
    with monkeypatch.context() as patch:
        patch.setattr(binding.Book, "add", wrong)
        with pytest.raises(Invalid, match="page 5 of the PDF cannot be read"):
            made(installation, output, order(output))
    assert not output.exists() and pack.folder_of(output).exists()
    made(installation, output, order(output, resume=True))
    assert output.exists()


def test_a_run_without_any_code_leaves_its_tables_and_no_pdf(installation, tmp_path: Path):
    output = tmp_path / "codes.pdf"
    summary = made(installation, output, order(output, "type,text\ntext,\n"))
    assert (summary.ok, summary.failed) == (0, 1)
    assert not output.exists() and not pack.folder_of(output).exists()
    assert lines(tmp_path / "codes.results.csv")[1][:2] == ["2", "failed"]


def test_a_run_that_was_packed_but_not_cleared_away_is_packed_again(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    output = tmp_path / "codes.zip"
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda path, ignore_errors=False: stop() if path.exists() else None)
        with pytest.raises(KeyboardInterrupt):
            made(installation, output, order(output))
    names = zipfile.ZipFile(output).namelist()
    with pytest.raises(Conflict, match="finished"):
        made(installation, output, order(output, resume=True))
    assert zipfile.ZipFile(output).namelist() == names


@pytest.mark.parametrize("suffix", ["zip", "pdf"])
def test_a_disk_that_refuses_leaves_no_file_and_all_parts(
    installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
):
    output = tmp_path / f"codes.{suffix}"
    right = Path.replace

    def refuse(path: Path, name: Path) -> Path:
        if name == output:
            raise OSError(errno.ENOSPC, "No space left on device")
        return right(path, name)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(Unavailable, match="No space left"):
            made(installation, output, order(output))
    assert not output.exists()
    made(installation, output, order(output, resume=True))
    _require_whole(output)


def stop() -> None:
    raise KeyboardInterrupt


PROGRAM = """
import sys
from pathlib import Path
from scanly.codes import pack
pack.finish(Path(sys.argv[1]), Path(sys.argv[2]), lambda done: print(done, flush=True))
"""


@pytest.mark.parametrize("suffix", ["zip", "pdf"])
@pytest.mark.parametrize("files", [1, 3, 4])
def test_a_kill_leaves_no_half_file(installation, tmp_path: Path, suffix: str, files: int):
    output = tmp_path / f"codes.{suffix}"
    wanted = order(output)
    made(installation, wanted.folder, wanted)  # everything but the packing
    arguments = [sys.executable, "-c", PROGRAM, str(wanted.folder), str(output)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(files):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    if output.exists():
        _require_whole(output)
    if wanted.folder.exists():
        pack.finish(wanted.folder, output)
    _require_whole(output)


def _require_whole(output: Path) -> None:
    if output.suffix == ".zip":
        with zipfile.ZipFile(output) as archive:
            assert archive.testzip() is None and len(archive.namelist()) == 11
    else:
        with pikepdf.open(output) as whole:
            assert len(whole.pages) == 7

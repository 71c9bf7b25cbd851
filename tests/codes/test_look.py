"""How one row's code looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanly.codes.look import styled
from scanly.codes.rowspec import RowSpec
from scanly.core.errors import Invalid
from scanly.qr.style import Style
from scanly.qr.styles import styles

RUN = Style(dark="#003366", size_mm=25)


def row(**said: object) -> RowSpec:
    return RowSpec(line=2, type="url", fields={}, **said)


def test_a_row_that_says_nothing_looks_like_the_run(tmp_path: Path):
    assert styled(RUN, row(), tmp_path) is RUN


def test_what_a_row_says_comes_on_top_of_the_run_and_paths_start_from_the_spreadsheet(tmp_path: Path):
    look = styled(RUN, row(size_mm=40.0, logo="logos/a.png", frame="mine.svg", caption="Scan me"), tmp_path)
    assert (look.dark, look.size_mm, look.caption) == ("#003366", 40, "Scan me")
    assert (look.logo, look.frame) == (str(tmp_path / "logos/a.png"), str(tmp_path / "mine.svg"))
    assert styled(RUN, row(logo="/brand/a.png", frame="ticket"), tmp_path).logo == "/brand/a.png"
    assert styled(RUN, row(frame="ticket"), tmp_path).frame == "ticket"


def test_a_row_has_a_style_of_its_own_by_name_or_file(tmp_path: Path):
    (tmp_path / "brand.toml").write_text('dark = "#550000"\nlogo = "logo.png"\n', encoding="utf-8")
    look = styled(RUN, row(style="brand.toml", caption="Menu"), tmp_path)
    assert (look.dark, look.caption, look.size_mm) == ("#550000", "Menu", 30)
    assert look.logo == str(tmp_path / "logo.png")
    name, known = next(iter(styles().items()))
    assert styled(RUN, row(style=name), tmp_path) == known.style


def test_a_look_that_there_is_not_or_that_cannot_be_read_is_refused(tmp_path: Path):
    with pytest.raises(Invalid, match='style: There is no style "nonsense"'):
        styled(RUN, row(style="nonsense"), tmp_path)
    with pytest.raises(Invalid, match="cannot be opened"):
        styled(RUN, row(style="missing.toml"), tmp_path)
    with pytest.raises(Invalid):
        styled(RUN, row(size_mm=2.0), tmp_path)


def test_a_size_that_a_row_gives_counts_also_where_the_style_gives_that_of_a_module(tmp_path: Path):
    style = styled(RUN, row(style="gs1-pos", size_mm=50.0), tmp_path)
    assert (style.size_mm, style.module_mm) == (50.0, 0.0)

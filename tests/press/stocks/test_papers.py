"""Paper sizes against the rules they are made by."""

from __future__ import annotations

import math

import pytest

from scanly.core.errors import Invalid, NotFound
from scanly.press.stocks import PAPERS, find_paper


def test_an_a_size_is_the_one_before_folded_once_rounded_down():
    width, height = 841, 1189
    for number in range(9):
        paper = PAPERS[f"A{number}"]
        assert (paper.width_mm, paper.height_mm) == (width, height)
        width, height = height // 2, width


@pytest.mark.parametrize("number", range(9))
def test_an_a_size_is_within_the_tolerance_of_its_ideal(number):
    # ISO 216, 3: 1 m² for A0, sides as 1 to the root of 2; tolerance 1.5 mm up to 150 mm, 2 to 600, 3 above.
    paper = PAPERS[f"A{number}"]
    ideal = 1000 * 2 ** (-0.25 - number / 2), 1000 * 2 ** (0.25 - number / 2)
    for side, wanted in zip((paper.width_mm, paper.height_mm), ideal, strict=True):
        assert abs(side - wanted) <= (1.5 if wanted <= 150 else 2 if wanted <= 600 else 3)


@pytest.mark.parametrize(
    ("name", "inches"),
    [
        ("letter", (8.5, 11)),
        ("half-letter", (5.5, 8.5)),
        ("legal", (8.5, 14)),
        ("tabloid", (11, 17)),
        ("12x18in", (12, 18)),
        ("18x24in", (18, 24)),
    ],
)
def test_american_papers_are_exact_inches(name, inches):
    paper = find_paper(name)
    assert [paper.width_mm / 25.4, paper.height_mm / 25.4] == pytest.approx(inches, abs=1e-9)


def test_every_paper_stands_upright_and_is_found_by_its_name():
    for name, paper in PAPERS.items():
        assert paper.name == name
        assert paper.width_mm < paper.height_mm
        assert find_paper(name) is paper
        assert find_paper(name.upper()) is paper
        turned = find_paper(f"{name} landscape")
        assert (turned.width_mm, turned.height_mm) == (paper.height_mm, paper.width_mm)


@pytest.mark.parametrize(
    ("typed", "size_mm"),
    [
        ("US Letter", (215.9, 279.4)),
        ("US-Legal", (215.9, 355.6)),
        ("ledger", (279.4, 431.8)),
        ("12x18", (304.8, 457.2)),
        ("4 × 6 in", (101.6, 152.4)),
        ("100x150", (100, 150)),
        ("100 x 150 mm", (100, 150)),
        ("10x15cm", (100, 150)),
        ("8.25x11.75in", (209.55, 298.45)),
        (".5x1in", (12.7, 25.4)),
    ],
)
def test_a_paper_is_found_by_what_people_type(typed, size_mm):
    paper = find_paper(typed)
    assert (paper.width_mm, paper.height_mm) == pytest.approx(size_mm)


def test_an_unknown_paper_names_the_nearest_and_an_impossible_size_the_limits():
    with pytest.raises(NotFound, match=r'There is no paper "leter".*"letter"'):
        find_paper("leter")
    with pytest.raises(NotFound, match=r"A4, .*100x150mm"):
        find_paper("")
    for size in ("1x100", "100x3001", "0x0in"):
        with pytest.raises(Invalid, match="Give 5 to 3000 mm"):
            find_paper(size)


def test_halves_of_a_paper_are_the_next_smaller():
    assert math.isclose(PAPERS["half-letter"].height_mm, PAPERS["letter"].width_mm)
    assert math.isclose(PAPERS["tabloid"].width_mm, PAPERS["letter"].height_mm)
    assert math.isclose(PAPERS["DL"].height_mm, PAPERS["A4"].width_mm)
    assert PAPERS["DL"].width_mm * 3 == PAPERS["A4"].height_mm

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanly.core.errors import Invalid, NotFound
from scanly.qr.drawing import FORMATS, draw, make_symbol
from scanly.qr.proof import verify
from scanly.qr.styles import find_style, read_style, styles

CONTENT = "https://go.example.com/AbC1234"


@pytest.mark.parametrize("name", styles())
def test_every_style_says_what_it_is_and_gets_the_best_grade(name):
    known = styles()[name]
    assert known.title and known.about
    for format_ in FORMATS:
        file = draw(make_symbol(CONTENT, known.style), known.style, format_)
        assert verify(file, format_, CONTENT).grade == ("B" if name == "kraft" else "A")


def test_there_are_ten_looks_and_they_differ():
    drawn = {draw(make_symbol(CONTENT, each.style), each.style, "svg") for each in styles().values()}
    assert len(drawn) == len(styles()) >= 10


def test_a_style_in_a_file_finds_its_pictures_beside_it(tmp_path):
    (tmp_path / "brand.toml").write_text(
        'title = "Brand"\ndark = "#003366"\nlogo = "logo.svg"\nfont = "own.ttf"\nframe = "own.svg"\nsize_mm = 40\n'
    )
    brand = find_style(str(tmp_path / "brand.toml"))
    assert (brand.name, brand.title, brand.style.size_mm) == ("brand", "Brand", 40.0)
    assert brand.style.logo == str(tmp_path / "logo.svg")
    assert (brand.style.font, brand.style.frame) == (str(tmp_path / "own.ttf"), str(tmp_path / "own.svg"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dark = #003366", "is not TOML"),
        ('drak = "#003366"', 'there is no "drak" in a style. Did you mean "dark"?'),
        ('dark = "#ffff00"', "has a contrast of"),
        ('size_mm = "wide"', "size_mm"),
        ("dpi = 300.5", "dpi"),
    ],
)
def test_what_is_wrong_with_a_style_file_is_said_with_its_name(tmp_path, text, sentence):
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(Invalid) as refused:
        read_style(tmp_path / "own.toml")
    assert sentence in str(refused.value)
    assert "own.toml" in str(refused.value)


def test_an_unknown_style_is_refused_with_the_nearest():
    with pytest.raises(NotFound, match=r'There is no style "ocaen". Did you mean "ocean"'):
        find_style("ocaen")
    with pytest.raises(NotFound, match=r"nowhere\.toml cannot be opened"):
        find_style("nowhere.toml")


def test_the_documentation_tells_how_well_every_style_is_read():
    page = Path(__file__).resolve().parents[2].joinpath("docs", "codes.md").read_text(encoding="utf-8")
    table = page.partition("<!-- read rates -->")[2].partition("<!-- end of read rates -->")[0]
    told = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert told == list(styles()), "Run: python tests/bench/looks.py --write"

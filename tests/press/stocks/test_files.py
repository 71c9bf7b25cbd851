"""Stock files that people write themselves: what may be left out, and what is wrong where."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanly.core.errors import Invalid, NotFound
from scanly.press.stocks import find_stock
from scanly.press.stocks.files import read_stocks


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_only_the_size_of_a_label_is_needed(tmp_path: Path):
    file = written(tmp_path, "shelf.csv", "label_width_mm,label_height_mm\n90,50\n")
    stock = find_stock(str(file))
    assert (stock.name, stock.page, stock.labels_per_sheet) == ("shelf", "A4", 1)
    assert (stock.left_mm, stock.top_mm) == (60, 123.5)
    assert stock.verified


def test_a_grid_stands_in_the_middle_until_margins_are_said(tmp_path: Path):
    head = "columns = 2\nrows = 5\nlabel_width_mm = 90\nlabel_height_mm = 50\npitch_x_mm = 96\n"
    middle = find_stock(str(written(tmp_path, "a.toml", head)))
    assert (middle.left_mm, middle.top_mm, middle.pitch_y_mm) == (12, 23.5, 50)
    said = find_stock(str(written(tmp_path, "b.toml", head + "left_mm = 0\ntop_mm = 1\n")))
    assert (said.left_mm, said.top_mm) == (0, 1)


def test_a_roll_is_one_label_a_page(tmp_path: Path):
    file = written(tmp_path, "r.toml", 'kind = "roll"\nlabel_width_mm = 62\nlabel_height_mm = 29\n')
    stock = find_stock(str(file))
    assert (stock.page, stock.page_width_mm, stock.page_height_mm) == ("roll", 62, 29)
    assert stock.summary == "a roll of 62 × 29 mm"


def test_what_a_spreadsheet_writes_is_read(tmp_path: Path):
    file = tmp_path / "excel.csv"
    text = "name;label_width_mm;label_height_mm;shape;columns\r\nDose;40;40;round;3\r\n;;;;\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    stock = find_stock(str(file))
    assert (stock.name, stock.radius_mm, stock.columns, stock.size) == ("Dose", 20, 3, "40 mm round")


def test_one_of_several_is_named_after_the_file(tmp_path: Path):
    file = written(
        tmp_path,
        "ours.toml",
        "[Shelf]\nlabel_width_mm = 90\nlabel_height_mm = 50\n[Box]\nlabel_width_mm = 80\nlabel_height_mm = 50\n",
    )
    assert find_stock(f"{file}#shelf").label_width_mm == 90
    assert find_stock(f"{file}#BOX").label_width_mm == 80
    with pytest.raises(Invalid, match=r"has 2 stocks: Shelf, Box\. Name one: .*ours\.toml#Shelf"):
        find_stock(str(file))
    with pytest.raises(NotFound, match=r'no label stock "shell".*"Shelf"'):
        find_stock(f"{file}#shell")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("label_width_mm,label_height_mm\n90,5O\n", r'own\.csv, row 2, label_height_mm: "5O" cannot be used'),
        ("label_width_mm,label_height_mm\n90\n", r"own\.csv, row 2, label_height_mm: It is missing"),
        (
            'label_width_mm,label_height_mm\n63,38\n"63,5",38\n',
            r'row 3, label_width_mm: "63,5".*such as 63\.5',
        ),
        ("label_width_mm,label_height_mm\n90,50,1\n", r"own\.csv, row 2: there are too many cells"),
        (
            "label_width,label_height_mm\n90,50\n",
            r'label_width: A stock has no such column.*"label_width_mm"',
        ),
        ("ink,label_height_mm\nred,50\n", "Known are label_width_mm, "),
        (
            "label_width_mm,label_height_mm,columns\n90,50,2.5\n",
            'columns: "2.5" cannot be used. Write a whole',
        ),
        ("label_width_mm,label_height_mm,columns\n90,50,0\n", r"own\.csv, row 2, stock: 0 × 1 labels"),
        ("label_width_mm,label_height_mm,kind\n90,50,reel\n", '"reel" cannot be used. Write sheet or roll'),
        ("label_width_mm,label_height_mm,shape\n90,50,star\n", "Write rect, round or oval"),
        ("label_width_mm,label_height_mm,page\n90,50,A44\n", r'row 2, page: There is no paper "A44"'),
        ("label_width_mm,label_height_mm,page\n90,50,1x1\n", r"row 2, paper: 1 × 1 mm is no size of a page"),
        (
            "label_width_mm,label_height_mm\n90,500\n",
            r"row 2, stock: The labels reach to|row 2, stock: .* begin",
        ),
        ("label_width_mm,label_height_mm\nnan,50\n", "no number"),
        ("label_width_mm,label_height_mm,kind\n62,4000,roll\n", r"label: 62 × 4000 mm .*Give 5 to 3000 mm"),
        ("label_width_mm,label_height_mm,kind\n62,nan,roll\n", "no size of a page"),
        ('name,label_width_mm,label_height_mm\n"one\ntwo",90,5O\n', "row 3, label_height_mm"),
        ("name,label_width_mm,label_height_mm\nA,1,1\nA,2,2\n", r'row 3, name: There are two stocks "A"'),
        ("name,label_width_mm,label_height_mm\n--,9,9\n", "needs a name with a letter or digit"),
        ("label_width_mm,label_height_mm\n", "has no stocks"),
        ("", "has no stocks"),
    ],
)
def test_what_is_wrong_in_a_csv_is_said_with_its_row(tmp_path: Path, text, says):
    with pytest.raises(Invalid, match=says):
        find_stock(str(written(tmp_path, "own.csv", text)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("label_width_mm 90", "is not TOML"),
        ("label_width_mm = '90'\nlabel_height_mm = 'x'", 'label_height_mm: "x" cannot be used'),
        ("[a]\nlabel_width_mm = 90\n", r"own\.toml, \[a\], label_height_mm: It is missing"),
        ("name = 5\nlabel_width_mm = 90\nlabel_height_mm = 50\n", '"5" cannot be used. Write it in quotes'),
        ("label_width_mm = 90\nlabel_height_mm = 50\n[a]\n", "a: A stock has no such column"),
        ("a = 1", "a: A stock has no such column"),
    ],
)
def test_what_is_wrong_in_a_toml_is_said_with_its_table(tmp_path: Path, text, says):
    with pytest.raises(Invalid, match=says):
        find_stock(str(written(tmp_path, "own.toml", text)))


def test_a_file_that_is_not_there_not_text_or_too_long_is_refused(tmp_path: Path):
    with pytest.raises(NotFound, match="cannot be opened"):
        find_stock(str(tmp_path / "none.csv"))
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match="is not UTF-8 text"):
        read_stocks(tmp_path / "bytes.csv")
    (tmp_path / "long.csv").write_bytes(b"x" * 1_048_577)
    with pytest.raises(Invalid, match="at most 1 MB"):
        read_stocks(tmp_path / "long.csv")

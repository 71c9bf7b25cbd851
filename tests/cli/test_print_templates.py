"""Templates of one's own on the command line: checked with every fault's place, described for editors, printed."""

from __future__ import annotations

import pikepdf
import pytest
from tests.conftest import imported

MINE = """\
template: mine
title: Price tag
page: {width: 60, height: 40}
bleed: 3
example: {name: Honey, price: "12.90"}
elements:
  - box: {x: -3, y: -3, width: 66, height: 10, fill: "#1f4d3a"}
  - text: {x: 4, y: 9, width: 30, height: 8, text: "{name}", size: 14, least: 8, weight: bold, lines: 2}
  - text: {x: 4, y: 22, width: 30, height: 12, text: "{price} €", size: 30, least: 14, when: "{price}"}
  - code: {x: 34, y: 12, size: 24}
"""


def test_a_file_with_faults_is_refused_with_all_of_them_and_where_they_are(scanly, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE.replace("weight", "wieght").replace("x: 34", "x: 44"), encoding="utf-8")
    done = scanly("print", "templates", file)
    assert done.status not in (0, 3)
    said = " ".join(done.err.split())
    assert (
        'mine.yaml, line 8, column 82, elements[2].text.wieght: is not known here. Did you mean "weight"?'
        in said
    )
    assert (
        "line 10, column 11, elements[4].code: reaches to x = 68, and the page is 60 mm wide. End it at 60"
        in said
    )


def test_the_schema_for_editors_takes_a_good_file_and_no_other(scanly):
    schema = scanly("print", "templates", "--schema").json
    judge = imported("jsonschema").Draft202012Validator(schema)
    good = {"template": "a", "title": "A", "page": {"width": 60, "height": 40}}
    assert judge.is_valid(good | {"elements": [{"code": {"x": 1, "y": 1, "size": 20}}]})
    assert not judge.is_valid(good | {"elements": [{"code": {"x": 1, "y": 1}}]})
    assert not judge.is_valid(good | {"elements": []})


@pytest.mark.parametrize("stock", [(), ("--stock", "A4:3x7:60x40")])
def test_a_template_is_printed_with_the_rows_of_a_file(scanly, tmp_path, stock):
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(
        "url,name,price\nhttps://example.com/1,Wild thyme honey,12.90\nhttps://example.com/2,Quince jelly,\n",
        encoding="utf-8",
    )
    out = tmp_path / "tags.pdf"
    arguments = ("--template", tmp_path / "mine.yaml", "--static", "--json", *stock)
    done = scanly("print", "sheet", tmp_path / "rows.csv", *arguments, "-o", out)
    assert done.status == 0, done.err
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == (1 if stock else 2)


def test_a_column_that_the_file_does_not_have_is_named_with_its_line(scanly, tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    (tmp_path / "rows.csv").write_text("url,name,prise\nhttps://example.com/1,Honey,1\n", encoding="utf-8")
    arguments = ("--template", tmp_path / "mine.yaml", "--static", "-o", tmp_path / "tags.pdf")
    done = scanly("print", "sheet", tmp_path / "rows.csv", *arguments)
    assert done.status not in (0, 3)
    said = " ".join(done.err.split())
    assert 'mine.yaml, line 9, column 54, elements[3].text.text: names "price", which is not a column' in said
    assert 'Did you mean "prise"?' in said

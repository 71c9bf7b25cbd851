"""What a print shop's programs find in a sheet of labels in four scripts: inks, syntax, one picture, fonts, texts."""

import subprocess
from pathlib import Path

import pikepdf
import pytest
from tests.press.judges import differences, inks
from tests.press.sheets.orders import job, printed

NAMES = {"Latin": "Garden 1", "Devanagari": "मेज़ क्रमांक २", "Arabic": "طاولة ٣", "Han": "花园四号桌"}
ROWS = "target,code,name\n" + "".join(
    f"https://a.example/{script},{script},{name}\n" for script, name in NAMES.items()
)


@pytest.fixture
def sheet(installation, tmp_path) -> Path:
    order = job(tmp_path, ROWS, text="{name}\\nTable {code}")
    assert printed(installation, order).ok == len(NAMES)
    return order.out


def test_black_labels_are_on_the_black_plate_only(sheet, needs):
    (cyan, magenta, yellow, black), *_ = inks(sheet.read_bytes(), needs)
    assert cyan == magenta == yellow == 0
    assert black > 0.005


def test_its_syntax_is_clean_and_all_renderers_show_the_same(sheet, tmp_path, needs):
    with pikepdf.open(sheet) as document:
        assert document.check_pdf_syntax() == []
    for name, share in differences(sheet.read_bytes(), tmp_path, needs):
        assert share < 0.001, name


def test_its_fonts_are_embedded_subset_and_searchable(sheet, needs):
    told = subprocess.run([needs("pdffonts"), sheet], capture_output=True, check=True, text=True).stdout
    _, _, *lines = told.splitlines()
    assert len(lines) >= len(NAMES)
    # emb, sub, uni, and the two numbers of the object
    assert [line.split()[-5:-2] for line in lines] == [["yes", "yes", "yes"]] * len(lines)


def test_its_texts_are_found_as_they_are_written(sheet, needs):
    told = subprocess.run([needs("pdftotext"), sheet, "-"], capture_output=True, check=True, text=True).stdout
    found = told.split()
    # Whether a number in Arabic letters comes before or after its word is the reader's guess.
    found = [word.strip("\u202b\u202c") for word in found]
    for script, name in NAMES.items():
        assert set(name.split()) <= set(found)
        assert found[found.index(script) - 1] == "Table"

"""Reading back: a page that was changed in any way that matters is found out."""

import pytest
from tests.press.pages import PLAIN, code, written

from scanly.press.barcodes import draw
from scanly.press.page import Box, Group, Page, Shape, expected, mirrored, moved, turned
from scanly.press.reading import Wanted, read_back
from scanly.qr.ink import WHITE
from scanly.qr.outline import box

ONE, OTHER = "https://go.example.com/AAAAAAA", "https://go.example.com/BBBBBBB"
TRIM = Box(0, 0, 90, 60)


def proof(tmp_path, items, wanted=None, finish=PLAIN, jobs=1, pages=1):
    path = tmp_path / "page.pdf"
    path.write_bytes(written([Page(90, 60, tuple(items))] * pages, finish))
    symbols = tuple(expected(wanted if wanted is not None else items))
    return read_back(path, [Wanted(page, symbols) for page in range(1, pages + 1)], jobs=jobs)


def test_symbols_of_all_kinds_are_read_where_they_stand(tmp_path):
    bars = draw("ean13", "4006381333931", Box(45, 5, 40, 25))
    items = (code(3, 3, ONE, size_mm=20), moved((code(0, 0, OTHER, size_mm=25),), 10, 30), *bars)
    found = proof(tmp_path, items)
    assert (found.read, found.misread) == (3, ())


@pytest.mark.parametrize("change", [turned, mirrored])
def test_turned_and_mirrored_symbols_are_read_as_people_will_see_them(tmp_path, change):
    found = proof(tmp_path, (change((code(10, 10, ONE),), TRIM),))
    assert (found.read, found.misread) == (1, ())


def test_exchanged_symbols_are_two_misreadings(tmp_path):
    there = (code(5, 10, ONE), code(45, 10, OTHER))
    wanted = (code(5, 10, OTHER), code(45, 10, ONE))
    found = proof(tmp_path, there, wanted)
    assert [(each.expected, each.found) for each in found.misread] == [(OTHER, ONE), (ONE, OTHER)]


def test_a_missing_symbol_and_a_hidden_one_are_misread(tmp_path):
    wanted = (code(5, 10, ONE), code(45, 10, OTHER))
    hidden = Shape(box(10, 15, 14, 25), WHITE)
    found = proof(tmp_path, (code(5, 10, ONE), hidden), wanted)
    assert [(each.number, each.found) for each in found.misread] == [(0, ""), (1, "")]


def test_symbols_side_by_side_are_not_taken_for_one_another(tmp_path):
    size, step = 11.0, 11.0
    items = [code(step * x, step * y, f"{ONE}{x}{y}", size_mm=size) for x in range(8) for y in range(5)]
    found = proof(tmp_path, items)
    assert (found.read, found.misread) == (40, ())


def test_tiny_modules_are_read_with_more_pixels(tmp_path):
    found = proof(tmp_path, (Group((code(0, 0, ONE, size_mm=30),), (0.3, 0, 0, 0.3, 20, 20)),))
    assert (found.read, found.misread) == (1, ())


def test_many_pages_are_read_by_several_processes_and_none_is_left_out(tmp_path):
    done = []
    path = tmp_path / "pages.pdf"
    contents = [f"{ONE}{number}" for number in range(20)]
    path.write_bytes(written([Page(90, 60, (code(5, 5, content),)) for content in contents]))
    wanted = [
        Wanted(page, tuple(expected((code(5, 5, content),)))) for page, content in enumerate(contents, 1)
    ]
    found = read_back(path, wanted, jobs=2, progress=done.append)
    assert (found.read, found.misread, done[-1]) == (20, (), 20)
    wanted[16] = Wanted(17, tuple(expected((code(5, 5, OTHER),))))
    assert [each.page for each in read_back(path, wanted, jobs=2).misread] == [17]


def test_both_decoders_read_a_plain_page(tmp_path, needs):
    from scanly.qr.proof.decoders import installed_decoders

    if "zbar" not in installed_decoders():
        needs("zbarimg")
    found = proof(tmp_path, [code(x, 10, f"{ONE}{x}", size_mm=25) for x in (2, 31, 60)])
    assert (found.read, found.by_zbar, found.reread) == (3, 3, ())

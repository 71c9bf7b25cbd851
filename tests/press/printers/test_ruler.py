"""The ruler page, measured as it is printed: its crosses and marks are where its words say."""

import io
import re

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.press.page import Shape, Words
from scanly.press.pdf.document import Document, Finish
from scanly.press.pdf.standard import Metadata
from scanly.press.printers.measuring import Measured, correction, crosses
from scanly.press.printers.model import Correction
from scanly.press.printers.ruler import Sheet, ruler_page, words_to_type
from scanly.press.render import page_image

A4 = Sheet("A4", 210, 297)
DPI = 600


def text_of(page):
    return " ".join(item.line.text for item in page.items if isinstance(item, Words))


def darkness(page):
    """The page as a printer that does nothing wrong would print it: 0 white, 1 black."""
    file = io.BytesIO()
    document = Document(file, Finish(Metadata("Ruler page", 0)))
    document.add(page)
    document.finish()
    return 1 - numpy.asarray(page_image(file.getvalue(), 1, DPI).convert("L")) / 255


def middle_mm(profile, about_mm):
    """Where the darkest line within 2 mm of a place is."""
    first = round((about_mm - 2) / 25.4 * DPI)
    window = profile[first : first + round(4 / 25.4 * DPI)]
    return (first + 0.5 + float((window * numpy.arange(len(window))).sum() / window.sum())) / DPI * 25.4


@pytest.fixture(scope="module")
def printed():
    return darkness(ruler_page(A4, "office"))


def band(array, start_mm, end_mm):
    return array[round(start_mm / 25.4 * DPI) : round(end_mm / 25.4 * DPI)]


@pytest.mark.parametrize("cross", [(20, 20), (190, 277)])
def test_each_cross_is_printed_where_it_is_meant_to_be_measured(printed, cross):
    x, y = cross
    # Its upright arm above the middle, and its level arm left of it.
    assert middle_mm(band(printed, y - 7, y - 3).sum(axis=0), x) == pytest.approx(x, abs=0.03)
    assert middle_mm(band(printed.T, x - 7, x - 3).sum(axis=0), y) == pytest.approx(y, abs=0.03)


@pytest.mark.parametrize("ten", [40, 100, 190])
def test_the_marks_of_the_rulers_are_at_their_numbers(printed, ten):
    # Below the marks of single millimetres only the longer ones are seen.
    assert middle_mm(band(printed, 25.5, 26.5).sum(axis=0), ten) == pytest.approx(ten, abs=0.03)
    assert middle_mm(band(printed.T, 25.5, 26.5).sum(axis=0), ten + 60) == pytest.approx(ten + 60, abs=0.03)


def test_there_is_a_mark_at_every_half_millimetre(printed):
    row = band(printed, 20.5, 21.5).mean(axis=0)
    shown = row[round(49.75 / 25.4 * DPI) : round(149.75 / 25.4 * DPI)] > 0.4
    assert int(numpy.diff(shown.astype(int)).clip(0).sum()) == 200


def test_the_page_says_the_command_that_takes_what_is_measured_on_it():
    page = ruler_page(A4, "office 2")
    command = words_to_type(A4, "office 2")
    assert command.startswith("scanly print calibrate --printer 'office 2' --paper A4 --first ")
    assert command in re.sub(r"\s+", " ", text_of(page))
    numbers = [tuple(map(float, each.split(","))) for each in re.findall(r"[\d.]+,[\d.]+", command)]
    assert correction(Measured(*numbers), 210, 297) == Correction()


@settings(max_examples=12)
@given(st.floats(100, 420), st.floats(140, 594), st.booleans(), st.sampled_from(["", "o", "Drucker " * 9]))
def test_everything_stays_on_any_paper_that_is_large_enough(short, long, turned, printer):
    sheet = Sheet("own", *((long, short) if turned else (short, long)))
    page = ruler_page(sheet, printer)
    meant = crosses(sheet.width_mm, sheet.height_mm)
    assert meant.second_mm == (sheet.width_mm - 20, sheet.height_mm - 20)
    lowest_text = 0.0
    for item in page.items:
        if isinstance(item, Shape):
            points = [segment[1:] for segment in item.path.segments if len(segment) > 1]
            assert all(4 < x < sheet.width_mm - 4 and 4 < y < sheet.height_mm - 4 for x, y in points)
        elif isinstance(item, Words) and item.x > 39 and not item.line.text.isdigit():
            lowest_text = max(lowest_text, item.y)
    assert lowest_text < sheet.height_mm - 34, "nothing is written over cross 2"


def test_a_ruler_page_for_a_small_label_is_refused():
    with pytest.raises(Invalid, match="too small for a ruler page"):
        ruler_page(Sheet("dymo-99012", 36, 89), "")

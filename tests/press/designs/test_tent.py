"""Table tents: every design in every format stands on the table as it should and reads from each side."""

from __future__ import annotations

import numpy
import pytest
from tests.press.designs.judging import (
    FORTY,
    codes,
    picture_of,
    read,
    require_contrast,
    require_in_place,
    seen,
    subjects,
)
from tests.press.designs.samples import COLOURS, emblem, subject

from scanly.press.designs import designs, formats, make
from scanly.press.designs.folding import Folded
from scanly.press.designs.piece import BLEED_MM, SAFE_MM
from scanly.press.designs.words import calls
from scanly.press.page import Box, Words

DESIGNS = tuple(designs("tent"))
FORMATS = formats("tent")
ALL = [(design, form) for design in DESIGNS for form in FORMATS]


def panels_of(form: Folded) -> list[Box]:
    """Where the panels are on the flat sheet."""
    width, height = form.panel_width_mm, form.panel_height_mm
    if form.panels == 2:
        return [Box(0, 0, width, height), Box(0, height, width, height)]
    return [Box(number * width, 0, width, height) for number in range(form.panels)]


def test_there_are_designs_to_choose_from():
    assert len(DESIGNS) >= 3
    assert {form.panels for form in FORMATS.values()} == {2, 3}


@pytest.mark.parametrize(("design", "name"), ALL)
def test_all_is_within_the_bleed_and_what_is_read_is_clear_of_trim_and_folds(design, name):
    rooms = [panel.inset(SAFE_MM) for panel in panels_of(FORMATS[name])]
    for about in subjects():
        (page,) = make("tent", design, name, about).pages
        require_in_place(page, rooms)


@pytest.mark.parametrize(("design", "name"), ALL)
def test_the_code_of_each_panel_is_large_enough_for_its_distance(design, name):
    for about in (subject(), subject("ar", logo=emblem()), subject("de", name=FORTY["de"], logo=emblem())):
        (page,) = make("tent", design, name, about).pages
        found = codes(page)
        assert len(found) == FORMATS[name].panels
        assert all(box.width >= 0.9 * FORMATS[name].least_code_mm for _, box in found)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.panels == 2])
def test_both_panels_are_one_picture_that_a_half_turn_leaves_as_it_is(design, name):
    (page,) = make("tent", design, name, subject("hi", logo=emblem())).pages
    places = [(_kind(item), box) for item, box in seen(page.items)]
    half = len(places) // 2
    for (upper, box), (lower, beneath) in zip(places[:half], places[half:], strict=True):
        turned = box.transformed((-1, 0, 0, -1, page.width_mm, page.height_mm))
        assert upper == lower
        assert beneath.holds(turned, slack_mm=0.001)
        assert turned.holds(beneath, slack_mm=0.001)


def _kind(item) -> str:
    return item.line.text if isinstance(item, Words) else type(item).__name__


@pytest.mark.parametrize("design", DESIGNS)
def test_the_printed_sheet_looks_the_same_upside_down(design):
    picture = picture_of(make("tent", design, "A6", subject("ar", logo=emblem())))
    assert picture.std() > 20
    assert abs(picture - numpy.rot90(picture, 2)).mean() < 6


@pytest.mark.parametrize("design", DESIGNS)
def test_lower_panel_reads_upright_with_the_fold_at_its_top(design):
    form = FORMATS["A6"]
    (page,) = make("tent", design, "A6", subject()).pages
    assert page.folds == ((0, form.height_mm / 2, form.width_mm, form.height_mm / 2),)
    upper, lower = page.items
    assert lower.matrix[:4] == (1, 0, 0, 1)
    assert upper.matrix[:4] == (-1, 0, 0, -1)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.panels == 3])
def test_a_triangle_has_three_equal_panels_and_a_flap_that_stays_free_for_the_glue(design, name):
    form = FORMATS[name]
    (page,) = make("tent", design, name, subject("ar", logo=emblem())).pages
    folds = [x for x, *_ in page.folds]
    assert folds == pytest.approx([form.panel_width_mm * number for number in (1, 2, 3)])
    assert form.width_mm - folds[-1] == pytest.approx(form.flap_mm)
    assert max(box.right for _, box in seen(page.items)) <= folds[-1] + BLEED_MM + 1e-6
    texts = [
        (item.line.text, box.x % form.panel_width_mm)
        for item, box in seen(page.items)
        if isinstance(item, Words)
    ]
    third = len(texts) // 3
    for one, two, three in zip(texts[:third], texts[third : 2 * third], texts[2 * third :], strict=True):
        assert one[0] == two[0] == three[0]
        assert one[1] == pytest.approx(two[1])
        assert one[1] == pytest.approx(three[1])


def test_the_back_says_something_else_when_it_is_told_to():
    (page,) = make("tent", "classic", "A6", subject(), back_line="Free Wi-Fi", back_call="wifi").pages
    upper, lower = ([i.line.text for i, _ in seen([group]) if isinstance(i, Words)] for group in page.items)
    assert "Free Wi-Fi" in upper
    assert "Free Wi-Fi" not in lower
    assert calls()["en"]["wifi"] in " ".join(upper)
    assert calls()["en"]["menu"] in " ".join(lower)


@pytest.mark.parametrize("design", DESIGNS)
def test_every_panel_is_read_from_the_printed_sheet(design):
    for number, name in enumerate(FORMATS):
        about = subject(("en", "ar", "ja")[number % 3], colours=COLOURS[number % len(COLOURS)], logo=emblem())
        (found,) = read(make("tent", design, name, about))
        assert found == [about.content.decode()] * FORMATS[name].panels, name


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("colours", COLOURS)
def test_every_text_has_contrast(design, colours):
    require_contrast(make("tent", design, "A6", subject(colours=colours, logo=emblem())))


@pytest.mark.parametrize("design", DESIGNS)
def test_every_language_says_every_call(design):
    for language, said in calls().items():
        longest = max(said, key=lambda name: len(said[name]))
        for name in ("4x6in", "prism-letter"):
            (page,) = make("tent", design, name, subject(language, call=longest)).pages
            assert all(item.size_pt >= 5.5 for item, _ in seen(page.items) if isinstance(item, Words))

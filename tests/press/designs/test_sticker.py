"""Stickers: every design in every format, the line that the plotter follows, white ink, and glass."""

from __future__ import annotations

import math
import re
from itertools import combinations, pairwise

import numpy
import pytest
import zxingcpp
from tests.press.designs.judging import (
    FORTY,
    codes,
    picture_of,
    plates,
    points_of,
    read,
    read_things,
    require_contrast,
    require_in_place,
    seen,
    subjects,
)
from tests.press.designs.samples import COLOURS, emblem, subject

from scanly.core.errors import Invalid, NotFound
from scanly.press.designs import designs, formats, make
from scanly.press.designs.curving import Arc, curved, opposite, reach_degrees
from scanly.press.designs.cutting import outline_of
from scanly.press.designs.piece import BLEED_MM, SAFE_MM
from scanly.press.designs.repeating import sticker_sheet
from scanly.press.designs.words import calls
from scanly.press.page import HAIRLINE_MM, Code, Group, Shape, Words, expected
from scanly.press.type.setting import Face
from scanly.qr.extent import extent
from scanly.qr.ink import BLACK
from scanly.qr.lettering import set_line

DESIGNS = tuple(designs("sticker"))
FORMATS = formats("sticker")
ALL = [(design, form) for design in DESIGNS for form in FORMATS]
ROUND = [name for name, form in FORMATS.items() if form.outline == "round"]
# On yellow, text is black or a dark yellow, and nothing else is.
YELLOW = ("#ffcc00", "#ffffff")


def corners(box):
    return [(x, y) for x in (box.x, box.right) for y in (box.y, box.bottom)]


def test_there_are_designs_to_choose_from():
    assert len(DESIGNS) >= 3
    assert {form.outline for form in FORMATS.values()} == {"round", "rounded", "rectangle"}


@pytest.mark.parametrize(("design", "name"), ALL)
def test_all_is_within_the_bleed_and_what_is_read_is_clear_of_the_cut(design, name):
    form = FORMATS[name]
    for about in subjects():
        (page,) = make("sticker", design, name, about).pages
        require_in_place(page, [page.trim.inset(SAFE_MM)])
        if form.outline == "round":
            centre, radius = form.width_mm / 2, form.width_mm / 2
            for _, box in read_things(page):
                assert max(math.dist(corner, (centre, centre)) for corner in corners(box)) <= radius - 2


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", ROUND)
def test_text_that_runs_round_stays_clear_of_the_cut_and_of_the_code(design, name):
    centre = radius = FORMATS[name].width_mm / 2
    for language in ("en", "hi", "ar", "ja"):
        about = subject(language, name=FORTY[language], colours=YELLOW)
        (page,) = make("sticker", design, name, about).pages
        inks = (about.colours.on_field, about.accent)
        texts = [i for i, _ in seen(page.items) if isinstance(i, Shape) and i.fill in inks]
        assert texts
        (_, code), *_ = codes(page)
        for shape in texts:
            for place in points_of(shape.path):
                assert math.dist(place, (centre, centre)) <= radius - SAFE_MM + 0.05
                assert not (code.x < place[0] < code.right and code.y < place[1] < code.bottom)


@pytest.mark.parametrize(("design", "name"), ALL)
def test_the_cut_is_a_closed_hairline_in_its_own_ink_on_top_of_all(design, name):
    form = FORMATS[name]
    piece = make("sticker", design, name, subject(), cut_name="Kiss-cut")
    (page,) = piece.pages
    line = page.items[-1]
    assert line.path == piece.cut == outline_of(form)
    assert (line.fill, line.overprint) == (None, True)
    assert line.stroke.width_mm == HAIRLINE_MM
    assert line.stroke.ink.spot == piece.cut_name == "Kiss-cut"
    assert [letter for letter, *_ in piece.cut.segments].count("M") == 1
    assert piece.cut.segments[-1] == ("Z",)
    assert extent(piece.cut) == pytest.approx((0, 0, form.width_mm, form.height_mm))


@pytest.mark.parametrize("name", FORMATS)
def test_the_scallops_of_a_stamp_are_whole_within_the_cut(name):
    form = FORMATS[name]
    about = subject(colours=YELLOW)
    (page,) = make("sticker", "stamp", name, about).pages
    ground = next(item for item, _ in seen(page.items) if item.fill == about.colours.field)
    assert min(_inside_mm(form, place) for place in points_of(ground.path)) > 0.9


def _inside_mm(form, place):
    """How far a point is inside the edge of a sticker."""
    radius = {"round": form.width_mm / 2, "rounded": 0.1 * form.width_mm, "rectangle": 0.0}[form.outline]
    across = abs(place[0] - form.width_mm / 2) - form.width_mm / 2 + radius
    down = abs(place[1] - form.height_mm / 2) - form.height_mm / 2 + radius
    return radius - math.hypot(max(across, 0), max(down, 0)) - min(max(across, down), 0)


@pytest.mark.parametrize("outline", ["round", "square", "rounded"])
def test_the_ground_bleeds_three_millimetres_beyond_the_cut_all_round(outline):
    form = FORMATS[f"{outline}-50"]
    (page,) = make("sticker", "ring", form.name, subject()).pages
    ground = next(item for item, _ in seen(page.items))
    assert extent(ground.path) == pytest.approx(
        (-BLEED_MM, -BLEED_MM, form.width_mm + BLEED_MM, form.height_mm + BLEED_MM)
    )


@pytest.mark.parametrize(("design", "name"), ALL)
def test_the_code_lies_in_the_inscribed_square_and_is_read_from_the_printed_sticker(design, name):
    form = FORMATS[name]
    about = subject("ja", colours=COLOURS[ALL.index((design, name)) % len(COLOURS)], logo=emblem())
    piece = make("sticker", design, name, about)
    ((_, box),) = codes(piece.pages[0])
    assert box.width >= 0.9 * max(form.least_code_mm, 22)
    if form.outline == "round":
        assert box.width <= form.width_mm / math.sqrt(2)
    assert read(piece, dpi=150) == [[about.content.decode()]]


@pytest.mark.parametrize("design", DESIGNS)
def test_a_sticker_for_the_inside_of_glass_is_seen_right_from_outside(design):
    about = subject("ar", logo=emblem())
    outside = make("sticker", design, "window", about)
    inside = make("sticker", design, "window", about, mirror=True)
    seen_through_glass = numpy.fliplr(picture_of(inside))
    assert abs(seen_through_glass - picture_of(outside)).mean() < 3
    assert abs(picture_of(inside) - picture_of(outside)).mean() > 10
    assert [one.text for one in zxingcpp.read_barcodes(seen_through_glass.astype(numpy.uint8))] == [
        about.content.decode()
    ]
    assert [one.mirrored for page in inside.pages for one in expected(page.items)] == [True]


@pytest.mark.parametrize("design", DESIGNS)
def test_cut_and_white_have_plates_of_their_own_and_the_code_stays_whole_on_black(design, tmp_path):
    about = subject(colours=YELLOW)
    found = plates(make("sticker", design, "round-50", about), tmp_path, white="RDG_WHITE")
    assert set(found) == {"Cyan", "Magenta", "Yellow", "Black", "CutContour", "RDG_WHITE"}
    scale = found["Black"].shape[1] / (50 + 2 * BLEED_MM)
    rows, columns = numpy.indices(found["Black"].shape)
    away = numpy.hypot(columns / scale - 28, rows / scale - 28)
    cut = found["CutContour"] > 0.2
    assert cut.sum() > 100
    assert abs(away[cut] - 25).max() < 0.3
    # The foil is clear: white lies under all that is printed, and under paper white as well.
    assert found["RDG_WHITE"][away < 27.8].min() == 1
    assert found["RDG_WHITE"][away > 28.2].max() == 0
    assert not found["Cyan"].any()
    black = ((1 - found["Black"]) * 255).astype(numpy.uint8)
    assert [one.text for one in zxingcpp.read_barcodes(black)] == [about.content.decode()]


def test_an_ink_that_cannot_be_is_refused():
    with pytest.raises(Invalid) as refused:
        make("sticker", "ring", "", subject(), cut_name="Black")
    assert refused.value.problems[0].field == "cut-name"


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("colours", COLOURS)
def test_every_text_has_contrast(design, colours):
    require_contrast(make("sticker", design, "square-70", subject("hi", colours=colours)))
    require_contrast(make("sticker", design, "window", subject(colours=colours, logo=emblem())))


@pytest.mark.parametrize("design", DESIGNS)
def test_every_language_says_every_call_on_the_smallest(design):
    for language, said in calls().items():
        longest = max(said, key=lambda name: len(said[name]))
        for name in ("round-50", "square-50"):
            (page,) = make("sticker", design, name, subject(language, call=longest)).pages
            assert all(item.size_pt >= 5.5 for item, _ in seen(page.items) if isinstance(item, Words))


@pytest.mark.parametrize("name", ["round-50", "square-100", "window"])
def test_a_sheet_has_as_many_as_fit_and_each_its_own_cut(name):
    piece = make("sticker", "half", name, subject())
    sheet = sticker_sheet(piece, "A4")
    (page,) = sheet.pages
    count = sum(letter == "Z" for letter, *_ in sheet.cut.segments)
    assert count == {"round-50": 15, "square-100": 2, "window": 1}[name]
    groups = [item for item in page.items if isinstance(item, Group)]
    areas = [group.clip.transformed(group.matrix) for group in groups]
    assert len(areas) == count
    assert not any(one.meets(other) for one, other in combinations(areas, 2))
    assert all(page.trim.inset(5).holds(area) for area in areas)
    drawn = [
        item.path
        for item, _ in seen(page.items)
        if isinstance(item, Shape) and item.stroke and item.overprint
    ]
    assert len(drawn) == count
    assert len([item for item, _ in seen(page.items) if isinstance(item, Code)]) == count


def test_what_does_not_fit_on_a_sheet_is_refused():
    with pytest.raises(Invalid, match="fits on"):
        sticker_sheet(make("sticker", "half", "window", subject()), "A6")
    with pytest.raises(NotFound):
        sticker_sheet(make("sticker", "half", "window", subject()), "A66")


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("text", ["Chai Corner", "चाय कॉर्नर", "ركن الشاي", "茶の角"])
def test_bent_text_keeps_between_its_circles_about_its_end_of_the_disc(text, below):
    arc = Arc(50, 50, 30, 36, 120, below=below)
    places = points_of(curved(text, arc, Face("bold"), BLACK).path)
    radii = [math.dist(place, (50, 50)) for place in places]
    # Handles of curves may lie a little outside of what they bend.
    assert min(radii) >= 30 - 0.3
    assert max(radii) <= 36 + 0.3
    angles = [math.atan2(x - 50, (y - 50) if below else (50 - y)) for x, y in places]
    assert max(map(abs, angles)) <= math.radians(61)
    assert min(angles) == pytest.approx(-max(angles), abs=0.02)


def test_bent_text_reads_from_left_to_right_above_and_below():
    for below in (False, True):
        arc = Arc(0, 0, 30, 36, 170, below=below)
        one, two, three = (curved("I" + " " * 0 + text, arc, Face(), BLACK) for text in ("", "I", "II"))
        widths = [extent(shape.path)[2] - extent(shape.path)[0] for shape in (one, two, three)]
        assert all(more > less for less, more in pairwise(widths))
        first, *_ = points_of(curved("L.", arc, Face(), BLACK).path)
        assert first[0] < 0


def test_text_below_has_what_text_above_leaves_of_the_circle():
    arc = Arc(0, 0, 30, 36)
    for name in ("Asha", FORTY["en"], FORTY["ja"]):
        above = curved(name, arc, Face(), BLACK)
        foot = opposite(arc, above)
        below = curved("Scan to book your next appointment with all of us here", foot, Face(), BLACK)
        assert reach_degrees(above, arc) + reach_degrees(below, foot) <= 175
        assert reach_degrees(below, foot) > 60


@pytest.mark.parametrize("below", [False, True])
def test_bent_letters_are_not_mirrored(below):
    straight = set_line("LF", weight="regular").path
    bent = curved("LF", Arc(0, 0, 30, 36, below=below), Face(), BLACK).path
    assert _turning(bent) == _turning(straight) != 0


def _turning(path):
    """1 for outlines that run clockwise for the most part, -1 for others."""
    places = points_of(path)
    area = sum(x * end_y - end_x * y for (x, y), (end_x, end_y) in pairwise([*places, places[0]]))
    return math.copysign(1, area) if abs(area) > 1e-9 else 0


@pytest.mark.parametrize("design", DESIGNS)
def test_a_name_that_has_no_room_is_refused_with_what_fits_and_that_fits_indeed(design):
    name = "Anna and " * 8 + "Mohammed"
    with pytest.raises(Invalid, match=r"about \d+ characters fit") as refused:
        make("sticker", design, "square-50", subject(name=name))
    fit = int(re.search(r"about (\d+)", str(refused.value))[1])
    assert 30 < fit < len(name)
    assert make("sticker", design, "square-50", subject(name=name[:fit])).pages


def test_text_that_is_too_long_to_go_round_is_refused_with_how_much_fits():
    with pytest.raises(Invalid, match=r"about \d+ characters fit"):
        curved("A" * 200, Arc(0, 0, 17, 21), Face(), BLACK, field="name")

"""Business cards: every design in every format, front and back, alone and ten on a sheet."""

from __future__ import annotations

from itertools import combinations

import pytest
from tests.press.designs.judging import (
    codes,
    picture_of,
    read,
    require_contrast,
    require_in_place,
    seen,
    subjects,
)
from tests.press.designs.samples import COLOURS, emblem, subject

from scanly.core.errors import Invalid, NotFound
from scanly.press.designs import designs, formats, make
from scanly.press.designs.piece import BLEED_MM, SAFE_MM, Piece
from scanly.press.designs.repeating import ten_up
from scanly.press.designs.words import calls
from scanly.press.page import Group, Words
from scanly.press.pdf.marks import REGISTRATION

DESIGNS = tuple(designs("card"))
FORMATS = formats("card")
ALL = [(design, form) for design in DESIGNS for form in FORMATS]
PAPERS = {"85x55": "A4", "3.5x2in": "letter"}


def test_there_are_designs_to_choose_from_and_one_has_its_code_in_front():
    assert len(DESIGNS) >= 3
    in_front = {design for design in DESIGNS if codes(make("card", design, "", subject()).pages[0])}
    assert in_front
    assert in_front != set(DESIGNS)


@pytest.mark.parametrize(("design", "name"), ALL)
def test_all_is_within_the_bleed_and_what_is_read_is_clear_of_the_trim(design, name):
    for about in subjects():
        pages = make("card", design, name, about).pages
        assert len(pages) == 2
        assert [(page.width_mm, page.height_mm) for page in pages] == [
            (FORMATS[name].width_mm, FORMATS[name].height_mm)
        ] * 2
        for page in pages:
            require_in_place(page, [page.trim.inset(SAFE_MM)])


@pytest.mark.parametrize(("design", "name"), ALL)
def test_there_is_one_code_of_a_good_size_that_a_phone_reads_from_the_printed_card(design, name):
    about = subject("ar", colours=COLOURS[ALL.index((design, name)) % len(COLOURS)], logo=emblem())
    piece = make("card", design, name, about)
    found = [box for page in piece.pages for _, box in codes(page)]
    assert len(found) == 1
    assert found[0].width >= FORMATS[name].least_code_mm
    assert [text for page in read(piece, dpi=200) for text in page] == [about.content.decode()]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("colours", COLOURS)
def test_every_text_has_contrast(design, colours):
    require_contrast(make("card", design, "", subject("hi", colours=colours)))


@pytest.mark.parametrize("design", DESIGNS)
def test_every_language_says_every_call(design):
    for language, said in calls().items():
        longest = max(said, key=lambda name: len(said[name]))
        pages = make("card", design, "3.5x2in", subject(language, call=longest)).pages
        sizes = [item.size_pt for page in pages for item, _ in seen(page.items) if isinstance(item, Words)]
        assert min(sizes) >= 5.5


def _cards(page):
    """The ten groups of a sheet, without the marks."""
    return [item for item in page.items if isinstance(item, Group) and item.clip]


def _trims(page, card):
    """Where the cards are on a sheet, after trimming."""
    return [card.trim.transformed(group.matrix) for group in _cards(page)]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", PAPERS)
def test_ten_cards_lie_beside_each_other_and_none_bleeds_into_another(design, name):
    piece = make("card", design, name, subject(logo=emblem()))
    for page in ten_up(piece, PAPERS[name]).pages:
        trims = _trims(page, piece.pages[0])
        seen_of = [group.clip.transformed(group.matrix) for group in _cards(page)]
        assert len(trims) == 10
        assert not any(one.meets(other) for one, other in combinations(seen_of, 2))
        assert all(box.holds(trim) for box, trim in zip(seen_of, trims, strict=True))
        assert all(page.trim.inset(5).holds(trim) for trim in trims)
        assert min(box.x for box in seen_of) == pytest.approx(min(trim.x for trim in trims) - BLEED_MM)
        assert max(box.bottom for box in seen_of) == pytest.approx(
            max(trim.bottom for trim in trims) + BLEED_MM
        )


@pytest.mark.parametrize(("turn", "across"), [("long", True), ("short", False)])
def test_backs_lie_behind_their_fronts_when_the_sheet_is_turned(turn, across):
    piece = make("card", "bold", "85x55", subject())
    front, back = ten_up(piece, "A4", turn=turn).pages
    fronts = _trims(front, piece.pages[0])
    # A point of the back at the card's upper left corner, as its reader sees it, and where it is on the sheet.
    for group, box in zip(_cards(back), fronts, strict=True):
        behind = piece.pages[1].trim.transformed(group.matrix)
        if across:
            assert behind.x == pytest.approx(front.width_mm - box.right)
            assert behind.y == pytest.approx(box.y)
        else:
            assert behind.x == pytest.approx(box.x)
            assert behind.y == pytest.approx(front.height_mm - box.bottom)
        upright = group.matrix[3] > 0
        assert upright == across, "the top of a card is at one edge of the paper on both sides"


def test_a_gap_is_shared_by_the_bleed_of_both_neighbours():
    piece = make("card", "classic", "85x55", subject())
    page = ten_up(piece, "A3", gap_mm=4).pages[0]
    left, right = (group.clip.transformed(group.matrix) for group in _cards(page)[:2])
    assert left.right == pytest.approx(right.x)
    assert left.right - _trims(page, piece.pages[0])[0].right == pytest.approx(2)
    wide = ten_up(piece, "A3", gap_mm=10).pages[0]
    left, right = (group.clip.transformed(group.matrix) for group in _cards(wide)[:2])
    assert right.x - left.right == pytest.approx(10 - 2 * BLEED_MM)


def test_the_printed_bleed_ends_in_the_middle_of_a_gap():
    piece = make("card", "bold", "85x55", subject(colours=("#000000", "#ffffff")))
    sheet = ten_up(piece, "A3", gap_mm=4).pages[1]
    edge = min(trim.right for trim in _trims(sheet, piece.pages[1]))
    picture = picture_of(Piece((sheet,)), dpi=127)
    row = picture[round((sheet.height_mm / 2 + BLEED_MM) * 5)]
    beside = [row[round((edge + away + BLEED_MM) * 5)] for away in (-1, 1, 1.6, 2.4, 2.8)]
    assert [grey > 200 for grey in beside] == [False, False, False, True, True]


def test_marks_stand_at_every_cut_beside_what_is_printed():
    piece = make("card", "bold", "85x55", subject())
    for page in ten_up(piece, "A4").pages:
        printed = [group.clip.transformed(group.matrix) for group in _cards(page)]
        marks = [
            item
            for item, _ in seen(page.items)
            if getattr(item, "stroke", None) and item.stroke.ink == REGISTRATION
        ]
        places = [box for item, box in seen(page.items) if item in marks]
        assert marks
        assert all(page.trim.holds(box) for box in places)
        lines = _marks_of(page)
        for trim in _trims(page, piece.pages[0]):
            assert any(abs(x - trim.x) < 0.001 for x, _ in lines)
            assert any(abs(y - trim.bottom) < 0.001 for _, y in lines)
        assert not any(
            box.x - 0.5 < x < box.right and box.y < y < box.bottom for box in printed for x, y in lines
        )


def _marks_of(page):
    """Ends of the lines of all marks, on the sheet."""
    group = next(item for item in page.items if isinstance(item, Group) and not item.clip)
    dx, dy = group.matrix[4:]
    return [
        (segment[1] + dx, segment[2] + dy)
        for shape in group.items
        for segment in shape.path.segments
        if segment[0] in "ML"
    ]


def test_ten_codes_are_read_from_the_sheet():
    about = subject("ar", logo=emblem())
    sheets = read(ten_up(make("card", "classic", "85x55", about), "A4"))
    assert sheets == [[], [about.content.decode()] * 10]


@pytest.mark.parametrize(
    ("name", "paper", "gap_mm", "told"),
    [
        ("85x55", "letter", 0, "need 189 × 294 mm; letter has 215.9 × 279.4 mm. Take A4."),
        ("85x55", "A4", 6, "85 × 55 mm 6 mm apart with their marks need 195 × 318 mm; A4 has 210 × 297 mm."),
        ("3.5x2in", "A6", 0, "need 196.8 × 273 mm; A6 has 105 × 148 mm. Take letter."),
        ("85x55", "A4", 900, "Take a larger paper, or a smaller gap."),
    ],
)
def test_what_does_not_fit_with_its_marks_is_refused_with_the_size_it_needs(name, paper, gap_mm, told):
    with pytest.raises(Invalid) as refused:
        ten_up(make("card", "bold", name, subject()), paper, gap_mm=gap_mm)
    assert str(refused.value).startswith("paper: Ten cards")
    assert told in str(refused.value)


def test_an_unknown_paper_is_refused():
    with pytest.raises(NotFound):
        ten_up(make("card", "bold", "", subject()), "A44")

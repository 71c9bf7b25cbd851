"""A distortion, two crosses measured through it, and the correction that must undo it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.press.printers.measuring import Measured, correction, crosses
from scanly.press.printers.model import Correction

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)

papers = st.sampled_from([A4, LETTER, (148.0, 210.0), (297.0, 420.0), (297.0, 210.0), (105.0, 148.0)])
# What drifts make of a page: stretched from its top left corner, then shifted.
stretches = st.tuples(st.floats(0.985, 1.015), st.floats(0.985, 1.015))
shifts = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))


def printed(point, stretch, shift):
    """Where a printer puts what is meant for ``point``."""
    return tuple(times * mm + by for times, mm, by in zip(stretch, point, shift, strict=True))


def measured(paper, stretch, shift):
    meant = crosses(*paper)
    return Measured(printed(meant.first_mm, stretch, shift), printed(meant.second_mm, stretch, shift))


def corrected(point, paper, found):
    """Where the corrected page has what was meant for ``point``: stretched about its middle, then nudged."""
    return tuple(
        size / 2 + times * (mm - size / 2) + by
        for size, times, mm, by in zip(paper, found.scale, point, found.nudge_mm, strict=True)
    )


@given(papers, stretches, shifts, st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_what_a_printer_does_is_undone_anywhere_on_the_page(paper, stretch, shift, place):
    found = correction(measured(paper, stretch, shift), *paper)
    point = tuple(share * size for share, size in zip(place, paper, strict=True))
    lands = printed(corrected(point, paper, found), stretch, shift)
    assert lands == pytest.approx(point, abs=0.05)


@given(papers, st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_a_twentieth_of_a_millimetre_read_wrongly_moves_nothing_by_more_than_a_fifth(paper, first, second):
    meant = crosses(*paper)
    read = Measured(tuple(mm + first for mm in meant.first_mm), tuple(mm + second for mm in meant.second_mm))
    found = correction(read, *paper)
    for corner in ((0, 0), (paper[0], 0), (0, paper[1]), paper):
        assert corrected(corner, paper, found) == pytest.approx(corner, abs=0.2)


@given(papers)
def test_a_printer_that_does_nothing_wrong_needs_no_correction(paper):
    assert correction(crosses(*paper), *paper) == Correction()


def test_the_arithmetic_by_hand():
    # 169.8 mm were printed instead of 170: 170/169.8 is 1.0012. The middle came out at 105.3: 0.3 to the left.
    found = correction(Measured((20.4, 19.8), (190.2, 277.3)), *A4)
    assert found.scale == (1.0012, 0.9981)
    assert found.nudge_mm == (-0.3, -0.05)
    assert found.options == "--nudge -0.30,-0.05 --scale 1.0012,0.9981"


def outcome(found, paper):
    """The correction, or what is hinted at."""
    try:
        return correction(found, *paper)
    except Invalid as refused:
        return refused.problems[0].hint


MIX_UPS = {
    "swapped": ((20.2, 20.4), (277.3, 190.2)),
    "exchanged": ((190.2, 277.3), (20.4, 19.8)),
    "inches": ((0.80, 0.78), (7.49, 10.92)),
    "centimetres": ((2.04, 1.98), (19.02, 27.73)),
    "right edge": ((189.6, 19.8), (19.8, 277.3)),
    "bottom edge": ((20.4, 277.2), (190.2, 19.7)),
    "shrunk to 94%": ((25.1, 27.6), (184.9, 269.4)),
    "Measure again": ((20, 20), (120, 277)),
}


@pytest.mark.parametrize("word", MIX_UPS)
def test_places_that_no_printer_makes_are_refused_with_what_was_probably_mixed_up(word):
    with pytest.raises(Invalid) as refused:
        correction(Measured(*MIX_UPS[word]), *A4)
    assert word in str(refused.value)


@given(
    papers,
    st.tuples(st.floats(-400, 400), st.floats(-400, 400)),
    st.tuples(st.floats(-400, 400), st.floats(-400, 400)),
)
def test_whatever_is_typed_gives_a_small_correction_or_a_sentence(paper, first, second):
    found = outcome(Measured(first, second), paper)
    if isinstance(found, Correction):
        assert all(abs(mm) <= 5 for mm in found.nudge_mm)
        assert all(0.98 <= times <= 1.02 for times in found.scale)
    else:
        assert found.endswith(".")


@pytest.mark.parametrize("paper", [(50, 300), (99, 200), (120, 120)])
def test_paper_too_small_for_a_ruler_page_is_refused_with_the_size_that_works(paper):
    with pytest.raises(Invalid, match="100 × 140 mm"):
        crosses(*paper)

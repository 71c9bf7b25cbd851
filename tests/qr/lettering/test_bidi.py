import unicodedata

import bidi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.qr.lettering.bidi import embedding_levels, visual_runs

LETTERS = "abעبאב12٣٤ .,-+%€()[]{}:/\u064b\u0301\u0327!\u200d\u200c"


def shown(text: str) -> str:
    return "".join(
        text[start:end][::-1] if level % 2 else text[start:end] for start, end, level in visual_runs(text)
    )


def without_joiners(text: str) -> str:
    return text.replace("\u200c", "").replace("\u200d", "")


@given(st.text(LETTERS, min_size=1, max_size=24))
def test_lines_are_ordered_as_another_implementation_orders_them(text):
    assert without_joiners(shown(text)) == without_joiners(bidi.get_display(text))


@given(st.text(LETTERS, max_size=24))
def test_every_character_is_in_one_run_of_its_own_level(text):
    levels = embedding_levels(text)
    runs = visual_runs(text)
    assert sorted(place for start, end, _ in runs for place in range(start, end)) == list(range(len(text)))
    assert all(set(levels[start:end]) == {level} for start, end, level in runs)


def test_each_character_that_runs_leftwards_makes_its_line_do_so():
    for number in range(0x110000):
        if unicodedata.bidirectional(chr(number)) in ("R", "AL", "AN"):
            assert visual_runs(f"{chr(number)}a") != ((0, 2, 0),), hex(number)


def test_a_line_of_a_paragraph_runs_as_the_paragraph_does():
    assert visual_runs("abc.") == ((0, 4, 0),)
    assert visual_runs("abc.", leftwards=True) == ((3, 4, 1), (0, 3, 2))
    assert visual_runs("אבג.", leftwards=False) == ((0, 3, 1), (3, 4, 0))


@pytest.mark.parametrize(
    ("text", "in_order"),
    [
        ("Scan me", "Scan me"),
        ("abc אבג", "abc גבא"),
        ("אבג abc", "abc גבא"),
        ("שלום 12:30", "12:30 םולש"),
        ("هنا 25%", "%25 انه"),  # a number after Arabic letters does not take the sign along: W2 before W5
        ("25% اب", "با 25%"),
        ("אב (גד) a", "a (דג) בא"),
        ("a (בג) ד", "a (גב) ד"),
        ("a (ב) 1", "a (ב) 1"),
    ],
)
def test_numbers_signs_and_brackets_stand_where_readers_expect_them(text, in_order):
    mirrored = str.maketrans("()", ")(")
    visible = "".join(
        text[start:end][::-1].translate(mirrored) if level % 2 else text[start:end]
        for start, end, level in visual_runs(text)
    )
    assert visible == in_order

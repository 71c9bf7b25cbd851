"""Texts that give way where room is scarce: smaller, shortened, broken, and refused only at last."""

from __future__ import annotations

import pytest
from tests.press.designs.samples import subject

from scanly.core.errors import Invalid
from scanly.press.designs.layout import Layout, Text, ink_of
from scanly.press.designs.small import broken, packed, shortened
from scanly.press.page import MM_PER_PT, Box
from scanly.qr.ink import BLACK

ABOUT = subject(logo=None)
LAYOUT = Layout(ABOUT, 100, 100)
SENTENCE = "Wood-fired pizza, handmade pasta and the best tiramisù between harbour and old town"


def text(
    said: str, *, size_mm: float = 5, height_mm: float = 30, lines: int = 2, field: str = "name"
) -> Text:
    return Text(said, size_mm, height_mm, ABOUT.heading, BLACK, lines, field=field)


@pytest.mark.parametrize("upright", ["top", "middle", "bottom"])
@pytest.mark.parametrize("said", ["gypsy jump", "चाय की दुकान", "ركن الشاي يجيء", "茶の角"])
def test_all_ink_is_within_the_room_however_far_letters_reach(said, upright):
    room = Box(10, 20, 60, 9)
    words = packed(LAYOUT, [text(said, lines=1), text(said, size_mm=2, lines=1)], room, upright=upright)
    assert len(words) == 2
    assert all(room.holds(ink_of(line)) for line in words)


def test_texts_get_smaller_together_before_the_line_is_left_out():
    texts = [text("Asha"), text("Open every day", size_mm=4, field="line")]
    high, low, lowest = (packed(LAYOUT, texts, Box(0, 0, 60, height)) for height in (20, 7, 4.4))
    assert [len(words) for words in (high, low, lowest)] == [2, 2, 1]
    assert low[0].size_pt / high[0].size_pt == pytest.approx(low[1].size_pt / high[1].size_pt, rel=0.05)
    assert low[0].size_pt < high[0].size_pt


def test_a_very_long_word_is_hyphenated_only_where_it_must_be():
    word = "Donaudampfschifffahrtsgesellschaftskapit"
    wide = packed(LAYOUT, [text(word)], Box(0, 0, 90, 20))
    narrow = packed(LAYOUT, [text(word)], Box(0, 0, 32, 20))
    assert [line.line.text for line in wide] == [word]
    assert "".join(line.line.text for line in narrow) == f"{word[:20]}-{word[20:]}"
    low = packed(
        LAYOUT, [text(word[:24]), text("Open every day", size_mm=4, field="line")], Box(0, 0, 60, 4.4)
    )
    assert [line.line.text for line in low] == [word[:24]]


def test_what_does_not_fit_is_refused_with_a_number_that_does():
    room = Box(0, 0, 25, 5)
    with pytest.raises(Invalid, match=r"about (\d+) characters fit") as refused:
        packed(LAYOUT, [text("Anna and " * 9)], room)
    assert refused.value.problems[0].field == "name"


@pytest.mark.parametrize("width_mm", [200, 40, 30, 18])
def test_a_sentence_ends_earlier_with_an_ellipsis_and_is_as_long_as_it_can_be(width_mm):
    line = text(SENTENCE, size_mm=3, field="line")
    short = shortened(LAYOUT, line, width_mm)
    assert short.text == SENTENCE if width_mm == 200 else short.text.endswith("…")
    kept = short.text.rstrip("…")
    assert SENTENCE.startswith(kept)
    words = LAYOUT.stack([short], Box(0, 0, width_mm, 30))
    assert all(one.size_pt * MM_PER_PT >= 0.8 * 3 for one in words)


def test_a_sentence_of_which_no_word_fits_is_left_out():
    assert not shortened(LAYOUT, text("Donaudampfschifffahrt und mehr", size_mm=5), 6).text
    assert not shortened(LAYOUT, text(""), 6).text


@pytest.mark.parametrize(
    ("address", "width_mm", "lines"),
    [
        ("chai.example/AbCd12", 60, ["chai.example/AbCd12"]),
        ("chai.example/AbCd12", 24, ["chai.example", "/AbCd12"]),
        ("menu.chaicorner.example/AbCd12", 31, ["menu.chaicorner", ".example/AbCd12"]),
        (
            "averyveryverylongsubdomain.example/AbCd12",
            25,
            ["averyveryveryl", "ongsubdomain.e", "xample/AbCd12"],
        ),
    ],
)
def test_an_address_is_broken_where_its_parts_meet_and_else_where_it_must(address, width_mm, lines):
    assert broken(LAYOUT, text(address, size_mm=3, field="address"), width_mm).text.split("\n") == lines

"""Text in its room: never beyond it, as large as it may be, or refused with numbers that are true."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.press.page import MM_PER_PT, Box, Words
from scanly.press.type.setting import Face, Manner, set_text
from scanly.qr.extent import extent

ROOM = Box(10, 20, 40, 12)
WORDS = (
    ["Scan", "me", "for", "the", "menu", "today", "Ågård", "jumpy", "Straße"],
    ["मेन्यू", "के", "लिए", "स्कैन", "करें", "क्षत्रिय"],
    ["امسح", "الرمز", "لرؤية", "قائمة", "الطعام", "25%"],
    ["סרקו", "אותי", "12:30"],
    ["扫码，查看菜单。", "1200", "元"],
    ["メニューは「スキャン」で"],
    ["메뉴를", "스캔하세요"],
    ["สแกนที่นี่", "เพื่อดูเมนู"],
    ["மெனுவிற்கு", "ஸ்கேன்", "செய்யவும்"],
)
texts = st.lists(
    st.sampled_from(WORDS)
    .flatmap(lambda words: st.lists(st.sampled_from(words), min_size=1, max_size=6))
    .map(" ".join),
    min_size=1,
    max_size=3,
).map("\n".join)
manners = st.builds(
    Manner,
    size_pt=st.floats(5, 30),
    least_pt=st.sampled_from([0, 3, 5]),
    align=st.sampled_from(["start", "centre", "end"]),
    upright=st.sampled_from(["top", "middle", "bottom"]),
    lines=st.integers(1, 5),
    leading=st.floats(0.9, 1.6),
)
rooms = st.builds(Box, st.floats(-50, 50), st.floats(-50, 50), st.floats(15, 90), st.floats(5, 40))
faces = st.sampled_from([Face(), Face("bold"), Face("bold", str(asset("fonts", "NotoSansThai-Bold.ttf")))])


def ink(words: Words) -> Box:
    em = words.size_pt * MM_PER_PT
    left, top, right, bottom = extent(words.line.path.transformed((em, 0, 0, em, words.x, words.y)))
    return Box(left, top, right - left, bottom - top)


def sizes(words: tuple[Words, ...]) -> set[float]:
    return {one.size_pt for one in words}


@given(texts, rooms, manners, faces)
@settings(deadline=None, max_examples=80)
def test_text_never_leaves_its_room_and_never_touches_itself(text, room, manner, face):
    try:
        lines = set_text(text, room, manner, face)
    except Invalid:
        assume(False)
        return
    boxes = [ink(line) for line in lines]
    assert all(room.holds(box, slack_mm=1e-4) for box in boxes)
    for above, below in pairwise(boxes):
        assert above.bottom <= below.y + 1e-6
    (size_pt,) = sizes(lines)
    assert manner.least_pt or size_pt == manner.size_pt
    assert manner.least_pt - 1e-6 <= size_pt <= manner.size_pt
    assert len(lines) <= max(manner.lines, text.count("\n") + 1)
    said = "".join(line.line.text for line in lines)
    assert re.sub(r"\s", "", said) == re.sub(r"\s", "", text)


@given(texts, rooms, manners)
@settings(deadline=None, max_examples=40)
def test_text_that_was_made_smaller_would_not_fit_a_little_larger(text, room, manner):
    try:
        (size_pt,) = sizes(set_text(text, room, manner))
    except Invalid:
        assume(False)
        return
    if size_pt < manner.size_pt - 0.11:
        with pytest.raises(Invalid):
            set_text(text, room, Manner(size_pt + 0.11, lines=manner.lines, leading=manner.leading))


def test_text_has_the_asked_size_where_it_fits_and_is_made_smaller_where_that_is_allowed():
    assert sizes(set_text("Table 12", ROOM, Manner(12))) == {12}
    (smaller,) = sizes(set_text("Table 12 in the garden house", ROOM, Manner(12, 6)))
    assert 6 <= smaller < 12
    with pytest.raises(Invalid):
        set_text("Table 12 in the garden house", ROOM, Manner(12))


def test_lines_break_where_it_is_said_and_empty_ones_are_left_out():
    lines = set_text("Asha\n\n  Table   7 \n", ROOM, Manner(9))
    assert [line.line.text for line in lines] == ["Asha", "Table 7"]
    assert lines[1].y - lines[0].y == pytest.approx(9 * MM_PER_PT * 1.2)


def test_centred_lines_are_of_like_width_and_others_are_filled():
    text = "Scan for the menu and the prices of today"
    room = Box(0, 0, 62, 12)
    shares = {}
    for align in ("centre", "start"):
        first, second = (ink(line).width for line in set_text(text, room, Manner(12, align=align, lines=2)))
        shares[align] = second / first
    assert shares["centre"] > 0.75 > 0.6 > shares["start"]


@pytest.mark.parametrize(
    ("text", "align", "edge"),
    [
        ("Table", "start", "left"),
        ("Table", "end", "right"),
        ("طاولة", "start", "right"),
        ("طاولة", "end", "left"),
        ("שולחן 12", "start", "right"),
        ("Table طاولة", "start", "left"),
    ],
)
def test_lines_start_at_the_side_where_they_are_read_from(text, align, edge):
    box = ink(set_text(text, ROOM, Manner(9, align=align))[0])
    at = {"left": box.x - ROOM.x, "right": ROOM.right - box.right}[edge]
    assert at == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("text", "leftwards"), [("طاولة\nTable 3", True), ("Table 3\nطاولة", False)])
def test_lines_in_two_scripts_stand_at_the_side_of_the_first(text, leftwards):
    for line in set_text(text, ROOM, Manner(9, align="start")):
        box = ink(line)
        assert (ROOM.right - box.right if leftwards else box.x - ROOM.x) == pytest.approx(0, abs=1e-6)


def test_a_later_line_of_an_arabic_text_runs_from_the_right_though_it_begins_in_latin():
    lines = set_text(
        "امسح الرمز لرؤية القائمة WhatsApp!", Box(0, 0, 28, 40), Manner(12, align="start", lines=4)
    )
    last = lines[-1]
    assert last.line.text.startswith("WhatsApp")
    assert last.line.glyphs[0].text == "!"


def test_names_with_and_without_descenders_stand_on_one_baseline():
    for upright in ("top", "middle", "bottom"):
        manner = Manner(9, upright=upright)
        assert (
            len({round(set_text(name, ROOM, manner)[0].y, 6) for name in ("Table", "Bay", "one", "Jg")}) == 1
        )


def test_capitals_stand_in_the_middle():
    (line,) = set_text("HEX", ROOM, Manner(9))
    assert ink(line).middle == pytest.approx(ROOM.middle, abs=0.05)


def test_a_refusal_says_how_much_would_fit_and_that_is_true():
    text = "The quick brown fox jumps over the lazy dog"
    with pytest.raises(Invalid, match=r"of 43 characters about \d+ fit.*set it in \d\.\d pt") as refused:
        set_text(text, ROOM, Manner(12))
    said = str(refused.value)
    characters = int(re.search(r"about (\d+)", said)[1])
    size_pt = float(re.search(r"in (\d+\.\d) pt", said)[1])
    set_text(text[:characters], ROOM, Manner(12))
    with pytest.raises(Invalid):
        set_text(text[: characters + 2], ROOM, Manner(12))
    set_text(text, ROOM, Manner(size_pt))
    with pytest.raises(Invalid):
        set_text(text, ROOM, Manner(size_pt + 0.11))


def test_letters_that_are_higher_than_their_room_are_refused_with_the_size_that_fits():
    with pytest.raises(
        Invalid, match=r"Letters of 60 pt have no room in 40\.0 by 12\.0 mm\. \d+\.\d pt would fit"
    ):
        set_text("W", ROOM, Manner(60))


def test_a_word_is_never_broken():
    with pytest.raises(Invalid, match="about"):
        set_text("Donaudampfschifffahrtsgesellschaft", ROOM, Manner(14, lines=4))
    lines = set_text("Donaudampfschifffahrtsgesellschaft am Ring", ROOM, Manner(14, 4, lines=4))
    assert lines[0].line.text == "Donaudampfschifffahrtsgesellschaft"


@pytest.mark.parametrize(
    ("text", "said"), [("", "There is no text"), (" \n ", "There is no text"), ("ཀ", "Tibetan")]
)
def test_what_cannot_be_set_is_refused_for_its_field(text, said):
    with pytest.raises(Invalid, match=said) as refused:
        set_text(text, ROOM, Manner(9), field="caption")
    assert refused.value.problems[0].field == "caption"


def test_long_text_is_set_in_many_lines():
    text = " ".join(f"word{number}" for number in range(300))
    lines = set_text(text, Box(0, 0, 150, 200), Manner(9, align="start", lines=60))
    assert len(lines) > 15 and " ".join(line.line.text for line in lines) == text


def test_text_that_is_longer_than_a_line_can_be_is_told_what_fits():
    with pytest.raises(Invalid, match=r"of 2,999 characters about 4\d fit. Shorten it, or give it more room"):
        set_text("word " * 600, ROOM, Manner(9, lines=2))
    with pytest.raises(Invalid, match="2,999 characters are too many for one line"):
        set_text("word " * 600, ROOM, Manner(9))


@pytest.mark.parametrize("room", [Box(0, 0, 0, 0), Box(0, 0, -2, 5), Box(0, 0, 40, 0.1)])
@pytest.mark.parametrize("lines", [1, 3])
def test_where_there_is_no_room_nothing_is_set(room, lines):
    with pytest.raises(Invalid, match="Letters of 9 pt have no room"):
        set_text("Table 12", room, Manner(9, lines=lines))

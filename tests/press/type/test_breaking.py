"""Where lines may end."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.press.type.breaking import joined, pieces

LETTERS = "ab 1-.,()一二ア、。「」ー你好한글กขक्ष\u0301"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Scan the menu", "Scan|the|menu"),
        ("Café-Bar am Ring", "Café-|Bar|am|Ring"),
        ("5-12 Uhr, +49-30", "5-12|Uhr,|+49-30"),
        ("10\u00a0€ bar", "10\u00a0€|bar"),
        ("扫码，看菜单。", "扫|码，|看|菜|单。"),
        ("メニューは「スキャン」で", "メ|ニュー|は|「ス|キャ|ン」|で"),
        ("ビール５００円", "ビー|ル|５|０|０|円"),
        ("菜单 Menu 12", "菜|单|Menu|12"),
        ("看Menu（新）", "看|Menu|（新）"),
        ("메뉴를 스캔하세요", "메뉴를|스캔하세요"),
        ("สแกนที่นี่ เพื่อดูเมนู", "สแกนที่นี่|เพื่อดูเมนู"),
        ("क्षत्रिय मेन्यू", "क्षत्रिय|मेन्यू"),
    ],
)
def test_lines_end_where_readers_expect_it(text, cut):
    assert "|".join(piece.text for piece in pieces(text)) == cut


@given(st.text(LETTERS, max_size=30))
def test_nothing_is_lost_and_no_mark_or_closing_sign_begins_a_line(text):
    found = pieces(text)
    assert joined(found) == " ".join(word for word in text.split(" ") if word)
    for before, piece in pairwise(found):
        if not piece.space:
            assert piece.text[0] not in "、。」)ー,." and unicodedata.category(piece.text[0])[0] != "M"
            assert before.text[-1] not in "「("

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.text import count, fold, has_control, nearest, printable

ANY = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    "char", ["\0", "\a", "\t", "\n", "\r", "\x1b", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\ufeff", "\udc80"]
)  # fmt: skip
def test_what_a_terminal_would_act_on_or_hide_becomes_visible(char):
    assert has_control(f"a{char}b")
    assert printable(f"a{char}b") == f"a\\x{ord(char):02x}b"


@pytest.mark.parametrize("text", ["", "Café", "आशा किराना", "क्‍ष", "👩‍🍳", "-\N{NO-BREAK SPACE}-"])
def test_people_s_text_stays_as_it_is(text):
    assert not has_control(text)
    assert printable(text) == text


@given(ANY)
def test_printable_text_can_be_written_anywhere_and_stays_the_same(text):
    shown = printable(text)
    assert not has_control(shown)
    assert printable(shown) == shown
    shown.encode()
    assert not any(unicodedata.category(char) == "Cc" for char in shown)


@pytest.mark.parametrize("name", ["UTM Source", "utm_source", "utm-source", " utmSOURCE ", "ＵＴＭ source"])
def test_names_are_compared_without_case_and_separators(name):
    assert fold(name) == "utmsource"


def test_the_nearest_name_is_offered_only_when_it_is_near():
    assert nearest("menue", ["menu", "window"]) == 'Did you mean "menu"?'
    assert nearest("zzz", ["menu", "window"]) == ""
    assert nearest("menu", []) == ""


@pytest.mark.parametrize(
    ("number", "noun", "plural", "said"),
    [
        (1, "row", "", "1 row"),
        (0, "row", "", "0 rows"),
        (1204, "scan", "", "1,204 scans"),
        (2, "copy", "copies", "2 copies"),
    ],
)
def test_counts_agree_with_their_noun(number, noun, plural, said):
    assert count(number, noun, plural) == said

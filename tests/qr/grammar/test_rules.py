from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.grammar.rules import ascii_line, line, refuse, settle, wrong


def shout(text: str) -> str:
    if text == "bad":
        raise wrong("is bad.", "Be good.")
    return text.upper()


class Example(msgspec.Struct, frozen=True):
    first: Annotated[str, msgspec.Meta(description="First")]
    second: str = msgspec.field(name="text", default="")
    flag: bool = False

    def __post_init__(self) -> None:
        refuse(settle(self, {"first": shout, "second": line(3)}))


def test_given_fields_are_put_into_their_normal_form_and_empty_ones_left():
    assert msgspec.structs.astuple(Example("a", "b")) == ("A", "b", False)
    assert msgspec.structs.astuple(Example("a")) == ("A", "", False)


def test_everything_wrong_is_told_at_once_under_the_names_that_people_know():
    with pytest.raises(Invalid) as refused:
        Example("", "much")
    assert [str(problem) for problem in refused.value.problems] == [
        "first: is missing. Give it.",
        "text: has 4 characters. Shorten it to 3.",
    ]


@pytest.mark.parametrize(
    "breaking", ["\n", "\r\n", "\x0b", "\x1c", "\x85", "\u2028", "\u2029", "\u202e", "\0", "\ud800"]
)
def test_a_line_is_one_line(breaking):
    for rule in (line(99), ascii_line(99)):
        with pytest.raises(Invalid):
            rule(f"a{breaking}b")


def test_a_rule_says_what_is_wrong_about_the_field_that_it_was_asked_for():
    with pytest.raises(Invalid, match=r"^first: is bad\. Be good\.$"):
        Example("bad")


def test_a_line_is_counted_in_characters_without_the_spaces_around_it():
    assert line(3)(" ñññ ") == "ñññ"
    with pytest.raises(Invalid, match=r"has 4 characters\. Shorten it to 3\."):
        line(3)("abcd")
    with pytest.raises(Invalid, match="blank"):
        line(3)("  ")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("São João", "Sao Joao"), ("Zu\u0308rich", "Zurich"), ("Łódź", None), ("ไทย", None), ("☕", None)],
)
def test_accents_are_dropped_where_only_plain_letters_are_understood(typed, plain):
    if plain:
        assert ascii_line(25)(typed) == plain
    else:
        with pytest.raises(Invalid, match="plain letters"):
            ascii_line(25)(typed)


@given(st.text(max_size=30))
def test_a_rule_gives_its_own_result_again(text):
    for rule in (line(20), ascii_line(20)):
        try:
            normal = rule(text)
        except Invalid:
            continue
        assert rule(normal) == normal
        assert len(normal.splitlines()) == 1

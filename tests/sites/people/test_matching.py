"""A person is found however they typed themselves, and nobody else with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.sites.people.matching import By, holder

FOUND: list[tuple[By, str, str]] = [
    ("email", "asha@example.com", "Write to ASHA@Example.com, please."),
    ("email", " asha@example.com ", "<asha@example.com>"),
    ("email", "asha@example.com", "asha@example.com."),
    ("email", "a.b+c@example.com", "mailto:a.b+c@example.com?subject=x"),
    ("phone", "+91 98765 43210", "98765 43210"),
    ("phone", "9876543210", "Call +91-98765-43210 after six"),
    ("phone", "0091 98765 43210", "098765/43210"),
    ("phone", "98765 43210", "९८७६५ ४३२१०"),
    ("phone", "+49 (30) 1234-567", "0301234567"),
    ("text", "Asha Patil", "asha\n  PATIL"),
    ("text", "Ｒａｖｉ", "Ravi"),
    ("text", "पुणे", "मैं पुणे से हूँ"),
]
OTHERS: list[tuple[By, str, str]] = [
    ("email", "sha@example.com", "asha@example.com"),
    ("email", "asha@example.com", "asha@example.com.evil.example"),
    ("email", "asha@example.com", "asha@example.community"),
    ("email", "asha@example.com", "other.asha@example.com"),
    ("email", "a.b@example.com", "axb@example.com"),
    ("phone", "98765 43210", "98765 43211"),
    ("phone", "98765 43210", "43210"),
    ("phone", "98765 43210", "98765, and 43210 rupees"),
    ("text", "Asha Patil", "Asha, Patil"),
]


@pytest.mark.parametrize(("by", "value", "text"), FOUND)
def test_who_is_meant_is_found(by: By, value: str, text: str) -> None:
    assert holder(by, value)(text)


@pytest.mark.parametrize(("by", "value", "text"), OTHERS)
def test_who_is_not_meant_is_not_found(by: By, value: str, text: str) -> None:
    assert not holder(by, value)(text)


@pytest.mark.parametrize(
    ("by", "value"),
    [("email", "asha"), ("email", "a@b"), ("phone", "12345"), ("phone", "call me"), ("text", "as")],
)
def test_what_could_mean_many_is_refused(by: By, value: str) -> None:
    with pytest.raises(Invalid, match=by):
        holder(by, value)


@given(st.text(st.characters(categories=["L", "N"]), min_size=3), st.text(), st.text())
def test_words_are_found_wherever_they_stand_apart(words: str, before: str, behind: str) -> None:
    assert holder("text", words)(f"{before} {words} {behind}")

"""Values that are counted and their labels for people: hostile texts, languages, what is not known."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.analytics.agents import Agent
from scanly.analytics.dimensions import DIMENSIONS, OTHER, by_field
from scanly.core.text import has_control
from scanly.links.agent import DEVICES
from scanly.sites.words.language import LANGUAGES

OF_TEXTS = sorted(name for name, dimension in DIMENSIONS.items() if dimension.FIELD != "agent")
OF_AGENTS = by_field("agent")
TEXTS = st.text() | st.sampled_from(
    ["x" * 100_000, "\x00\x1b[31m", "\ud800", "a\nb\tc", "IN", "en-IN", "=1+1"]
)


def label(name: str, value: str, language: str) -> str:
    return DIMENSIONS[name].label(value, language)


@pytest.mark.parametrize("name", OF_TEXTS)
@given(text=TEXTS)
def test_any_text_gives_a_value_of_one_short_line_or_none(name: str, text: str) -> None:
    value = DIMENSIONS[name].value(text)
    assert len(value) <= 512 and value == value.strip()
    assert not has_control(value)
    value.encode()


@pytest.mark.parametrize("name", DIMENSIONS)
@given(text=TEXTS, language=st.sampled_from(["en", "hi", "ta", "en-IN", "xx", "", "\x00", "not_a_language"]))
def test_any_value_has_a_label_in_any_language(name: str, text: str, language: str) -> None:
    assert label(name, text, language) or not text


@pytest.mark.parametrize("name", OF_TEXTS)
def test_nothing_is_counted_for_a_text_that_is_not_there(name: str) -> None:
    assert DIMENSIONS[name].value("") == ""


@pytest.mark.parametrize("name", OF_AGENTS)
def test_nothing_is_counted_for_an_agent_that_says_nothing(name: str) -> None:
    assert DIMENSIONS[name].value(Agent()) == ""


@pytest.mark.parametrize("name", ["referrer", "source", "medium", "campaign", "term", "content", "language"])
def test_what_anybody_can_make_up_is_counted_as_other_beyond_its_limit(name: str) -> None:
    assert DIMENSIONS[name].value(OTHER) == OTHER
    assert (label(name, OTHER, "en"), label(name, OTHER, "hi")) == ("Other", "अन्य")


@pytest.mark.parametrize(
    ("name", "found", "value"),
    [
        ("country", "in", "IN"),
        ("country", "XX", ""),
        ("country", "T1", ""),
        ("country", "EU", ""),
        ("country", "IND", ""),
        ("country", "İN", ""),
        ("city", "Pune", "Pune"),
        ("city", "वाराणसी", "वाराणसी"),
        ("language", "en-us", "en"),
        ("language", "EN_GB", "en"),
        ("language", "zh-hans-cn", "zh"),
        ("language", "iw", "he"),
        ("language", "nb-no", "no"),
        ("language", "und", ""),
        ("language", "english", ""),
        ("source", "Instagram", "instagram"),
        ("medium", " QR  Code ", "qr code"),
        ("campaign", "Diwali Sale", "Diwali Sale"),
        ("term", "a\r\nb", "a b"),
        ("content", "x" * 500, "x" * 128),
        ("rule", "123456789012345678", "123456789012345678"),
        ("rule", "-1", ""),
        ("rule", "0", ""),
        ("rule", "٣", ""),
    ],
)
def test_a_text_counts_for_its_value(name: str, found: Any, value: str) -> None:
    assert DIMENSIONS[name].value(found) == value


@pytest.mark.parametrize(
    ("name", "value", "english", "hindi"),
    [
        ("country", "IN", "India", "भारत"),
        ("country", "AE", "United Arab Emirates", "संयुक्त अरब अमीरात"),
        ("country", "QQ", "QQ", "QQ"),
        ("language", "hi", "Hindi", "हिन्दी"),
        ("language", "en", "English", "अंग्रेज़ी"),
        ("language", "qqq", "Qqq", "Qqq"),
        ("device", "phone", "Phone", "फ़ोन"),
        ("device", "desktop", "Computer", "कंप्यूटर"),
        ("browser", "MiuiBrowser", "MIUI Browser", "MIUI Browser"),
        ("app", "Other app", "Another app", "कोई और ऐप"),
        ("browser", "Chrome", "Chrome", "Chrome"),
    ],
)
def test_a_value_is_said_in_the_language_of_the_report(
    name: str, value: str, english: str, hindi: str
) -> None:
    assert label(name, value, "en") == english
    assert unicodedata.normalize("NFC", label(name, value, "hi")) == unicodedata.normalize("NFC", hindi)


@pytest.mark.parametrize("language", LANGUAGES)
def test_countries_and_languages_are_named_in_every_language_of_sites(language: str) -> None:
    for code in ("IN", "DE", "BR", "JP"):
        assert label("country", code, language) not in {code, ""}
    assert label("language", "ta", language) not in {"ta", "Ta", ""}
    assert (label("country", "DE", language) == "Germany") == (language == "en")


def test_a_language_may_name_its_country() -> None:
    assert label("country", "DE", "hi-IN") == label("country", "DE", "hi") != label("country", "DE", "en")
    assert label("device", "phone", "hi-IN") == label("device", "phone", "hi")


def test_every_kind_of_device_has_a_label() -> None:
    for device in DEVICES:
        assert label("device", device, "en")[0].isupper()
        assert label("device", device, "hi") != label("device", device, "en")

"""What charts say, by language."""

import re

import msgspec
import pytest

from scanly.analytics.charts.wording import wording
from scanly.core.paths import asset

WORDS = msgspec.json.decode(asset("reports", "words.json").read_bytes(), type=dict[str, dict[str, str]])


@pytest.mark.parametrize("language", [tag for tag in WORDS if tag != "en"])
def test_every_language_says_everything_with_the_same_values(language: str):
    assert WORDS[language].keys() == WORDS["en"].keys()
    for key, english in WORDS["en"].items():
        assert sorted(re.findall(r"{\w+}", WORDS[language][key])) == sorted(re.findall(r"{\w+}", english)), (
            key
        )


def test_a_language_without_words_is_english_as_a_whole():
    assert wording("de") == wording("en") == wording("")


def test_figures_and_days_are_those_of_the_language():
    assert wording("hi").number(2_123_456) == "21,23,456" and wording("en").number(2_123_456) == "2,123,456"
    assert wording("hi").span("2026-11-01", "2026-11-30") == "1 नवंबर 2026 – 30 नवंबर 2026"
    assert wording("en").span("2026-11-01", "2026-11-01") == "1 November 2026"


def test_a_dimension_that_nobody_named_is_called_what_it_is():
    assert wording("en").title("shoe_size") == "Shoe size"

"""What strangers read in fifteen languages: which one, whole sentences, dates as people there write them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.paths import asset
from scanly.web.public import words
from scanly.web.public.pages import REASONS

INDIA = ZoneInfo("Asia/Kolkata")
SENTENCES: dict[str, dict[str, str]] = json.loads(asset("public", "words.json").read_text(encoding="utf-8"))
# A letter of the writing, which stands in every sentence; the third of May in words; the whole of November.
WRITTEN = {
    "en": ("[a-z]", "3 May", "November"),
    "hi": ("[\u0900-\u097f]", "3 मई", "नवंबर"),
    "bn": ("[\u0980-\u09ff]", "৩ মে", "নভেম্বর"),
    "mr": ("[\u0900-\u097f]", "३ मे", "नोव्हेंबर"),
    "ta": ("[\u0b80-\u0bff]", "3 மே", "நவம்பர்"),
    "te": ("[\u0c00-\u0c7f]", "3 మే", "నవంబర్"),
    "ur": ("[\u0600-\u06ff]", "3 مئی", "نومبر"),
    "ar": ("[\u0600-\u06ff]", "3 مايو", "نوفمبر"),
    "es": ("[a-z]", "3 de mayo", "noviembre"),
    "fr": ("[a-z]", "3 mai", "novembre"),
    "de": ("[a-z]", "3. Mai", "November"),
    "pt": ("[a-z]", "3 de maio", "novembro"),
    "id": ("[a-z]", "3 Mei", "November"),
    "ja": ("[\u3040-\u30ff]", "5月3日", "11月"),
    "zh": ("[\u4e00-\u9fff]", "5月3日", "11月"),
}
every_language = pytest.mark.parametrize("language", WRITTEN)


def ms(*moment: int) -> int:
    """A moment by the clock of India."""
    return int(datetime(*moment, tzinfo=INDIA).timestamp() * 1000)


def ended(language: str, at_ms: int, now_ms: int) -> str:
    return words.ended(words.wish(language), at_ms, now_ms, INDIA)


def opens(language: str, at_ms: int, now_ms: int) -> str:
    return words.opens(words.wish(language), at_ms, now_ms, INDIA)


def numbers_in(sentence: str) -> list[int]:
    """Numbers in any digits."""
    return [int(digits) for digits in re.findall(r"\d+", sentence)]


def test_every_sentence_exists_in_every_language_and_is_used() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in asset("public").glob("*.html"))
    used = set(re.findall(r"words\.(\w+)", templates))
    used |= {f"{reason}_{part}" for reason in REASONS for part in ("title", "text", "hint")}
    used |= {"expired_on", "expired_at", "not_yet_on", "not_yet_at", "password_wrong", "password_wait"}
    assert set(SENTENCES) == set(WRITTEN)
    for language, sentences in SENTENCES.items():
        assert set(sentences) == used, language


@every_language
def test_a_sentence_is_written_in_its_language_and_whole(language: str) -> None:
    letter, _, _ = WRITTEN[language]
    whole = re.compile(r"(phone_fine|.*_(text|hint|on|at|wrong|wait))")
    for key, sentence in SENTENCES[language].items():
        assert re.search(letter, re.sub(r"{\w+}", "", sentence)), key
        assert language == "en" or sentence != SENTENCES["en"][key], key
        assert bool(whole.fullmatch(key)) == (sentence[-1] in ".।۔。:："), key
        assert sentence == sentence.strip() and "  " not in sentence, key
        named = {"_on": ["date"], "_at": ["date", "time"]}.get(key[-3:], [])
        assert sorted(re.findall(r"{(\w+)}", sentence)) == named, key
        assert sentence.count("{") == sentence.count("}") == len(named), key


def test_no_sentence_has_a_technical_word_or_says_that_something_was_not_found() -> None:
    refused = re.compile(
        r"\b(redirect\w*|slugs?|urls?|http\w*|servers?|error|40[0-9]|410|503)\b|not found|nicht gefunden"
        r"|introuvable|no encontrad|não encontrad|tidak ditemukan|找不到|未找到|見つかりません|नहीं मिला",
        re.IGNORECASE,
    )
    assert refused.search("This URL was not found")
    faults = [
        (language, key)
        for language, sentences in SENTENCES.items()
        for key, sentence in sentences.items()
        if refused.search(sentence)
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("hi", "hi"),
        ("HI-in", "hi"),
        ("hi-Latn-IN", "hi"),
        ("mr-IN, hi;q=0.9, en;q=0.8", "mr"),
        ("gu-IN, hi;q=0.9, en;q=0.8", "hi"),
        ("en;q=0.5,hi;q=0.7", "hi"),
        ("en;Q=0.5, hi ; q=0.7", "hi"),
        ("en,hi", "en"),
        ("hi;q=0", "en"),
        ("fr, de", "fr"),
        ("nl, sv;q=0.9", "en"),
        ("zh-Hant", "zh"),
        ("zh-Hant-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-CN", "zh"),
        ("pt-BR,pt;q=0.9", "pt"),
        ("es-419", "es"),
        ("in", "id"),
        ("in-ID,en;q=0.5", "id"),
        ("id-ID", "id"),
        ("ar-EG", "ar"),
        ("ur-PK", "ur"),
        ("*", "en"),
        ("*;q=0.5, ta;q=0.1", "ta"),
        ("fil, de;q=0.1", "de"),
        ("english", "en"),
        ("frx", "en"),
        ("hi;q=nonsense", "en"),
        ("hi;q=nan", "en"),
        (",;=,q=" * 500, "en"),
    ],
)
def test_the_language_follows_the_visitors_wish(header: str, expected: str) -> None:
    assert words.language(header) == expected


@given(st.text(st.sampled_from("aehinrz-_,;=q.01* \u0130\u00df"), max_size=60))
def test_whatever_is_asked_for_there_is_a_language_and_a_way_to_write_dates(header: str) -> None:
    wish = words.wish(header)
    assert wish.language in WRITTEN
    assert wish.locale.partition("_")[0] == wish.language


def test_every_locale_that_may_be_wished_for_is_one_that_babel_knows_and_none_is_left_over() -> None:
    tags = [*WRITTEN, "en-US", "en-IN", "ar-EG", "ar-IQ", "ar-MA", "ar-SA", "en-AU", "pt-PT", "zh-Hant-TW"]
    assert {words.wish(tag).locale for tag in tags} == words.locales()
    assert words.locales() <= set(localedata.locale_identifiers())


@every_language
def test_a_day_is_said_in_words(language: str) -> None:
    day = WRITTEN[language][1]
    assert day in ended(language, ms(2026, 5, 3, 18, 30), ms(2026, 5, 20, 12, 0))
    assert day in opens(language, ms(2026, 5, 3, 9, 0), ms(2026, 5, 1, 12, 0))


@every_language
def test_the_year_is_said_only_when_it_is_not_this_one(language: str) -> None:
    at_ms = ms(2026, 11, 23, 9, 0)
    before = numbers_in(opens(language, at_ms, ms(2025, 12, 31, 23, 59)))
    within = numbers_in(opens(language, at_ms, ms(2026, 1, 1, 0, 0)))
    assert 23 in before and 2026 in before
    assert 23 in within and 2026 not in within


@every_language
def test_the_month_is_a_whole_word_with_and_without_the_year(language: str) -> None:
    month = WRITTEN[language][2]
    assert month in ended(language, ms(2024, 11, 23, 9, 0), ms(2026, 1, 1, 9, 0))
    assert month in ended(language, ms(2026, 11, 23, 9, 0), ms(2026, 12, 31, 9, 0))


@every_language
def test_the_hour_of_an_end_is_said_today_and_yesterday(language: str) -> None:
    at_ms = ms(2026, 5, 3, 18, 37)
    for now_ms, said in (
        (ms(2026, 5, 3, 18, 37), True),
        (ms(2026, 5, 4, 23, 59), True),
        (ms(2026, 5, 5, 0, 0), False),
        (ms(2026, 6, 3, 18, 37), False),
        (0, False),
    ):
        assert (37 in numbers_in(ended(language, at_ms, now_ms))) == said


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "It opens on 3 May at 18:05."),
        ("en-US", "It opens on May 3 at 6:05\u00a0PM."),
        ("en-IN", "It opens on 3 May at 6:05\u00a0pm."),
        ("hi", "यह 3 मई को शाम 6:05 बजे खुलेगा।"),
        ("bn", "এটি ৩ মে তারিখে সন্ধ্যা ৬:০৫টায় খুলবে।"),
        ("mr", "तो ३ मे रोजी संध्याकाळी ६:०५ वाजता सुरू होईल."),
        ("ar-EG", "سيُفتح في ٣ مايو الساعة ٦:٠٥ م."),
        ("de", "Er öffnet am 3. Mai um 18:05 Uhr."),
        ("id", "Kode ini dibuka pada 3 Mei pukul 18.05."),
        ("ja", "5月3日 18:05から使えます。"),
    ],
)
def test_an_opening_is_said_by_the_clock_and_in_the_digits_of_the_language(
    language: str, sentence: str
) -> None:
    said = opens(language, ms(2026, 5, 3, 18, 5), ms(2026, 5, 1, 12, 0))
    assert said.replace(" PM", "\u00a0PM").replace(" pm", "\u00a0pm") == sentence


def test_what_ends_at_midnight_ended_on_the_day_before_and_what_opens_then_opens_with_the_day() -> None:
    midnight_ms = ms(2026, 5, 4, 0, 0)
    assert ended("en", midnight_ms, midnight_ms) == "It ended on 3 May."
    assert ended("en", ms(2026, 1, 1, 0, 0), ms(2026, 1, 1, 9, 0)) == "It ended on 31 December 2025."
    assert opens("en", midnight_ms, ms(2026, 5, 1, 9, 0)) == "It opens on 4 May."


def test_the_first_of_a_month_is_an_ordinal_where_people_write_it_so() -> None:
    first = [ended(language, ms(2025, 11, 1, 9, 0), ms(2026, 5, 1, 9, 0)) for language in ("fr", "pt", "es")]
    assert "le 1er novembre 2025." in first[0]
    assert "em 1º de novembro de 2025." in first[1]
    assert "el 1 de noviembre de 2025." in first[2]


def test_a_moment_beyond_the_calendar_is_not_named() -> None:
    assert opens("en", 2**53, 0) == SENTENCES["en"]["not_yet_text"]
    assert ended("en", 2**53, 0) == SENTENCES["en"]["expired_text"]


def test_babel_is_not_loaded_before_a_date_is_said() -> None:
    program = """if True:
        import sys
        import scanly.cli.main
        from scanly.accounts.model import Workspace
        from scanly.core.ids import WorkspaceId
        from scanly.web.public import pages
        workspace = Workspace(WorkspaceId(1), "Asha")
        pages.closed(workspace, "hi", reason="expired")
        print("babel" in sys.modules)
        pages.closed(workspace, "hi", reason="expired", at_ms=1)
        print("babel" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]

"""The catalogues of fifteen languages: whole, in their own writing, polite, and true to the English words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from typing import NamedTuple

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from tests.sites import sketches, wordlist

from scanly.sites.blocks import block_type, block_types
from scanly.sites.render import render
from scanly.sites.words import language
from scanly.sites.words.language import LANGUAGES

TAGS = tuple(tag for tag in LANGUAGES if tag != "en")
every_catalogue = pytest.mark.parametrize("tag", TAGS)

HOW_TO_MEND = (
    "run `python -m tests.sites.wordlist` and translate what is empty in templates/words/sites/{tag}.po"
)
WRITING = {
    **dict.fromkeys(["hi", "mr"], "DEVANAGARI"),
    **dict.fromkeys(["ur", "ar"], "ARABIC"),
    **dict.fromkeys(["es", "pt", "fr", "de", "id"], "LATIN"),
    "bn": "BENGALI",
    "ta": "TAMIL",
    "te": "TELUGU",
    "zh": "CJK",
    "ja": "HIRAGANA KATAKANA CJK",
}
# Names that are written in Latin letters everywhere.
NAMES = re.compile(r"(?<![A-Za-z])(WhatsApp|SMS|UPI|QR|PIN|Wi-Fi|ID)(?![A-Za-z])")
# What only a neighbour with the same letters writes, and forms of address that are too familiar.
FOREIGN = {
    "hi": "आहे|आणि|ळ|तुम|तू ",
    "mr": r" है|हैं|और |करें|तुझ|(?<!\S)तू(?!\S)",
    "ur": r"[كيىة]|تمہار|(?<!\S)تم(?!\S)",
    "ar": "[کگچپٹڈڑںےہھی]",
    "bn": "তুমি|তোমা|তুই",
    "ta": r"(?<!\S)(நீ|உன்|உனது)(?!\S)",
    "te": r"నువ్వు|(?<!\S)నీ(?!\S)",
    "es": r"(?i)\b(tu|tus|ti|tú|contigo|vosotros|elige)\b",
    "pt": r"(?i)\b(tu|teu|tua|teus|tuas|vosso|ecrã|telemóvel)\b",
    "fr": r"(?i)\b(tu|ton|ta|tes|toi)\b| [:;?!»]|« ",
    "de": r"(?i)\b(du|dein|deine|deinen|dir|dich)\b",
    "zh": "[們個這為號頁碼請電話時間選擇]|[\u3040-\u30ff]",
    "ja": "[们个这为页码请话时间选择你]|あなた",
    "id": r"(?i)\b(kamu|kau|gue|lu)\b",
}
# Said like English, because that is the word, or because there is nothing but places in it.
SAME = {
    "es": {"Error: {title}", "Total: {amount}"},
    "fr": {"Important", "Photo", "Photos", "Code", "Contact", "E-mail", "{n} minute", "{n} minutes"},
    "de": {"Text", "Code", "Countdown", "Tickets", "Links", "Mild", "Vegan", "Name"},
    "pt": {"Links", "Total: {amount}", "E-mail"},
    "id": {"Menu", "Vegan", "Total: {amount}"},
}
SAME_EVERYWHERE = {"WhatsApp", "{date}, {time}", "{hours} {minutes}", "{date} {time}"}
# Numbers that an Arabic form says by itself: none, one, two.
SAID_BY_THE_FORM = {"ar": {0, 1, 2}}
ENDS = {".": ".。।۔", "?": "?？؟", ":": ":：", "!": "!！"}


class Said(NamedTuple):
    """One form of one message."""

    english: str
    form: int
    text: str


@cache
def words() -> wordlist.Found:
    return wordlist.find_words()


@cache
def catalogue(tag: str) -> Catalog:
    return wordlist.read_catalogue(tag)


def said(tag: str) -> Iterator[Said]:
    """Everything that is translated, each plural form with the English one that it stands for."""
    for message in catalogue(tag):
        if not message.id or not message.string:
            continue
        if isinstance(message.id, str):
            yield Said(message.id, 0, str(message.string))
        else:
            for form, text in enumerate(message.string):
                yield Said(message.id[min(form, 1)], form, text)


def places(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)}", text))


def letters(text: str) -> str:
    """Letters of the translation itself, without what is filled in and names that stay as they are."""
    return "".join(c for c in NAMES.sub("", re.sub(r"{\w*}", "", text)) if c.isalpha())


def width(text: str) -> int:
    """Characters that take room: marks above, below and around another do not."""
    return sum(not unicodedata.category(c).startswith("M") for c in re.sub(r"{\w*}", "", text))


def test_all_that_is_said_is_written_out_where_it_can_be_found() -> None:
    assert words().faults == []
    assert len(words().places) > 150


@every_catalogue
def test_a_catalogue_has_exactly_the_words_that_are_said_in_order(tag: str) -> None:
    kept = (wordlist.CATALOGUES / f"{tag}.po").read_bytes()
    fresh = wordlist.text_of(tag, wordlist.new_catalogue(tag, words(), catalogue(tag)))
    assert kept.decode() == fresh.decode(), HOW_TO_MEND.format(tag=tag)


@every_catalogue
def test_every_word_is_translated_and_none_is_doubtful(tag: str) -> None:
    messages = [message for message in catalogue(tag) if message.id]
    texts = [
        (message, [message.string] if isinstance(message.id, str) else message.string) for message in messages
    ]
    faults = [message.id for message, forms in texts if message.fuzzy or not forms or not all(forms)]
    assert faults == [], HOW_TO_MEND.format(tag=tag)


def test_there_is_a_catalogue_for_every_language_and_no_other() -> None:
    assert {path.stem for path in wordlist.CATALOGUES.glob("*")} == set(TAGS) == set(wordlist.PLURALS)


@every_catalogue
def test_what_is_filled_in_stands_in_every_translation(tag: str) -> None:
    faults = []
    for one in said(tag):
        wanted, there = places(one.english), places(one.text)
        missing = wanted - there
        if one.form in SAID_BY_THE_FORM.get(tag, set()) and _is_plural(one.english):
            missing -= {"n"}
        if missing or there - wanted or one.text.count("{") != len(re.findall(r"{\w+}", one.text)):
            faults.append(one)
    assert faults == []


def _is_plural(english: str) -> bool:
    return english in words().plurals or english in words().plurals.values()


@every_catalogue
def test_words_are_in_the_writing_of_the_language(tag: str) -> None:
    writing = WRITING[tag].split()
    faults = [
        (one.english, one.text)
        for one in said(tag)
        if not all(unicodedata.name(letter).startswith(tuple(writing)) for letter in _own_letters(one.text))
    ]
    assert faults == []


def _own_letters(text: str) -> str:
    """Also without marks that several writings share."""
    return "".join(letter for letter in letters(text) if unicodedata.name(letter) not in SHARED)


SHARED = {"KATAKANA-HIRAGANA PROLONGED SOUND MARK", "MASCULINE ORDINAL INDICATOR"}


@every_catalogue
def test_nothing_is_left_in_english(tag: str) -> None:
    same = SAME_EVERYWHERE | SAME.get(tag, set())
    faults = {one.english for one in said(tag) if one.text == one.english} - same
    assert faults == set()


@every_catalogue
def test_words_are_the_language_s_own_and_polite(tag: str) -> None:
    refused = re.compile(FOREIGN[tag])
    faults = [(one.text, found.group()) for one in said(tag) if (found := refused.search(one.text))]
    assert faults == []


@every_catalogue
def test_digits_are_from_zero_to_nine_and_none_of_the_english_ones_is_lost(tag: str) -> None:
    faults = []
    for one in said(tag):
        digits = [character for character in one.text if unicodedata.category(character) == "Nd"]
        if not all(digit.isascii() for digit in digits) or Counter(
            re.findall("[0-9]", one.english)
        ) - Counter(digits):
            faults.append(one)
    assert faults == []


@every_catalogue
def test_sentences_end_as_sentences_and_labels_do_not(tag: str) -> None:
    faults = []
    for one in said(tag):
        end = one.english[-1]
        good = one.text[-1] in ENDS[end] if end in ENDS else one.text[-1] not in ".。।۔"
        # A Japanese label may be a noun where English asks.
        good = good or (tag in {"ja", "zh"} and end in "?:.")
        if not good or one.text != one.text.strip() or "  " in one.text:
            faults.append(one)
    assert faults == []


def buttons() -> set[str]:
    """The words that stand on buttons."""
    found: set[str] = set()
    for folder in wordlist.TEMPLATES:
        for path in (wordlist.ROOT / folder).rglob("*.html"):
            for button in re.findall(r'class="btn\b.*?</(?:a|button)>', path.read_text(encoding="utf-8")):
                found |= set(re.findall(r'site\.t\("([^"]+)"', button))
    return found


@every_catalogue
def test_words_on_buttons_are_short(tag: str) -> None:
    on_buttons = buttons()
    assert {"Call", "Send", "Pay with this phone"} <= on_buttons
    faults = [
        (one.english, one.text, width(one.text))
        for one in said(tag)
        if one.english in on_buttons and width(one.text) > max(2 * width(one.english), 16)
    ]
    assert faults == []


@every_catalogue
def test_the_rule_for_plurals_is_that_of_unicode(tag: str) -> None:
    form, theirs = c2py(catalogue(tag).plural_expr), Locale.parse(tag).plural_form
    pairs = {(form(number), theirs(number)) for number in range(1000)}
    assert len({ours for ours, _ in pairs}) == len({names for _, names in pairs}) == len(pairs)
    assert {ours for ours, _ in pairs} == set(range(catalogue(tag).num_plurals))


class Heard(dict[str, str]):
    """Takes note of all that is asked for."""

    def get(self, words: str, default: object = None) -> str:  # type: ignore[override]
        self[words] = words
        return words


@pytest.mark.parametrize("mode", ["live", "export"])
def test_whatever_a_page_says_was_found(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, counted = Heard(), Heard()
    monkeypatch.setattr(language, "_catalogue", lambda _: language.Catalogue(heard, counted, int))
    monkeypatch.setattr(language.Language, "n", lambda _, one, many, number, **values: counted.get(one))
    site = sketches.site(*(sketches.block(name) for name in block_types()))
    render(site, sketches.setting(site, "hi", mode=mode))
    assert len(heard) > 80 and len(counted) > 2
    kinds = [block_type(name) for name in block_types()]
    untitled = {kind.title for kind in kinds if kind.frame != "section"}
    assert set(heard) - untitled <= set(words().places) - set(words().plurals)
    assert set(counted) <= set(words().plurals)


TEMPLATE = """
{% set block = {"title": "Shop", "heading": "Our shop", "fields": {}} %}
{% set kind_words = {"a": "First", "b": ["Second", "Third"]} %}
{% macro render(it, site) %}
{{ site.t("Plain") }} {{ site.t("With {name}", name=it.name) }} {{ site.n("{n} cup", "{n} cups", it.cups) }}
{{ site.t("Yes" if it.yes else "No") }} {{ site.t(kind_words[it.kind]) }} {{ site.t({"x": "Table"}[it.x]) }}
{% endmacro %}
"""
MODULE = """
LABEL = words("Marked")
def say(page, field):
    t = page.t
    t("Alias")
    return page.t("Said") + page.n("{n} day", "{n} days", 2) + page.t(field.label) + page.t("A" if page else "B")
"""


def test_words_are_found_in_templates_and_modules() -> None:
    found = wordlist.Found()
    wordlist.read_template(TEMPLATE, "blocks/shop.html", found)
    wordlist.read_module(MODULE, "sites/say.py", found)
    assert found.faults == []
    in_template = "Our shop|First|Second|Third|Plain|With {name}|{n} cup|Yes|No|Table"
    assert set(found.places) == {*in_template.split("|"), *("Marked", "Alias", "Said", "{n} day", "A", "B")}
    assert found.plurals == {"{n} cup": "{n} cups", "{n} day": "{n} days"}
    assert found.places["Said"] == {"sites/say.py"}


@pytest.mark.parametrize(
    "template",
    [
        '{{ site.t("a" ~ it.b) }}',
        '{{ site.t("a %s"|format(it.b)) }}',
        '{{ site.n("{n} a") }}',
        "{{ site.t() }}",
    ],
)
def test_words_that_are_put_together_in_a_template_are_reported(template: str) -> None:
    found = wordlist.Found()
    wordlist.read_template(template, "blocks/shop.html", found)
    assert len(found.faults) == 1


@pytest.mark.parametrize("module", ['page.t(f"a {b}")', 'page.t("a" + b)', 'page.t("a {}".format(b))'])
def test_words_that_are_put_together_in_a_module_are_reported(module: str) -> None:
    found = wordlist.Found()
    wordlist.read_module(module, "sites/say.py", found)
    assert len(found.faults) == 1


def test_one_word_with_two_plurals_is_reported() -> None:
    found = wordlist.Found()
    wordlist.read_module('page.n("{n} a", "{n} b", 1)\npage.n("{n} a", "{n} c", 1)', "sites/say.py", found)
    assert len(found.faults) == 1


def test_an_update_keeps_what_is_translated_and_drops_what_is_gone() -> None:
    found = wordlist.Found()
    found.add("x.html", "New")
    found.add("x.html", "Old")
    known = wordlist.read_catalogue("hi")
    known.add("Old", "पुराना")
    made = wordlist.new_catalogue("hi", found, known)
    assert {message.id: message.string or "" for message in made if message.id} == {"New": "", "Old": "पुराना"}

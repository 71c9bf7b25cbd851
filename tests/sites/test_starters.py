"""Starters are whole sites in every language, true to the catalogue of blocks, and today's."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import NOW_MS
from tests.sites import judges, wordlist
from tests.sites.test_words import FOREIGN, TAGS, WRITING

from scanly.core.errors import Invalid, NotFound
from scanly.core.paths import asset
from scanly.media.drawing import clean
from scanly.sites.advice import advise
from scanly.sites.look.themes import list_themes
from scanly.sites.model import Site
from scanly.sites.reading import Defaults, read_site, write_site
from scanly.sites.starters import (
    Starter,
    Wanted,
    begin,
    find_starter,
    list_starters,
    slug_from,
    started,
)
from scanly.sites.texts import translatable, walk
from scanly.sites.words.language import LANGUAGES

DAY = date(2026, 11, 25)
INDIA = Defaults(time_zone="Asia/Kolkata", currency="INR")
TRADES = {
    *("cafe", "restaurant", "shop", "salon", "clinic", "creator"),
    *("event", "agency", "portfolio", "product", "room", "campaign"),
}
NAMES = [starter.name for starter in list_starters()]
every_starter = pytest.mark.parametrize("name", NAMES)
every_catalogue = pytest.mark.parametrize("tag", TAGS)

MOST_DRAWING_BYTES = 6_000
HOW_TO_MEND = (
    "run `python -m tests.sites.wordlist` and translate what is empty in templates/words/starters/{tag}.po"
)
# Units, brands and names that are written in Latin letters everywhere.
LATIN = re.compile(r"(?<![A-Za-z])(km|kg|g|L|º)(?![A-Za-z])")
SHARED = {"KATAKANA-HIRAGANA PROLONGED SOUND MARK", "MASCULINE ORDINAL INDICATOR"}
# Said like English: people, dishes, measures, and words that are the same.
SAME = {
    *("1 kg", "1 l", "100 g", "250 g", "500 g", "Meera", "Omar", "Ravi", "Sara"),
    *("Dr. Asha Rao", "Dr. Omar Khan", "Paneer tikka", "Samosa", "Cappuccino"),
}
SAME_IN = {"fr": {"4 minutes", "Vaccination"}, "pt": {"Manicure"}}


def wanted(starter: Starter, *languages: str, title: str = "Meera's", day: date = DAY) -> Wanted:
    return Wanted(starter, "meera-s", title, languages or ("en",), day)


def new_site(name: str, *languages: str, defaults: Defaults = INDIA) -> Site:
    return started(wanted(find_starter(name), *languages), defaults)


@cache
def catalogue(tag: str) -> Catalog:
    return wordlist.read_catalogue(tag, wordlist.STARTERS)


@cache
def starter_words() -> wordlist.Found:
    return wordlist.starter_words()


def said(tag: str) -> Iterator[tuple[str, str]]:
    for message in catalogue(tag):
        if message.id:
            yield str(message.id), str(message.string)


# The sites.


def test_there_is_a_starter_for_every_trade_and_every_theme_is_shown() -> None:
    assert set(NAMES) >= TRADES
    assert {starter.theme for starter in list_starters()} == set(list_themes())
    assert all(re.fullmatch(r"For .{20,110}\.", starter.about) for starter in list_starters())


@every_starter
def test_a_starter_in_all_languages_has_nothing_to_mend(name: str) -> None:
    site = new_site(name, *LANGUAGES)
    pictures = {
        value["file"]: judges.drawing(value["file"])
        for _, field, value in walk(site)
        if field.kind == "picture"
    }
    assert advise(site, pictures, NOW_MS) == []


@every_starter
@pytest.mark.parametrize("currency", ["INR", "EUR"])
def test_the_file_says_the_site_with_a_note_above_every_block(name: str, currency: str) -> None:
    defaults = Defaults(time_zone="Europe/Berlin", currency=currency)
    order = wanted(find_starter(name), "de", "en")
    begun = begin(order, defaults)
    site = read_site(begun.text, Defaults())
    assert site == started(order, defaults)
    assert read_site(write_site(site), Defaults()) == site
    assert begun.text.startswith(f"# {find_starter(name).about}\n")
    _, blocks = begun.text.split("\nblocks:\n")
    noted = re.findall(r"^  # [A-Z].+[.]\n  - ([a-z-]+):", blocks, re.MULTILINE)
    assert noted == [block.type for block in site.blocks]


@every_starter
def test_its_pictures_come_with_it_small_and_harmless(name: str) -> None:
    begun = begin(wanted(find_starter(name)), INDIA)
    assert f"{name}.svg" in begun.pictures
    for picture, data in begun.pictures.items():
        assert len(data) <= MOST_DRAWING_BYTES
        _, width, height = clean(data, picture)
        assert width >= height


def test_every_drawing_is_used() -> None:
    used = {file for name in NAMES for file in begin(wanted(find_starter(name)), INDIA).pictures}
    assert {path.name for path in asset("starters", "pictures").iterdir()} == used


@every_starter
def test_it_names_nobody_who_exists(name: str) -> None:
    text = begin(wanted(find_starter(name)), INDIA).text
    hosts = set(re.findall(r"https?://([\w.-]+)", text)) | set(re.findall(r"@([\w-]+\.[\w.]+)", text))
    assert hosts <= {"example.com", "www.youtube.com"}
    assert set(re.findall(r"\+[\d ]{8,}", text)) <= {"+91 98765 43210"}


@every_starter
def test_the_owners_name_stands_over_the_door_in_every_language(name: str) -> None:
    site = new_site(name, "hi", "en")
    (board,) = (block for block in site.blocks if block.type == "name-board")
    assert site.title == board.values["name"] == {"hi": "Meera's", "en": "Meera's"}
    assert find_starter(name).title not in write_site(site)


@pytest.mark.parametrize(
    ("languages", "line"),
    [
        (("en",), "Home cooking and a table for you"),
        (("de",), "Gute Hausküche und ein Tisch für Sie"),
        (
            ("de", "en", "de"),
            {"de": "Gute Hausküche und ein Tisch für Sie", "en": "Home cooking and a table for you"},
        ),
    ],
)
def test_texts_are_in_the_languages_that_were_asked_for(languages: tuple[str, ...], line: object) -> None:
    site = new_site("restaurant", *languages)
    assert site.languages == tuple(dict.fromkeys(languages))
    assert site.blocks[0].values["line"] == line


@pytest.mark.parametrize(("languages", "hint"), [(("hj",), "hi"), ((), "en, hi, bn")])
def test_a_language_that_is_not_there_is_refused(languages: tuple[str, ...], hint: str) -> None:
    order = Wanted(find_starter("cafe"), "x", "X", languages, DAY)
    with pytest.raises(Invalid) as caught:
        started(order, INDIA)
    assert hint in str(caught.value.problems[0])


@pytest.mark.parametrize(("said", "hint"), [("caffe", "cafe"), ("zzz", "There are agency, bakery")])
def test_a_starter_that_is_not_there_is_refused_with_the_nearest(said: str, hint: str) -> None:
    with pytest.raises(NotFound) as caught:
        find_starter(said)
    assert hint in caught.value.hint


# Days and prices.


@settings(max_examples=30)
@given(day=st.dates(date(2020, 1, 1), date(2090, 1, 1)), name=st.sampled_from(NAMES))
def test_no_day_is_in_the_past_whenever_one_begins(day: date, name: str) -> None:
    site = started(wanted(find_starter(name), day=day), INDIA)
    days = [value[:10] for _, field, value in walk(site) if field.kind in ("date", "moment", "countdown")]
    assert all(day.isoformat() <= each <= (day + timedelta(days=90)).isoformat() for each in days)


def test_days_are_counted_from_the_first_one() -> None:
    event = new_site("event").block("event")
    assert event is not None
    assert (event.values["start"], event.values["end"]) == ("2026-12-25T19:00", "2026-12-25T22:00")
    specials = new_site("cafe").block("specials")
    assert specials is not None
    assert specials.values["on"] == "2026-11-25"
    assert new_site("room").expires == "2027-01-24"


def test_prices_are_those_of_the_currency() -> None:
    def prices(currency: str) -> list[Decimal]:
        site = new_site("cafe", defaults=Defaults(currency=currency))
        return [Decimal(value) for _, field, value in walk(site) if field.kind == "money"]

    euros = prices("EUR")
    assert Decimal("2.50") in euros
    assert prices("USD") == euros
    assert prices("INR") == [40 * price for price in euros]
    assert all(price == int(price) for price in prices("JPY"))
    text = begin(wanted(find_starter("cafe")), INDIA).text
    assert re.findall(r"price: (.+)", text)[0] == "120"


@pytest.mark.parametrize("name", ["shop", "repair"])
def test_upi_is_offered_only_where_people_pay_in_rupees(name: str) -> None:
    abroad = write_site(new_site(name, defaults=Defaults(currency="EUR")))
    assert "pay-me" not in abroad
    home = new_site(name)
    assert home.block("pay-me") is not None
    assert home.blocks[1].values["pay"] == "#pay-me"


# What they say in other languages.


@every_catalogue
def test_a_catalogue_says_exactly_what_starters_say(tag: str) -> None:
    kept = (wordlist.STARTERS / f"{tag}.po").read_bytes()
    fresh = wordlist.text_of(tag, wordlist.new_catalogue(tag, starter_words(), catalogue(tag)))
    assert kept.decode() == fresh.decode(), HOW_TO_MEND.format(tag=tag)
    assert [english for english, text in said(tag) if not text] == []
    assert not any(message.fuzzy for message in catalogue(tag))


def test_there_is_a_catalogue_for_every_language() -> None:
    assert {path.stem for path in wordlist.STARTERS.iterdir()} == set(TAGS)


@every_catalogue
def test_markup_and_numbers_are_kept(tag: str) -> None:
    faults = []
    for english, text in said(tag):
        digits = [c for c in text if unicodedata.category(c) == "Nd"]
        lines = [line.startswith("- ") for line in english.split("\n")]
        if (
            not all(digit.isascii() for digit in digits)
            or Counter(re.findall("[0-9]", english)) - Counter(digits)
            or text.count("**") != english.count("**")
            or [line.startswith("- ") for line in text.split("\n")] != lines
        ):
            faults.append((english, text))
    assert faults == []


@every_catalogue
def test_texts_are_in_the_writing_and_the_manners_of_the_language(tag: str) -> None:
    writing, refused = tuple(WRITING[tag].split()), re.compile(FOREIGN[tag])
    faults = []
    for english, text in said(tag):
        letters = [c for c in LATIN.sub("", text) if c.isalpha() and unicodedata.name(c) not in SHARED]
        if not all(unicodedata.name(c).startswith(writing) for c in letters) or refused.search(text):
            faults.append((english, text))
    assert faults == []


@every_catalogue
def test_nothing_but_names_is_left_in_english(tag: str) -> None:
    assert {english for english, text in said(tag) if english == text} <= SAME | SAME_IN.get(tag, set())


@every_starter
def test_a_starter_says_nothing_twice_in_other_words(name: str) -> None:
    texts = [str(text).casefold().strip(".") for _, text in translatable(find_starter(name).site)]
    assert len(set(texts)) == len({str(text) for _, text in translatable(find_starter(name).site)})


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Chai Corner", "chai-corner"),
        ("Café Zoë & Söhne", "cafe-zoe-sohne"),
        ("आशा किराना", "my-page"),
        ("  --  ", "my-page"),
        ("A" * 59 + " b c", "a" * 59),
    ],
)
def test_the_address_comes_from_the_title(title: str, slug: str) -> None:
    assert slug_from(title) == slug

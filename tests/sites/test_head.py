"""The head of a page, as browsers, search engines and chats read it."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from tests.conftest import NOW_MS, imported
from tests.sites import sketches

from scanly.sites.beside.files import file_beside
from scanly.sites.look.themes import find_theme
from scanly.sites.model import Site
from scanly.sites.render import render

ADDRESS = "https://go.example.com/s/asha"
HOSTILE = '"><script>alert(1)</script><meta name="x" content=\'&quot;'


def head(site: Site, language: str = "en", **facts: Any) -> Element:
    html = render(site, sketches.setting(site, language, **facts)).html.decode()
    return imported("html5lib").parse(html, namespaceHTMLElements=False).find("head")


def meta(found: Element, name: str) -> list[str]:
    return [
        each.get("content", "")
        for each in found.iter("meta")
        if name in (each.get("name"), each.get("property"))
    ]


def links(found: Element, rel: str) -> list[str]:
    return [each.get("href", "") for each in found.iter("link") if each.get("rel") == rel]


SITE = sketches.site(
    sketches.block("name-board"), description={"en": "Groceries, and kind words.", "hi": "किराना"}
)


@pytest.mark.parametrize("language", sketches.LANGUAGES)
def test_a_page_says_what_it_is_once(language: str) -> None:
    found = head(SITE, language)
    title = sketches.page(SITE, language).phrase(SITE.title)
    assert [each.text for each in found.iter("title")] == [title]
    assert meta(found, "og:title") == [title]
    assert len(meta(found, "description")) == 1
    assert meta(found, "description") == meta(found, "og:description")
    for name in ("viewport", "og:url", "og:locale", "og:image", "og:type", "twitter:card"):
        assert len(meta(found, name)) == 1, name


@pytest.mark.parametrize("language", sketches.LANGUAGES)
def test_every_language_has_one_address_and_names_the_others(language: str) -> None:
    found = head(SITE, language)
    addresses = {"en": ADDRESS, "hi": f"{ADDRESS}/hi", "ar": f"{ADDRESS}/ar"}
    assert links(found, "canonical") == [addresses[language]]
    assert meta(found, "og:url") == [addresses[language]]
    told = {
        each.get("hreflang"): each.get("href")
        for each in found.iter("link")
        if each.get("rel") == "alternate"
    }
    assert told == {**addresses, "x-default": ADDRESS}


def test_a_page_in_one_language_names_no_others() -> None:
    assert links(head(sketches.site(languages=("en",))), "alternate") == []


def test_the_front_of_a_host_is_at_its_root() -> None:
    found = head(SITE, path="", base="https://asha.example")
    assert links(found, "canonical") == ["https://asha.example/"]
    assert meta(found, "og:url") == ["https://asha.example/"]
    told = {
        each.get("hreflang"): each.get("href")
        for each in found.iter("link")
        if each.get("rel") == "alternate"
    }
    assert told["x-default"] == told["en"] == "https://asha.example/"
    assert told["hi"] == "https://asha.example/hi"


def test_bars_of_the_browser_have_the_colours_of_the_page() -> None:
    found = head(SITE)
    told = {
        each.get("media"): each.get("content")
        for each in found.iter("meta")
        if each.get("name") == "theme-color"
    }
    theme = find_theme("kirana")
    assert told == {
        "(prefers-color-scheme: light)": theme.light.bg,
        "(prefers-color-scheme: dark)": theme.dark.bg,
    }


@pytest.mark.parametrize("language", sketches.LANGUAGES)
def test_files_that_the_head_names_are_there(language: str) -> None:
    found = head(SITE, language)
    (image,) = meta(found, "og:image")
    named = [image.removeprefix(sketches.BASE), *links(found, "icon"), *links(found, "manifest")]
    assert len(named) == 3
    for path in named:
        name, _, asked = path.removeprefix(f"{sketches.PATH}/").partition("?")
        assert asked == ("" if language == "en" else f"l={language}")
        assert file_beside(sketches.page(SITE, language), name, stamp_ms=NOW_MS) is not None


def test_the_picture_for_sharing_says_its_size_and_what_it_is() -> None:
    found = head(SITE)
    assert meta(found, "og:image")[0].startswith(f"{ADDRESS}/card.png")
    assert (meta(found, "og:image:width"), meta(found, "og:image:height")) == (["1200"], ["630"])
    assert meta(found, "og:image:alt") == ["Asha Kirana Store"]


@pytest.mark.parametrize(("language", "locale"), [("en", "en_US"), ("hi", "hi_IN"), ("ar", "ar_AR")])
def test_the_language_is_told_to_those_who_share(language: str, locale: str) -> None:
    assert meta(head(SITE, language), "og:locale") == [locale]


@pytest.mark.parametrize("facts", [{"unlisted": True}, {}])
def test_only_a_page_that_is_not_listed_asks_search_engines_to_stay_away(facts: dict[str, bool]) -> None:
    assert meta(head(sketches.site(**facts)), "robots") == (["noindex"] if facts else [])


def test_a_page_for_a_guest_is_not_for_search_engines() -> None:
    assert meta(head(SITE, guest="Meera"), "robots") == ["noindex"]


def test_a_page_without_words_of_its_own_describes_itself_by_its_line() -> None:
    site = sketches.site(sketches.block("name-board"))
    assert meta(head(site), "description") == ["Groceries on the corner since 1987"]


@pytest.mark.parametrize("language", sketches.LANGUAGES)
def test_what_the_owner_writes_stays_inside_its_attribute(language: str) -> None:
    site = sketches.site(title=HOSTILE, description=HOSTILE)
    found = head(site, language)
    assert [each.text for each in found.iter("title")] == [HOSTILE]
    assert meta(found, "description") == meta(found, "og:title") == [HOSTILE]
    assert meta(found, "x") == []
    assert [each.get("type") for each in found.iter("script")] == ["application/ld+json"]


def test_a_head_holds_nothing_that_would_be_fetched_from_elsewhere() -> None:
    for each in head(SITE).iter("link"):
        address = each.get("href", "")
        assert address.startswith(("/", sketches.BASE))


def test_a_file_names_nothing_that_only_a_server_has() -> None:
    found = head(SITE, mode="export")
    assert [each.get("rel") for each in found.iter("link")] == []
    assert meta(found, "og:url") == []


def test_structured_data_are_json_in_one_element() -> None:
    (script,) = head(SITE).iter("script")
    assert json.loads(script.text or "")["@context"] == "https://schema.org"


def test_the_parser_has_nothing_to_mend() -> None:
    html = render(SITE, sketches.setting(SITE)).html.decode()
    parser = imported("html5lib").HTMLParser(strict=True, namespaceHTMLElements=False)
    parser.parse(html)
    assert re.match(r"<!doctype html>\n<html lang=\"en\" dir=\"ltr\">", html)

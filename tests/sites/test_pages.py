"""Whole pages without a browser: all blocks in every language and theme, and what starters weigh."""

from __future__ import annotations

import re

import pytest
from tests.conftest import imported
from tests.sites import judges
from tests.sites.sketches import block, setting, site

from scanly.sites.blocks import block_types
from scanly.sites.look.themes import list_themes
from scanly.sites.render import render
from scanly.sites.starters import list_starters
from scanly.sites.words.language import LANGUAGES

ALL_BLOCKS = site(*(block(name) for name in block_types()), languages=LANGUAGES)
# What a theme may change of a document.
_LOOKS = re.compile(r'<style>(.*?)</style>|<meta name="theme-color"[^>]*>', re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_blocks_are_one_sound_document_in_every_theme(language: str) -> None:
    html5lib, tinycss2 = imported("html5lib"), imported("tinycss2")
    documents = set[str]()
    for theme in list_themes():
        made = judges.in_theme(ALL_BLOCKS, theme)
        html = render(made, setting(made, language)).html.decode()
        (styled,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
        rules = tinycss2.parse_stylesheet(styled, skip_whitespace=True)
        assert len(rules) > 50
        assert not [rule for rule in rules if rule.type == "error"]
        documents.add(_LOOKS.sub("", html))
    (document,) = documents
    html5lib.HTMLParser(strict=True).parse(document)


@pytest.mark.parametrize("name", [made.name for made in list_starters()])
def test_a_starter_is_light_in_every_language_and_in_every_theme(name: str) -> None:
    said = {language: judges.starter(name, *dict.fromkeys((language, "en"))) for language in LANGUAGES}
    pages = [judges.judged(made, language) for language, made in said.items()]
    pages += [judges.judged(judges.in_theme(said["en"], theme), "en") for theme in list_themes()]
    assert max(page.bytes_sent for page in pages) <= judges.MOST_BYTES


def test_of_blocks_with_one_name_only_the_first_is_a_place_to_jump_to() -> None:
    made = site(*(block("faq", id=f"faq-{number}") for number in range(3)))
    html = render(made, setting(made)).html.decode()
    assert html.count("<section ") == html.count("<h2 ") == 3
    assert re.findall(r'<section [^>]*aria-labelledby="faq-(\d)', html) == ["0"]

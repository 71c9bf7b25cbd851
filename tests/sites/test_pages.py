"""Whole pages without a browser: all blocks in every language and theme, and what starters weigh."""

from __future__ import annotations

import re

import pytest
from tests.conftest import imported
from tests.sites import judges
from tests.sites.sketches import block, setting, site

from scanly.sites.blocks import block_types
from scanly.sites.language import LANGUAGES
from scanly.sites.render import render
from scanly.sites.starters import list_starters
from scanly.sites.themes import list_themes

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
def test_a_starter_is_light_in_every_language_and_theme(name: str) -> None:
    for language in LANGUAGES:
        made = judges.starter(name, *dict.fromkeys((language, "en")))
        heaviest = max(
            (judges.judged(judges.in_theme(made, theme), language) for theme in list_themes()),
            key=lambda page: page.bytes_sent,
        )
        assert heaviest.bytes_sent <= judges.MOST_BYTES

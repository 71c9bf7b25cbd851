"""Paragraphs with a tiny markup: ``**bold**``, ``*italic*``, ``- lists``, ``[words](https://…)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanly.core.text import has_control
from scanly.sites.fields import At, Field, as_word, text, translated_by
from scanly.sites.words import markup

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Rich

EXAMPLE = "We are **open** on all days."
MOST = 5_000


def check(field: Field, value: Any, at: At) -> Any:
    def paragraphs(given: Any, there: At) -> str | None:
        return _check_paragraphs(given, there, field.most or MOST)

    return translated_by(at, value, paragraphs)


def _check_paragraphs(value: Any, at: At, most: int) -> str | None:
    words = as_word(value, at)
    if words is None:
        return None
    lines = words.replace("\r\n", "\n").replace("\t", " ").split("\n")
    if any(has_control(line) for line in lines):
        at.wrong("holds an invisible character.", "Type it instead of pasting it.")
        return None
    if len(words) > most:
        at.wrong(f"has {len(words):,} characters.", f"{most:,} are the limit.")
        return None
    for address in markup.addresses(words):
        if not markup.may_lead(address):
            at.wrong(f'leads to "{address[:60]}".', "A link in a text leads to https://… or mailto:….")
            return None
    return "\n".join(line.rstrip() for line in lines) or None


def schema(field: Field) -> dict[str, Any]:
    return text.by_language({"type": "string", "maxLength": field.most or MOST})


def view(field: Field, value: Any, page: Page) -> Rich:
    return page.rich(value)

"""One line of text, the same for everybody or one for each language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scanly.core.text import has_control
from scanly.sites.fields import At, Field, as_word, translated_by

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Phrase

EXAMPLE = "Fresh bread every morning"
MOST = 300


def check(field: Field, value: Any, at: At) -> Any:
    def line(given: Any, there: At) -> str | None:
        return check_line(given, there, field.most or MOST)

    if not field.translated and isinstance(value, dict):
        at.wrong("is the same in every language.", "Write it once.")
        return None
    return translated_by(at, value, line)


def check_line(value: Any, at: At, most: int) -> str | None:
    """A text without line breaks and without characters that nobody sees."""
    word = as_word(value, at)
    if word is None:
        return None
    text = re.sub(r"\s+", " ", word)
    if has_control(text):
        at.wrong("holds an invisible character.", "Type it instead of pasting it.")
        return None
    if len(text) > most:
        at.wrong(f"has {len(text)} characters.", f"{most} are the limit.")
        return None
    return text or None


def schema(field: Field) -> dict[str, Any]:
    line: dict[str, Any] = {"type": "string", "maxLength": field.most or MOST}
    if field.required:
        line["pattern"] = r"\S"
    return by_language(line) if field.translated else line


def by_language(one: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value that may differ between languages."""
    return {"anyOf": [one, {"type": "object", "additionalProperties": one, "minProperties": 1}]}


def view(field: Field, value: Any, page: Page) -> Phrase:
    return page.phrase(value, translated=field.translated)

"""Where a tap leads: a web address, a number, a mail, a place, or a block of the same page (``#order``).

Source: RFC 3986 (addresses), RFC 3966 (tel), RFC 6068 (mailto), RFC 5870 (geo).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanly.core.errors import Invalid
from scanly.sites.fields import At, Field, as_word
from scanly.sites.leading import check_address

if TYPE_CHECKING:
    from scanly.sites.leading import Target
    from scanly.sites.page import Page

EXAMPLE = "https://example.com/menu"


def check(field: Field, value: Any, at: At) -> str | None:
    word = as_word(value, at, f"Such as {EXAMPLE}.")
    if not word:
        return None
    try:
        return check_address(word)
    except Invalid as error:
        for problem in error.problems:
            at.take(problem)
        return None


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "maxLength": 2048}


def view(field: Field, value: str, page: Page) -> Target:
    return page.link(value)

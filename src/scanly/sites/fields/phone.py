"""A telephone number in international form.

Source: ITU-T E.164, as `qr.grammar.phone` reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanly.core.errors import Invalid
from scanly.qr.grammar.phone import e164
from scanly.sites.fields import At, Field, as_word

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Phone

EXAMPLE = "+91 98765 43210"


def check(field: Field, value: Any, at: At) -> str | None:
    """The number as it was written, once it is known to be one."""
    word = as_word(value, at, f'Such as "{EXAMPLE}".')
    if not word:
        return None
    try:
        e164(word)
    except Invalid as error:
        at.wrong(error.message, error.hint)
        return None
    return word


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "pattern": "^\\+[0-9 ().-]{6,30}$"}


def view(field: Field, value: str, page: Page) -> Phone:
    return page.phone(value)

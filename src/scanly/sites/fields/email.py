"""An address that mail is written to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field, as_word, shown

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Email

EXAMPLE = "asha@example.com"
_ADDRESS = r"[A-Za-z0-9.!#$%&*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,63}"


def check(field: Field, value: Any, at: At) -> str | None:
    word = as_word(value, at, f"Such as {EXAMPLE}.")
    if not word:
        return None
    if not re.fullmatch(_ADDRESS, word):
        at.wrong(f"{shown(word)} is not an e-mail address.", f"Such as {EXAMPLE}.")
        return None
    return word


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "format": "email", "maxLength": 254}


def view(field: Field, value: str, page: Page) -> Email:
    return page.email(value)

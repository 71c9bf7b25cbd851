"""A colour as ``#rrggbb``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scanly.sites.fields import At, Field, shown

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = "#9a4b00"
_FORM = re.compile("#[0-9a-fA-F]{6}")


def check(field: Field, value: Any, at: At) -> str | None:
    if not isinstance(value, str) or not _FORM.fullmatch(value.strip()):
        at.wrong(f"{shown(value)} is not a colour.", f'Write it like "{EXAMPLE}", with the quotes.')
        return None
    return value.strip().lower()


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{_FORM.pattern}$"}


def view(field: Field, value: str, page: Page) -> str:
    return value

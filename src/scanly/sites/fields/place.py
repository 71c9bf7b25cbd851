"""A place that a map finds: latitude and longitude, an address in words, or a link to a map.

Source: Google, Maps URLs (search), which every phone opens: in the app if there is one, else in the browser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scanly.core.errors import Invalid
from scanly.qr.payloads.geo import Payload
from scanly.sites.fields import At, Field
from scanly.sites.fields.text import check_line
from scanly.sites.leading import check_address, is_web

if TYPE_CHECKING:
    from scanly.sites.leading import Target
    from scanly.sites.page import Page

EXAMPLE = "18.5204,73.8567"
MOST = 300
_POINT = re.compile(r"([+-]?[0-9.]+)\s*,\s*([+-]?[0-9.]+)")


def check(field: Field, value: Any, at: At) -> str | None:
    word = check_line(value, at, field.most or MOST)
    if word is None:
        return None
    try:
        return check_address(word) if is_web(word) else _check_words(word)
    except Invalid as error:
        for problem in error.problems:
            at.take(problem)
        return None


def _check_words(word: str) -> str:
    """A point in its one spelling, or words that a map can be asked for. Raises Invalid."""
    point = _POINT.fullmatch(word)
    if point is None:
        check_address(map_address(word))
        return word
    found = Payload(point[1], point[2])
    return f"{found.latitude},{found.longitude}"


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "maxLength": field.most or MOST}


def view(field: Field, value: str, page: Page) -> Target:
    return page.link(map_address(value))


def map_address(place: str) -> str:
    """The address that shows a place on a map."""
    if is_web(place):
        return place
    return f"https://www.google.com/maps/search/?api=1&query={quote(place, safe='')}"

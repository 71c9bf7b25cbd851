"""A picture: a file beside the site's own, and what it shows for those who cannot see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from scanly.sites.fields import At, Field, check_field, shown, text, yes

if TYPE_CHECKING:
    from scanly.sites.page import Page, Shown

EXAMPLE = {"file": "shop.jpg", "shows": "The shop from the street"}
_FILE = re.compile(
    r"(?:[^\s/\\.][^/\\\x00-\x1f]{0,60}/){0,4}[^\s/\\.][^/\\\x00-\x1f]{0,150}\.(?:jpe?g|png|webp|avif|gif|svg)",
    re.IGNORECASE,
)
_SHOWS = Field("text", most=250)
_PARTS = ("file", "shows", "decorative")


def check(field: Field, value: Any, at: At) -> dict[str, Any] | None:
    """``{file, shows}``, or ``{file, decorative}`` where there is nothing to tell."""
    if not isinstance(value, str | dict):
        at.wrong(
            "must be the name of a picture.", 'Such as shop.jpg, or {file: shop.jpg, shows: "The shop"}.'
        )
        return None
    given = cast("dict[str, Any]", {"file": value} if isinstance(value, str) else value)
    for name in given:
        if name not in _PARTS:
            at.step(name).wrong("is not known here.", f"There are {', '.join(_PARTS)}.", at_key=True)
    file = given.get("file")
    if not isinstance(file, str) or not _FILE.fullmatch(file):
        at.wrong(
            f"{shown(file)} is not the name of a picture.", "A JPEG, PNG, WebP, AVIF or SVG beside this file."
        )
        return None
    shows = check_field(_SHOWS, given.get("shows"), at.step("shows"))
    decorative = given.get("decorative") is not None and yes.check(field, given["decorative"], at)
    return {"file": file} | ({"shows": shows} if shows else {"decorative": True} if decorative else {})


def schema(field: Field) -> dict[str, Any]:
    file = {
        "type": "string",
        "pattern": "\\.([jJ][pP][eE]?[gG]|[pP][nN][gG]|[wW][eE][bB][pP]|[aA][vV][iI][fF]|[gG][iI][fF]|[sS][vV][gG])$",
    }
    parts = {"file": file, "shows": text.schema(_SHOWS), "decorative": {"type": "boolean"}}
    full = {"type": "object", "properties": parts, "required": ["file"], "additionalProperties": False}
    return {"anyOf": [file, full]}


def view(field: Field, value: dict[str, Any], page: Page) -> Shown | None:
    return page.picture(value)

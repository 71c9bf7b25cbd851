"""Sites for tests: pages made of the blocks' own examples, with pictures that are said to be there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conftest import NOW_MS

from scanly.media.model import Picture, Variant
from scanly.sites.blocks import block_type
from scanly.sites.fields import About, At, Found, check_record
from scanly.sites.model import Block, Site, State
from scanly.sites.page import Page, Setting

LANGUAGES = ("en", "hi", "ar")
ABOUT = About((*LANGUAGES, "es"))
BASE, PATH = "https://go.example.com", "/s/asha"


def block(name: str, values: dict[str, Any] | None = None, **facts: Any) -> Block:
    """A block with the values of its type's example, or with these; both as they are after reading."""
    found: list[Found] = []
    kind = block_type(name)
    checked = check_record(kind.fields, values or kind.example, At((), found, About(LANGUAGES)))
    assert not found
    return Block(facts.pop("id", name), name, checked, **facts)


def site(*blocks: Block, **facts: Any) -> Site:
    told = {
        "title": {"en": "Asha Kirana Store", "hi": "आशा किराना स्टोर", "ar": "متجر آشا"},
        "languages": LANGUAGES,
        "kind": "grocery",
        "currency": "INR",
        "country": "IN",
        "time_zone": "Asia/Kolkata",
    }
    return Site("asha", blocks=blocks, **{**told, **facts})


def setting(found: Site, language: str = "en", **facts: Any) -> Setting:
    told = {"now_ms": NOW_MS, "base": BASE, "path": PATH, "pictures": pictures(found), "state": State()}
    return Setting(language, **{**told, **facts})


def page(found: Site, language: str = "en", **facts: Any) -> Page:
    return Page(found, setting(found, language, **facts))


def pictures(found: Site) -> dict[str, Picture]:
    """All that the site shows, by name, none of which has any content."""
    names = [name for one in found.blocks for name in _files(one.values)]
    names += [shown["file"] for shown in (found.logo, found.picture) if shown]
    return {name: _picture(name, number) for number, name in enumerate(names)}


def _files(values: object) -> Iterator[str]:
    if isinstance(values, dict):
        if isinstance(values.get("file"), str):
            yield values["file"]
        values = list(values.values())
    for value in values if isinstance(values, list) else ():
        yield from _files(value)


def _picture(name: str, number: int) -> Picture:
    stem = f"{number:032x}"
    variants = tuple(Variant(width, width * 3 // 4, f"{stem}.webp", 5_000, "webp") for width in (240, 480))
    return Picture(name, "0" * 64, 1200, 900, (*variants, Variant(480, 360, f"{stem}.jpg", 9_000, "jpg")))

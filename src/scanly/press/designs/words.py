"""What a piece asks people to do, in the languages of pages: chosen by what the code leads to, or by its owner."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from scanly.core.paths import asset
from scanly.sites.model import Block, Site

# What is said for a page that leads with such a block, the most inviting first.
_BY_BLOCK = {
    "menu": "menu",
    "order": "order",
    "ask-for-a-time": "book",
    "price-list": "prices",
    "event": "event",
    "offer": "offer",
    "wifi": "wifi",
    "pay-me": "pay",
    "feedback": "review",
    "download": "download",
}
# Said only where the code leads to this very block of a page.
_BY_FRAGMENT = {
    **_BY_BLOCK,
    "kind-words": "review",
    "follow": "follow",
    "contact": "contact",
    "specials": "menu",
}
ENGLISH = "en"


@cache
def calls() -> Mapping[str, Mapping[str, str]]:
    """Every call to action by language, then by name."""
    text = asset("designs", "words.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, str]])


def call_of(language: str, call: str) -> str:
    """What a call by name says in a language, English where there is no other; any other text is said as it is."""
    known = calls()
    said = known.get(language) or known.get(language.partition("-")[0]) or known[ENGLISH]
    return said.get(call, call)


def usual_call(site: Site | None, fragment: str = "") -> str:
    """The name of the call for what a code leads to: a page of ours, a block of it, or any other address."""
    if site is None:
        return "visit"
    blocks = [block for block in site.blocks if not block.hidden]
    if led := next((block for block in blocks if block.id == fragment), None):
        return _BY_FRAGMENT.get(led.type, "visit")
    return next((call for kind, call in _BY_BLOCK.items() if _has(blocks, kind)), "visit")


def _has(blocks: list[Block], kind: str) -> bool:
    return any(block.type == kind for block in blocks)

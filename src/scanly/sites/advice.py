"""What is not wrong with a site and still not well: texts not translated, pictures without words, weight, colours."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from msgspec import Struct

from scanly.sites.fields import Found
from scanly.sites.look.themes import look_of, style
from scanly.sites.model import Block, Site
from scanly.sites.page import Setting
from scanly.sites.render import render
from scanly.sites.texts import translatable, walk
from scanly.sites.times.local_time import end_ms
from scanly.sites.words.language import find_language

if TYPE_CHECKING:
    from scanly.media.model import Picture

# What a page may weigh so that it is there at once on a bad network: the first flight of a connection, and the
# whole page with its pictures.
MOST_HTML_BYTES = 14_336
MOST_PAGE_BYTES = 100_000
# What a phone of 360 px loads, at two to three dots each.
_PHONE_WIDTH = 960


class Weight(Struct, frozen=True):
    """What a phone loads for one language: the document as sent, and the pictures on it."""

    language: str
    html_bytes: int
    picture_bytes: int
    pictures: int


def advise(site: Site, pictures: Mapping[str, Picture], now_ms: int) -> list[Found]:
    """Everything that could be better, with the path of the part it is about."""
    found = [*_untranslated(site), *_undescribed(site), *_timely(site, now_ms)]
    found += [Found(("brand",), note) for note in style(look_of(site)).notes]
    for weight in weights(site, pictures, now_ms):
        found += _heavy(weight)
    return found


def weights(site: Site, pictures: Mapping[str, Picture], now_ms: int) -> list[Weight]:
    """What each language of a site weighs."""
    shown = {file for _, field, value in walk(site) if field.kind == "picture" for file in [value["file"]]}
    kept = [pictures[name] for name in sorted(shown) if name in pictures]
    bytes_ = sum(_phone_bytes(picture) for picture in kept)
    return [
        Weight(language, _sent_bytes(site, language, pictures, now_ms), bytes_, len(kept))
        for language in site.languages
    ]


def _sent_bytes(site: Site, language: str, pictures: Mapping[str, Picture], now_ms: int) -> int:
    setting = Setting(language, now_ms, "https://example.com", f"/s/{site.slug}", pictures)
    return len(gzip.compress(render(site, setting).html, 9))


def _phone_bytes(picture: Picture) -> int:
    fitting = [each for each in picture.modern if each.width <= _PHONE_WIDTH]
    return (fitting[-1] if fitting else picture.fallback).bytes


def _heavy(weight: Weight) -> Iterator[Found]:
    if weight.html_bytes > MOST_HTML_BYTES:
        words = f"The page has {weight.html_bytes:,} bytes in {find_language(weight.language).name}."
        yield Found(
            ("blocks",),
            words,
            f"Up to {MOST_HTML_BYTES:,} come at once on a slow network: shorten the lists.",
        )
    whole = weight.html_bytes + weight.picture_bytes
    if whole > MOST_PAGE_BYTES and weight.pictures <= 3:
        words = f"With its pictures the page has {whole:,} bytes."
        yield Found(
            ("blocks",), words, f"Up to {MOST_PAGE_BYTES:,} are good on a slow network: use plainer pictures."
        )


def _untranslated(site: Site) -> Iterator[Found]:
    """Texts that a visitor of another language would read in the first one."""
    first = find_language(site.language).name
    for path, text in translatable(site):
        there = set(cast("dict[str, str]", text)) if isinstance(text, dict) else {site.language}
        missing = [find_language(tag).name for tag in site.languages if tag not in there]
        if missing:
            hint = (
                f"Visitors read it in {first}."
                if site.language in there
                else "Visitors read another language."
            )
            yield Found(path, f"is not written in {', '.join(missing)}.", hint)


def _undescribed(site: Site) -> Iterator[Found]:
    for path, field, value in walk(site):
        if field.kind == "picture" and "shows" not in value and not value.get("decorative"):
            hint = 'Write it for those who cannot see it: {file: …, shows: "The shop from the street"}.'
            yield Found(path, "does not say what the picture shows.", hint)


def _timely(site: Site, now_ms: int) -> Iterator[Found]:
    zone = ZoneInfo(site.time_zone)
    if site.expires and end_ms(site.expires, zone) <= now_ms:
        yield Found(("expires",), "is in the past: visitors would find the page closed.", "Give a later day.")
    for number, block in enumerate(site.blocks):
        if block.show.end and end_ms(block.show.end, zone) <= now_ms:
            yield Found(
                ("blocks", number, block.type, "show", "to"), "is in the past: the block is not shown."
            )
        yield from _careful(number, block)


def _careful(number: int, block: Block) -> Iterator[Found]:
    if block.type == "wifi" and block.values.get("wifi", {}).get("password"):
        hint = "Use the password of a network for guests alone."
        yield Found(
            ("blocks", number, "wifi", "password"), "can be read by everybody who opens the page.", hint
        )

"""Sites to begin with: whole examples for a trade, in the languages that are wanted, with notes for who fills them in.

A starter is a site's file in English with ``about``; what it says is translated by catalogues of its own. Its days
are counted from 1 January 2000 and become days from the new site's first one; its prices are in euros and become rough
ones of the site's currency.
"""

from __future__ import annotations

import copy
import re
import textwrap
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, cast

import msgspec
from msgspec import Struct

from scanly.core import document
from scanly.core.errors import Invalid, NotFound
from scanly.core.paths import asset
from scanly.core.text import nearest
from scanly.sites.blocks import block_type
from scanly.sites.fields import Field
from scanly.sites.model import Block, Site
from scanly.sites.reading import Defaults, as_file, read_site
from scanly.sites.texts import walk, with_texts
from scanly.sites.words.language import ENGLISH, LANGUAGES, read_catalogue

_HEAD = """\
# {about}
# Lines that begin with # are notes. Save, then look:  scanly site preview FILE
"""


_FIRST_DAY = date(2000, 1, 1)


class Starter(Struct, frozen=True):
    """A site to begin with, in English; ``about`` says for whom it is."""

    name: str
    about: str
    site: Site

    @property
    def title(self) -> str:
        return str(self.site.title)

    @property
    def theme(self) -> str:
        return self.site.theme


class Wanted(Struct, frozen=True):
    """A new site: what it begins with, its name in the address, what it is called, its languages, its first day."""

    starter: Starter
    slug: str
    title: str
    languages: tuple[str, ...]
    day: date


class Begun(Struct, frozen=True):
    """A new site's file, and the pictures beside it by name."""

    text: str
    pictures: dict[str, bytes]


@cache
def list_starters() -> tuple[Starter, ...]:
    """All starters, by name."""
    return tuple(_read(path.stem) for path in sorted(asset("starters").glob("*.yaml")))


def find_starter(name: str) -> Starter:
    """Raises NotFound that names the nearest one."""
    for starter in list_starters():
        if starter.name == name.strip().lower():
            return starter
    known = [starter.name for starter in list_starters()]
    hint = nearest(name, known) or f"There are {', '.join(known)}."
    raise NotFound(f'There is no starter "{name[:60]}".', hint=hint)


def _read(name: str) -> Starter:
    text = asset("starters", f"{name}.yaml").read_text(encoding="utf-8")
    said = cast("dict[str, Any]", document.read(text).value)
    about = said.pop("about")
    return Starter(name, about, read_site(document.write(said), Defaults()))


def begin(wanted: Wanted, defaults: Defaults) -> Begun:
    """The file of a new site with the pictures it shows. Raises Invalid."""
    site = started(wanted, defaults)
    pictures = sorted({value["file"] for _, field, value in walk(site) if field.kind == "picture"})
    files = {name: asset("starters", "pictures", name).read_bytes() for name in pictures}
    return Begun(_HEAD.format(about=wanted.starter.about) + _text(site), files)


def started(wanted: Wanted, defaults: Defaults) -> Site:
    """The new site itself. Raises Invalid."""
    unknown = [tag for tag in wanted.languages if tag not in LANGUAGES]
    if unknown or not wanted.languages:
        said = unknown[0] if unknown else ""
        hint = nearest(said, LANGUAGES) or f"There are {', '.join(LANGUAGES)}."
        raise Invalid.field("language", f'"{said[:20]}" is not one of the languages.', hint=hint)
    languages = tuple(dict.fromkeys(wanted.languages))
    titled = msgspec.structs.replace(
        wanted.starter.site,
        slug=wanted.slug,
        title=wanted.title,
        languages=languages,
        time_zone=defaults.time_zone,
        currency=defaults.currency,
        blocks=_blocks(wanted, defaults.currency),
    )
    site = with_texts(titled, lambda text: _in_languages(text, languages))
    said = _changed(site, lambda field, value: _fitting(field, value, wanted.day, site.currency))
    return read_site(document.write(said), defaults)


def _blocks(wanted: Wanted, currency: str) -> tuple[Block, ...]:
    """The blocks with the owner's name, and without those for India where rupees are strange."""
    blocks = wanted.starter.site.blocks
    strange = [b for b in blocks if "india" in block_type(b.type).audience and currency != "INR"]
    links = [f"#{block.id}" for block in strange]
    found: list[Block] = []
    for block in blocks:
        values = {name: value for name, value in block.values.items() if value not in links}
        if values.get("name") == wanted.starter.title:
            values["name"] = wanted.title
        found.append(msgspec.structs.replace(block, values=values))
    return tuple(block for block in found if block.id not in [each.id for each in strange])


def _changed(site: Site, change: Callable[[Field, Any], Any]) -> dict[str, Any]:
    """The site's file with other values where ``change`` gives them."""
    said = copy.deepcopy(as_file(site))
    for path, field, value in walk(site):
        new = change(field, value)
        if new != value:
            there: Any = said
            for step in path[:-1]:
                there = there[step]
            there[path[-1]] = new
    return said


def _fitting(field: Field, value: Any, day: date, currency: str) -> Any:
    """Days counted from ``day``, prices of the currency."""
    match field.kind:
        case "date" | "moment" | "countdown":
            return f"{date.fromisoformat(value[:10]) + (day - _FIRST_DAY)}{value[10:]}"
        case "money":
            price = Decimal(value) * _prices().get(currency, 1)
            return str(int(price) if price == int(price) else price)
        case _:
            return value


@cache
def _prices() -> Mapping[str, int]:
    return tomllib.loads(asset("starters", "prices.toml").read_text(encoding="utf-8"))


def _in_languages(text: Any, languages: tuple[str, ...]) -> Any:
    """An English text in the language of the site, or in each of them."""
    said = {tag: _words(tag).get(str(text), str(text)) for tag in languages}
    return said if len(said) > 1 else said[languages[0]]


@cache
def _words(tag: str) -> Mapping[str, str]:
    if tag == ENGLISH:
        return {}
    return read_catalogue(asset("words", "starters", f"{tag}.po").read_bytes()).words


def _text(site: Site) -> str:
    """The file with a note above each block that says what it is for."""
    said = _changed(site, _as_people_write)
    blocks = cast("list[dict[str, Any]]", said.pop("blocks"))
    parts = [document.write(said), "blocks:\n"]
    for block in blocks:
        name = next(iter(block))
        lines = document.write([block])
        parts.append(f"  # {block_type(name).about}\n{textwrap.indent(textwrap.dedent(lines), '  ')}")
    return "".join(parts)


def _as_people_write(field: Field, value: Any) -> Any:
    """A price without decimals as a number, which needs no quotes."""
    return int(value) if field.kind == "money" and value.isdecimal() else value


def slug_from(title: str) -> str:
    """A name for the address, made of a title; "my-page" where no letter of it is Latin."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "my-page"

"""What the request says: the language that is liked best, the page that led here, the address's query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from scanly.core.errors import Invalid
from scanly.links import hosts
from scanly.links.conditions import Setting
from scanly.links.values import Path, Wrong, as_mapping, mapping, words
from scanly.links.visitor import Visitor

_TAG = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")
_DIRECT = "none"
_PARAMETER = re.compile(r"[A-Za-z0-9_.~\[\]-]{1,64}")
_PRESENT = "*"


@dataclass(frozen=True, slots=True)
class Language:
    """Liking one of these languages best: ``pt`` also holds for ``pt-br``."""

    tags: tuple[str, ...]
    name: str = "language"

    def holds(self, visitor: Visitor) -> bool:
        language = visitor.language
        return any(language == tag or language.startswith(f"{tag}-") for tag in self.tags)

    def fact(self, visitor: Visitor) -> str:
        language = visitor.language
        return f"the visitor likes {language} best" if language else "the visitor's language is unknown"


@dataclass(frozen=True, slots=True)
class Referrer:
    """Led here by a page of one of these sites: ``example.com`` also holds for ``www.example.com/a``."""

    sites: tuple[str, ...]
    name: str = "referrer"

    def holds(self, visitor: Visitor) -> bool:
        host, slash, path = visitor.referrer.partition("/")
        return any(_is_of(site, host, slash + path) for site in self.sites)

    def fact(self, visitor: Visitor) -> str:
        return f"the visitor comes from {visitor.referrer}" if visitor.referrer else "no page led here"


@dataclass(frozen=True, slots=True)
class Query:
    """With these parameters in the address; ``*`` holds for any value."""

    wanted: tuple[tuple[str, tuple[str, ...]], ...]
    name: str = "query"

    def holds(self, visitor: Visitor) -> bool:
        for name, values in self.wanted:
            value = visitor.query(name)
            if value is None or (value not in values and _PRESENT not in values):
                return False
        return True

    def fact(self, visitor: Visitor) -> str:
        found = {name: visitor.query(name) for name, _ in self.wanted}
        return ", ".join(
            f"{name} is not there" if value is None else f"{name} is {value}" for name, value in found.items()
        )


def _is_of(site: str, host: str, path: str) -> bool:
    if site == _DIRECT:
        return not host
    wanted_host, slash, wanted_path = site.partition("/")
    if host != wanted_host and not host.endswith(f".{wanted_host}"):
        return False
    return not slash or path.startswith(f"/{wanted_path}")


def _language(value: Any, path: Path, _: Setting) -> Language:
    tags = tuple(word.lower().replace("_", "-") for word in words(value, path, "[hi, mr]"))
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise Wrong(path, f'"{tag[:40]}" is no language.', "Give its code, such as hi or pt-br (BCP 47).")
    return Language(tags)


def _referrer(value: Any, path: Path, _: Setting) -> Referrer:
    return Referrer(tuple(_site(word, path) for word in words(value, path, "instagram.com")))


def _site(word: str, at: Path) -> str:
    """As `links.visitor.Visitor.referrer` spells it, without ``www.``. Raises Wrong."""
    if word == _DIRECT:
        return word
    host, slash, path = word.partition("://")[2 if "://" in word else 0].partition("/")
    try:
        host = hosts.canonical(host).removeprefix("www.")
    except Invalid:
        host = ""
    if "." not in host:
        raise Wrong(at, f'"{word[:40]}" is no site.', "Give its host, such as instagram.com, or none.")
    return host + (slash + path if path else "")


def _query(value: Any, path: Path, _: Setting) -> Query:
    example = '{utm_source: poster, ref: "*"}'
    names = tuple(as_mapping(value) or ())
    found = mapping(value, path, names, example)
    for name in found:
        if not _PARAMETER.fullmatch(name):
            raise Wrong((*path, name), "is no name of a parameter.", f"Such as {example}.", at_key=True)
    return Query(tuple((name, words(each, (*path, name), example)) for name, each in found.items()))


CONDITIONS = {"language": _language, "referrer": _referrer, "query": _query}
EXAMPLES = {
    "language": ["hi", "mr"],
    "referrer": ["instagram.com"],
    "query": {"utm_source": "poster", "ref": "*"},
}

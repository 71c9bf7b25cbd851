"""The pages of an export, each whole in one file: a code that is closed, an address without a code, the way on.

Layout is in ``templates/export``, the sentences are those of the public pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from string import Template

import msgspec

from scanly.core.paths import asset

_ENGLISH = "en"
_FROM_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def closed(language: str) -> bytes:
    """In the language, when there are words for it, and in English; it is one for every reason and says none."""
    return _page("closed.html", [language], ("removed_title", "phone_fine", "removed_hint"))


def missing(languages: Iterable[str]) -> bytes:
    """In these languages and in English."""
    return _page("not_found.html", languages, ("missing_title", "missing_text", "missing_hint"))


def moved(target: str) -> bytes:
    """Leads on by itself, without a script; who does not want that has a link to tap."""
    return _template("moved.html").substitute(target=escape(target)).encode()


def known(language: str) -> str:
    """The language of ours that is nearest: ``pt`` for ``pt-BR``, English for one that has no words."""
    return language if language in _words() else language.partition("-")[0].lower()


def _page(template: str, languages: Iterable[str], keys: tuple[str, ...]) -> bytes:
    wanted = dict.fromkeys([*(known(each) for each in languages), _ENGLISH])
    spoken = [language for language in wanted if language in _words()]
    sections = "".join(_section(language, keys) for language in spoken)
    first = spoken[0]
    return (
        _template(template)
        .substitute(
            language=first,
            direction=_direction(first),
            title=escape(_said(first, keys[0])),
            style=_style(),
            sections=sections,
        )
        .encode()
    )


def _section(language: str, keys: tuple[str, ...]) -> str:
    title, *sentences = (escape(_said(language, key)) for key in keys)
    return _template("section.html").substitute(
        language=language,
        direction=_direction(language),
        title=title,
        sentences="".join(f"<p>{sentence}</p>\n" for sentence in sentences),
    )


def _said(language: str, key: str) -> str:
    words = _words()
    return words[language].get(key) or words[_ENGLISH][key]


def _direction(language: str) -> str:
    return "rtl" if language in _FROM_RIGHT_TO_LEFT else "ltr"


@cache
def _template(name: str) -> Template:
    return Template(asset("export", name).read_text(encoding="utf-8"))


@cache
def _style() -> str:
    return asset("export", "style.css").read_text(encoding="utf-8").strip()


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return msgspec.json.decode(asset("public", "words.json").read_bytes(), type=dict[str, dict[str, str]])

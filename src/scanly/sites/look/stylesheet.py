"""The style sheet of one page: the variables of its look, and of all rules only those that something on it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from scanly.core.paths import asset
from scanly.sites.look.themes import Styled

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
# In a selector: what stands in brackets or quotes names nothing that must be there.
_ASIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]|::?[\w-]+|@[\w-]+")
_NAME = re.compile(r"(\.?)(-?[a-zA-Z_][\w-]*)")
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
_CLASSES = re.compile(r'\sclass="([^"]*)"')
_LANGUAGES = re.compile(r'\slang="([a-z]+)')
_LANG = re.compile(r":(lang\([a-z]+\))")
_VARIABLE = re.compile(r"(--[\w-]+):[^;}]*;?")
_ALWAYS = frozenset({"html", "body"})


class _Rule(NamedTuple):
    """One rule, minified. ``block`` is the at-rule around it; ``selectors`` with what each names."""

    block: str
    selectors: tuple[tuple[str, frozenset[str]], ...]
    body: str


def css_for(styled: Styled, html: str, block_css: Iterable[str] = ()) -> str:
    """The minified style sheet for a page's HTML: what names tags, classes or languages that are not in it is left out.

    ``block_css`` is what the blocks on the page bring along; it follows the base sheet.
    """
    present = _vocabulary(html)
    rules = [*_base_rules(), *(rule for css in block_css for rule in _rules(css))]
    written = "".join(_written(rules, present, styled.traits))

    def used(variable: re.Match[str]) -> str:
        return variable[0] if f"var({variable[1]}" in written else ""

    return _VARIABLE.sub(used, styled.css) + written


@cache
def _base_rules() -> tuple[_Rule, ...]:
    return _rules(asset("sites", "site.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def _rules(css: str) -> tuple[_Rule, ...]:
    """The rules of a sheet in order. Sheets are ours: no braces in strings, at-rules with blocks are one level deep."""
    return tuple(_parsed(_SPACE.sub(" ", _COMMENT.sub(" ", css)), ""))


def _parsed(css: str, block: str) -> Iterator[_Rule]:
    at = 0
    while (opening := css.find("{", at)) >= 0:
        head = css[at:opening].strip()
        closing = _closing(css, opening)
        body = css[opening + 1 : closing]
        if head.startswith(("@media", "@supports", "@look")):
            yield from _parsed(body, _tight_head(head))
        else:
            selectors = tuple((_tight(one), _names(one)) for one in _split(head))
            yield _Rule(block, selectors, _tight_body(body))
        at = closing + 1


def _closing(css: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(css)):
        depth += {"{": 1, "}": -1}.get(css[at], 0)
        if depth == 0:
            return at
    raise ValueError(f"a brace is not closed in the style sheet: {css[opening - 40 : opening + 40]}")


def _split(selectors: str) -> list[str]:
    """At commas outside of brackets."""
    return re.split(r",(?![^(]*\))", selectors)


def _tight(selector: str) -> str:
    return re.sub(r"\s*([>+~,])\s*", r"\1", selector.strip())


def _tight_head(head: str) -> str:
    return re.sub(r"^@media \(", "@media(", re.sub(r"\s*:\s*", ":", head))


def _tight_body(body: str) -> str:
    declarations = (one.strip() for one in body.split(";"))
    tight = (re.sub(r"^([\w-]+)\s*:\s*", r"\1:", one) for one in declarations if one)
    return ";".join(re.sub(r"\s*,\s*", ",", re.sub(r"(?<![\d.])0\.(?=\d)", ".", one)) for one in tight)


def _names(selector: str) -> frozenset[str]:
    """Tags, .classes and languages that must be on a page for a selector to match anything."""
    bare = _ASIDE.sub(" ", _ASIDE.sub(" ", selector))
    names = (f"{dot}{name}" if dot else name.lower() for dot, name in _NAME.findall(bare))
    return frozenset([*names, *_LANG.findall(selector)])


def _vocabulary(html: str) -> frozenset[str]:
    classes = (f".{name}" for said in set(_CLASSES.findall(html)) for name in said.split())
    languages = (f"lang({tag})" for tag in set(_LANGUAGES.findall(html)))
    return _ALWAYS.union((tag.lower() for tag in set(_TAG.findall(html))), classes, languages)


def _written(rules: Iterable[_Rule], present: frozenset[str], traits: frozenset[str]) -> Iterator[str]:
    around = ""
    for rule in rules:
        selectors = ",".join(text for text, names in rule.selectors if names <= present)
        if not selectors:
            continue
        if rule.block.startswith("@look"):
            if rule.block.removeprefix("@look ") not in traits:
                continue
            block = ""
        else:
            block = rule.block
        if block != around:
            yield ("}" if around else "") + (f"{block}{{" if block else "")
            around = block
        yield f"{selectors}{{{rule.body}}}"
    if around:
        yield "}"

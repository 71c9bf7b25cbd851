"""How an SVG element is to be painted: attributes, style sheets, inheritance, colours.

Source: SVG 1.1 (second edition), 6 (styling); CSS 2.1, 6.4 (cascade); CSS Color 4 for rgb(), hsl() and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanly.qr.ink import Ink
from scanly.qr.vector.shapes import NotUnderstood, length
from scanly.qr.vector.tree import Element, Refusal

Style = Mapping[str, str]

INITIAL: Style = {
    "clip-path": "none",
    "clip-rule": "nonzero",
    "color": "black",
    "display": "inline",
    "fill": "black",
    "fill-opacity": "1",
    "fill-rule": "nonzero",
    "filter": "none",
    "marker-end": "none",
    "marker-mid": "none",
    "marker-start": "none",
    "mask": "none",
    "mix-blend-mode": "normal",
    "opacity": "1",
    "overflow": "hidden",
    "paint-order": "normal",
    "stop-color": "black",
    "stop-opacity": "1",
    "stroke": "none",
    "stroke-dasharray": "none",
    "stroke-dashoffset": "0",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-miterlimit": "4",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "transform": "",
    "transform-origin": "",
    "vector-effect": "none",
    "visibility": "visible",
}
# What elements do not take over from those around them.
_OWN = frozenset(
    {"clip-path", "display", "filter", "mask", "mix-blend-mode", "opacity", "overflow", "stop-color"}
    | {"stop-opacity", "transform", "transform-origin", "vector-effect"}
)
_MAX_RULES = 500
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"\s*([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(r"(\*|[a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_LINK = re.compile(r"url\(\s*['\"]?#([^'\")]+?)['\"]?\s*\)\s*(.*)")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What applies to elements with this name, id and classes, where those are said."""

    name: str
    ids: frozenset[str]
    classes: frozenset[str]
    declared: Style

    def fits(self, element: Element, classes: frozenset[str]) -> bool:
        named = self.name in ("", "*", element.name)
        return named and self.ids <= {element.attributes.get("id", "")} and self.classes <= classes

    @property
    def weight(self) -> tuple[int, int, int]:
        return len(self.ids), len(self.classes), int(self.name not in ("", "*"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rules of all style sheets of a file, the weightier and later ones last."""

    rules: tuple[_Rule, ...]

    @classmethod
    def of(cls, root: Element, refusal: Refusal) -> Sheet:
        """Raises Invalid for rules with more than names, classes and ids."""
        styles = (element for element in root.everything() if element.name == "style")
        rules = [rule for element in styles for rule in _rules(element, refusal)]
        if len(rules) > _MAX_RULES:
            raise refusal.at(root.line, f"It has {len(rules):,} style rules; {_MAX_RULES} are the limit.")
        return cls(tuple(sorted(rules, key=lambda rule: rule.weight)))

    def style(self, element: Element, around: Style) -> Style:
        """Every property of ``element``, that of the elements around it being ``around``."""
        given = {name: value for name, value in element.attributes.items() if name in INITIAL}
        classes = frozenset(element.attributes.get("class", "").split())
        for rule in self.rules:
            if rule.fits(element, classes):
                given.update(rule.declared)
        given.update(_declared(element.attributes.get("style", "")))
        style = {name: INITIAL[name] if name in _OWN else around[name] for name in INITIAL}
        for name, value in given.items():
            style[name] = (
                around[name] if value == "inherit" else INITIAL[name] if value == "initial" else value
            )
        if style["color"] == "currentColor":
            style["color"] = around["color"]
        return style


def _rules(element: Element, refusal: Refusal) -> Iterator[_Rule]:
    text = _COMMENT.sub(" ", element.text)
    place = 0
    while found := _RULE.match(text, place):
        place = found.end()
        declared = _declared(found[2])
        for selector in found[1].split(","):
            parts = _SELECTOR.fullmatch(selector.strip())
            if not parts or not selector.strip():
                message = f'The style rule "{selector.strip()[:40]}" is more than names, classes and ids.'
                raise refusal.at(element.line, message, "Save the drawing with presentation attributes.")
            marks = re.findall(r"([.#])([\w-]+)", parts[2])
            ids, classes = (frozenset(name for mark, name in marks if mark == kind) for kind in "#.")
            yield _Rule(parts[1] or "", ids, classes, declared)
    if text[place:].strip():
        raise refusal.at(element.line, f'The style sheet is damaged at "{text[place:].strip()[:20]}".')


def _declared(text: str) -> dict[str, str]:
    """``name: value`` pairs; properties that mean nothing here are left out."""
    found: dict[str, str] = {}
    for declaration in _COMMENT.sub(" ", text).split(";"):
        name, _, value = declaration.partition(":")
        value = value.replace("!important", "").strip()
        for each in _longhands(name.strip().lower()):
            if value:
                found[each] = value
    return found


def _longhands(name: str) -> tuple[str, ...]:
    if name == "marker":
        return "marker-start", "marker-mid", "marker-end"
    return (name,) if name in INITIAL else ()


def link(value: str) -> tuple[str, str]:
    """The id in ``url(#id) rest`` and the rest; no id where the value is something else."""
    found = _LINK.fullmatch(value.strip())
    return (found[1], found[2].strip()) if found else ("", value.strip())


def opacity(value: str) -> float:
    """0 to 1. Raises NotUnderstood."""
    return min(max(_share(value.strip()), 0.0), 1.0)


def colour(value: str, current: str) -> tuple[Ink, float]:
    """An ink and its opacity; ``current`` is what currentColor means. Raises NotUnderstood."""
    from PIL import ImageColor

    text = (current if value.strip().lower() == "currentcolor" else value).strip().lower()
    text = re.sub(r"\s*icc-color\([^()]*\)", "", text)
    if text in ("transparent", "none"):
        return Ink.of_rgb((255, 255, 255)), 0.0
    alpha = 1.0
    if function := _FUNCTION.fullmatch(text):
        text, alpha = _plain(function[1], re.split(r"[\s,/]+", function[2].strip()))
    try:
        red, green, blue, *rest = ImageColor.getrgb(text)
    except ValueError as error:
        raise NotUnderstood(f'the colour "{value.strip()[:30]}"') from error
    return Ink.of_rgb((red, green, blue)), alpha * (rest[0] / 255 if rest else 1)


def _plain(kind: str, parts: list[str]) -> tuple[str, float]:
    """The colour as Pillow reads it, and its opacity."""
    if len(parts) not in (3, 4):
        raise NotUnderstood(f"a colour of {len(parts)} numbers")
    alpha = opacity(parts[3]) if len(parts) == 4 else 1.0
    if kind == "hsl":
        return f"hsl({parts[0].removesuffix('deg')},{parts[1]},{parts[2]})", alpha
    shares = (_share(part) if part.endswith("%") else _share(part) / 255 for part in parts[:3])
    return "rgb({},{},{})".format(*(round(255 * min(max(share, 0.0), 1.0)) for share in shares)), alpha


def _share(text: str) -> float:
    return length(text.removesuffix("%"), 1) / (100 if text.endswith("%") else 1)

"""How a page looks: a theme, which is one TOML file, and the few things that an owner may choose over it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Literal, cast, get_args

import msgspec

from scanly.core.errors import Invalid, NotFound, Problem
from scanly.core.paths import asset
from scanly.core.text import nearest
from scanly.sites.look import palette as palettes
from scanly.sites.look.palette import Palette
from scanly.sites.model import Site

Scheme = Literal["light", "dark"]
Typeface = Literal["sans", "serif"]
Headings = Literal["plain", "centred", "barred", "ruled", "flanked"]
Cards = Literal["outlined", "raised", "bare"]
Buttons = Literal["filled", "outline", "soft", "pill"]
Background = Literal["plain", "tint", "dots", "stripes", "waves", "checks"]
TextSize = Literal["normal", "big"]

SCHEMES, TEXT_SIZES = get_args(Scheme), get_args(TextSize)
BUTTONS, BACKGROUNDS = get_args(Buttons), get_args(Background)
CORNERS_PX = (0, 24)

_CHOICES: dict[str, tuple[str, ...]] = {
    "prefer": SCHEMES,
    "typeface": get_args(Typeface),
    "headings": get_args(Headings),
    "cards": get_args(Cards),
    "buttons": BUTTONS,
    "background": BACKGROUNDS,
}
_MEASURES: dict[str, tuple[float, float]] = {
    "text_percent": (90, 150),
    "scale": (1.1, 1.4),
    "weight": (400, 900),
    "radius_px": CORNERS_PX,
}
_KEYS = ("title", "about", *_CHOICES, *_MEASURES, *SCHEMES)
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_BIG_TEXT = 1.2
_MAX_CONTROL_RADIUS_PX = 12


class Theme(msgspec.Struct, frozen=True):
    """A named look. Text is ``text_percent`` of the reader's own size; headings grow by powers of ``scale``."""

    name: str
    light: Palette
    dark: Palette
    title: str = ""
    about: str = ""
    prefer: Scheme = "light"
    text_percent: float = 106.25
    scale: float = 1.2
    weight: int = 700
    radius_px: int = 12
    typeface: Typeface = "sans"
    headings: Headings = "plain"
    cards: Cards = "outlined"
    buttons: Buttons = "filled"
    background: Background = "plain"


class Look(msgspec.Struct, frozen=True):
    """A theme and what the owner chose over it; empty, or None, is as the theme has it."""

    theme: Theme
    brand: str = ""
    corners_px: int | None = None
    text: TextSize = "normal"
    buttons: Buttons | Literal[""] = ""
    background: Background | Literal[""] = ""


class Styled(msgspec.Struct, frozen=True):
    """A look worked out: ``css`` sets the variables, ``traits`` say which ``@look`` rules hold.

    ``light`` and ``dark`` are what is seen in each scheme: the same for a theme that is dark for everybody.
    ``notes`` tell the owner what was changed so that everyone can read it.
    """

    css: str
    traits: frozenset[str]
    light: Palette
    dark: Palette
    notes: tuple[str, ...]


@cache
def list_themes() -> Mapping[str, Theme]:
    """The themes that Scanly brings along, by name."""
    files = sorted(asset("themes").glob("*.toml"))
    return {file.stem: read_theme(file.read_text(encoding="utf-8"), file.name) for file in files}


def find_theme(name: str) -> Theme:
    """The theme of that name. Raises NotFound."""
    known = list_themes().get(name.lower())
    if known is None:
        hint = nearest(name.lower(), list_themes()) or f"There are {', '.join(list_themes())}."
        raise NotFound(f'There is no theme "{name[:80]}".', hint=hint)
    return known


def read_theme(text: str, source: str) -> Theme:
    """The theme in the text of a TOML file; ``source`` names it in errors. Raises Invalid with all that is wrong."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{source} is not TOML: {error}."
        raise Invalid(
            message, hint='Write lines such as radius_px = 12 and, under [light], bg = "#ffffff".'
        ) from error
    found = [*_key_problems(said, source), *_value_problems(said, source)]
    for scheme in SCHEMES:
        found += _palette_problems(said.get(scheme), scheme, source)
    if found:
        raise Invalid(problems=tuple(found))
    colours = {
        scheme: Palette(**{key: value.lower() for key, value in said[scheme].items()}) for scheme in SCHEMES
    }
    found = [problem for scheme in SCHEMES for problem in palettes.problems(colours[scheme], scheme, source)]
    if found:
        raise Invalid(problems=tuple(found))
    name = source.removesuffix(".toml")
    return msgspec.convert({"title": name, **said, **colours, "name": name}, Theme)


def look_of(site: Site) -> Look:
    """The look that a site asks for. Raises NotFound or Invalid."""
    theme = read_theme(site.own_theme, "theme") if site.own_theme else find_theme(site.theme)
    said = {
        "brand": site.brand,
        "corners_px": site.corners,
        "text": site.text,
        "buttons": site.buttons,
        "background": site.background,
    }
    try:
        return msgspec.convert({"theme": theme, **said}, Look)
    except msgspec.ValidationError as error:
        raise Invalid(f"The look of the page cannot be used: {error}.") from error


@lru_cache(maxsize=256)
def style(look: Look) -> Styled:
    """Colours, sizes and traits of a look. Raises Invalid when the brand's colour is none."""
    theme, brand = look.theme, look.brand.lower()
    light, dark = theme.light, theme.dark
    if brand:
        if not _COLOUR.fullmatch(brand):
            raise Invalid.field("brand", f'"{look.brand[:40]}" is not a colour.', hint="Write it as #9a4b00.")
        light, dark = palettes.branded(light, brand), palettes.branded(dark, brand)
    seen = dark if theme.prefer == "dark" else light
    notes = tuple(_notes(brand, seen, dark)) if brand else ()
    traits = (
        f"buttons-{look.buttons or theme.buttons}",
        f"background-{look.background or theme.background}",
        f"cards-{theme.cards}",
        f"headings-{theme.headings}",
        f"typeface-{theme.typeface}",
    )
    return Styled(_variables(look, light, dark), frozenset(traits), seen, dark, notes)


def _notes(brand: str, seen: Palette, dark: Palette) -> Iterator[str]:
    """What was done to the brand's colour; ``seen`` is what most readers see, ``dark`` those with dark screens."""
    if seen.accent != brand:
        change = "darker" if seen.is_light else "lighter"
        yield f"{brand} was made a little {change} ({seen.accent}) so everyone can read it."
    if dark.accent != brand and dark != seen:
        yield f"{brand} was made a little lighter on dark screens ({dark.accent}) so everyone can read it."


def _variables(look: Look, light: Palette, dark: Palette) -> str:
    theme = look.theme
    percent = theme.text_percent * (_BIG_TEXT if look.text == "big" else 1)
    radius_px = theme.radius_px if look.corners_px is None else look.corners_px
    sizes = {
        f"--s{step}": f"{theme.scale**power:.2f}rem".lstrip("0")
        for step, power in ((1, -0.5), (2, 1.5), (3, 3))
    }
    shape = {
        "--w": theme.weight,
        "--r": f"{radius_px}px",
        "--f": f"{min(radius_px, _MAX_CONTROL_RADIUS_PX)}px",
    }
    written = ";".join(f"{name}:{value}" for name, value in {**sizes, **shape}.items())
    always = f"html{{font-size:{percent:g}%}}:root{{{written};--pad:clamp(1rem,4vw,1.5rem);"
    if theme.prefer == "dark":
        # Who asks for more contrast in a light scheme sits in the sun.
        own, other = f"color-scheme:dark;{_colours(dark)}", f"color-scheme:light;{_colours(light)}"
        when = "(prefers-color-scheme:light) and (prefers-contrast:more)"
    else:
        own, other = f"color-scheme:light dark;{_colours(light)}", _colours(dark)
        when = "(prefers-color-scheme:dark)"
    return f"{always}{own}}}@media{when}{{:root{{{other}}}}}"


def _colours(palette: Palette) -> str:
    named = {
        "bg": palette.bg,
        "surface": palette.surface,
        "text": palette.text,
        "muted": palette.muted,
        "accent": palette.accent,
        "on": palette.on_accent,
        "link": palette.link,
        "line": palette.line,
        "rim": palette.rim,
        "tint": palette.tint,
        "mark": palette.mark,
    }
    return ";".join(f"--{name}:{_short(colour)}" for name, colour in named.items())


def _short(colour: str) -> str:
    """``#fff`` for ``#ffffff``."""
    return f"#{colour[1::2]}" if colour[1::2] == colour[2::2] else colour


def _key_problems(said: dict[str, Any], source: str) -> Iterator[Problem]:
    for key in said:
        if key not in _KEYS:
            hint = nearest(key, _KEYS) or f"Known are {', '.join(_KEYS)}."
            yield Problem(key, "A theme has no such key.", hint, source)


def _value_problems(said: dict[str, Any], source: str) -> Iterator[Problem]:
    for key in ("title", "about"):
        if not isinstance(said.get(key, ""), str):
            yield Problem(key, "This must be text.", 'Put it between quotes: "…".', source)
    for key, choices in _CHOICES.items():
        value = said.get(key, choices[0])
        if value not in choices:
            hint = f"Use {', '.join(choices[:-1])} or {choices[-1]}."
            yield Problem(key, f'"{str(value)[:40]}" is not one of them.', hint, source)
    for key, (low, high) in _MEASURES.items():
        value = said.get(key, low)
        whole = key in ("weight", "radius_px")
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            number = "whole number" if whole else "number"
            yield Problem(
                key, f"{str(value)[:40]} cannot be used.", f"Use a {number} from {low:g} to {high:g}.", source
            )


def _palette_problems(said: object, scheme: str, source: str) -> Iterator[Problem]:
    names = Palette.__struct_fields__
    if not isinstance(said, dict):
        yield Problem(
            scheme,
            "These colours are missing.",
            f"Write [{scheme}], and below it {', '.join(names)}.",
            source,
        )
        return
    colours = cast(dict[str, Any], said)
    for name in dict.fromkeys((*names, *colours)):
        field = f"{scheme}.{name}"
        if name not in names:
            hint = nearest(name, names) or f"Known are {', '.join(names)}."
            yield Problem(field, "A theme has no such colour.", hint, source)
        elif name not in colours:
            yield Problem(
                field, "This colour is missing.", f'Write {name} = "#336699" below [{scheme}].', source
            )
        elif not isinstance(colours[name], str) or not _COLOUR.fullmatch(colours[name]):
            yield Problem(
                field, f'"{str(colours[name])[:40]}" is not a colour.', "Write it as #336699.", source
            )

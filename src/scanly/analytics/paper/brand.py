"""Whose report it is: a name, a logo, and two colours from which every other one is made so that it can be read.

Source: WCAG 2.2, success criteria 1.4.3 and 1.4.11.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanly.analytics.charts.heat import SHADES
from scanly.core.colour import contrast, mix
from scanly.core.oklch import readable

_TEXT_CONTRAST = 4.5
_LEAST_CONTRAST_OF_TEXT = 9.0


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours are ``#rrggbb``. A light background serves the light look, a dark one the dark look.

    ``name`` stands above the title; where it is empty, the workspace's does.
    """

    name: str = ""
    accent: str = "#3451b2"
    background: str = "#f5f6f8"
    logo_png: bytes | None = None


NEUTRAL = Brand()


@dataclass(frozen=True, slots=True)
class Colours:
    """``shades`` are the grounds of the heat map from none to the most, ``inks`` what is written on each."""

    ground: str
    surface: str
    text: str
    muted: str
    rule: str
    land: str
    accent: str
    area: str
    shades: tuple[str, ...]
    inks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    ground: str
    surface: str
    text: str
    muted: str
    rule: str
    land: str


_LIGHT = _Look("#f5f6f8", "#ffffff", "#191c22", "#535a67", "#dde1e7", "#d3d8e0")
_DARK = _Look("#14161b", "#1d2027", "#f0f2f6", "#aab2c0", "#343a45", "#3d4450")


def light(brand: Brand) -> Colours:
    """For paper, and for screens by day."""
    return _colours(brand, _LIGHT, darker=True)


def dark(brand: Brand) -> Colours:
    """For screens at night."""
    return _colours(brand, _DARK, darker=False)


def _colours(brand: Brand, look: _Look, *, darker: bool) -> Colours:
    ground = brand.background if _serves(brand.background, look) else look.ground
    grounds = (ground, look.surface)
    accent = readable(brand.accent, grounds, _TEXT_CONTRAST, darker=darker) or look.text
    muted = readable(look.muted, grounds, _TEXT_CONTRAST, darker=darker) or look.text
    shades = tuple(mix(accent, look.surface, step / (SHADES - 1)) for step in range(SHADES))
    inks = tuple(_ink(shade, look) for shade in shades)
    area = mix(accent, look.surface, 0.12)
    return Colours(ground, look.surface, look.text, muted, look.rule, look.land, accent, area, shades, inks)


def _ink(ground: str, look: _Look) -> str:
    """What can be read on any ground: the look's own ink, or else black or white."""
    found = (ink for ink in (look.text, look.surface) if contrast(ink, ground) >= _TEXT_CONTRAST)
    return next(found, max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground)))


def _serves(background: str, look: _Look) -> bool:
    return contrast(look.text, background) >= _LEAST_CONTRAST_OF_TEXT

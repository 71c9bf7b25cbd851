"""Colours as ``#rrggbb``, and how well one can be seen on another."""

from __future__ import annotations

Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """Red, green and blue, 0 to 255, of ``#rrggbb``."""
    value = int(colour[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2, relative luminance."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: float, other: float) -> float:
    """Contrast of two luminances, 1 to 21, in either order. Source: WCAG 2.2, contrast ratio."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def hex_of(colour: Rgb) -> str:
    """``#rrggbb`` of red, green and blue."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours ``#rrggbb``, 1 to 21."""
    return contrast_ratio(luminance(rgb(one)), luminance(rgb(other)))


def mix(one: str, other: str, share: float) -> str:
    """``one`` laid over ``other`` with an opacity of ``share``, 0 to 1; all ``#rrggbb``."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    red, green, blue = (round(above * share + below * (1 - share)) for above, below in pairs)
    return hex_of((red, green, blue))

"""The inks of a piece, made from two colours so that everything on it can be read.

Source: WCAG 2.2, success criterion 1.4.3 (4.5 for text).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanly.core.colour import contrast, contrast_ratio, rgb
from scanly.core.oklch import readable
from scanly.qr.ink import BLACK, WHITE, Ink, mixed

TEXT_CONTRAST = 4.5
# What is closer to the ground than this is not seen as an area of its own.
_SEEN_CONTRAST = 1.25
_TINT_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Colours:
    """``text`` and ``accent`` are read on ``ground``, ``on_field`` on ``field``.

    ``field`` is the owner's own colour for large areas, also where it is too pale to be read as text.
    """

    ground: Ink
    text: Ink
    accent: Ink
    field: Ink
    on_field: Ink

    def shade(self, share: float) -> Ink:
        """The field made darker or lighter, whichever makes ``on_field`` read better upon it."""
        seen = mixed(BLACK if self.on_field == WHITE else WHITE, self.field, share)
        # Not the mean of the inks, in which black would take the place of colour.
        return Ink.of_rgb(seen.rgb)

    @property
    def tint(self) -> Ink:
        """The ground with a breath of the field's colour, on which ``text`` is read."""
        tint = mixed(self.field, self.ground, _TINT_SHARE)
        return tint if _ratio(self.text, tint) >= TEXT_CONTRAST else self.ground


def colours_of(accent: str, background: str) -> Colours:
    """The inks for two colours ``#rrggbb``; an accent that cannot be read on the background is made so."""
    ground = Ink.of_rgb(rgb(background))
    text = on(ground)
    seen = readable(accent, (background,), TEXT_CONTRAST, darker=text == BLACK)
    read = Ink.of_rgb(rgb(seen)) if seen else text
    field = Ink.of_rgb(rgb(accent)) if contrast(accent, background) >= _SEEN_CONTRAST else read
    return Colours(ground, text, read, field, on(field))


def on(ground: Ink) -> Ink:
    """Black or white, whichever is read better on ``ground``: at least 4.5; white wherever it can be read."""
    return WHITE if _ratio(WHITE, ground) >= TEXT_CONTRAST else BLACK


def _ratio(one: Ink, other: Ink) -> float:
    return contrast_ratio(one.luminance, other.luminance)

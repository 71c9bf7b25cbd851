"""The colours of a page, by what they are for; every pair that is read together has the contrast that people need.

Source: WCAG 2.2, success criteria 1.4.3 (4.5 for text) and 1.4.11 (3 for the edges of controls).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

import msgspec

from scanly.core.colour import contrast, hex_of, luminance, mix, rgb
from scanly.core.errors import Problem
from scanly.core.oklch import from_oklch, readable, to_oklch

TEXT_CONTRAST, EDGE_CONTRAST = 4.5, 3.0
# A link of a brand's colour also stands on the tint, which is a little nearer to it than the surface.
_LINK_CONTRAST = 5.5
# What is seen on what: a field, those behind it, and the contrast that it needs.
PAIRS = (
    *((ink, ("bg", "surface"), TEXT_CONTRAST) for ink in ("text", "muted", "link", "accent")),
    ("line", ("bg", "surface"), EDGE_CONTRAST),
    ("on_accent", ("accent",), TEXT_CONTRAST),
)
_TINT_SHARES = (0.1, 0.08, 0.06, 0.04, 0.02)
_MARK_SHARES = (0.1, 0.08, 0.06, 0.04, 0.02)
_RIM_SHARE = 0.4
_TINGE_CHROMA = 0.3


class Palette(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Colours ``#rrggbb`` of one page, in light or in dark."""

    bg: str
    surface: str
    text: str
    muted: str
    accent: str
    on_accent: str
    link: str
    line: str

    @property
    def grounds(self) -> tuple[str, str]:
        return self.bg, self.surface

    @property
    def is_light(self) -> bool:
        return luminance(rgb(self.bg)) > luminance(rgb(self.text))

    @property
    def rim(self) -> str:
        """Quiet edges that only decorate."""
        return mix(self.line, self.surface, _RIM_SHARE)

    @property
    def tint(self) -> str:
        """The surface with a little of the accent, as much as text on it bears."""
        return self._tinged(self.surface, _TINT_SHARES)

    @property
    def mark(self) -> str:
        """What patterns of the background are drawn in, under text."""
        return self._tinged(self.bg, _MARK_SHARES)

    def _tinged(self, ground: str, shares: tuple[float, ...]) -> str:
        read = (self.text, self.muted, self.link)
        tinged = (_tinge(self.accent, ground, share) for share in shares)
        fitting = (one for one in tinged if all(contrast(ink, one) >= TEXT_CONTRAST for ink in read))
        return next(fitting, ground)


def _tinge(ink: str, ground: str, share: float) -> str:
    """A little ink on a ground, with the ink's own hue: mixed light alone looks grey."""
    own, mixed = to_oklch(rgb(ink)), to_oklch(rgb(mix(ink, ground, share)))
    chroma = min(own.chroma, share * _TINGE_CHROMA)
    return hex_of(from_oklch(mixed._replace(chroma=chroma, hue=own.hue)))


def problems(palette: Palette, scheme: str, where: str) -> Iterator[Problem]:
    """What could not be read, with its contrast and the nearest colour that can be.

    ``scheme`` is ``light`` or ``dark``, ``where`` names the file.
    """
    for ink, names, least in PAIRS:
        colour = str(getattr(palette, ink))
        grounds = {name: str(getattr(palette, name)) for name in names}
        ratio, name = min((contrast(colour, ground), name) for name, ground in grounds.items())
        if ratio < least:
            seen = f'"{colour}" on {name} "{grounds[name]}"'
            yield Problem(
                f"{scheme}.{ink}",
                f"{seen} has a contrast of {floor(ratio * 100) / 100:g}; it takes {least:g}.",
                _better(colour, tuple(grounds.values()), least),
                where,
            )


def _better(colour: str, grounds: tuple[str, ...], least: float) -> str:
    """What to take instead of a colour: the darker or the lighter one that can be read, whichever is nearer."""
    found = (readable(colour, grounds, least, darker=darker) for darker in (True, False))
    wanted = to_oklch(rgb(colour)).lightness
    near = sorted((abs(to_oklch(rgb(each)).lightness - wanted), each) for each in found if each)
    if not near:
        return f"Choose other colours behind {colour}."
    return f'The nearest colour that works is "{near[0][1]}".'


def branded(palette: Palette, brand: str) -> Palette:
    """The palette with a colour of the owner's, made darker or lighter as far as reading needs it."""
    darker = palette.is_light
    accent = readable(brand, palette.grounds, TEXT_CONTRAST, darker=darker) or palette.text
    link = readable(accent, palette.grounds, _LINK_CONTRAST, darker=darker) or palette.text
    inks = (palette.on_accent, palette.bg, palette.surface, "#ffffff", "#000000")
    on_accent = next(ink for ink in inks if contrast(ink, accent) >= TEXT_CONTRAST)
    return msgspec.structs.replace(palette, accent=accent, link=link, on_accent=on_accent)

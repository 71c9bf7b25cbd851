"""From content to file: the symbol that a style and a standard ask for, drawn in any of the formats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import msgspec

from scanly.core.errors import Invalid
from scanly.core.text import nearest
from scanly.qr.artwork import Artwork
from scanly.qr.budget import ALLOWED, REFUSED, budget
from scanly.qr.encoding import MAX_VERSION, encode
from scanly.qr.looks.compose import compose
from scanly.qr.looks.logo import hole_of, smaller_ratios
from scanly.qr.payloads import FREE, Demands
from scanly.qr.style import Style
from scanly.qr.symbol import LEVELS, Symbol
from scanly.qr.writers import eps, pdf, png, svg

FORMATS: Mapping[str, Callable[[Artwork], bytes]] = {
    "svg": svg.write,
    "png": png.write,
    "pdf": pdf.write,
    "eps": eps.write,
}
# How many versions larger than needed a symbol may get to make room for a logo.
_MORE_VERSIONS = 6


def make_symbol(content: str | bytes, style: Style, demands: Demands = FREE) -> Symbol:
    """The symbol for a content: as small as it gets, or else large enough to bear the style's logo.

    A level that a standard demands is kept exactly. Raises Invalid.
    """
    if demands.level:
        symbol = encode(content, level=demands.level, boost=False)
    elif style.logo:
        symbol = _bearing_logo(content, style)
    else:
        symbol = encode(content, level=style.level, boost=style.boost, micro=style.micro)
    if symbol.version > demands.max_version:
        message = (
            f"The content needs {symbol.name}; the standard allows version {demands.max_version} at most."
        )
        raise Invalid.field("content", message, hint="Shorten its texts.")
    return symbol


def draw(
    symbol: Symbol,
    style: Style,
    format: str,  # noqa: A002 - the word users know
    *,
    demands: Demands = FREE,
    title: str = "",
) -> bytes:
    """The whole file. Raises Invalid for an unknown format, and for what cannot be drawn or would not scan.

    >>> from scanly.qr import Style, draw, encode
    >>> draw(encode("Table 4"), Style(size_mm=25), "svg")[:58]
    b'<svg xmlns="http://www.w3.org/2000/svg" width="25mm" heigh'
    """
    return write(artwork_of(symbol, style, demands=demands, title=title), format)


def artwork_of(symbol: Symbol, style: Style, *, demands: Demands = FREE, title: str = "") -> Artwork:
    """The drawing that every format is written from. Raises Invalid for what cannot be drawn or would not scan."""
    return compose(symbol, demanded(style, symbol, demands), emblem=demands.emblem, title=title)


def write(artwork: Artwork, format: str) -> bytes:  # noqa: A002 - the word users know
    """The whole file. Raises Invalid for an unknown format, and a picture that gets too large."""
    writer = FORMATS.get(format)
    if writer is None:
        hint = nearest(format, FORMATS) or f"Use {', '.join(FORMATS)}."
        raise Invalid.field("format", f'"{format}" is not a format for codes.', hint=hint)
    return writer(artwork)


def demanded(style: Style, symbol: Symbol, demands: Demands) -> Style:
    """The style as the standard of a payload type wants it: its size, and nothing but black on white."""
    if demands.plain:
        _require_plain(style)
    if demands.symbol_mm is None:
        return style
    module_mm = demands.symbol_mm / symbol.modules
    quiet = max(style.quiet_zone_modules, math.ceil(demands.clear_mm / module_mm))
    size_mm = round((symbol.modules + 2 * quiet) * module_mm, 6)
    return msgspec.structs.replace(style, quiet_zone_modules=quiet, size_mm=size_mm, module_mm=0.0)


def _require_plain(style: Style) -> None:
    """Raises Invalid naming the first thing in the style that the standard does not allow."""
    usual = Style()
    looks = (
        *("dark", "light", "module_shape", "eye_shape", "pupil_shape", "eye_colour", "pupil_colour"),
        *("corner_radius_modules", "logo", "frame", "caption"),
    )
    for name in looks:
        if getattr(style, name) != getattr(usual, name):
            message = "The standard of this type allows black squares on white and nothing else."
            raise Invalid.field(name, message, hint=f"Leave out {name}.")


def _bearing_logo(content: str | bytes, style: Style) -> Symbol:
    """The first symbol whose error correction bears the logo well, else the one that bears it best."""
    share, symbol = _best_for_logo(content, style)
    if share <= REFUSED or style.forced:
        return symbol
    raise Invalid.field(
        "logo_ratio",
        f"A logo of {style.logo_ratio:g} covers more than the error correction can bear.",
        hint=_smaller_logo(content, style),
    )


def _best_for_logo(content: str | bytes, style: Style) -> tuple[float, Symbol]:
    """A symbol, and the share of what it can mend that the logo takes; infinite when readers need what it hides."""
    best: tuple[float, Symbol] | None = None
    for symbol in _candidates(content, style):
        hole = hole_of(symbol, style)
        found = budget(symbol, hole.modules() if hole else ())
        share = found.worst_share if found.bearable else math.inf
        if share <= ALLOWED:
            return share, symbol
        if best is None or share < best[0]:
            best = share, symbol
    if best is None:
        raise AssertionError("there is a symbol for what can be encoded at all")
    return best


def _candidates(content: str | bytes, style: Style) -> Iterator[Symbol]:
    """Higher levels first, as far as the content fits, then larger versions, whose modules are smaller."""
    symbol = encode(content, level=style.level)
    yield symbol
    for level in LEVELS[LEVELS.index(symbol.level) + 1 :]:
        try:
            symbol = encode(content, level=level)
        except Invalid:
            break
        yield symbol
    for version in range(symbol.version + 1, min(symbol.version + _MORE_VERSIONS, MAX_VERSION) + 1):
        yield encode(content, level=symbol.level, version=version)


def _smaller_logo(content: str | bytes, style: Style) -> str:
    for ratio in smaller_ratios(style):
        share, _ = _best_for_logo(content, msgspec.structs.replace(style, logo_ratio=ratio))
        if share <= REFUSED:
            return f"Use {ratio:g} or less."
    return "Leave the logo out, or put a short link into the code."

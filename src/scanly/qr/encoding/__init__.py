"""Text to symbol: the smallest QR code that holds it, in the mask that reads best.

`segmentation` chooses the modes, `message` writes the data codewords, `composition` makes modules of them, `penalty`
chooses the mask; `placement` says where everything stands. Micro QR codes come from segno.

Source: ISO/IEC 18004:2015, 7.1 (the steps in their order).
"""

from __future__ import annotations

from bisect import bisect_left

from scanly.core.errors import Invalid
from scanly.core.text import count
from scanly.qr.encoding.composition import composer
from scanly.qr.encoding.message import (
    UNITS,
    Mode,
    capacity,
    densest_mode,
    fits,
    highest_level,
    range_of,
    room_bits,
    smallest_version,
    written,
)
from scanly.qr.encoding.micro import MAX_VERSION as MAX_MICRO_VERSION
from scanly.qr.encoding.micro import encode_micro
from scanly.qr.encoding.placement import MAX_VERSION
from scanly.qr.encoding.segmentation import fewest_bits
from scanly.qr.symbol import LEVELS, Level, Symbol

__all__ = ["MAX_VERSION", "Mode", "capacity", "encode"]

# Changes whenever the same text could become another symbol: reprints rely on it.
_ENCODER = "scanly 1"


def encode(
    text: str | bytes,
    *,
    level: Level = "M",
    boost: bool = True,
    version: int | None = None,
    mask: int | None = None,
    micro: bool = False,
) -> Symbol:
    """The symbol for ``text``; a str is written as UTF-8 without an ECI mark, which phones detect.

    ``boost`` raises the level as far as the version allows for nothing. ``version`` (1-40) and ``mask`` (0-7)
    fix what is otherwise chosen, as a reprint needs it. ``micro`` makes a Micro QR code, whose versions are 1-4
    for M1-M4 and masks 0-3. Raises Invalid when the text is empty or too long.

    >>> from scanly.qr import encode
    >>> symbol = encode("https://go.example.com/AbC1234")
    >>> symbol.name, symbol.modules, symbol.mask
    ('QR 3-Q', 29, 6)
    """
    _check(level, version, mask, micro=micro)
    data = _bytes(text)
    whole = densest_mode(data), data
    if micro:
        return encode_micro(data, whole[0], level, boost=boost, version=version, mask=mask)
    ways = fewest_bits(whole)
    smallest = smallest_version(ways, level)
    if smallest is None or smallest > (version or smallest):
        raise _too_long(data, level, version)
    version = version or smallest
    if boost:
        level = highest_level(ways, version, level)
    segments = ways(range_of(version))
    if len(segments) > 1 and fits((whole,), version, level):
        segments = (whole,)  # where several modes gain nothing, one is what all readers know best
    chosen, rows = composer(version, level).compose(written(segments, version, level), mask)
    return Symbol(rows, version, level, chosen, _ENCODER)


def _check(level: str, version: int | None, mask: int | None, *, micro: bool) -> None:
    if level not in LEVELS:
        raise Invalid.field("level", f'"{level}" is not an error correction level.', hint="Use L, M, Q or H.")
    name, last_version, last_mask = ("Micro QR", MAX_MICRO_VERSION, 3) if micro else ("QR", MAX_VERSION, 7)
    if version is not None and not 1 <= version <= last_version:
        nearest = min(max(version, 1), last_version)
        raise Invalid.field("version", f"There is no {name} version {version}.", hint=f"Use {nearest}.")
    if mask is not None and not 0 <= mask <= last_mask:
        raise Invalid.field("mask", f"There is no mask {mask}.", hint=f"Use 0 to {last_mask}.")


def _bytes(text: str | bytes) -> bytes:
    if not text:
        raise Invalid.field("content", "There is nothing to encode.", hint="Give a text or an address.")
    if isinstance(text, bytes):
        return text
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        message = f"Character {error.start + 1} of the content is half of a character."
        raise Invalid.field("content", message, hint="Type it again.") from error


def _too_long(data: bytes, level: Level, version: int | None) -> Invalid:
    """Tells how many characters fit, counted from the first."""
    last = version or MAX_VERSION
    lengths = range(1, min(len(data), room_bits(last, level)))  # no symbol holds more characters than bits
    limit = bisect_left(lengths, True, key=lambda length: not _holds(data[:length], last, level))
    where = f"a version {version} symbol" if version else "a QR code"
    has = count(len(data), UNITS[densest_mode(data)])
    message = f"The content has {has}; {where} at level {level} holds {limit:,}."
    return Invalid.field("content", message, hint="Shorten it, or put a short link into the code.")


def _holds(data: bytes, version: int, level: Level) -> bool:
    return fits(fewest_bits((densest_mode(data), data))(range_of(version)), version, level)

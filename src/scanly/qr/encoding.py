"""Text to symbol: the smallest QR code that holds it, padded as the standard says.

segno does the encoding. Its padding is corrected here: it appends eight zero bits where the bit stream
already ends on a codeword boundary (segno issues 123 and 148), and strict readers refuse such codes.

Source: ISO/IEC 18004:2015, 7.4 (data encoding, 7.4.10 for the padding) and 7.8 (choice of the mask).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import util
from typing import Any, Literal, Protocol, cast

from scanly.core.errors import Invalid
from scanly.core.text import count
from scanly.qr.symbol import LEVELS, Level, Symbol

Mode = Literal["numeric", "alphanumeric", "byte"]

MAX_VERSION = 40
# Bits of the character count indicator for versions 1-9, 10-26 and 27-40 (table 3).
_COUNT_BITS: Mapping[Mode, tuple[int, int, int]] = {
    "numeric": (10, 12, 14),
    "alphanumeric": (9, 11, 13),
    "byte": (8, 16, 16),
}
_UNITS: Mapping[Mode, str] = {"numeric": "digit", "alphanumeric": "character", "byte": "byte"}


def encode(
    text: str | bytes,
    *,
    level: Level = "M",
    boost: bool = True,
    version: int | None = None,
    mask: int | None = None,
) -> Symbol:
    """The symbol for ``text``; a str is written as UTF-8 without an ECI mark, which phones detect.

    ``boost`` raises the level as far as the version allows for nothing. ``version`` (1-40) and ``mask`` (0-7)
    fix what is otherwise chosen, as a reprint needs it. Raises Invalid when the text is empty or too long.
    """
    _check(level, version, mask)
    data = _bytes(text)
    if not data:
        raise Invalid.field("content", "There is nothing to encode.", hint="Give a text or an address.")
    mode = _mode(data)
    encoder = _encoder()
    try:
        code = encoder.encode(
            data, error=level, version=version, mode=mode, mask=mask, micro=False, boost_error=boost
        )
    except encoder.DataOverflowError as error:
        raise _too_long(data, mode, level, version) from error
    reached = cast(Level, encoder.get_error_name(code.error))
    rows = tuple(bytes(row) for row in code.matrix)
    return Symbol(rows, code.version, reached, code.mask, _encoder_name())


def capacity(mode: Mode, level: Level, version: int = MAX_VERSION) -> int:
    """How many digits, characters or bytes a symbol of that version and level holds."""
    encoder = _encoder()
    bits = encoder.consts.SYMBOL_CAPACITY[version][encoder.normalize_errorlevel(level)]
    bits -= 4 + _COUNT_BITS[mode][(version > 9) + (version > 26)]
    if mode == "byte":
        return bits // 8
    if mode == "alphanumeric":
        pairs, rest = divmod(bits, 11)
        return 2 * pairs + (rest >= 6)
    triples, rest = divmod(bits, 10)
    return 3 * triples + (rest >= 4) + (rest >= 7)


def _check(level: str, version: int | None, mask: int | None) -> None:
    if level not in LEVELS:
        raise Invalid.field("level", f'"{level}" is not an error correction level.', hint="Use L, M, Q or H.")
    if version is not None and not 1 <= version <= MAX_VERSION:
        nearest = min(max(version, 1), MAX_VERSION)
        raise Invalid.field("version", f"There is no QR version {version}.", hint=f"Use {nearest}.")
    if mask is not None and not 0 <= mask <= 7:
        raise Invalid.field("mask", f"There is no mask {mask}.", hint="Use 0 to 7.")


def _bytes(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        message = f"Character {error.start + 1} of the content is half of a character."
        raise Invalid.field("content", message, hint="Type it again.") from error


def _mode(data: bytes) -> Mode:
    """The densest mode; decided here, because segno would also take some UTF-8 bytes for Shift JIS kanji."""
    if re.fullmatch(rb"[0-9]+", data):
        return "numeric"
    if re.fullmatch(rb"[0-9A-Z $%*+\-./:]+", data):
        return "alphanumeric"
    return "byte"


def _too_long(data: bytes, mode: Mode, level: Level, version: int | None) -> Invalid:
    limit = capacity(mode, level, version or MAX_VERSION)
    where = f"a version {version} symbol" if version else "a QR code"
    message = f"The content has {count(len(data), _UNITS[mode])}; {where} at level {level} holds {limit:,}."
    return Invalid.field("content", message, hint="Shorten it, or put a short link into the code.")


class _Code(Protocol):
    """What segno's encoder returns."""

    matrix: Sequence[bytearray]
    version: int
    error: int
    mask: int


class _Consts(Protocol):
    SYMBOL_CAPACITY: Mapping[int, Mapping[int, int]]


class _Encoder(Protocol):
    """The part of segno's encoder module that is used here; it has no types of its own."""

    DataOverflowError: type[ValueError]
    consts: _Consts

    def encode(self, content: bytes, **options: Any) -> _Code: ...
    def get_error_name(self, error_const: int) -> str: ...
    def normalize_errorlevel(self, error: str) -> int: ...


@cache
def _encoder() -> _Encoder:
    """A copy of segno's encoder of our own with the padding corrected; segno itself stays as it is."""
    spec = util.find_spec("segno.encoder")
    if spec is None or spec.loader is None:
        raise ImportError("segno is not installed")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["write_padding_bits"] = _write_padding_bits
    return cast(_Encoder, cast(object, module))


def _write_padding_bits(buff: Any, version: int, length: int) -> None:  # noqa: ARG001 - segno's signature
    """Zero bits up to the codeword boundary, and none when the bit stream ends on it."""
    buff.extend([0] * (-length % 8))


@cache
def _encoder_name() -> str:
    import segno

    return f"segno {segno.__version__}, ISO padding"

"""Micro QR codes M1 to M4, for a few characters on the smallest labels.

segno makes them. Its padding is corrected here: it appends eight zero bits where the bit stream already ends on a
codeword boundary (segno issues 123 and 148), and leaves out the pad codewords of M1 and M3.

Source: ISO/IEC 18004:2015, 7.1 and 7.4.10 (padding), tables 3 and 7 (lengths and capacities).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import util
from typing import Any, Protocol, cast

from scanly.core.errors import Invalid
from scanly.core.text import count
from scanly.qr.encoding.message import UNITS, Mode, held
from scanly.qr.symbol import LEVELS, Level, Symbol

MAX_VERSION = 4
# Table 7: data bits by level. M1 only detects errors; what it can do is called L here, the least there is.
_DATA_BITS: Mapping[int, Mapping[Level, int]] = {
    1: {"L": 20},
    2: {"L": 40, "M": 32},
    3: {"L": 84, "M": 68},
    4: {"L": 128, "M": 112, "Q": 80},
}
# Table 3: bits of the length, from the first version that has the mode up to M4.
_LENGTH_BITS: Mapping[Mode, Mapping[int, int]] = {
    "numeric": {1: 3, 2: 4, 3: 5, 4: 6},
    "alphanumeric": {2: 3, 3: 4, 4: 5},
    "byte": {3: 4, 4: 5},
}


def encode_micro(
    data: bytes, mode: Mode, level: Level, *, boost: bool, version: int | None, mask: int | None
) -> Symbol:
    """M1 is made only when ``version`` asks for it, with level L. Raises Invalid when ``data`` does not fit."""
    chosen = _version(data, mode, level, version)
    if boost:
        level = next(one for one in reversed(LEVELS) if len(data) <= _capacity(mode, one, chosen))
    encoder = _encoder()
    code = encoder.encode(
        data,
        error=None if chosen == 1 else level,
        version=f"M{chosen}",
        mode=mode,
        mask=mask,
        micro=True,
        boost_error=False,
    )
    rows = tuple(bytes(row) for row in code.matrix)
    return Symbol(rows, chosen, level, code.mask, _encoder_name(), micro=True)


def _version(data: bytes, mode: Mode, level: Level, version: int | None) -> int:
    """The smallest version that corrects errors and holds ``data``, or the one that is asked for."""
    candidates = (version,) if version else range(2, MAX_VERSION + 1)
    at_level = [each for each in candidates if level in _DATA_BITS[each]]
    if not at_level:
        names = " or ".join(_DATA_BITS[version or MAX_VERSION])
        message = f"{f'Micro QR M{version}' if version else 'Micro QR'} has no level {level}."
        raise Invalid.field("level", message, hint=f"Use {names}, or a QR code.")
    for each in at_level:
        if len(data) <= _capacity(mode, level, each):
            return each
    raise _too_long(data, mode, level, version)


def _capacity(mode: Mode, level: Level, version: int) -> int:
    """How many digits, characters or bytes fit; 0 where the version does not have the mode or the level."""
    data_bits, length_bits = _DATA_BITS[version].get(level), _LENGTH_BITS[mode].get(version)
    if data_bits is None or length_bits is None:
        return 0
    mode_bits = version - 1
    return held(mode, data_bits - mode_bits - length_bits)


def _too_long(data: bytes, mode: Mode, level: Level, version: int | None) -> Invalid:
    limit = _capacity(mode, level, version or MAX_VERSION)
    where = f"Micro QR M{version}" if version else "a Micro QR code"
    message = f"The content has {count(len(data), UNITS[mode])}; {where} at level {level} holds {limit}."
    lower = [one for one in LEVELS[: LEVELS.index(level)] if len(data) <= _capacity(mode, one, MAX_VERSION)]
    fits = f"level {lower[-1]}, or " if lower and not version else ""
    return Invalid.field("content", message, hint=f"Use {fits}a QR code, which holds more.")


class _Code(Protocol):
    """What segno's encoder returns."""

    matrix: Sequence[bytearray]
    mask: int


class _Encoder(Protocol):
    """The part of segno's encoder module that is used here; it has no types of its own."""

    def encode(self, content: bytes, **options: Any) -> _Code: ...


@cache
def _encoder() -> _Encoder:
    """A copy of segno's encoder of our own with the padding corrected; segno itself stays as it is."""
    spec = util.find_spec("segno.encoder")
    if spec is None or spec.loader is None:
        raise ImportError("segno is not installed")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(write_padding_bits=_write_no_bits, write_pad_codewords=_write_padding)
    return cast(_Encoder, cast(object, module))


def _write_no_bits(buff: Any, version: int, length: int) -> None:
    """Nothing: `_write_padding` does both steps."""


def _write_padding(buff: Any, version: int, capacity: int, length: int) -> None:  # noqa: ARG001 - segno's signature
    """Zero bits up to the codeword boundary, pad codewords, and zeros in the half codeword that ends M1 and M3."""
    buff.extend([0] * min(-length % 8, capacity - length))
    whole = (capacity - len(buff)) // 8
    pads = ((1, 1, 1, 0, 1, 1, 0, 0), (0, 0, 0, 1, 0, 0, 0, 1))
    for at in range(whole):
        buff.extend(pads[at % 2])
    buff.extend([0] * (capacity - len(buff)))


@cache
def _encoder_name() -> str:
    import segno

    return f"segno {segno.__version__}, ISO padding"

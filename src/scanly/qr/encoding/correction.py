"""Reed-Solomon codewords: what lets a reader mend a damaged code.

A polynomial over GF(256) is one integer here, a byte for each coefficient, so that one step works on all of them.

Source: ISO/IEC 18004:2015, 7.5.2 and annex A.
"""

from __future__ import annotations

from functools import cache

_REDUCTION = 0b11101  # x^8 = x^4 + x^3 + x^2 + 1


def remainder(codewords: bytes, correction: int, start: int = 0) -> int:
    """The ``correction`` codewords of a block as one integer, the first of them in its highest byte.

    ``start`` is the remainder of what came before, when a block is given in parts.
    """
    feedback, top = _feedback(correction), 8 * (correction - 1)
    below_top = (1 << top) - 1
    for codeword in codewords:
        start = (start & below_top) << 8 ^ feedback[start >> top ^ codeword]
    return start


@cache
def _feedback(correction: int) -> tuple[int, ...]:
    """The generator polynomial without its leading 1, times each of 0 to 255."""
    generator = 1
    for power in range(correction):
        scaled = generator
        for _ in range(power):
            scaled = _doubled(scaled, correction + 1)
        generator = generator << 8 ^ scaled  # times (x + 2^power)
    multiples = [0, generator & (1 << 8 * correction) - 1]
    for factor in range(2, 256):
        twice = _doubled(multiples[factor >> 1], correction)
        multiples.append(twice ^ multiples[factor & 1])
    return tuple(multiples)


def _doubled(coefficients: int, count: int) -> int:
    """Each of ``count`` coefficients times 2."""
    ones = int.from_bytes(b"\1" * count, "big")
    return (coefficients & 0x7F * ones) << 1 ^ (coefficients >> 7 & ones) * _REDUCTION

"""Addresses of Ethereum, whose capitals are a checksum.

Source: EIP-55 (capitals by Keccak-256 of the address); The Keccak reference 3.0 (permutation f[1600], pad10*1).
"""

from __future__ import annotations

import re
from itertools import chain

from scanly.qr.grammar.rules import shown, wrong

_RATE_BYTES = 136
# SHA3-256 is the same but for 0x06 here.
_PADDING = 0x01
_LANE_MASK = (1 << 64) - 1


def ethereum_address(text: str) -> str:
    """The address as typed. Raises Invalid for a wrong form, or for mixed capitals that are not its checksum."""
    if not re.fullmatch(r"0x[0-9A-Fa-f]{40}", text):
        hint = "It is 0x and 40 digits from 0 to 9 and a to f."
        raise wrong(f"{shown(text)} is not an Ethereum address.", hint)
    digits = text[2:]
    mixed = digits not in (digits.lower(), digits.upper())
    if mixed and digits != _capitals(digits.lower()):
        hint = "A character is mistyped, or capitals were changed; copy the address from the wallet."
        raise wrong(f"{shown(text)} has capitals that do not fit its other characters.", hint)
    return text


def _capitals(digits: str) -> str:
    pattern = keccak_256(digits.encode()).hex()
    return "".join(
        digit.upper() if nibble >= "8" else digit for digit, nibble in zip(digits, pattern, strict=False)
    )


def keccak_256(data: bytes) -> bytes:
    """The 32-byte hash of up to 135 bytes, which fit one block."""
    block = bytearray(data) + bytes(_RATE_BYTES - len(data))
    block[len(data)] = _PADDING
    block[-1] |= 0x80
    lanes = [int.from_bytes(block[start : start + 8], "little") for start in range(0, _RATE_BYTES, 8)]
    lanes = _permuted(lanes + [0] * (25 - len(lanes)))
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permuted(lanes: list[int]) -> list[int]:
    """24 rounds of theta, rho and pi, chi, iota over the 25 lanes at x + 5 y."""
    for constant in _ROUND_CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [
            lane ^ columns[(at - 1) % 5] ^ _rotated(columns[(at + 1) % 5], 1) for at, lane in enumerate(lanes)
        ]
        moved = [0] * 25
        for source, target, turn in _MOVES:
            moved[target] = _rotated(mixed[source], turn)
        rows = [moved[row : row + 5] for row in range(0, 25, 5)]
        lanes = list(
            chain.from_iterable(
                [row[x] ^ ~row[(x + 1) % 5] & row[(x + 2) % 5] & _LANE_MASK for x in range(5)] for row in rows
            )
        )
        lanes[0] ^= constant
    return lanes


def _rotated(lane: int, turn: int) -> int:
    return (lane << turn | lane >> 64 - turn) & _LANE_MASK


def _moves() -> list[tuple[int, int, int]]:
    """Where each lane goes (pi), and by how many bits it turns (rho): from, to, bits."""
    moves = [(0, 0, 0)]
    x, y = 1, 0
    for step in range(24):
        after_x, after_y = y, (2 * x + 3 * y) % 5
        moves.append((x + 5 * y, after_x + 5 * after_y, (step + 1) * (step + 2) // 2 % 64))
        x, y = after_x, after_y
    return moves


def _round_constants() -> list[int]:
    """Bits 0, 1, 3, 7, 15, 31 and 63 of each come from a shift register (x^8 + x^6 + x^5 + x^4 + 1)."""
    constants: list[int] = []
    register = 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << (1 << power) - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


_MOVES = _moves()
_ROUND_CONSTANTS = _round_constants()

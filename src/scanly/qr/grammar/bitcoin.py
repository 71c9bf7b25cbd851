"""Addresses of Bitcoin and names of Lightning services, so that a mistyped one is told before it is printed.

Source: BIP-13 and Base58Check; BIP-173 (bech32) and BIP-350 (bech32m); LUD-01 (LNURL); BOLT 12 (offers).
"""

from __future__ import annotations

import re
from hashlib import sha256

from scanly.qr.grammar.rules import shown, wrong

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUM, _BECH32M_SUM = 1, 0x2BC830A3
_PUBLIC_KEY_HASH, _SCRIPT_HASH = 0x00, 0x05

_MISTYPED = "A character is mistyped; copy the address from the wallet."
_OTHER_NETWORK = "Give an address of Bitcoin's main network; it begins with bc1, 1 or 3."


def bitcoin_address(text: str) -> str:
    """An address of the main network: ``1…`` and ``3…`` as typed, ``bc1…`` in one case.

    Raises Invalid for another network, a wrong form or checksum.
    """
    if text[:3].lower() == "bc1":
        return _segwit_address(text)
    if text[:3].lower() == "tb1":
        raise wrong(f"{shown(text)} belongs to a test network.", _OTHER_NETWORK)
    number = _from_base58(text)
    if number is None:
        raise wrong(f"{shown(text)} is not a Bitcoin address.", "It begins with bc1, 1 or 3.")
    payload, checksum = number[:-4], number[-4:]
    if checksum != sha256(sha256(payload).digest()).digest()[:4]:
        raise wrong(f"{shown(text)} has a wrong checksum.", _MISTYPED)
    if payload[0] not in (_PUBLIC_KEY_HASH, _SCRIPT_HASH):
        raise wrong(f"{shown(text)} belongs to another network.", _OTHER_NETWORK)
    return text


def lightning_offer(text: str) -> str:
    """An offer ``lno1…``, in one case; offers carry no checksum. Raises Invalid for other characters."""
    mixed = text not in (text.lower(), text.upper())
    if mixed or not re.fullmatch(f"lno1[{_BECH32}]+", text.lower()):
        raise wrong(f"{shown(text)} is not a Lightning offer.", _MISTYPED)
    return text


def lnurl(text: str) -> str:
    """An LNURL in capitals, which make a smaller code. Raises Invalid for a wrong checksum or address."""
    human, values = _from_bech32(text)
    if human != "lnurl" or _checksum(human, values) != _BECH32_SUM:
        raise wrong(f"{shown(text)} is not a sound LNURL.", _MISTYPED)
    address = _octets(values[:-6]) or b""
    if not re.match(rb"https://|http://[^/]+\.onion(?:[:/?]|$)", address):
        raise wrong(f"{shown(text)} does not lead to an https address.", "Ask the service for a new one.")
    return text.upper()


def _segwit_address(text: str) -> str:
    human, values = _from_bech32(text)
    if not 14 <= len(text) <= 90 or human != "bc":
        raise wrong(f"{shown(text)} is not a Bitcoin address.", _MISTYPED)
    version, program = values[0], _octets(values[1:-6])
    right = _BECH32_SUM if version == 0 else _BECH32M_SUM
    if _checksum(human, values) != right:
        raise wrong(f"{shown(text)} has a wrong checksum.", _MISTYPED)
    if program is None or version > 16 or len(program) not in ((20, 32) if version == 0 else range(2, 41)):
        raise wrong(f"{shown(text)} is not a Bitcoin address.", _MISTYPED)
    return text


def _from_base58(text: str) -> bytes | None:
    """25 bytes: version, hash, checksum; none where the characters or the size are others."""
    number = 0
    for char in text:
        if char not in _BASE58:
            return None
        number = number * 58 + _BASE58.index(char)
    zeros = len(text) - len(text.lstrip("1"))
    size = (number.bit_length() + 7) // 8
    return number.to_bytes(25, "big") if zeros + size == 25 else None


def _from_bech32(text: str) -> tuple[str, list[int]]:
    """What stands before the last 1, and the five-bit values after it; none of it where the form is wrong."""
    human, one, data = text.lower().rpartition("1")
    mixed = text not in (text.lower(), text.upper())
    if mixed or not text.isascii() or not one or len(data) < 7 or set(data) - set(_BECH32):
        return "", []
    return human, [_BECH32.index(char) for char in data]


def _checksum(human: str, values: list[int]) -> int:
    spread = [*(ord(char) >> 5 for char in human), 0, *(ord(char) & 31 for char in human)]
    state = 1
    for value in (*spread, *values):
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            state ^= generator if top >> place & 1 else 0
    return state


def _octets(values: list[int]) -> bytes | None:
    """Five-bit values as bytes; none if more than padding is left over."""
    number = 0
    for value in values:
        number = number << 5 | value
    spare = len(values) * 5 % 8
    if spare > 4 or number & (1 << spare) - 1:
        return None
    return (number >> spare).to_bytes(len(values) * 5 // 8, "big")

"""Identifiers: 63-bit, time-ordered, made in Python, so that no engine's sequence is needed.

    bits 62..20  milliseconds since 1970 UTC      bits 19..12  node byte      bits 11..0  sequence

The node byte is leased from the data folder (`core.lock.lease_node`): two processes never make the same id.
"""

from __future__ import annotations

import threading
from typing import NewType

from scanly.core.clock import Clock
from scanly.core.errors import NotFound

WorkspaceId = NewType("WorkspaceId", int)
PersonId = NewType("PersonId", int)
LinkId = NewType("LinkId", int)
QrCodeId = NewType("QrCodeId", int)
JobId = NewType("JobId", int)
ScanId = NewType("ScanId", int)
AnswerId = NewType("AnswerId", int)

NODES = 256
MS_SHIFT = 20
_SEQUENCE_BITS = 0xFFF
_MS_BITS = ~_SEQUENCE_BITS
# Crockford's base 32: no I, L, O, U.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 13


class IdMaker:
    """Makes ids for one process. Thread-safe; never goes back, also when the clock does."""

    def __init__(self, node: int, clock: Clock) -> None:
        if not 0 <= node < NODES:
            raise ValueError(f"a node is 0 to {NODES - 1}, not {node}")
        self._clock = clock
        self._node_bits = node << 12
        self._lock = threading.Lock()
        self._last = 0  # milliseconds and sequence in one number: a full millisecond borrows from the next

    def __call__(self) -> int:
        return self.at(self._clock())

    def at(self, ms: int) -> int:
        """The next id not earlier than ``ms``; 4,096 a millisecond, then the next millisecond is borrowed."""
        moment = ms << 12
        with self._lock:
            last = self._last
            self._last = moment = moment if moment > last else last + 1
        return (moment & _MS_BITS) << 8 | self._node_bits | (moment & _SEQUENCE_BITS)


def time_of(identifier: int) -> int:
    """The millisecond at which an id was made."""
    return identifier >> MS_SHIFT


def first_of(ms: int) -> int:
    """The smallest id that can be made at ``ms``: an id range is a time range."""
    return ms << MS_SHIFT


def show(identifier: int) -> str:
    """An id as 13 letters and digits that sort like the number."""
    letters: list[str] = []
    for _ in range(_LENGTH):
        identifier, value = divmod(identifier, 32)
        letters.append(_ALPHABET[value])
    return "".join(reversed(letters))


def read(text: str) -> int:
    """The id that ``show`` wrote. Raises NotFound for anything else."""
    if len(text) != _LENGTH or any(letter not in _VALUES for letter in text):
        raise NotFound(f'"{text[:40]}" is not an id.')
    number = 0
    for letter in text:
        number = number * 32 + _VALUES[letter]
    return number

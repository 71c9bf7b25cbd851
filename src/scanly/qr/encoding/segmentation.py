"""Which part of a content is written in which mode, so that all of it takes the fewest bits.

Each change of mode costs an indicator and a length, so the best division is a shortest path through the runs of
digits, of capitals and of other bytes. The standard's annex J has rules of thumb for it, which often miss it.

Source: ISO/IEC 18004:2015, 7.4.3 to 7.4.5 (the modes), 7.4.7 (more than one of them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from scanly.qr.encoding.message import HEADER_BITS, Mode, Segment, Segments, Ways

_MOST_CHARACTERS = 7089  # table 7: digits in version 40-L
# Runs that may pay for a change from a sparser mode; shorter ones never do.
_DIGITS = re.compile(rb"([0-9]{4,})")
_DENSE = re.compile(rb"([0-9A-Z $%*+\-./:](?:[0-9A-Z $%*+\-./:]{5,}|(?<=[0-9])[0-9]{3,}))")
_MODES_FOR: Mapping[Mode, tuple[Mode, ...]] = {
    "numeric": ("numeric", "alphanumeric", "byte"),
    "alphanumeric": ("alphanumeric", "byte"),
    "byte": ("byte",),
}
# A character in sixths of a bit, which makes whole numbers; a segment is rounded up to bits at its end.
_SIXTHS: Mapping[Mode, int] = {"numeric": 20, "alphanumeric": 33, "byte": 48}

Run = tuple[Mode, int]  # so many characters in one mode


class Step(NamedTuple):
    """A change of mode, and the one before it."""

    mode: Mode
    start: int
    before: Step | None


Path = tuple[int, Step | None]  # what all segments take in sixths of a bit, and the start of the last one


def fewest_bits(whole: Segment) -> Ways:
    """The best ways to write a content that is given in its densest mode, which stays where no change can pay.

    A segment never ends within a character of several bytes, because some readers decode each segment by itself.
    """
    mode, data = whole
    denser = _DENSE if mode == "byte" else _DIGITS
    if mode == "numeric" or not denser.search(data) or len(data) > _MOST_CHARACTERS:
        segments = (whole,)
        return lambda _: segments
    runs = tuple(_runs(data) if mode == "byte" else _dense_runs(data))
    return lambda versions: _cut(data, _division(runs, versions))


def _runs(data: bytes) -> Iterator[Run]:
    for at, piece in enumerate(_DENSE.split(data)):
        if at % 2:
            yield from _dense_runs(piece)
        elif piece:
            yield "byte", len(piece)


def _dense_runs(data: bytes) -> Iterator[Run]:
    for at, piece in enumerate(_DIGITS.split(data)):
        if piece:
            yield "numeric" if at % 2 else "alphanumeric", len(piece)


# Contents of a kind are divided alike, short links above all; all that is remembered stays below 8 MB.
@lru_cache(32)
def _division(runs: Sequence[Run], versions: int) -> Sequence[Run]:
    """The shortest path through all runs: after each of them, the best one that ends in each mode."""
    cost = itemgetter(0)
    paths: dict[Mode, Path] = {}
    (sixths, last), start = (0, None), 0
    for densest, length in runs:
        done = -(-sixths // 6) * 6
        longer: dict[Mode, Path] = {}
        for mode in _MODES_FOR[densest]:
            changed = done + 6 * HEADER_BITS[mode][versions]
            path = paths.get(mode)
            if path is None or changed < path[0]:
                path = changed, Step(mode, start, last)
            longer[mode] = path[0] + length * _SIXTHS[mode], path[1]
        paths = longer
        sixths, last = min(paths.values(), key=cost)
        start += length
    return _lengths(start, last)


def _lengths(end: int, last: Step | None) -> Sequence[Run]:
    divided: list[Run] = []
    while last:
        divided.append((last.mode, end - last.start))
        end, last = last.start, last.before
    return divided[::-1]


def _cut(data: bytes, division: Sequence[Run]) -> Segments:
    segments: list[Segment] = []
    start = 0
    for mode, length in division:
        segments.append((mode, data[start : start + length]))
        start += length
    return tuple(segments)

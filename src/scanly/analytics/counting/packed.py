"""The packed form of rollups: who is counted for what, and in which numbers.

A rollup is one row per scope and local day (or month): plain counters, and five parts that are read by themselves.
A part is msgpack of ``{dimension: {value: n}}``. It counts the people that the counter ``scans`` counts; under
``REPEATS + dimension`` stand those of them whom the scope had met on that day before, so the visitors of a value
are the difference, and all numbers can be added up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

import msgspec

from scanly.core.log import Log

ScopeKind = Literal["link", "site", "workspace", "host", "campaign"]
# A scope's number in the database.
SCOPES: Mapping[ScopeKind, int] = {kind: number for number, kind in enumerate(get_args(ScopeKind), 1)}
LINK, SITE, WORKSPACE, HOST, CAMPAIGN = SCOPES.values()

Part = Literal["time", "device", "place", "marketing", "parts"]
PARTS: tuple[Part, ...] = get_args(Part)
KINDS = ("person", "bot", "preview", "prefetch", "test")
COUNTERS = ("scans", "visitors", *KINDS)

# Dimensions that are computed: weekday * 24 + hour with Monday as 0; kind * 8 + outcome, of visits of every kind;
# subject number; words of what was clicked, by which invitation somebody came, and which form was sent; what an
# agent counts for, all in one number.
MOMENT_OF_WEEK, OUTCOME_OF_KIND, LINK_OF_GROUP, CLICKED, INVITED, SENT, PROFILE = range(1, 8)
BUILT_IN: Mapping[int, Part] = {
    MOMENT_OF_WEEK: "time",
    OUTCOME_OF_KIND: "time",
    LINK_OF_GROUP: "parts",
    CLICKED: "parts",
    INVITED: "parts",
    SENT: "parts",
    PROFILE: "device",
}
FIRST_EXTENSION, REPEATS = 16, 128
OUTCOMES = 8  # by how much a kind is multiplied in ``OUTCOME_OF_KIND``

Counts = dict[int, dict[int, int]]

_log = Log("scanly.rollups")


class Where(NamedTuple):
    """What a rollup is of: a scope's number, the number within it, and a local day or a month."""

    scope: int
    number: int
    day: int


def month_of(year: int, month: int) -> int:
    """The number of a month, of 1 to 12."""
    return year * 12 + month - 1


def first_of_month(number: int) -> tuple[int, int]:
    """Year and month, of 1 to 12."""
    return number // 12, number % 12 + 1


def pack(counts: Counts) -> bytes | None:
    """None for nothing."""
    return _pack(counts) if counts else None


def unpack(blob: bytes | None) -> Counts:
    """Nothing for what is damaged: a part that cannot be read must keep nobody from counting what comes in."""
    try:
        return _unpack(blob) if blob else {}
    except msgspec.DecodeError as error:
        _log.error("A part of a rollup cannot be read.", reason=str(error), mend="Run: scanly stats recount.")
        return {}


def merge(into: Counts, more: Mapping[int, Mapping[int, int]]) -> None:
    """Adds ``more`` to ``into``."""
    for dimension, values in more.items():
        counted = into.get(dimension)
        if counted is None:
            into[dimension] = dict(values)
            continue
        for value, number in values.items():
            counted[value] = counted.get(value, 0) + number


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Counts).decode

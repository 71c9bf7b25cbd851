"""What a rollup counts, in words that mean the same in every installation; written and read here, so they agree.

JSON such as ``{"country": {"IN": [12, 9]}, "moment": {"mon 09": [4, 4]}, "clicked": {"links/1": 3}}``: twelve scans
by nine visitors, and clicks, of which nobody says whose they were.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from scanly.analytics.agents import Agent
from scanly.analytics.counting.packed import (
    CLICKED,
    INVITED,
    LINK_OF_GROUP,
    MOMENT_OF_WEEK,
    OUTCOME_OF_KIND,
    OUTCOMES,
    PROFILE,
    REPEATS,
    SENT,
    Counts,
)
from scanly.analytics.dimensions import DIMENSIONS
from scanly.analytics.events.importing import Value
from scanly.core.errors import Invalid
from scanly.ops.archive_rows import MOST_OF_DAY, Id, Word
from scanly.scans.model import Kind, Outcome

_NAMES: Mapping[int, str] = {
    MOMENT_OF_WEEK: "moment",
    OUTCOME_OF_KIND: "outcome",
    LINK_OF_GROUP: "link",
    CLICKED: "clicked",
    INVITED: "invited",
    SENT: "sent",
    PROFILE: "agent",
    **{dimension.NUMBER: name for name, dimension in DIMENSIONS.items()},
}
_NUMBERS = {name: number for number, name in _NAMES.items()}
# Of these it is not known by how many people.
_VISITS = frozenset({OUTCOME_OF_KIND, CLICKED, INVITED, SENT})
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COMPUTED: Mapping[int, Mapping[int, str]] = {
    MOMENT_OF_WEEK: {
        day * 24 + hour: f"{name} {hour:02d}" for day, name in enumerate(_WEEKDAYS) for hour in range(24)
    },
    OUTCOME_OF_KIND: {
        kind * OUTCOMES + outcome: f"{kind.word} {outcome.word}" for kind in Kind for outcome in Outcome
    },
}
_VALUES = {
    dimension: {word: value for value, word in words.items()} for dimension, words in _COMPUTED.items()
}

# Bounds are checked below: msgspec 0.22 can crash collecting garbage where a choice holds a tuple and a bound.
_decode = msgspec.json.Decoder(dict[str, dict[str, int | tuple[int, int]]]).decode
_decode_agent = msgspec.json.Decoder(tuple[Word, Word, Word, Word, Word]).decode


class Texts(msgspec.Struct, frozen=True):
    """What numbers stand for: words, profiles (their keys), subjects (ids of links)."""

    words: Mapping[int, str]
    profiles: Mapping[int, str]
    links: Mapping[int, int]


def numbers_in(counts: Counts) -> dict[str, set[int]]:
    """Which numbers of words, profiles and links `counted` needs the texts of."""
    found: dict[str, set[int]] = {"words": set(), "profiles": set(), "links": set()}
    for dimension, values in counts.items():
        if dimension < REPEATS and dimension not in _COMPUTED:
            found[_KINDS.get(dimension, "words")].update(values)
    return found


_KINDS = {PROFILE: "profiles", LINK_OF_GROUP: "links"}


def counted(counts: Counts, texts: Texts) -> str:
    """The JSON of packed counts, without what only another version or nobody knows."""
    found: dict[str, dict[str, int | tuple[int, int]]] = {}
    for dimension, values in counts.items():
        if dimension not in _NAMES:
            continue
        known: Mapping[int, object] = _COMPUTED.get(dimension) or getattr(
            texts, _KINDS.get(dimension, "words")
        )
        repeats = counts.get(dimension + REPEATS, {})
        found[_NAMES[dimension]] = {
            str(known[value]): n if dimension in _VISITS else (n, n - repeats.get(value, 0))
            for value, n in values.items()
            if value in known
        }
    return msgspec.json.encode(found).decode()


def read_counted(text: str) -> dict[int, list[Value]]:
    """Values by dimension. Breakdowns that this version does not know are left out. Raises Invalid."""
    try:
        found = _decode(text)
        return {
            _NUMBERS[name]: [_value(_NUMBERS[name], key, number) for key, number in values.items()]
            for name, values in found.items()
            if name in _NUMBERS
        }
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise Invalid.field("counted", f"cannot be used: {error}.") from error


def _value(dimension: int, key: str, number: int | tuple[int, int]) -> Value:
    if isinstance(number, int) is not (dimension in _VISITS):
        raise ValueError(f"{_NAMES[dimension]} {key[:80]} is not counted so")
    scans, visitors = (number, number) if isinstance(number, int) else number
    if not 0 <= visitors <= scans <= MOST_OF_DAY or not scans:
        raise ValueError(f"{_NAMES[dimension]} {key[:80]} has no such numbers")
    return Value(_meant(dimension, key), scans, scans - visitors)


def _meant(dimension: int, key: str) -> int | str | Agent:
    if dimension in _VALUES:
        return _VALUES[dimension][key]
    if dimension == LINK_OF_GROUP:
        return msgspec.convert(key, Id, strict=False)
    if dimension == PROFILE:
        return Agent(*_decode_agent(key))
    if not key:
        raise ValueError(f"{_NAMES[dimension]} counts what is not known")
    return msgspec.convert(key, Word)

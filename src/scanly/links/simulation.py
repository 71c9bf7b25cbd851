"""A visitor made up to try a link out: the same questions, answered from what somebody says at the command line."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scanly.core.clock import at
from scanly.core.text import fold
from scanly.links.agent import Agent
from scanly.links.conditions import Condition, parts_of
from scanly.links.conditions.place import COUNTRIES, City, Country, Region
from scanly.links.moments import find_zone
from scanly.links.place import UNKNOWN, Place
from scanly.links.rules import Compiled
from scanly.links.visitor import lot


@dataclass(frozen=True, slots=True)
class Simulated:
    """See `links.visitor.Visitor`; two with the same ``name`` are the same person."""

    now_ms: int
    agent: Agent = field(default_factory=Agent)
    place: Place = UNKNOWN
    language: str = ""
    referrer: str = ""
    seen_before: bool = False
    nth: int = 0
    queries: tuple[tuple[str, str], ...] = ()
    name: str = "somebody"

    def local(self, zone: str) -> datetime:
        return at(self.now_ms, find_zone(zone))

    def query(self, name: str) -> str | None:
        return next((value for known, value in self.queries if known == name), None)

    def lot(self, key: int) -> float:
        return lot(zlib.crc32(self.name.encode()), key)


def place_in_rules(name: str, rules: Sequence[Compiled]) -> Place | None:
    """A place that rules speak of, by the name they use; a country also by its code."""
    wanted = fold(name)
    for condition in (leaf for each in rules for leaf in _leaves(each.condition)):
        match condition:
            case City() if wanted in condition.names:
                return Place(city=name)
            case Region() if wanted in condition.names:
                country, dash, region = name.upper().rpartition("-")
                coded = dash and country in COUNTRIES
                return Place(country=country, region=region) if coded else Place(region_name=name)
            case Country() if name.upper() in condition.codes:
                return Place(country=name.upper())
            case _:
                continue
    return Place(country=name.upper()) if name.upper() in COUNTRIES else None


def _leaves(condition: Condition) -> Iterator[Condition]:
    parts = parts_of(condition)
    if not parts:
        yield condition
    for part in parts:
        yield from _leaves(part)

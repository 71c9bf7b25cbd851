"""What a rule can ask, one file a subject, found by folder; and how answers are joined: all, any, not.

A file holds ``CONDITIONS`` (a function by name that reads a value and makes a `Condition`) and ``EXAMPLES``.
The same conditions answer real visits and explain simulated ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol

from scanly.core.errors import Invalid
from scanly.core.extend import discover
from scanly.core.text import nearest, printable
from scanly.links.values import Path, Wrong, as_list, as_mapping
from scanly.links.visitor import Visitor

_MAX_DEPTH = 10


class Condition(Protocol):
    """Something that holds for a visitor, or does not. ``name`` is the word in a rule."""

    @property
    def name(self) -> str: ...

    def holds(self, visitor: Visitor) -> bool: ...

    def fact(self, visitor: Visitor) -> str:
        """What it looked at, as a clause: ``the visitor is in Pune``."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What values are read against: the zone of clocks, the owner's days off, the id of the rule."""

    zone: str
    calendars: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    key: int = 0


Maker = Callable[[Any, Path, Setting], Condition]


class Step(NamedTuple):
    """One line of an explanation; ``depth`` is its indentation."""

    depth: int
    name: str
    holds: bool
    fact: str


@dataclass(frozen=True, slots=True)
class All:
    """Holds when all of its parts do."""

    parts: tuple[Condition, ...]
    name: str = "all"

    def holds(self, visitor: Visitor) -> bool:
        return all(part.holds(visitor) for part in self.parts)

    def fact(self, visitor: Visitor) -> str:
        return "all of these"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Holds when one of its parts does."""

    parts: tuple[Condition, ...]
    name: str = "any"

    def holds(self, visitor: Visitor) -> bool:
        return any(part.holds(visitor) for part in self.parts)

    def fact(self, visitor: Visitor) -> str:
        return "at least one of these"


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: Condition
    name: str = "not"

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.part,)

    def holds(self, visitor: Visitor) -> bool:
        return not self.part.holds(visitor)

    def fact(self, visitor: Visitor) -> str:
        return "the opposite of this"


def parse(value: object, setting: Setting, path: Path = ()) -> Condition:
    """The condition that ``value`` describes; several keys of one mapping must all hold. Raises Wrong."""
    if len(path) > _MAX_DEPTH * 2:
        raise Wrong(path, "is nested too deeply.")
    given = dict(as_mapping(value) or {})
    if not given:
        raise Wrong(path, "must be a condition such as {country: IN}.", f"There are {', '.join(names())}.")
    zone = given.pop("zone", None)
    if zone is not None:
        setting = Setting(_zone(zone, (*path, "zone")), setting.calendars, setting.key)
    if not given:
        raise Wrong(path, "is a zone without a condition.", f"There are {', '.join(names())}.")
    parts = tuple(_one(name, each, setting, (*path, name)) for name, each in given.items())
    return parts[0] if len(parts) == 1 else All(parts)


def _one(name: str, value: Any, setting: Setting, path: Path) -> Condition:
    if name == "not":
        return Not(parse(value, setting, path))
    if name in ("all", "any"):
        listed = as_list(value)
        if not listed:
            raise Wrong(path, "must be a list of conditions.")
        parts = tuple(parse(each, setting, (*path, number)) for number, each in enumerate(listed))
        return All(parts) if name == "all" else OneOf(parts)
    maker = _makers().get(name)
    if maker is None:
        hint = nearest(name, names()) or f"There are {', '.join(names())}."
        raise Wrong(path, "is no condition.", hint, at_key=True)
    return maker(value, path, setting)


def _zone(value: object, path: Path) -> str:
    from scanly.links.moments import find_zone

    try:
        return str(find_zone(str(value)))
    except Invalid as error:
        raise Wrong(
            path, f'"{printable(str(value)[:60])}" is not a time zone.', "Such as Asia/Kolkata."
        ) from error


def explain(condition: Condition, visitor: Visitor, depth: int = 0) -> Iterator[Step]:
    """Every part of a condition with whether it holds and why, outermost first."""
    yield Step(depth, condition.name, condition.holds(visitor), condition.fact(visitor))
    for part in parts_of(condition):
        yield from explain(part, visitor, depth + 1)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that one is made of; none for those that look at the visitor."""
    return condition.parts if isinstance(condition, All | OneOf | Not) else ()


def asks(condition: Condition, *wanted: str) -> bool:
    """Whether it, or a part of it, has one of these names."""
    return condition.name in wanted or any(asks(part, *wanted) for part in parts_of(condition))


@cache
def names() -> tuple[str, ...]:
    """Every word that a condition can begin with."""
    return (*_makers(), "all", "any", "not")


def examples() -> Iterator[tuple[str, Any]]:
    """An example of each condition."""
    for module in discover(sys.modules[__name__]).values():
        yield from module.EXAMPLES.items()


@cache
def _makers() -> Mapping[str, Maker]:
    return {
        name: maker
        for module in discover(sys.modules[__name__]).values()
        for name, maker in module.CONDITIONS.items()
    }

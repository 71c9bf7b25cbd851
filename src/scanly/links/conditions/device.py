"""What somebody holds in their hand: kind of device, system and its version, browser, app around it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanly.links.agent import APPS, BROWSERS, DEVICES, SYSTEMS, Agent
from scanly.links.conditions import Setting
from scanly.links.values import Path, Wrong, known, words
from scanly.links.visitor import Visitor

_SYSTEM = re.compile(r"([a-z]+)\s*(?:(>=|<=|>|<|=)?\s*(\d{1,4}(?:\.\d{1,4}){0,3}))?")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_ANY, _NONE = "any", "none"


@dataclass(frozen=True, slots=True)
class Device:
    """On one of these kinds of device."""

    kinds: frozenset[str]
    name: str = "device"

    def holds(self, visitor: Visitor) -> bool:
        return visitor.agent.device in self.kinds

    def fact(self, visitor: Visitor) -> str:
        return f"the device is {_known(visitor.agent.device, 'a ')}"


@dataclass(frozen=True, slots=True)
class System:
    """With one of these systems; a comparison sees as many parts of the version as it names."""

    wanted: tuple[tuple[str, str, tuple[int, ...]], ...]
    name: str = "os"

    def holds(self, visitor: Visitor) -> bool:
        agent = visitor.agent
        for system, comparison, version in self.wanted:
            if agent.os == system and (not version or _compared(agent, comparison, version)):
                return True
        return False

    def fact(self, visitor: Visitor) -> str:
        agent = visitor.agent
        version = ".".join(map(str, agent.os_version))
        return f"the system is {_known(agent.os)}{f' {version}' if version else ''}"


@dataclass(frozen=True, slots=True)
class Browser:
    """In one of these browsers."""

    names: frozenset[str]
    name: str = "browser"

    def holds(self, visitor: Visitor) -> bool:
        return visitor.agent.browser in self.names

    def fact(self, visitor: Visitor) -> str:
        return f"the browser is {_known(visitor.agent.browser)}"


@dataclass(frozen=True, slots=True)
class App:
    """In the browser within one of these apps; ``any`` of them, ``none``."""

    names: frozenset[str]
    name: str = "app"

    def holds(self, visitor: Visitor) -> bool:
        app = visitor.agent.app
        return app in self.names or (_ANY if app else _NONE) in self.names

    def fact(self, visitor: Visitor) -> str:
        app = visitor.agent.app
        return f"the page opens within the app {app}" if app else "the page opens in a browser of its own"


def _known(word: str, article: str = "") -> str:
    return f"{article}{word}" if word else "unknown"


def _compared(agent: Agent, comparison: str, wanted: tuple[int, ...]) -> bool:
    """Whether the version is known to stand in that relation: 14.2 is = 14 and not > 14.

    Of a frozen version only "at least" is known.
    """
    if not agent.os_version or (agent.os_frozen and not comparison.startswith(">")):
        return False
    seen = (*agent.os_version, *(0,) * len(wanted))[: len(wanted)]
    return _COMPARE[comparison](seen, wanted)


def _device(value: Any, path: Path, _: Setting) -> Device:
    return Device(known(value, path, DEVICES, "phone"))


def _browser(value: Any, path: Path, _: Setting) -> Browser:
    return Browser(known(value, path, BROWSERS, "safari"))


def _app(value: Any, path: Path, _: Setting) -> App:
    return App(known(value, path, APPS | {_ANY, _NONE}, "instagram"))


def _system(value: Any, path: Path, _: Setting) -> System:
    wanted: list[tuple[str, str, tuple[int, ...]]] = []
    for word in words(value, path, "android>=9"):
        found = _SYSTEM.fullmatch(word.lower().strip())
        if found is None:
            raise Wrong(path, f'"{word[:40]}" is no system.', "Write it like ios, or android>=9.")
        known(found[1], path, SYSTEMS, "android")
        version = tuple(map(int, found[3].split("."))) if found[3] else ()
        wanted.append((found[1], found[2] or "=", version))
    return System(tuple(wanted))


CONDITIONS = {"device": _device, "os": _system, "browser": _browser, "app": _app}
EXAMPLES = {"device": ["phone", "tablet"], "os": "android>=9", "browser": "safari", "app": "instagram"}

"""Who sent a request, and why it is thought so: by the User-Agent a person, a robot, a chat that draws a preview.

Source: the crawler-user-agents list; its patterns run as one automaton on RE2, in time linear to the text.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Protocol, TypedDict, cast
from zlib import crc32

import crawleruseragents
import re2

from scanly.scans.model import PREFETCH_FLAG, TEST_FLAG, TEXT_LIMIT, Kind

# In-app browsers of people that the list has among the robots.
_PEOPLE = frozenset({"MetaIAB Facebook"})
# WhatsApp draws cards under its bare name; within a browser's agent it is the app that a person reads in.
_NARROWER = {"WhatsApp": "^WhatsApp"}
# Previews that the list does not know, or knows under another heading.
_MORE_PREVIEWS = (
    "Applebot-LinkPreview",
    "SignalBot",
    "Google-PageRenderer",
    "ZaloBot",
    "kakaotalk-scrap",
    "Teams-LinkPreview",
)
# The joined automaton does not fit RE2's default of 8 MiB; beyond its memory RE2 is slow, never wrong.
_MEMORY_BYTES = 64 * 1024 * 1024


class _Entry(TypedDict):
    pattern: str
    tags: list[str]


class _Pattern(Protocol):
    """The part of an RE2 pattern that is used here; the library brings no types."""

    def search(self, text: bytes) -> object | None: ...


class _Set(Protocol):
    """The part of a set of RE2 patterns that is used here."""

    def Add(self, pattern: str) -> int: ...  # noqa: N802 - its name

    def Compile(self) -> None: ...  # noqa: N802 - its name

    def Match(self, text: bytes) -> list[int] | None: ...  # noqa: N802 - its name


def _listed() -> list[_Entry]:
    entries = cast("list[_Entry]", crawleruseragents.CRAWLER_USER_AGENTS_DATA)
    known = [entry for entry in entries if entry["pattern"] not in _PEOPLE]
    return [{**entry, "pattern": _NARROWER.get(entry["pattern"], entry["pattern"])} for entry in known]


def _is_preview(entry: _Entry) -> bool:
    """What a chat or a network fetches to draw a card; training data is gathered by robots."""
    tags = entry.get("tags", [])
    return "social-preview" in tags and "ai-crawler" not in tags


_PREVIEW_PATTERNS = (*_MORE_PREVIEWS, *(entry["pattern"] for entry in _listed() if _is_preview(entry)))
_BOT_PATTERNS = tuple(entry["pattern"] for entry in _listed() if not _is_preview(entry))
_PATTERNS = _PREVIEW_PATTERNS + _BOT_PATTERNS

# Changes with the rules, so that agents judged by older ones can be found and judged again; fits 31 bits.
RULES_VERSION = crc32("\n".join((*_PREVIEW_PATTERNS, "", *_BOT_PATTERNS)).encode()) >> 1


def judge(agent: str, flags: int = 0) -> Kind:
    """The kind of a visit, by the first 512 characters of the agent; an empty one is a robot's.

    A robot stays one when it prefetches; the owner's own test is a test whatever sent it.
    """
    if flags & TEST_FLAG:
        return Kind.TEST
    kind = _of_agent(agent[:TEXT_LIMIT])
    return Kind.PREFETCH if kind is Kind.PERSON and flags & PREFETCH_FLAG else kind


def ruled(agent: str, flags: int = 0) -> tuple[Kind, str]:
    """What `judge` says, and the reason, empty for a person: the first pattern of the list that the agent fits.

    Reasons are ``agent: Googlebot\\/``, ``no agent``, ``header: prefetch`` and ``test``.
    """
    kind = judge(agent, flags)
    if kind in (Kind.BOT, Kind.PREVIEW):
        return kind, _reason(agent[:TEXT_LIMIT])
    return kind, _OTHER_REASONS[kind]


_OTHER_REASONS = {Kind.PERSON: "", Kind.PREFETCH: "header: prefetch", Kind.TEST: "test"}


@lru_cache(maxsize=4_096)
def _reason(agent: str) -> str:
    if not agent.strip():
        return "no agent"
    fitting = _numbered().Match(_bytes(agent))
    return f"agent: {_PATTERNS[min(fitting)]}" if fitting else "agent"


@lru_cache(maxsize=20_000)
def _of_agent(agent: str) -> Kind:
    if not agent.strip():
        return Kind.BOT
    text = _bytes(agent)
    if _previews().search(text):
        return Kind.PREVIEW
    return Kind.BOT if _bots().search(text) else Kind.PERSON


def _bytes(agent: str) -> bytes:
    """As RE2 reads it; halves of characters, which nothing can encode, become question marks."""
    return agent.encode("utf-8", "replace")


@cache
def _previews() -> _Pattern:
    return _joined(_PREVIEW_PATTERNS)


@cache
def _bots() -> _Pattern:
    return _joined(_BOT_PATTERNS)


@cache
def _numbered() -> _Set:
    """Tells which patterns fit. It forgets what it finds when memory is short, so it only gives reasons."""
    patterns = cast("_Set", re2.Set.SearchSet(_options()))  # pyright: ignore[reportUnknownMemberType] - see _Set
    for pattern in _PATTERNS:
        patterns.Add(pattern)
    patterns.Compile()
    return patterns


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY_BYTES
    return options


def _joined(patterns: tuple[str, ...]) -> _Pattern:
    """One automaton of all patterns. A pattern that RE2 cannot take raises here: none is lost silently."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return cast("_Pattern", re2.compile(joined, _options()))  # pyright: ignore[reportUnknownMemberType] - see _Pattern

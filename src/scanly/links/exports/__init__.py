"""Links as other servers can tell them: one file a format, found by folder, and the rule for what may be told.

A format has ``SUMMARY``, ``PASSES_QUERY`` (whether its server can add a visitor's query to some links only),
``files(plan, links)`` and ``usage(plan)``, which says in plain words what to do with the files. It gets the links
ordered by host, those of the default host last, and within a host codes that differ in case only side by side.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import NamedTuple, Protocol, cast

from scanly.core.errors import NotFound
from scanly.core.extend import discover
from scanly.core.text import nearest
from scanly.links import destination, hosts
from scanly.links.model import Link

# A file's path in the export and its next piece; pieces of one path follow each other in the order they come.
Chunk = tuple[str, bytes]
# Pieces of files; when they are over, sentences for people about what was written otherwise than usual.
Files = Generator[Chunk, None, list[str]]

# What `destination.location` leaves as it is: nothing in it ends a word, a quoted text or a line anywhere.
_TELLABLE = re.compile(r"https?://[A-Za-z0-9_.~!#$%&'()*+,/:;=?@\[\]-]+")


class Reason(Enum):
    """Why a copy of a link does not lead to the link's target; the value completes "It …"."""

    NONE = ""
    REMOVED = "is removed"
    PAUSED = "is paused"
    EXPIRED = "has expired"
    BROKEN = "leads to a page that does not answer"
    PASSWORD = "has a password"  # noqa: S105 - a reason, not a password
    LIMIT = "is limited to a number of scans"
    EXPIRES = "will expire"
    OPENS = "opens later"
    RULES = "has rules"
    OWN_PAGE = "leads to a page of Scanly itself"
    QUERY = "passes the visitor's query on"
    SHADOWED = "is bound to a host whose codes are those of the default host by now"
    UNTELLABLE = "has a target that cannot be written into a file"


# For these, Scanly itself answers as its copy does; for all others the copy can do less.
SAME = frozenset({Reason.NONE, Reason.REMOVED, Reason.PAUSED, Reason.EXPIRED, Reason.BROKEN})
# These codes are not in the copy as they should be.
MISSING = frozenset({Reason.SHADOWED, Reason.UNTELLABLE})


@dataclass(frozen=True, slots=True)
class StaticLink:
    """What a server that knows nothing of visitors answers; without ``target`` it says that the code is closed.

    ``hosts`` are all names under which the code answers. ``target`` is ready for a header: ASCII, escaped.
    ``language`` is that of the closed page.
    """

    hosts: tuple[str, ...]
    code: str
    target: str
    reason: Reason = Reason.NONE
    pass_query: bool = False
    language: str = "en"


def static(link: Link, names: tuple[str, ...], now_ms: int, language: str = "en") -> StaticLink:
    """What a copy of the link may tell at this moment. A target behind a gate is never told.

    ``names`` are the host names of the link, ``language`` its workspace's.
    """
    terms = link.terms
    reason = _closing(link, now_ms)
    if reason is Reason.NONE and terms.rules:
        reason = Reason.RULES
    leads_on = reason is Reason.NONE or (reason is Reason.RULES and not terms.fallback)
    if leads_on and link.target.startswith("/"):
        leads_on, reason = False, Reason.OWN_PAGE
    fallback = "" if reason is Reason.REMOVED else terms.fallback
    address, utm = (link.target, terms.utm) if leads_on else (fallback, {})
    target = destination.location(address, utm).decode() if address else ""
    if target and not _TELLABLE.fullmatch(target):
        target, reason, leads_on = "", Reason.UNTELLABLE, False
    return StaticLink(names, link.code, target, reason, leads_on and terms.pass_query, language)


def _closing(link: Link, now_ms: int) -> Reason:
    """Why the target may not be told, in the order in which a visitor would be told so."""
    terms = link.terms
    found = (
        (link.removed_ms is not None, Reason.REMOVED),
        (terms.paused_ms is not None, Reason.PAUSED),
        (terms.opens_ms is not None and now_ms < terms.opens_ms, Reason.OPENS),
        (terms.expires_ms is not None and now_ms >= terms.expires_ms, Reason.EXPIRED),
        (terms.expires_ms is not None, Reason.EXPIRES),
        (bool(terms.password), Reason.PASSWORD),
        (terms.max_scans is not None, Reason.LIMIT),
        (bool(link.broken_ms and terms.fallback_when_broken and terms.fallback), Reason.BROKEN),
    )
    return next((reason for holds, reason in found if holds), Reason.NONE)


class Joint(NamedTuple):
    """A target cut where a visitor's query goes in, and the character that joins it to what is there."""

    before: str
    character: str
    fragment: str


def joint(target: str) -> Joint:
    before, hash_, fragment = target.partition("#")
    _, mark, query = before.partition("?")
    character = "&" if query else "" if mark else "?"
    return Joint(before, character, hash_ + fragment)


@dataclass(frozen=True)
class Plan:
    """An export as a whole: where it will lie, whose codes are in it, and the pages for those that do not lead on.

    ``closed`` is a page for each language of a workspace.
    """

    place: str
    default_hosts: tuple[str, ...]
    bound_hosts: tuple[str, ...]
    closed: Mapping[str, bytes]
    missing: bytes

    @cached_property
    def sites(self) -> tuple[tuple[str, ...], ...]:
        """Host names that share their codes; the default hosts come first, also when there are none."""
        return self.default_hosts, *((host,) for host in self.bound_hosts)

    @cached_property
    def _site_of(self) -> Mapping[str, int]:
        return {host: number for number, names in enumerate(self.sites) for host in names}

    def site(self, link: StaticLink) -> int:
        """The index in ``sites`` of the one that a link belongs to."""
        return self._site_of[link.hosts[0]]

    def folder(self, site: int) -> str:
        """A folder's name for a site: its first host, without what file systems refuse."""
        return self.sites[site][0].replace(":", "_")

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host for names in self.sites for host in names)


def shown_host(host: str) -> str:
    """A host as it stands in addresses: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def names_of(link: Link, default_hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The host names under which a link answers."""
    return default_hosts if link.host == hosts.DEFAULT else (link.host,)


class Format(Protocol):
    """What a file in this folder offers."""

    SUMMARY: str
    PASSES_QUERY: bool

    def files(self, plan: Plan, links: Iterable[StaticLink]) -> Files: ...

    def usage(self, plan: Plan) -> str: ...


@cache
def formats() -> Mapping[str, Format]:
    """Every format by name."""
    found = discover(sys.modules[__name__])
    return {name: cast("Format", module) for name, module in found.items() if hasattr(module, "SUMMARY")}


def format_named(name: str) -> Format:
    """Raises NotFound."""
    known = formats()
    if name not in known:
        hint = nearest(name, known) or f"There are {', '.join(known)}."
        raise NotFound(f'There is no format "{name}".', hint=hint)
    return known[name]

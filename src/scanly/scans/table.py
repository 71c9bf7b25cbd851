"""The links as the hot path asks for them: one look into a dict, no SQL for whatever was asked for lately.

What changes is forgotten at the next question and read again, so an edit is seen without a restart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanly.accounts.model import Workspace
from scanly.core.errors import Invalid, Unavailable
from scanly.core.ids import LinkId, WorkspaceId
from scanly.core.log import Log
from scanly.links import destination
from scanly.links.codes import RESERVED
from scanly.links.model import Link
from scanly.links.routing import Route, as_of, route_of
from scanly.scans.recorder import WORDLESS, Words
from scanly.scans.source import Source

_log = Log("scanly.links")
# Two generations of so many: what nobody asked for during one of them is forgotten.
_KEPT = 25_000
_PATH = re.compile(rb"/([A-Za-z0-9_-]{1,64})")
_RESERVED = frozenset(code.encode() for code in RESERVED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a scan needs to know of a link until ``until_ms``; then it is read again.

    ``location`` is the target as a header value. Without ``route`` everybody is led there; ``passes_query``
    says that the visitor's own query is added. ``host`` and ``drive`` as in `Scan`, ``words`` as in `Visit`.
    """

    link_id: LinkId
    workspace: Workspace
    location: bytes
    until_ms: int
    route: Route | None = None
    passes_query: bool = False
    host: str = ""
    drive: str = ""
    words: Words = WORDLESS

    @property
    def removed(self) -> bool:
        return self.route is not None and self.route.link.removed_ms is not None


@dataclass(slots=True)
class LinkTable:
    """The links lately asked for, by ``host/code`` in bytes; the default host is the empty string.

    ``version`` changes with every change that was seen: what was made of an entry is true as long as it stays.
    """

    source: Source
    own_hosts: frozenset[str] = frozenset()
    version: int = 0
    default_hosts: frozenset[bytes] = frozenset()
    _young: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    _old: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    _bound_hosts: set[bytes] = field(default_factory=set[bytes])
    _workspaces: dict[WorkspaceId, Workspace] = field(default_factory=dict[WorkspaceId, Workspace])

    def look(self) -> None:
        """Sees what anybody changed: one comparison of numbers when nobody did. Never raises."""
        try:
            news = self.source.news()
        except Unavailable as error:
            _log.warning("Links could not be read again.", reason=error.message)
            return
        if news is None:
            return
        known = {workspace.id: workspace for workspace in news.workspaces}
        bound = {host.encode() for host in news.bound_hosts}
        default = frozenset(host.encode() for host in self.own_hosts | news.default_hosts)
        changed = [f"{host}/{code}".encode() for host, code in news.changed]
        if not changed and (known, bound, default) == (
            self._workspaces,
            self._bound_hosts,
            self.default_hosts,
        ):
            return
        self.version += 1
        self._bound_hosts, self.default_hosts = bound, default
        for key in changed:
            self._young.pop(key, None)
            self._old.pop(key, None)
        if known != self._workspaces:
            self._young, self._old, self._workspaces = {}, {}, known

    def find(self, host: bytes, path: bytes, now_ms: int) -> Entry | None:
        """The link at ``path`` (with its slash) of a host in canonical spelling. Raises Unavailable."""
        key = path if host in self.default_hosts else host + path
        entry = self._young.get(key)
        if entry is None or now_ms >= entry.until_ms:
            entry = self._meet(key, path, now_ms)
        return entry

    def route(self, host: bytes, path: bytes, now_ms: int) -> tuple[Route, Workspace] | None:
        """The whole link, also a plain one. Raises Unavailable."""
        found = self._read(path if host in self.default_hosts else host + path, path, now_ms)
        return None if found is None else (found[0], found[1])

    def workspace(self, workspace_id: WorkspaceId) -> Workspace | None:
        """One of this installation's workspaces."""
        return self._workspaces.get(workspace_id)

    def knows(self, host: bytes) -> bool:
        """Whether requests for this host are ours to answer."""
        return host in self.default_hosts or host in self._bound_hosts

    def _meet(self, key: bytes, path: bytes, now_ms: int) -> Entry | None:
        entry = self._old.get(key)
        if entry is None or now_ms >= entry.until_ms:
            found = self._read(key, path, now_ms)
            if found is None:
                return None
            entry = _entry(*found, now_ms)
        if len(self._young) >= _KEPT:
            self._old, self._young = self._young, {}
        self._young[key] = entry
        return entry

    def _read(self, key: bytes, path: bytes, now_ms: int) -> tuple[Route, Workspace, int] | None:
        """The link as it is now, its workspace, and when it changes by itself."""
        code = _PATH.fullmatch(path)
        if code is None or code[1] in _RESERVED:
            return None
        found = self.source.find(key[: -len(path)].decode(), code[1].decode())
        if found is None:
            return None
        link, plans = found
        workspace = self._workspaces.get(link.workspace_id)
        if workspace is None:
            return None
        link, next_ms = as_of(link, plans, now_ms, lambda error: _unreadable(link, error))
        route = route_of(link, workspace.time_zone, lambda error: _unreadable(link, error))
        return route, workspace, next_ms


def _entry(route: Route, workspace: Workspace, next_ms: int, now_ms: int) -> Entry:
    link = route.link
    location = destination.location(link.target, link.terms.utm)
    plain_until_ms = route.plain_until(now_ms)
    until_ms = min(next_ms, route.turns_at(now_ms) if plain_until_ms is None else plain_until_ms)
    kept = route if plain_until_ms is None else None
    words = Words(**link.terms.utm) if link.terms.utm else WORDLESS
    passes = link.terms.pass_query
    return Entry(link.id, workspace, location, until_ms, kept, passes, link.host, link.campaign, words)


def _unreadable(link: Link, error: Invalid) -> None:
    _log.error("A link cannot be followed as it was written.", code=link.code, reason=error.message)

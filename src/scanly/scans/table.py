"""The links in memory, as the hot path asks for them: one dict look-up per scan, no SQL.

Follows the database by the order of changes, so that an edit is seen without a restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from scanly.accounts import store as accounts
from scanly.accounts.model import Workspace
from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.engine import Connection
from scanly.links import hosts, store
from scanly.links.model import Link


@dataclass(frozen=True, slots=True)
class Entry:
    """What a scan needs to know of a link; ``location`` is the target as a header value."""

    link_id: LinkId
    workspace: Workspace
    location: bytes
    removed: bool


@dataclass(slots=True)
class LinkTable:
    """Every link by ``host/code`` in bytes; the default host is the empty string."""

    default_hosts: frozenset[bytes] = frozenset()
    _entries: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    _bound_hosts: set[bytes] = field(default_factory=set[bytes])
    _workspaces: dict[WorkspaceId, Workspace] = field(default_factory=dict[WorkspaceId, Workspace])
    _own_hosts: frozenset[bytes] = frozenset()
    _seen: int = 0

    def find(self, host: bytes, path: bytes) -> Entry | None:
        """The link at ``path`` (with its slash) of a host in canonical spelling."""
        return self._entries.get(path if host in self.default_hosts else host + path)

    def knows(self, host: bytes) -> bool:
        """Whether requests for this host are ours to answer."""
        return host in self.default_hosts or host in self._bound_hosts

    def __len__(self) -> int:
        return len(self._entries)

    async def load(self, connection: Connection, own_hosts: frozenset[str]) -> None:
        """Reads everything. ``own_hosts`` are those this server listens on or is called by."""
        self._own_hosts = frozenset(host.encode() for host in own_hosts)
        self._seen = await store.last_change_anywhere(connection)
        await self._load_surroundings(connection)
        async for link in store.all_links_anywhere(connection):
            self._put(link)

    async def follow(self, connection: Connection) -> int:
        """Reads what changed since the last time; how many links that were."""
        await self._load_surroundings(connection)
        self._seen, changed = await store.changed_since_anywhere(connection, self._seen)
        for link in changed:
            self._put(link)
        return len(changed)

    async def _load_surroundings(self, connection: Connection) -> None:
        known = {workspace.id: workspace for workspace in await accounts.list_workspaces_anywhere(connection)}
        edited = {key for key, workspace in known.items() if self._workspaces.get(key) != workspace}
        self._workspaces = known
        printed = {host.encode() for host in await store.default_hosts_anywhere(connection)}
        self.default_hosts = self._own_hosts | printed
        if edited:
            self._entries = {
                key: entry if entry.workspace.id not in edited else _moved(entry, known[entry.workspace.id])
                for key, entry in self._entries.items()
            }

    def _put(self, link: Link) -> None:
        workspace = self._workspaces.get(link.workspace_id)
        if workspace is None:
            return
        if link.host != hosts.DEFAULT:
            self._bound_hosts.add(link.host.encode())
        location = quote(link.target, safe="!#$%&'()*+,/:;=?@[]~").encode()
        key = f"{link.host}/{link.code}".encode()
        self._entries[key] = Entry(link.id, workspace, location, link.removed_ms is not None)


def _moved(entry: Entry, workspace: Workspace) -> Entry:
    return Entry(entry.link_id, workspace, entry.location, entry.removed)

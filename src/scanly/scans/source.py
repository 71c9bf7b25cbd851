"""Where the table of links gets a link from when it does not hold it: SQLite at once, PostgreSQL from memory.

SQLite is asked on the event loop, so starting costs nothing and a commit of any process is seen at the next
question. PostgreSQL cannot be asked so: all its links are held, packed, and followed as they change.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from scanly.accounts import store as accounts
from scanly.accounts.model import Workspace
from scanly.core.generation import Generation
from scanly.core.ids import LinkId
from scanly.db.engine import Connection, Database
from scanly.db.quick import QuickReader
from scanly.links import store
from scanly.links.model import Link, Plan
from scanly.sites.live import store as sites

Address = tuple[str, str]


class News(NamedTuple):
    """What has changed: workspaces, hosts, and the addresses of links that are to be read again."""

    workspaces: list[Workspace]
    default_hosts: set[str]
    bound_hosts: set[str]
    changed: Iterable[Address]


class Source(Protocol):
    """The links of an installation."""

    def find(self, host: str, code: str) -> tuple[Link, list[Plan]] | None:
        """A link with the changes that are planned for it. Raises Unavailable."""
        ...

    def news(self) -> News | None:
        """What changed since the last time; None when nothing did. Raises Unavailable."""
        ...

    async def follow(self) -> None:
        """Called now and then, for what cannot be seen at once."""
        ...

    def close(self) -> None: ...


async def open_links(database: Database, file: Path, generation: Generation) -> Source:
    """The links of an installation; ``file`` is that of SQLite. Raises Unavailable."""
    if database.engine_name == "sqlite":
        return SqliteLinks(QuickReader(file), generation)
    loaded = LoadedLinks(database)
    await loaded.load()
    return loaded


class SqliteLinks:
    """Asks the file. ``generation`` says when anybody committed."""

    def __init__(self, reader: QuickReader, generation: Generation) -> None:
        self._reader, self._generation = reader, generation
        self._seen_generation = -1
        self._any_plans = True
        self._seen = store.look_at_last_change_anywhere(reader)

    def find(self, host: str, code: str) -> tuple[Link, list[Plan]] | None:
        link = store.look_up_link_anywhere(self._reader, host, code)
        if link is None:
            return None
        return link, store.look_up_plans_anywhere(self._reader, link.id) if self._any_plans else []

    def news(self) -> News | None:
        generation = self._generation.value
        if generation == self._seen_generation:
            return None
        workspaces = accounts.look_at_workspaces_anywhere(self._reader)
        printed, bound = store.look_at_hosts_anywhere(self._reader)
        bound |= sites.look_at_bound_hosts_anywhere(self._reader)
        self._any_plans = store.look_for_plans_anywhere(self._reader)
        self._seen, changed = store.look_at_changes_anywhere(self._reader, self._seen)
        self._seen_generation = generation
        return News(workspaces, printed, bound, changed)

    async def follow(self) -> None:
        """A commit that died before it told anybody is seen, too."""
        self._seen_generation = -1

    def close(self) -> None:
        self._reader.close()


class LoadedLinks:
    """Holds everything, packed: about 300 bytes a link."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._links: dict[str, bytes] = {}
        self._plans: dict[LinkId, list[Plan]] = {}
        self._bound: set[str] = set()
        self._seen = 0
        self._news: News | None = None

    async def load(self) -> None:
        """Reads all links. Raises Unavailable."""
        async with self._database.read() as connection:
            self._seen = await store.last_change_anywhere(connection)
            async for link in store.all_links_anywhere(connection):
                self._keep(link)
            await self._see_surroundings(connection, [])

    def find(self, host: str, code: str) -> tuple[Link, list[Plan]] | None:
        packed = self._links.get(f"{host}/{code}")
        if packed is None:
            return None
        link = _unpack(packed)
        return link, self._plans.get(link.id, [])

    def news(self) -> News | None:
        news, self._news = self._news, None
        return news

    async def follow(self) -> None:
        async with self._database.read() as connection:
            self._seen, changed = await store.changed_since_anywhere(connection, self._seen)
            for link in changed:
                self._keep(link)
            await self._see_surroundings(connection, changed)

    def close(self) -> None:
        return None

    def _keep(self, link: Link) -> None:
        self._links[f"{link.host}/{link.code}"] = _pack(link)
        if link.host:
            self._bound.add(link.host)

    async def _see_surroundings(self, connection: Connection, changed: list[Link]) -> None:
        plans: dict[LinkId, list[Plan]] = {}
        for plan in await store.all_plans_anywhere(connection):
            plans.setdefault(plan.link_id, []).append(plan)
        self._plans = plans
        workspaces = await accounts.list_workspaces_anywhere(connection)
        printed = await store.default_hosts_anywhere(connection)
        unseen = [] if self._news is None else list(self._news.changed)
        addresses = [*unseen, *((link.host, link.code) for link in changed)]
        bound = self._bound | await sites.bound_hosts_anywhere(connection)
        self._news = News(workspaces, printed, bound, addresses)


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Link).decode

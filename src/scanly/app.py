"""The composition root: settings become an open installation, for the server, the command line and tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from scanly.accounts.store import list_workspaces_anywhere
from scanly.analytics.store import ask_recounts_anywhere
from scanly.core.actor import Actor, folder_owner
from scanly.core.clock import Clock, now_ms
from scanly.core.errors import Invalid, Unavailable
from scanly.core.generation import Generation
from scanly.core.ids import IdMaker
from scanly.core.lock import lease_node
from scanly.core.network import listens_everywhere, own_addresses, own_name
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings, environment
from scanly.db.engine import Connection, Database, Part, do_nothing, open_postgres, open_sqlite
from scanly.links.hosts import BaseUrl, canonical, parse_base_url
from scanly.media.storage import Storage, open_storage
from scanly.ops import backup, restore, schema
from scanly.work.call import Call


@dataclass(frozen=True, slots=True)
class App:
    """An open installation. ``node`` is this process's own byte in every id it makes."""

    settings: Settings
    folder: DataFolder
    main: Database
    events: Database
    clock: Clock
    node: int
    make_id: IdMaker
    generation: Generation
    media: Storage

    def call(self, who: Actor | None = None) -> Call:
        """A call at this moment; without ``who``, by the owner of the data folder."""
        return Call(who or folder_owner(), self.clock(), self.main, self.make_id)

    @property
    def base_url(self) -> BaseUrl:
        """The address printed into codes; this machine's own while none is set."""
        return parse_base_url(self.settings.base_url or f"http://localhost:{self.settings.port}")

    def own_hosts(self) -> frozenset[str]:
        """The hosts under which codes of the default host answer: base URL, loopback, what is listened on."""
        everywhere = listens_everywhere(self.settings.host)
        listened = [own_name(), *own_addresses()] if everywhere else [self.settings.host]
        hosts = {self.base_url.host, "localhost", "127.0.0.1", "::1"}
        for host in listened:
            with suppress(Invalid):  # a machine may have a name that no browser takes, such as 4711
                hosts.add(canonical(host))
        return frozenset(hosts)


@asynccontextmanager
async def open_app(folder: DataFolder, settings: Settings, clock: Clock = now_ms) -> AsyncGenerator[App]:
    """Opens an installation and brings its schema up to date, with a backup before every step.

    Raises Unavailable (folder, database, newer version), Invalid (settings).
    """
    folder.create()
    node, node_lock = lease_node(folder.nodes)
    try:
        await restore.finish_interrupted_restore(folder, settings)
        _refuse_half(folder, settings)
        async with _opened(folder, settings, clock, node) as app:
            yield app
    finally:
        node_lock.release()


@asynccontextmanager
async def _opened(folder: DataFolder, settings: Settings, clock: Clock, node: int) -> AsyncGenerator[App]:
    generation = Generation(folder.generation)
    databases = {part: _open_part(folder, settings, part, generation) for part in ("main", "events")}
    try:
        app = App(
            settings=settings,
            folder=folder,
            main=databases["main"],
            events=databases["events"],
            clock=clock,
            node=node,
            make_id=IdMaker(node, clock),
            generation=generation,
            media=open_storage(folder.media, settings.media_url, settings.media_endpoint, environment()),
        )
        await _upgrade(app)
        yield app
    finally:
        for database in databases.values():
            await database.close()
        generation.close()


def _open_part(folder: DataFolder, settings: Settings, part: Part, generation: Generation) -> Database:
    # Only what people make is followed by others; scans have their own order of ingest.
    committed = generation.bump if part == "main" else do_nothing
    if settings.database_url:
        return open_postgres(settings.database_url, part, committed)
    path = folder.main_db if part == "main" else folder.events_db
    if not path.exists():
        with suppress(OSError):  # SQLite says better why a file cannot be made
            path.touch(mode=0o600)  # it would make one that others may read; its log follows this one's mode
    return open_sqlite(path, part, committed)


def _refuse_half(folder: DataFolder, settings: Settings) -> None:
    """``scanly.db`` is made first, so without it the other is what is left of somebody's data."""
    if not settings.database_url and folder.events_db.exists() and not folder.main_db.exists():
        raise Unavailable(
            f"{folder.main_db} is missing, although {folder.events_db.name} is there.",
            hint="Put it back, or restore a backup: scanly backup restore. Nothing was changed.",
        )


async def _upgrade(app: App) -> None:
    kept: list[bool] = []

    async def keep() -> None:
        """One backup holds both parts as they were."""
        if not kept:
            await backup.create(app.folder, app.settings, app.clock(), reason="before-upgrade")
            kept.append(True)

    async def ask_recount(connection: Connection) -> None:
        """Scans that an older version counted are to be counted the way this one does."""
        async with app.main.read() as main:
            workspaces = await list_workspaces_anywhere(main)
        await ask_recounts_anywhere(connection, {each.id: each.time_zone for each in workspaces})

    await schema.upgrade(app.main, "main", keep)
    if await schema.upgrade(app.events, "events", keep, ask_recount):
        from scanly.analytics.flush import recount

        # What this leaves undone when it is cut off, the ingester does.
        await asyncio.to_thread(
            recount, app.folder, app.settings.database_url, {}, lambda _done, _total: None
        )

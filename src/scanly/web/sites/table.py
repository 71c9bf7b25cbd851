"""The sites lately asked for: looked up again when anybody committed something, and once a second in any case."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from scanly.core.clock import Clock
from scanly.core.errors import Unavailable
from scanly.core.generation import Generation
from scanly.core.log import Log
from scanly.db.engine import Database
from scanly.links.hosts import DEFAULT
from scanly.sites.live import store
from scanly.sites.live.model import Live
from scanly.sites.model import Published

_log = Log("scanly.sites")
_LOOK_ANYWAY_MS = 1_000
_KEPT = 20_000

Address = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found at an address: true at this generation, before ``until_ms``."""

    site: Live
    generation: int
    until_ms: int

    def holds(self, generation: int, now_ms: int) -> bool:
        return self.generation == generation and now_ms < self.until_ms


@dataclass(slots=True)
class SiteTable:
    """One per worker. ``generation`` says when anybody committed on this machine."""

    database: Database
    generation: Generation
    clock: Clock
    _seen: dict[Address, Seen] = field(default_factory=dict[Address, Seen])
    _looking: dict[tuple[Address, int], asyncio.Task[Live | None]] = field(
        default_factory=dict[tuple[Address, int], "asyncio.Task[Live | None]"]
    )
    _fronts: dict[str, tuple[str | None, int, int]] = field(
        default_factory=dict[str, tuple[str | None, int, int]]
    )

    def seen(self, site: Live) -> Seen | None:
        """As of when a site is known."""
        return self._seen.get((site.host, site.slug))

    async def find(self, host: str, slug: str) -> Live | None:
        """The site at an address. Raises Unavailable when it cannot be read and was not known before."""
        address, generation, now_ms = (host, slug), self.generation.value, self.clock()
        seen = self._seen.get(address)
        if seen is not None and seen.holds(generation, now_ms):
            return seen.site
        # Who asks after the next commit looks for himself; the others share one look.
        key = address, generation
        looking = self._looking.get(key)
        if looking is None:
            looking = self._looking[key] = asyncio.ensure_future(self._look(address, generation, now_ms))
            looking.add_done_callback(lambda done: self._looked(key, done))
        try:
            return await asyncio.shield(looking)
        except Unavailable as error:
            if seen is None:
                raise
            _log.warning("Sites could not be read again.", reason=error.message)
            return seen.site

    async def _look(self, address: Address, generation: int, now_ms: int) -> Live | None:
        async with self.database.read() as connection:
            site = await store.find_live_anywhere(connection, *address, now_ms)
        if site is None:  # what is not there would fill the memory
            self._seen.pop(address, None)
            return None
        if len(self._seen) >= _KEPT:
            self._seen.clear()
        until_ms = now_ms + _LOOK_ANYWAY_MS
        turns_ms = until_ms if site.until_ms is None else site.until_ms
        self._seen[address] = Seen(site, generation, min(until_ms, turns_ms))
        return site

    def _looked(self, key: tuple[Address, int], done: asyncio.Task[Live | None]) -> None:
        del self._looking[key]
        if not done.cancelled():
            done.exception()  # heard, also when everybody who waited has left

    async def front(self, host: str) -> Live | None:
        """The site that is a bound host's front. Raises Unavailable."""
        if host == DEFAULT:
            return None
        generation, now_ms = self.generation.value, self.clock()
        slug, looked_generation, looked_ms = self._fronts.get(host, (None, -1, 0))
        if looked_generation != generation or now_ms - looked_ms >= _LOOK_ANYWAY_MS:
            async with self.database.read() as connection:
                slug = await store.find_front_anywhere(connection, host)
            self._fronts[host] = slug, generation, now_ms
        return None if slug is None else await self.find(host, slug)

    async def read(self, site: Live) -> Published | None:
        """All of a site's release; None when it has gone meanwhile. Raises Unavailable."""
        async with self.database.read() as connection:
            return await store.get_published(connection, site.workspace_id, site)

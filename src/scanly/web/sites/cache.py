"""Answers in memory, up to a number of bytes: made once however many ask at the same time, and again when due."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from scanly.web.sites.encoding import Packed

MOST_BYTES = 96 * 1024 * 1024


class Cache:
    """The answers lately asked for, by everything that they depend on."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Packed] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Packed | None]] = {}
        self.size_bytes = 0

    def get(self, key: Hashable, now_ms: int) -> Packed | None:
        """The answer, if it is here and still true."""
        found = self._kept.get(key)
        if found is None or (found.until_ms is not None and now_ms >= found.until_ms):
            return None
        self._kept.move_to_end(key)
        return found

    async def make(self, key: Hashable, make: Callable[[], Awaitable[Packed | None]]) -> Packed | None:
        """Makes an answer and keeps it. Raises what ``make`` raises, to everybody who waits for it."""
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(self._made(key, make))
            making.add_done_callback(lambda made: self._done(key, made))
        # Who leaves does not end it for the others.
        return await asyncio.shield(making)

    async def _made(self, key: Hashable, make: Callable[[], Awaitable[Packed | None]]) -> Packed | None:
        packed = await make()
        self._drop(key)
        if packed is not None:
            self._kept[key] = packed
            self.size_bytes += packed.size_bytes
            while self.size_bytes > self._most_bytes and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))
        return packed

    def _done(self, key: Hashable, made: asyncio.Task[Packed | None]) -> None:
        del self._making[key]
        if not made.cancelled():
            made.exception()  # heard, also when everybody who waited has left

    def _drop(self, key: Hashable) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.size_bytes -= dropped.size_bytes

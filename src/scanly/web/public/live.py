"""Numbers that move while somebody looks: one reading a second for all who listen, sent when it changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from scanly.core.errors import ScanlyError
from scanly.core.log import Log

READ_EVERY_S = 1.0
_LOOK_EVERY_S = 0.4
_PING_EVERY_S = 15.0
PING = b": ping\n\n"

_log = Log("scanly.live")


class Live:
    """``read`` makes the fragment, only while somebody listens; ``stopping`` ends every stream."""

    def __init__(self, read: Callable[[], Awaitable[bytes]], stopping: asyncio.Event) -> None:
        self._read, self._stopping = read, stopping
        self._fragment = b""
        self._reading: asyncio.Task[bytes] | None = None
        self._began_s = 0.0

    async def stream(self) -> AsyncGenerator[bytes]:
        """Server-sent events: the fragment at once, then whenever it differs, and pings between."""
        sent, sent_s = b"", 0.0
        while not self._stopping.is_set():
            now_s, fragment = asyncio.get_running_loop().time(), await self._newest()
            if fragment != sent:
                sent, sent_s = fragment, now_s
                yield event(fragment)
            elif now_s - sent_s >= _PING_EVERY_S:
                sent_s = now_s
                yield PING
            await self._wait()

    async def _newest(self) -> bytes:
        """The last reading, or a new one when that is a second old. A listener who leaves does not end it."""
        now_s = asyncio.get_running_loop().time()
        if self._reading is None or (self._reading.done() and now_s - self._began_s >= READ_EVERY_S):
            self._began_s = now_s
            self._reading = asyncio.create_task(self._read_or_keep())
        return await asyncio.shield(self._reading)

    async def _read_or_keep(self) -> bytes:
        try:
            self._fragment = await self._read()
        except ScanlyError as error:
            _log.warning("Live numbers stand still.", reason=str(error))
        return self._fragment

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), _LOOK_EVERY_S)
        except TimeoutError:
            return


def event(fragment: bytes) -> bytes:
    """An unnamed server-sent event. Source: HTML, 9.2.6 (interpreting an event stream)."""
    lines = fragment.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"

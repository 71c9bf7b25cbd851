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
        self._turn = asyncio.Lock()
        self._fragment = b""
        self._read_s = float("-inf")

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
        async with self._turn:
            now_s = asyncio.get_running_loop().time()
            if now_s - self._read_s >= READ_EVERY_S:
                self._read_s = now_s
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

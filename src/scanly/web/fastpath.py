"""Plain links answered inside uvicorn's protocol class, before ASGI: the bytes that `redirect` sends, sooner.

A request is taken only when it is one whole, ordinary GET for a living link, alone in its read. Every other byte
goes to uvicorn untouched. The scans of one turn of the event loop share one write, and are answered after it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from scanly.core.log import Log
from scanly.core.settings import Settings
from scanly.links.routing import Answer, decide
from scanly.scans.model import Outcome
from scanly.web.redirect import REDIRECT_HEADERS, RedirectFront, Told, visit_of
from scanly.web.request import Headers, canonical_host

_log = Log("scanly.server")

_WITHOUT = "httptools"
_LONGEST_BYTES = 4_096
_CALLERS_KEPT = 1_024
_VERSION = b" HTTP/1.1\r\n"
_QUERY = re.compile(rb"[!\"$-~]*")
# A header in the one spelling that leaves nothing to interpret; uvicorn knows what to do with the others.
_FIELD = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++: ?[!-~\x80-\xff][\t -~\x80-\xff]*+(?<![\t ])\r\n"
_FIELDS = re.compile(rb"(?:%b)++\r\n" % _FIELD)
_NAME_AND_VALUE = re.compile(rb"([^:]++): ?([^\r]++)\r\n")
# Those that tell where the request ends, or what becomes of the connection.
_NOT_PLAIN = frozenset({b"proxy-connection", b"upgrade", b"expect", b"content-length", b"transfer-encoding"})
_KEEP_ALIVE = b"keep-alive"
# What this uvicorn must have, or the fast path is off.
_READING = ("on_message_begin", "on_message_complete", "parser", "cycle", "flow", "client", "server_state")
_TIMER = ("timeout_keep_alive", "timeout_keep_alive_task", "timeout_keep_alive_handler")
_BUILT_UPON = (*_READING, *_TIMER, "_unset_keepalive_if_required", "shutdown")


def protocol(front: RedirectFront, settings: Settings) -> Any:
    """What makes uvicorn's connections, as its setting ``http``: with the fast path, or its own without.

    Behind trusted proxies it is its own: whom a proxy asks for is decided in one place, the front.
    """
    if settings.fast_path == "off" or settings.trusted_proxies:
        return _WITHOUT
    config = uvicorn.Config(cast(Any, front), http=_WITHOUT, ws="none", lifespan="off", log_config=None)
    plain = HttpToolsProtocol(config, ServerState(), {}, asyncio.get_running_loop())
    if not all(hasattr(plain, name) for name in _BUILT_UPON):
        _log.warning("The fast path is off: this uvicorn is unknown.", version=uvicorn.__version__)
        return _WITHOUT
    return partial(Connection, FastPath(front))


class Caller(msgspec.Struct, frozen=True, gc=False):
    """All that is needed of a request's headers; ``host`` in canonical spelling."""

    host: bytes
    told: Told


def read_headers(block: bytes) -> Caller | None:
    """What stands between the request line and the body; None when any of it asks for uvicorn's judgement."""
    if not _FIELDS.fullmatch(block):
        return None
    fields = _NAME_AND_VALUE.findall(block)
    headers: Headers = {name.lower(): value for name, value in fields}
    if len(headers) != len(fields) or not _NOT_PLAIN.isdisjoint(headers) or b"host" not in headers:
        return None
    if headers.get(b"connection", _KEEP_ALIVE).lower() != _KEEP_ALIVE:
        return None
    host = canonical_host(headers[b"host"])
    return None if host is None else Caller(host, Told.by(headers))


@dataclass(slots=True)
class FastPath:
    """What the connections of one worker share: callers seen lately, and the answers of this turn."""

    front: RedirectFront
    _callers: dict[bytes, Caller] = field(default_factory=dict[bytes, Caller])
    _frames: list[bytes] = field(default_factory=list[bytes])
    _waiting: list[tuple[Connection, bytes]] = field(default_factory=list["tuple[Connection, bytes]"])

    def take(self, data: bytes, connection: Connection) -> bool:
        """Whether this was a request for a plain link: it is answered before the turn ends."""
        end = data.find(b" ", 4)
        line_end = end + len(_VERSION)
        if not data.startswith(b"GET /") or data[end:line_end] != _VERSION or len(data) > _LONGEST_BYTES:
            return False
        block = data[line_end:]
        caller = self._callers.get(block) or self._meet(block)
        if caller is None:
            return False
        path, _, query = data[4:end].partition(b"?")
        entry = self.front.table.find(caller.host, path)
        if entry is None or not _QUERY.fullmatch(query):
            return False
        decision = decide(removed=entry.removed)
        if decision.answer is not Answer.REDIRECT:
            return False
        visit = visit_of(entry, decision, connection.address, caller.told, query)
        self._wait(connection, entry.location, self.front.recorder.prepare(visit))
        return True

    def flush(self) -> None:
        """Writes the scans that wait, then answers them: also those that could not be written."""
        if not self._waiting:
            return
        frames, waiting = self._frames, self._waiting
        self._frames, self._waiting = [], []
        recorded = self.front.recorder.commit(frames)
        metrics = self.front.metrics
        before = (
            b"HTTP/1.1 302 Found\r\n" + _lines(waiting[0][0].server_state.default_headers) + b"location: "
        )
        for number, (connection, location) in enumerate(waiting):
            metrics.answered(Outcome.REDIRECT, recorded=number < recorded)
            connection.answer(before + location + _AFTER_LOCATION)

    def _meet(self, block: bytes) -> Caller | None:
        caller = read_headers(block)
        if caller is not None:
            if len(self._callers) >= _CALLERS_KEPT:
                self._callers.clear()
            self._callers[block] = caller
        return caller

    def _wait(self, connection: Connection, location: bytes, frame: bytes | None) -> None:
        self.front.metrics.requests += 1
        if not self._waiting:
            connection.loop.call_soon(self.flush)
        connection.waits = True
        self._waiting.append((connection, location))
        if frame is not None:
            self._frames.append(frame)


class Connection(HttpToolsProtocol):
    """A connection of uvicorn that asks the fast path first. ``address`` is the peer's."""

    def __init__(self, fast: FastPath, **given: Any) -> None:
        super().__init__(**given)
        self.address = ""
        self.waits = False
        self._fast = fast
        self._between_messages = True
        self._heard_s = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - as uvicorn's
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""

    def connection_lost(self, exc: Exception | None) -> None:
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.waits:  # answers keep the order of their requests
            self._fast.flush()
        if self._is_free() and self._fast.take(data, self):
            self._heard_s = self.loop.time()
        else:
            super().data_received(data)

    def _is_free(self) -> bool:
        """Whether uvicorn has nothing more to read or to answer, and the client takes its answers."""
        answered = self.cycle is None or self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison] - None at first
        return self._between_messages and answered and not self.flow.write_paused

    def answer(self, response: bytes) -> None:
        """Sends it, unless the client has left, and has uvicorn's timer watch for the next request."""
        self.waits = False
        if self.transport.is_closing():
            return
        self.transport.write(response)
        if self.timeout_keep_alive_task is None:
            self._watch(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """uvicorn set its timer without knowing of the requests that it never saw."""
        left_s = self._heard_s + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self._watch(left_s)
        else:
            super().timeout_keep_alive_handler()

    def _watch(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def on_message_begin(self) -> None:
        self._between_messages = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._between_messages = True
        super().on_message_complete()

    def shutdown(self) -> None:
        self._fast.flush()
        super().shutdown()


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


_AFTER_LOCATION = b"\r\n" + _lines(REDIRECT_HEADERS) + b"\r\n"

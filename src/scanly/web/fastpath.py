"""Links and pages answered inside uvicorn's protocol class, before ASGI: the bytes that the fronts send, sooner.

A request is taken only when it is one whole, ordinary GET, alone in its read, that is led on, or for a page that is
in memory and for everybody. Every other byte
goes to uvicorn untouched. The scans of one turn of the event loop share one write, and are answered after it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from scanly.core.errors import Unavailable
from scanly.core.log import Log
from scanly.core.settings import Settings
from scanly.links.routing import Known, Route
from scanly.scans.model import Outcome
from scanly.scans.recorder import Template, Visit
from scanly.scans.table import Entry
from scanly.web.admission import Guards
from scanly.web.guard import BETWEEN, MOST_FIELDS, Guarded
from scanly.web.redirect import (
    LED_ON,
    REDIRECT_HEADERS,
    STRAIGHT,
    RedirectFront,
    decided,
    location_of,
    visit_of,
)
from scanly.web.request import Headers, Told, canonical_host, has_etag, header_lines

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
# What this uvicorn must have, or the fast path and the guards are off.
_READING = ("on_message_begin", "on_message_complete", "parser", "cycle", "flow", "client", "server_state")
_TIMER = ("timeout_keep_alive", "timeout_keep_alive_task", "timeout_keep_alive_handler")
_BUILT_UPON = (*_READING, *_TIMER, "_unset_keepalive_if_required", "shutdown")


def protocol(front: RedirectFront, settings: Settings) -> Any:
    """What makes uvicorn's connections, as its setting ``http``: guarded, with the fast path or without.

    Behind trusted proxies without: whom a proxy asks for is decided in one place, the front.
    """
    config = uvicorn.Config(cast(Any, front), http=_WITHOUT, ws="none", lifespan="off", log_config=None)
    plain = HttpToolsProtocol(config, ServerState(), {}, asyncio.get_running_loop())
    if not all(hasattr(plain, name) for name in _BUILT_UPON):
        _log.warning("Fast path and guards are off: this uvicorn is unknown.", version=uvicorn.__version__)
        return _WITHOUT
    guards = Guards.of(settings)
    if settings.fast_path == "off" or settings.trusted_proxies:
        return partial(Guarded, guards)
    return partial(Connection, FastPath(front), guards)


class Caller(msgspec.Struct, frozen=True, gc=False):
    """All that is needed of a request's headers; ``host`` in canonical spelling, ``known`` is If-None-Match."""

    host: bytes
    told: Told
    encodings: bytes
    known: bytes


def read_headers(block: bytes) -> Caller | None:
    """What stands between the request line and the body; None when any of it asks for uvicorn's judgement."""
    if not _FIELDS.fullmatch(block):
        return None
    fields = _NAME_AND_VALUE.findall(block)
    if len(fields) > MOST_FIELDS:
        return None
    headers: Headers = {name.lower(): value for name, value in fields}
    if len(headers) != len(fields) or not _NOT_PLAIN.isdisjoint(headers) or b"host" not in headers:
        return None
    if headers.get(b"connection", _KEEP_ALIVE).lower() != _KEEP_ALIVE:
        return None
    host = canonical_host(headers[b"host"])
    if host is None:
        return None
    header = headers.get
    return Caller(host, Told.by(headers), header(b"accept-encoding", b""), header(b"if-none-match", b""))


class Memo(msgspec.Struct, frozen=True, gc=False):
    """What a request was last answered with: true for the same bytes as long as nothing has changed."""

    data: bytes
    version: int
    until_ms: int
    template: Template
    tail: bytes
    language: bytes


# Who waits, what stands before and after the headers that all answers share, what it is, how the visitor reads.
_Waiting = tuple["Connection", bytes, bytes, Outcome, bytes]
_FOUND, _PAGE, _KNOWN = (
    b"HTTP/1.1 %b\r\n" % status for status in (b"302 Found", b"200 OK", b"304 Not Modified")
)


@dataclass(slots=True)
class FastPath:
    """What the connections of one worker share: callers seen lately, and the answers of this turn."""

    front: RedirectFront
    _callers: dict[bytes, Caller] = field(default_factory=dict[bytes, Caller])
    _frames: list[bytes] = field(default_factory=list[bytes])
    _waiting: list[_Waiting] = field(default_factory=list["_Waiting"])
    _now_ms: int = 0
    _headers: Sequence[tuple[bytes, bytes]] = ()
    _shared: bytes = b""

    @property
    def strict(self) -> bool:
        return self.front.strict

    def take(self, data: bytes, connection: Connection) -> bool:
        """Whether this was a request that is led on: it is answered before the turn ends, or once it is on disk."""
        front = self.front
        if not self._waiting:  # once a turn
            front.table.look()
            self._now_ms = front.clock()
        memo, now_ms = connection.memo, self._now_ms
        if (
            memo is not None
            and memo.data == data
            and memo.version == front.table.version
            and now_ms < memo.until_ms
        ):
            frame = front.recorder.stamp(memo.template, now_ms)
            if frame is not None:
                self._wait(connection, (_FOUND, memo.tail, Outcome.REDIRECT, memo.language), frame)
                return True
        try:
            return self._meet(data, connection)
        except Unavailable:  # the front says so
            return False

    def _meet(self, data: bytes, connection: Connection) -> bool:
        end = data.find(b" ", 4)
        line_end = end + len(_VERSION)
        if not data.startswith(b"GET /") or data[end:line_end] != _VERSION or len(data) > _LONGEST_BYTES:
            return False
        block = data[line_end:]
        caller = self._callers.get(block) or self._hear(block)
        if caller is None:
            return False
        path, _, query = data[4:end].partition(b"?")
        entry = self.front.table.find(caller.host, path, self._now_ms)
        if not _QUERY.fullmatch(query):
            return False
        if entry is None:
            return self._page(caller, path, query, connection)
        visit = visit_of(entry, connection.address, caller.told, query)
        if entry.route is not None:
            return self._through_gate(entry, entry.route, visit, connection)
        passed = query and entry.passes_query
        tail = _location(location_of(entry, None, STRAIGHT, query) if passed else entry.location)
        frame = self._frame(data, connection, entry, visit, tail)
        return self._recorded_or_not(connection, (_FOUND, tail), visit, frame)

    def _frame(
        self, data: bytes, connection: Connection, entry: Entry, visit: Visit, tail: bytes
    ) -> bytes | None:
        """A plain visit as it is recorded; what comes a second time on a connection is remembered."""
        recorder, now_ms = self.front.recorder, self._now_ms
        if connection.last != data:
            connection.last = data
            return recorder.prepare(visit)
        template = recorder.template(visit, now_ms)
        frame = None if template is None else recorder.stamp(template, now_ms)
        if template is not None and frame is not None:
            version = self.front.table.version
            connection.memo = Memo(data, version, entry.until_ms, template, tail, visit.language)
        return frame

    def _through_gate(self, entry: Entry, route: Route, visit: Visit, connection: Connection) -> bool:
        """The same for a link on conditions. Whoever is told something is left to the front: nothing was counted."""
        front = self.front
        if route.link.terms.password:
            return False
        decision = front.gate.decide(route, visit, self._now_ms, Known(person=False), counts=True)
        if decision.answer not in LED_ON:
            return False
        visit = decided(visit, decision)
        tail = _location(location_of(entry, route, decision, visit.query))
        return self._recorded_or_not(connection, (_FOUND, tail), visit, front.recorder.prepare(visit))

    def _page(self, caller: Caller, path: bytes, query: bytes, connection: Connection) -> bool:
        """A page that is in memory and that everybody may see."""
        front = self.front
        page = front.inner.at_once(caller.host, path, self._now_ms)
        if page is None:
            return False
        visit = page.visit(connection.address, caller.told, query)
        front.inner.note(page.packed, visit.address, self._now_ms)
        body = page.packed.body(caller.encodings)
        if has_etag(caller.known, body.etag):
            answer = _KNOWN, body.unchanged_lines
        else:
            answer = _PAGE, body.lines + body.data
        return self._recorded_or_not(connection, answer, visit, front.recorder.prepare(visit))

    def flush(self) -> None:
        """Writes the scans that wait, then answers them: also those that could not be written, unless strict."""
        if not self._waiting:
            return
        frames, waiting = self._frames, self._waiting
        self._frames, self._waiting = [], []
        if self.strict:
            loop = waiting[0][0].loop
            self.front.recorder.commit_durably(
                frames, lambda on_disk: loop.call_soon_threadsafe(self._answer_durably, waiting, on_disk)
            )
            return
        metrics = self.front.metrics
        metrics.requests += len(waiting)
        metrics.scans_recorded += self.front.recorder.commit(frames)
        shared = self._sharedheader_lines(waiting[0][0])
        answers = metrics.answers
        for connection, start, tail, outcome, _ in waiting:
            answers[outcome] += 1
            connection.answer(start + shared + tail)

    def _answer_durably(self, waiting: list[_Waiting], on_disk: int) -> None:
        """The first ``on_disk`` are answered; the others are told that it cannot be done now."""
        metrics = self.front.metrics
        metrics.requests += len(waiting)
        metrics.scans_recorded += on_disk
        shared = self._sharedheader_lines(waiting[0][0])
        for number, (connection, start, tail, outcome, language) in enumerate(waiting):
            metrics.answers[outcome] += number < on_disk
            connection.answer(start + shared + tail if number < on_disk else self._unrecorded(language))

    def _unrecorded(self, language: bytes) -> bytes:
        headers, page = self.front.unrecorded(language.decode("utf-8", "replace"))
        lines = header_lines((*self._headers, *headers))
        return b"HTTP/1.1 503 Service Unavailable\r\n" + lines + b"\r\n" + page

    def _sharedheader_lines(self, connection: Connection) -> bytes:
        """The headers that every answer begins with; they are another list each second."""
        headers = connection.server_state.default_headers
        if headers is not self._headers:
            self._headers = headers
            self._shared = header_lines(headers)
        return self._shared

    def _hear(self, block: bytes) -> Caller | None:
        caller = read_headers(block)
        if caller is not None:
            if len(self._callers) >= _CALLERS_KEPT:
                self._callers.clear()
            self._callers[block] = caller
        return caller

    def _recorded_or_not(
        self, connection: Connection, answer: tuple[bytes, bytes], visit: Visit, frame: bytes | None
    ) -> bool:
        """A visit that cannot be recorded is answered all the same, unless strict."""
        if frame is None and self.strict:
            return False
        self._wait(connection, (*answer, visit.outcome, visit.language), frame)
        return True

    def _wait(
        self, connection: Connection, answer: tuple[bytes, bytes, Outcome, bytes], frame: bytes | None
    ) -> None:
        if not self._waiting:
            connection.loop.call_soon(self.flush)
        connection.waits = True
        self._waiting.append((connection, *answer))
        if frame is not None:
            self._frames.append(frame)


class Connection(Guarded):
    """A connection of uvicorn that asks the fast path first. ``address`` is the peer's."""

    __slots__ = ("_ends", "_fast", "_held", "address", "last", "memo", "waits")

    def __init__(self, fast: FastPath, guards: Guards, **given: Any) -> None:
        super().__init__(guards, **given)
        self.address = ""
        self.waits = False
        self.last = b""
        self.memo: Memo | None = None
        self._fast = fast
        self._held = b""
        self._ends = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - as uvicorn's
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""

    def connection_lost(self, exc: Exception | None) -> None:
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.waits:  # answers keep the order of their requests
            self._fast.flush()
            if self.waits:
                self._held += data
                self.flow.pause_reading()
                return
        if self._is_free() and self._fast.take(data, self):
            self._heard_s = self.loop.time()
        else:
            super().data_received(data)

    def _is_free(self) -> bool:
        """Whether uvicorn has nothing more to read or to answer, and the client takes its answers."""
        answered = self.cycle is None or self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison] - None at first
        return self.stage == BETWEEN and answered and not self.flow.write_paused

    def is_quiet(self, now_s: float) -> bool:
        return not self.waits and super().is_quiet(now_s)

    def answer(self, response: bytes) -> None:
        """Sends it, unless the client has left, and goes on with what came meanwhile."""
        self.waits = False
        if self.transport.is_closing():
            return
        self.transport.write(response)
        if self._held:
            held, self._held = self._held, b""
            self.flow.resume_reading()
            self.data_received(held)
        elif self._ends:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """uvicorn set its timer without knowing of the requests that it never saw; the guards watch those."""
        left_s = self._heard_s + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            again = self.loop.call_later(left_s, self.timeout_keep_alive_handler)
            self.timeout_keep_alive_task = again
        else:
            super().timeout_keep_alive_handler()

    def shutdown(self) -> None:
        self._fast.flush()
        self._ends = True
        if not self.waits:
            super().shutdown()


def _location(address: bytes) -> bytes:
    """What follows the shared headers of a redirect."""
    return b"location: " + address + _AFTER_LOCATION


_AFTER_LOCATION = b"\r\n" + header_lines(REDIRECT_HEADERS) + b"\r\n"

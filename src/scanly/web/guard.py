"""What every connection is held to, in every mode: deadlines, the size of a request, and framing beyond doubt.

uvicorn waits for the rest of a request for ever, and takes whatever httptools takes.
Source: RFC 9112 (framing), RFC 9110, 15.5 (statuses), RFC 6585, 5 (431).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from scanly.web.admission import Guards
from scanly.web.refusal import (
    BODY_TOO_LARGE,
    HEAD_TOO_LARGE,
    LATE,
    MALFORMED,
    TARGET_TOO_LONG,
    UNKNOWN_VERSION,
    UPGRADE_WITH_BODY,
    Refusal,
)

# What a connection waits for: a request, the rest of its headers, the rest of its body, its end.
BETWEEN, HEAD, BODY, REFUSED = range(4)

MOST_FIELDS = 64
_MOST_HEAD_BYTES = 16_384
_MOST_TARGET_BYTES = 8_192
_MOST_BODY_BYTES = 1_000_000
# As it comes: chunks of one byte are six.
_MOST_CHUNKED_BYTES = 2 * _MOST_BODY_BYTES
# Requests that came before the answers of those ahead of them; each is held in memory.
_MOST_WAITING = 100
_FIELD_BYTES = len(": \r\n")
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_VERSIONS = frozenset({"1.0", "1.1"})
# An option of sockets: closing waits for nothing.
_AT_ONCE = struct.pack("ii", 1, 0)
# Who has just been heard need not make room for another.
_JUST_HEARD_S = 1.0


class Guarded(HttpToolsProtocol):
    """A connection of uvicorn with deadlines and limits; ``origin`` is whom it counts for."""

    # Beyond 30 names in its dictionary, an instance loses the compact kind.
    __slots__ = (
        "_body_bytes",
        "_fed_bytes",
        "_guards",
        "_heard_s",
        "_running",
        "_since_s",
        "_taken_s",
        "_unsent_bytes",
        "_why",
        "origin",
        "stage",
    )

    parser: httptools.HttpRequestParser

    def __init__(self, guards: Guards, **given: Any) -> None:
        super().__init__(**given)
        self.stage = BETWEEN
        self.origin = b""
        self._guards = guards
        self._why = MALFORMED
        self._running: RequestResponseCycle | None = None
        # When the client last had an answer, and since when it is in this stage: 0 until its bytes were all read.
        self._heard_s = self._since_s = self._taken_s = 0.0
        # Of the request that is being read, as they came; and of its body alone.
        self._fed_bytes = self._body_bytes = 0
        self._unsent_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - as uvicorn's
        super().connection_made(transport)
        self._heard_s = self.loop.time()
        refusal = self._guards.admit(self)
        if refusal is not None:
            # It is not waited for: that would keep the descriptor which is wanting.
            self.stage = REFUSED
            transport.write(refusal.response(self.server_state.default_headers, head=False))
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._guards.leave(self)
        # uvicorn tells only the last of those that came together that nobody waits.
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.stage == REFUSED:
            return
        self._unset_keepalive_if_required()
        rest: bytes | None = data
        while rest is not None:
            rest = self._feed(rest)
        if self.stage != BETWEEN:
            self._judge_unfinished()

    def _feed(self, data: bytes) -> bytes | None:
        """Has it parsed; what follows a request to upgrade is still to be read."""
        self._fed_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return data[int(upgrade.args[0]) :] or None
        except httptools.HttpParserError:
            self._refuse(self._why)
        return None

    def _judge_unfinished(self) -> None:
        if not self._since_s:
            self._since_s = self.loop.time()
        if self.stage == HEAD:
            if len(self.url) > _MOST_TARGET_BYTES:
                self._refuse(TARGET_TOO_LONG)
            elif self._fed_bytes > _MOST_HEAD_BYTES + _MOST_TARGET_BYTES:
                self._refuse(HEAD_TOO_LARGE)
        elif self.stage == BODY and self._fed_bytes > _MOST_CHUNKED_BYTES:
            self._refuse(BODY_TOO_LARGE)

    def on_message_begin(self) -> None:
        self.stage = HEAD
        self._since_s = 0.0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._judge_head()
        super().on_headers_complete()
        self.stage = BODY
        self._since_s = 0.0
        self._body_bytes = 0
        # The application has the list; fields that follow a body must not be added to those it has judged.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > _MOST_BODY_BYTES:
            self._stop(BODY_TOO_LARGE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.stage = BETWEEN
        self._fed_bytes = 0
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        self._heard_s = self.loop.time()
        super().on_response_complete()

    def resume_writing(self) -> None:
        self._unsent_bytes = 0
        super().resume_writing()

    def _judge_head(self) -> None:
        """Refuses what is too large, and framing that a proxy might read in another way."""
        headers = self.headers
        # What came together may be of several requests.
        if not 0 < self._fed_bytes <= _MOST_TARGET_BYTES:
            if len(self.url) > _MOST_TARGET_BYTES:
                self._stop(TARGET_TOO_LONG)
            if sum(len(name) + len(value) + _FIELD_BYTES for name, value in headers) > _MOST_HEAD_BYTES:
                self._stop(HEAD_TOO_LARGE)
        if len(headers) > MOST_FIELDS:
            self._stop(HEAD_TOO_LARGE)
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            self._stop(UNKNOWN_VERSION)
        if not _FRAMING.isdisjoint(dict(headers)):
            self._judge_framing(version)
        if len(self.pipeline) >= _MOST_WAITING:
            self._stop(MALFORMED)

    def _judge_framing(self, version: str) -> None:
        """httptools has refused lengths that are no number, two of them, and a length beside an encoding."""
        framing = [field for field in self.headers if field[0] in _FRAMING]
        if len(framing) > 1:
            self._stop(MALFORMED)
        name, value = framing[0]
        if name == b"transfer-encoding":
            if value.strip().lower() != b"chunked" or version != "1.1":
                self._stop(MALFORMED)
        elif int(value) > _MOST_BODY_BYTES:
            self._stop(BODY_TOO_LARGE)
        # httptools would take such a body for the next request.
        if self.parser.should_upgrade() and value.strip() != b"0":
            self._stop(UPGRADE_WITH_BODY)

    def _stop(self, why: Refusal) -> None:
        """Ends the parsing from inside one of its callbacks. Raises ValueError."""
        self._why = why
        raise ValueError(why.sentence)

    def _answering(self) -> bool:
        cycle = cast(RequestResponseCycle | None, self.cycle)
        return cycle is not None and not cycle.response_complete and not cycle.disconnected

    def _refuse(self, refusal: Refusal) -> None:
        """Answers in place of the application and reads no further; answers that are owed come first."""
        refused, self.stage = self.stage, REFUSED
        self._since_s = self.loop.time()
        if refused == BODY:
            if self.pipeline:
                # Its application has not begun: it waits behind others, and so does this.
                self.pipeline[0] = (self.cycle, cast(Any, refusal))  # ASGI's types differ in name only
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        elif self._answering():
            self.cycle.keep_alive = False
            return
        self._end(None if refused == BODY and self.cycle.response_started else refusal)

    def _end(self, refusal: Refusal | None) -> None:
        """Says why, and waits a little: closing on a client that still sends would take the answer from it."""
        transport = self.transport
        if transport.is_closing():
            return
        if refusal is not None:
            head = self.parser.get_method() == b"HEAD"
            transport.write(refusal.response(self.server_state.default_headers, head=head))
        if transport.can_write_eof():
            transport.write_eof()
            self.flow.resume_reading()
        else:
            transport.close()

    def is_quiet(self, now_s: float) -> bool:
        """Whether nothing is asked and nothing owed, and not only since a moment ago."""
        return (
            self.stage == BETWEEN
            and not self._answering()
            and not self.transport.get_write_buffer_size()
            and now_s - self._heard_s >= _JUST_HEARD_S
        )

    def look(self, now_s: float) -> None:
        """Cuts it off when its time is over."""
        deadlines, transport = self._guards.deadlines, self.transport
        if self._has_not_taken_answers(now_s):
            # Otherwise the system would go on offering what it holds of them.
            with suppress(AttributeError, OSError):
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()
        elif transport.is_closing():
            return
        elif self.stage == BETWEEN:
            if now_s - self._heard_s > deadlines.idle_s and not self._answering():
                transport.close()
        elif self.stage == REFUSED:
            if now_s - self._since_s > deadlines.linger_s and not self._answering():
                transport.abort()
        elif self.flow.read_paused:
            self._since_s = now_s  # the delay is ours
        elif now_s - self._since_s > (deadlines.head_s if self.stage == HEAD else deadlines.body_s):
            self._refuse(LATE)

    def _has_not_taken_answers(self, now_s: float) -> bool:
        """Whether some wait to be sent, and none of them could be for too long."""
        unsent_bytes, before = self.transport.get_write_buffer_size(), self._unsent_bytes
        if not unsent_bytes:
            if before:
                self._unsent_bytes = 0
            return False
        self._heard_s = now_s
        if not before or unsent_bytes < before:
            self._taken_s = now_s
        self._unsent_bytes = unsent_bytes
        return now_s - self._taken_s > self._guards.deadlines.answer_s

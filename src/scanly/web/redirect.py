"""The front of the server in plain ASGI: answers links from memory, records each scan before its answer.

Everything else goes on to the application behind it, after the Host was checked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from scanly.links.routing import Answer, Decision, decide
from scanly.ops.metrics import Metrics
from scanly.scans.model import Outcome
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.table import Entry, LinkTable
from scanly.web import request
from scanly.web.public import pages
from scanly.web.request import Headers, Proxies, Scope

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_END: Message = {"type": "http.response.body", "body": b""}
_NO_STORE = (b"cache-control", b"no-store")
# What follows the location of a redirect.
REDIRECT_HEADERS = (_NO_STORE, (b"content-length", b"0"))
_TEXT, _HTML = b"text/plain; charset=utf-8", b"text/html; charset=utf-8"


class Told(msgspec.Struct, frozen=True, gc=False):
    """What the headers of a request tell of its visitor, as they came."""

    agent: bytes
    language: bytes
    referrer: bytes
    prefetch: bool

    @classmethod
    def by(cls, headers: Headers) -> Told:
        header = headers.get
        return cls(
            header(b"user-agent", b""),
            header(b"accept-language", b""),
            header(b"referer", b""),
            request.is_prefetch(headers),
        )


def visit_of(entry: Entry, decision: Decision, address: str, told: Told, query: bytes) -> Visit:
    """What is recorded of a request for a link, however it was answered."""
    workspace = entry.workspace
    return Visit(
        entry.link_id,
        workspace.id,
        workspace.time_zone,
        Outcome.REDIRECT if decision.answer is Answer.REDIRECT else Outcome.CLOSED,
        address,
        told.agent,
        told.language,
        told.referrer,
        query,
        decision.rule,
        prefetch=told.prefetch,
        nameless=workspace.privacy == "none",
    )


@dataclass(frozen=True, slots=True)
class RedirectFront:
    """``recorder`` remembers visits of links; ``inner`` answers whatever is no link."""

    inner: Application
    table: LinkTable
    recorder: Recorder
    proxies: Proxies
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        self.metrics.requests += 1
        headers: Headers = dict(scope["headers"])
        header = request.one_host(scope, headers)
        host = request.canonical_host(header) if header is not None else None
        if host is None:
            self.metrics.misdirected += 1
            await _send(send, 400, _TEXT, b"A request needs exactly one valid Host header.\n")
            return
        entry = self._find(host, scope["raw_path"])
        if entry is not None and scope["method"] in ("GET", "HEAD"):
            decision = decide(removed=entry.removed)
            if scope["method"] == "GET":
                self._record(entry, decision, scope, headers)
            if decision.answer is Answer.REDIRECT:
                answer = [(b"location", entry.location), *REDIRECT_HEADERS]
                await send({"type": "http.response.start", "status": 302, "headers": answer})
                await send(_END)
            else:
                await self._say_closed(entry, scope, headers, send)
        elif self.table.knows(host) or scope["path"] in ("/healthz", "/readyz"):
            await self.inner(scope, receive, send)
        else:
            self.metrics.misdirected += 1
            await _send(
                send, 421, _TEXT, b"This server does not answer for that host. Is base_url set to it?\n"
            )

    def _find(self, host: bytes, path: bytes) -> Entry | None:
        entry = self.table.find(host, path)
        if entry is None and b"%" in path:
            entry = self.table.find(host, unquote_to_bytes(path))
        return entry

    def _record(self, entry: Entry, decision: Decision, scope: Scope, headers: Headers) -> None:
        address = self.proxies.visitor(scope, headers)
        visit = visit_of(entry, decision, address, Told.by(headers), scope["query_string"])
        self.metrics.answered(visit.outcome, recorded=self.recorder.record(visit))

    async def _say_closed(self, entry: Entry, scope: Scope, headers: Headers, send: Send) -> None:
        page = pages.closed(entry.workspace, request.text(headers, b"accept-language"))
        await _send(send, 410, _HTML, page if scope["method"] == "GET" else b"", length=len(page))


async def _send(send: Send, status: int, kind: bytes, body: bytes, length: int | None = None) -> None:
    """``length`` differs from the body's only for HEAD."""
    size = len(body) if length is None else length
    headers = [(b"content-type", kind), (b"content-length", b"%d" % size), _NO_STORE]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

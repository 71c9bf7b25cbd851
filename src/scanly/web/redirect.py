"""The front of the server in plain ASGI: answers links from memory, records each scan before its answer.

Everything else goes on to the application behind it, after the Host was checked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from scanly.links.routing import Answer, decide
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
_EMPTY = (b"content-length", b"0")
_TEXT, _HTML = b"text/plain; charset=utf-8", b"text/html; charset=utf-8"


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
        elif (entry := self._find(host, scope)) and scope["method"] in ("GET", "HEAD"):
            await self._answer(entry, scope, headers, send)
        elif self.table.knows(host) or scope["path"] in ("/healthz", "/readyz"):
            await self.inner(scope, receive, send)
        else:
            self.metrics.misdirected += 1
            await _send(
                send, 421, _TEXT, b"This server does not answer for that host. Is base_url set to it?\n"
            )

    def _find(self, host: bytes, scope: Scope) -> Entry | None:
        path: bytes = scope["raw_path"]
        entry = self.table.find(host, path)
        if entry is None and b"%" in path:
            entry = self.table.find(host, unquote_to_bytes(path))
        return entry

    async def _answer(self, entry: Entry, scope: Scope, headers: Headers, send: Send) -> None:
        decision = decide(removed=entry.removed)
        closed = decision.answer is Answer.CLOSED
        if scope["method"] == "GET":
            outcome = Outcome.CLOSED if closed else Outcome.REDIRECT
            self._record(entry, outcome, decision.rule, scope, headers)
        if closed:
            page = pages.closed(entry.workspace, request.text(headers, b"accept-language"))
            await _send(send, 410, _HTML, page if scope["method"] == "GET" else b"", length=len(page))
            return
        await send(
            {
                "type": "http.response.start",
                "status": 302,
                "headers": [(b"location", entry.location), _NO_STORE, _EMPTY],
            }
        )
        await send(_END)

    def _record(self, entry: Entry, outcome: Outcome, rule: int, scope: Scope, headers: Headers) -> None:
        workspace = entry.workspace
        visit = Visit(
            link_id=entry.link_id,
            workspace_id=workspace.id,
            zone=workspace.time_zone,
            outcome=outcome,
            address=self.proxies.visitor(scope, headers),
            agent=request.text(headers, b"user-agent"),
            language=request.text(headers, b"accept-language"),
            referrer=request.text(headers, b"referer"),
            query=scope["query_string"],
            rule=rule,
            prefetch=request.is_prefetch(headers),
            nameless=workspace.privacy == "none",
        )
        self.metrics.answered(outcome, recorded=self.recorder.record(visit))


async def _send(send: Send, status: int, kind: bytes, body: bytes, length: int | None = None) -> None:
    """``length`` differs from the body's only for HEAD."""
    size = len(body) if length is None else length
    headers = [(b"content-type", kind), (b"content-length", b"%d" % size), _NO_STORE]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""The front of the server in plain ASGI: answers links from memory, records each scan before its answer.

Everything else goes on to the application behind it, after the Host was checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec

from scanly.accounts.model import Workspace
from scanly.core.clock import Clock
from scanly.core.errors import Unavailable
from scanly.core.ids import IdMaker, show
from scanly.links import destination
from scanly.links.routing import Answer, Decision, Known, Route
from scanly.ops.metrics import Metrics
from scanly.scans.gate import OUTCOMES, Gate
from scanly.scans.model import Outcome
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.table import Entry, LinkTable
from scanly.web import request, unlock
from scanly.web.public import pages
from scanly.web.request import Headed, Headers, Message, Proxies, Receive, Scope, Send, Told
from scanly.web.security import FORM_HEADERS, HEADERS
from scanly.web.sites.front import PageFront
from scanly.web.unlock import Unlocker, lock_of

_END: Message = {"type": "http.response.body", "body": b""}
_NO_STORE = (b"cache-control", b"no-store")
# What follows the location of a redirect.
REDIRECT_HEADERS = (_NO_STORE, (b"content-length", b"0"))
_TEXT, _HTML = b"text/plain; charset=utf-8", b"text/html; charset=utf-8"
_PREVIEW = b"+"
_METHODS = frozenset({"GET", "HEAD", "POST"})
LED_ON = frozenset({Answer.REDIRECT, Answer.FALLBACK})
_SEE_OTHER, _FOUND, _GONE, _TOO_MANY, _UNAVAILABLE = 303, 302, 410, 429, 503


def visit_of(entry: Entry, address: str, told: Told, query: bytes, country: str = "") -> Visit:
    """A request for a link, before it is decided how it is answered; ``country`` is what a trusted proxy says."""
    workspace = entry.workspace
    return Visit(
        entry.link_id,
        workspace.id,
        workspace.time_zone,
        Outcome.REDIRECT,
        address,
        told.agent,
        told.language,
        told.referrer,
        query,
        prefetch=told.prefetch,
        privacy=workspace.privacy,
        host=entry.host,
        drive=entry.drive,
        words=entry.words,
        country=country,
    )


def decided(visit: Visit, decision: Decision) -> Visit:
    """The visit as it is recorded."""
    return msgspec.structs.replace(visit, outcome=OUTCOMES[decision.answer], rule=decision.rule)


def location_of(entry: Entry, route: Route | None, decision: Decision, query: bytes) -> bytes:
    """Where a decision leads, as a header value: campaign words and query go along to targets, not to fallbacks."""
    address = entry.location
    if route is not None and decision.target != route.link.target:
        words = {} if decision.answer is Answer.FALLBACK else route.link.terms.utm
        address = destination.location(decision.target, words)
    if query and entry.passes_query and decision.answer is Answer.REDIRECT:
        return destination.with_query(address, query)
    return address


class Asked(NamedTuple):
    """A request for a link that is there."""

    entry: Entry
    visit: Visit
    scope: Scope
    headers: Headers
    now_ms: int

    @property
    def head(self) -> bool:
        return self.scope["method"] == "HEAD"

    @property
    def language(self) -> str:
        return request.text(self.headers, b"accept-language")


STRAIGHT = Decision(Answer.REDIRECT)


@dataclass(frozen=True, slots=True)
class RedirectFront:
    """``recorder`` remembers visits of links; ``inner`` answers whatever is no link: sites and what is behind them.

    With ``strict``, nobody is led on whose visit is not on disk; ``secure`` where visitors come by https.
    """

    inner: PageFront
    table: LinkTable
    recorder: Recorder
    gate: Gate
    unlocker: Unlocker
    proxies: Proxies
    metrics: Metrics
    make_id: IdMaker
    clock: Clock
    strict: bool = False
    secure: bool = False

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
            await _say(send, 400, b"A request needs exactly one valid Host header.\n")
            return
        try:
            asked = self._asked(host, scope, headers) if scope["method"] in _METHODS else None
            if asked is not None and await self._answer(asked, receive, send):
                return
        except Unavailable:
            await self._say_unrecorded(scope, headers, send)
            return
        if self.table.knows(host) or scope["path"] in ("/healthz", "/readyz"):
            await self.inner(scope, receive, send)
        else:
            self.metrics.misdirected += 1
            await _say(send, 421, b"This server does not answer for that host. Is base_url set to it?\n")

    def _asked(self, host: bytes, scope: Scope, headers: Headers) -> Asked | None:
        self.table.look()
        now_ms, path = self.clock(), scope["raw_path"].removesuffix(_PREVIEW)
        entry = self.table.find(host, path, now_ms)
        if entry is None and b"%" in path:
            entry = self.table.find(host, unquote_to_bytes(path), now_ms)
        if entry is None:
            return None
        address = self.proxies.visitor(scope, headers)
        country = self.proxies.country(scope, headers)
        visit = visit_of(entry, address, Told.by(headers), scope["query_string"], country)
        return Asked(entry, visit, scope, headers, now_ms)

    async def _answer(self, asked: Asked, receive: Receive, send: Send) -> bool:
        """False when it is not for links to answer, such as a form for a link without one."""
        route = asked.entry.route
        insists = unlocked = False
        if route is not None:
            cookies = request.text(asked.headers, b"cookie")
            unlocked = bool(route.link.terms.password) and self.unlocker.is_unlocked(
                lock_of(route.link), cookies, asked.now_ms
            )
        if asked.scope["raw_path"].endswith(_PREVIEW):
            await self._show(asked, unlocked, send)
            return True
        if asked.scope["method"] == "POST":
            if route is None or not (route.link.terms.password or route.link.terms.max_scans is not None):
                return False
            fields = await unlock.form(receive)
            if unlock.PASSWORD_FIELD in fields and not unlocked:
                await self._try(asked, route, fields[unlock.PASSWORD_FIELD], send)
                return True
            insists = unlock.CONFIRM_FIELD in fields
        decision = STRAIGHT
        if route is not None:
            known = Known(unlocked, person=insists)
            decision = self.gate.decide(route, asked.visit, asked.now_ms, known, counts=not asked.head)
        if asked.head or await self._is_recorded(decided(asked.visit, decision)) or not self.strict:
            await self._tell(asked, decision, send)
        else:
            await self._say_unrecorded(asked.scope, asked.headers, send)
        return True

    async def _show(self, asked: Asked, unlocked: bool, send: Send) -> None:
        """Where this visitor would be led; of a limited code, only that it can be opened. Nothing is recorded."""
        route, decision = asked.entry.route, STRAIGHT
        if route is not None:
            known = Known(unlocked, person=False)
            decision = self.gate.decide(route, asked.visit, asked.now_ms, known, counts=False)
        if decision.answer not in LED_ON:
            await self._tell(asked, decision, send)
            return
        target = location_of(asked.entry, route, decision, b"").decode()
        page = pages.preview(target, asked.entry.workspace, self._address(asked), asked.language)
        await self._page(send, 200, page, head=asked.head)

    def _address(self, asked: Asked) -> str:
        """The short address as the visitor has it."""
        scheme = "https" if self.secure else asked.scope["scheme"]
        host = request.text(asked.headers, b"host")
        return f"{scheme}://{host}{_action(asked.scope)}"

    async def _is_recorded(self, visit: Visit) -> bool:
        recorded = await self.recorder.record_durably(visit) if self.strict else self.recorder.record(visit)
        if recorded or not self.strict:
            self.metrics.answered(visit.outcome, recorded=recorded)
        return recorded

    async def _tell(self, asked: Asked, decision: Decision, send: Send) -> None:
        entry, workspace = asked.entry, asked.entry.workspace
        if decision.answer in LED_ON:
            location = location_of(entry, entry.route, decision, asked.visit.query)
            status = _SEE_OTHER if asked.scope["method"] == "POST" else _FOUND
            headers = [(b"location", location), *REDIRECT_HEADERS]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send(_END)
        elif decision.answer is Answer.PASSWORD:
            page = pages.password(workspace, asked.language, action=_action(asked.scope))
            await self._page(send, 200, page, head=asked.head, form=True)
        elif decision.answer is Answer.CONFIRM:
            # A browser that fetches ahead must come again when its user taps.
            status = _UNAVAILABLE if asked.visit.prefetch else 200
            page = pages.confirm(workspace, asked.language, action=_action(asked.scope))
            await self._page(send, status, page, head=asked.head, form=True)
        else:
            await self._page(send, _GONE, closed_page(workspace, decision, asked), head=asked.head)

    async def _try(self, asked: Asked, route: Route, given: str, send: Send) -> None:
        """A password was given: the way on is the same address with a proof."""
        tried = "wait"
        if self.gate.may_try(route.link.id, asked.visit, asked.now_ms):
            tried = await self.unlocker.fits(lock_of(route.link), given)
        if tried == "right":
            cookie = self.unlocker.proof(lock_of(route.link), asked.now_ms).encode()
            headers = [
                (b"location", _action(asked.scope).encode()),
                (b"set-cookie", cookie),
                *REDIRECT_HEADERS,
            ]
            await send({"type": "http.response.start", "status": _SEE_OTHER, "headers": headers})
            await send(_END)
            return
        page = pages.password(
            asked.entry.workspace,
            asked.language,
            action=_action(asked.scope),
            problem="wait" if tried == "wait" else "wrong",
        )
        await self._page(send, _TOO_MANY if tried == "wait" else 403, page, head=False, form=True)

    def unrecorded(self, language: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Headers and page of the 503 for a visit that could not be recorded safely."""
        page = pages.closed(None, language, reason="unrecorded", now_ms=self.clock())
        return _headers(_HTML, len(page), self._more(HEADERS)), page

    def _more(self, headers: Headed) -> Headed:
        return (*headers, (b"x-request-id", show(self.make_id()).encode()))

    async def _page(self, send: Send, status: int, page: bytes, *, head: bool, form: bool = False) -> None:
        headers = _headers(_HTML, len(page), self._more(FORM_HEADERS if form else HEADERS))
        await _send(send, status, headers, b"" if head else page)

    async def _say_unrecorded(self, scope: Scope, headers: Headers, send: Send) -> None:
        answer, page = self.unrecorded(request.text(headers, b"accept-language"))
        await _send(send, _UNAVAILABLE, answer, b"" if scope["method"] == "HEAD" else page)


def closed_page(workspace: Workspace, decision: Decision, asked: Asked) -> bytes:
    """Why a code does not lead on, in the visitor's language."""
    reason = decision.reason.value if decision.reason else "removed"
    return pages.closed(workspace, asked.language, reason=reason, at_ms=decision.at_ms, now_ms=asked.now_ms)


def _action(scope: Scope) -> str:
    """The address of the page itself, from its code on."""
    query = scope["query_string"].decode("ascii", "replace")
    path = scope["raw_path"].removesuffix(_PREVIEW).decode("ascii", "replace")
    return path + (f"?{query}" if query else "")


def _headers(kind: bytes, length: int, more: Headed = ()) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", kind), (b"content-length", b"%d" % length), _NO_STORE, *more]


async def _say(send: Send, status: int, sentence: bytes) -> None:
    await _send(send, status, _headers(_TEXT, len(sentence)), sentence)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

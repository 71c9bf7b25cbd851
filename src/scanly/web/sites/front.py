"""The sites in plain ASGI, between links and the framework: pages from memory, each view recorded before its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qs

import msgspec

from scanly.accounts.model import Workspace
from scanly.core.clock import Clock
from scanly.core.errors import Unavailable
from scanly.core.ids import show
from scanly.core.log import Log
from scanly.links import destination
from scanly.links.hosts import DEFAULT
from scanly.ops.metrics import Metrics
from scanly.scans.gate import Gate as LinkGate
from scanly.scans.model import Outcome
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.table import LinkTable
from scanly.sites.live.model import Live
from scanly.sites.model import language_path
from scanly.sites.words.language import best
from scanly.web import request
from scanly.web.public import pages
from scanly.web.request import Application, Headers, Proxies, Receive, Scope, Send, Told
from scanly.web.security import OTHERS
from scanly.web.sites import address
from scanly.web.sites.access import Access, Doorkeeper, Gate, lock_of
from scanly.web.sites.address import Wanted
from scanly.web.sites.answering import NO_STORE, lead, read_body, send_packed, show_page
from scanly.web.sites.cache import Cache
from scanly.web.sites.encoding import Packed
from scanly.web.sites.forms import FormRequest, Forms
from scanly.web.sites.making import Key, Maker
from scanly.web.sites.table import Seen, SiteTable
from scanly.web.unlock import PASSWORD_FIELD, form

_log = Log("scanly.sites")
_METHODS = frozenset({"GET", "HEAD", "POST"})
_TOKEN = "for"  # noqa: S105 - a parameter's name
_QUERY_LIMIT_BYTES = 4_096
_ADDRESSES_KEPT = 20_000


class Asked(NamedTuple):
    """A request for a part of a site."""

    site: Live
    workspace: Workspace
    wanted: Wanted
    scope: Scope
    headers: Headers
    now_ms: int

    @property
    def head(self) -> bool:
        return self.scope["method"] == "HEAD"

    @property
    def accept_language(self) -> str:
        return request.text(self.headers, b"accept-language")

    @property
    def cookies(self) -> str:
        return request.text(self.headers, b"cookie")


class Ready(NamedTuple):
    """A page that everybody may see, and that stands in memory."""

    seen: Seen
    workspace: Workspace
    packed: Packed

    def visit(self, visitor: str, told: Told, query: bytes) -> Visit:
        """The view of whoever it is answered to, by their address."""
        return _visit(self.seen.site, self.workspace, visitor, told, query)


@dataclass(frozen=True, slots=True)
class PageFront:
    """``inner`` answers whatever is no site. With ``strict``, nobody sees a page whose view is not on disk."""

    inner: Application
    table: LinkTable
    sites: SiteTable
    maker: Maker
    cache: Cache
    doorkeeper: Doorkeeper
    forms: Forms
    recorder: Recorder
    gate: LinkGate
    proxies: Proxies
    metrics: Metrics
    clock: Clock
    strict: bool = False
    _pages: dict[bytes, tuple[Seen, Workspace, Key]] = field(
        default_factory=dict[bytes, "tuple[Seen, Workspace, Key]"]
    )

    def at_once(self, host: bytes, path: bytes, now_ms: int) -> Ready | None:
        """The page at a path of a host, where nothing needs to be read or decided; takes a few µs."""
        known = self._pages.get(host + path)
        if known is None or not known[0].holds(self.sites.generation.value, now_ms):
            return None
        seen, workspace, key = known
        packed = self.cache.get(key, now_ms)
        return None if packed is None else Ready(seen, workspace, packed)

    def note(self, packed: Packed, visitor: str, now_ms: int) -> None:
        """Remembers who looks at a page with a form, and when."""
        if packed.asks:
            self.forms.seen.note(visitor, now_ms)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in _METHODS:
            headers: Headers = dict(scope["headers"])
            try:
                asked = await self._asked(scope, headers)
                if asked is not None and await self._answer(asked, receive, send):
                    return
            except Unavailable as error:
                _log.warning("A page could not be answered.", reason=error.message)
                page = pages.closed(None, request.text(headers, b"accept-language"), reason="broken")
                await show_page(send, 503, page, head=scope["method"] == "HEAD")
                return
        await self.inner(scope, receive, send)

    async def _asked(self, scope: Scope, headers: Headers) -> Asked | None:
        """None for what belongs to no site. Raises Unavailable."""
        path: bytes = scope["raw_path"]
        canonical = request.canonical_host(headers.get(b"host", b"")) or b""
        host = DEFAULT if canonical in self.table.default_hosts else canonical.decode()
        named = address.site_of(path)
        if named is not None:
            site, rest = await self.sites.find(host, named[0]), named[1]
        else:
            site, rest = await self.sites.front(host), path.decode("ascii", "replace")
        wanted = address.read(rest) if site is not None else None
        workspace = self.table.workspace(site.workspace_id) if site is not None else None
        if site is None or wanted is None or workspace is None:
            return None
        return Asked(site, workspace, wanted, scope, headers, self.clock())

    async def _answer(self, asked: Asked, receive: Receive, send: Send) -> bool:
        """False for an address that the site does not have. Raises Unavailable."""
        site, wanted, method = asked.site, asked.wanted, asked.scope["method"]
        access = self.doorkeeper.decide(site, asked.cookies, asked.now_ms)
        if wanted.what == "page" and await self._let_in(asked, access, receive, send):
            return True
        if access.gate is not None:
            await self._refuse(asked, access.gate, send)
            return True
        if wanted.what == "form":
            await self._form(asked, receive, send)
            return True
        if wanted.what == "go":
            return await self._go(asked, access, send)
        if method == "POST":
            return False
        return await (self._page(asked, access, send) if wanted.what == "page" else self._file(asked, send))

    async def _let_in(self, asked: Asked, access: Access, receive: Receive, send: Send) -> bool:
        """Whether the visitor came with an invitation or a password, and was answered."""
        site = asked.site
        if asked.scope["method"] == "POST":
            if access.gate == "locked":
                await self._try(asked, (await form(receive)).get(PASSWORD_FIELD, ""), send)
                return True
            return False
        token = _parameter(asked.scope["query_string"], _TOKEN) if site.invitations else ""
        invitation = site.invited(token, asked.now_ms) if token else None
        if invitation is None or access.gate in ("removed", "expired"):
            return False
        await lead(send, 303, _path(asked), cookie=self.doorkeeper.welcome(site, invitation, asked.now_ms))
        return True

    async def _try(self, asked: Asked, given: str, send: Send) -> None:
        """A password was given: the way on is the same address with a proof."""
        lock, tried = lock_of(asked.site), "wait"
        if self.gate.may_try(asked.site.id, self._visit(asked, Outcome.PASSWORD), asked.now_ms):
            tried = await self.doorkeeper.unlocker.fits(lock, given)
        if tried == "right":
            cookie = self.doorkeeper.unlocker.proof(lock, asked.now_ms)
            await lead(send, 303, _path(asked), cookie=cookie)
            return
        page = pages.password(
            asked.workspace,
            asked.accept_language,
            action=_path(asked),
            problem="wait" if tried == "wait" else "wrong",
        )
        await show_page(send, 429 if tried == "wait" else 403, page, head=False)

    async def _refuse(self, asked: Asked, gate: Gate, send: Send) -> None:
        workspace, language, site = asked.workspace, asked.accept_language, asked.site
        if gate == "locked":
            page = pages.password(workspace, language, action=site.path or "/")
            status = 200 if asked.wanted.what == "page" else 403
        else:
            status = 403 if gate == "uninvited" else 410
            ended_ms = site.ends_ms if gate == "expired" else None
            page = pages.closed(workspace, language, reason=gate, at_ms=ended_ms, now_ms=asked.now_ms)
        await show_page(send, status, page, head=asked.head)

    async def _page(self, asked: Asked, access: Access, send: Send) -> bool:
        site, now_ms = asked.site, asked.now_ms
        language = _language(site, asked.wanted.name)
        if language is None:
            return False
        right = language_path(site.path, site.languages, language)
        if asked.scope["raw_path"].decode("ascii", "replace") != right:
            await lead(send, 308, right, query=asked.scope["query_string"])
            return True
        invitation = access.invitation
        guest = invitation.name if invitation else ""
        packed = await self._packed(site, "", language, now_ms, guest)
        if packed is None:
            return False
        self._remember(asked, self.maker.key(site, "", language, guest))
        if not asked.head:
            visit = self._visit(asked, Outcome.VIEW, show(invitation.id) if invitation else "")
            self.note(packed, visit.address, now_ms)
            if not await self._is_recorded(visit) and self.strict:
                page = pages.closed(None, asked.accept_language, reason="unrecorded", now_ms=now_ms)
                await show_page(send, 503, page, head=False)
                return True
        await send_packed(packed, asked.headers, send, head=asked.head)
        return True

    async def _file(self, asked: Asked, send: Send) -> bool:
        site = asked.site
        language = _language(site, _parameter(asked.scope["query_string"], "l")) or site.languages[0]
        packed = await self._packed(site, asked.wanted.name, language, asked.now_ms)
        if packed is None:
            return False
        await send_packed(packed, asked.headers, send, head=asked.head)
        return True

    async def _go(self, asked: Asked, access: Access, send: Send) -> bool:
        """A link of the page is followed, or was: only to where the page that is live leads."""
        target = await self._target(asked)
        if target is None:
            return False
        if not asked.head:
            recorded = await self._is_recorded(self._visit(asked, Outcome.CLICK, asked.wanted.name))
            if not recorded and self.strict:
                page = pages.closed(None, asked.accept_language, reason="unrecorded", now_ms=asked.now_ms)
                await show_page(send, 503, page, head=False)
                return True
        if asked.scope["method"] == "POST":
            await send({"type": "http.response.start", "status": 204, "headers": [NO_STORE]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await lead(send, 302, destination.location(target, {}).decode())
        return True

    async def _target(self, asked: Asked) -> str | None:
        for language in asked.site.languages:
            packed = await self._packed(asked.site, "", language, asked.now_ms)
            if packed is not None and asked.wanted.name in packed.clicks:
                return packed.clicks[asked.wanted.name]
        return None

    async def _form(self, asked: Asked, receive: Receive, send: Send) -> None:
        method, visitor = asked.scope["method"], self.proxies.visitor(asked.scope, asked.headers)
        reply = self.forms.refuse(asked.headers, visitor, _read_by(asked)) if method == "POST" else None
        if reply is None:
            body = await read_body(receive) if method == "POST" else b""
            published = await self.sites.read(asked.site)
            if published is None:
                raise Unavailable("The site was changed just now.")
            reply = await self.forms.answer(
                FormRequest(
                    method=method,
                    published=published,
                    setting=await self.maker.setting(
                        asked.site, published, published.site.language, asked.now_ms
                    ),
                    block_id=asked.wanted.name,
                    address=visitor,
                    query=asked.scope["query_string"],
                    headers=asked.headers,
                    body=body,
                    nameless=asked.workspace.privacy == "none",
                )
            )
            if reply.kept:
                # What was sent is in the inbox, so it is answered for, also where its scan cannot be recorded.
                await self._is_recorded(self._visit(asked, Outcome.LEAD, asked.wanted.name))
        length = (b"content-length", b"%d" % len(reply.body))
        headers = [*reply.headers, length, *OTHERS]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if asked.head else reply.body})

    async def _packed(
        self, site: Live, what: str, language: str, now_ms: int, guest: str = ""
    ) -> Packed | None:
        """An answer of a site that is true now. Raises Unavailable."""
        key = self.maker.key(site, what, language, guest)
        found = self.cache.get(key, now_ms)
        if found is not None:
            return found
        try:
            return await self.cache.make(key, lambda: self.maker.make(site, key, now_ms))
        except Unavailable:
            raise
        except Exception as error:
            _log.error("A page could not be drawn.", cause=error, site=show(site.id), what=what or "page")
            raise Unavailable("The page could not be drawn.") from error

    def _visit(self, asked: Asked, outcome: Outcome, part: str = "") -> Visit:
        visitor = self.proxies.visitor(asked.scope, asked.headers)
        told, query = Told.by(asked.headers), asked.scope["query_string"]
        visit = _visit(asked.site, asked.workspace, visitor, told, query)
        country = self.proxies.country(asked.scope, asked.headers)
        return msgspec.structs.replace(visit, outcome=outcome, part=part, country=country)

    def _remember(self, asked: Asked, key: Key) -> None:
        """For whoever comes next to the same address, as long as it is a page for everybody."""
        site, seen = asked.site, self.sites.seen(asked.site)
        same_for_all = not (key.private or site.invitations or site.ends_ms is not None)
        if seen is None or seen.site is not site or not same_for_all:
            return
        if len(self._pages) >= _ADDRESSES_KEPT:
            self._pages.clear()
        host = request.canonical_host(asked.headers[b"host"]) or b""
        self._pages[host + asked.scope["raw_path"]] = seen, asked.workspace, key

    async def _is_recorded(self, visit: Visit) -> bool:
        recorded = await self.recorder.record_durably(visit) if self.strict else self.recorder.record(visit)
        if recorded or not self.strict:
            self.metrics.answered(visit.outcome, recorded=recorded)
        return recorded


def _visit(site: Live, workspace: Workspace, visitor: str, told: Told, query: bytes) -> Visit:
    """A view."""
    return Visit(
        site.id,
        workspace.id,
        workspace.time_zone,
        Outcome.VIEW,
        visitor,
        told.agent,
        told.language,
        told.referrer,
        query,
        prefetch=told.prefetch,
        privacy=workspace.privacy,
        host=site.host,
    )


def _language(site: Live, tag: str) -> str | None:
    """The language of the site that a tag names, whatever its capitals; the first one for an empty tag."""
    if not tag:
        return site.languages[0]
    return next((each for each in site.languages if each.lower() == tag.lower()), None)


def _read_by(asked: Asked) -> str:
    """The language of the site that a visitor likes best, else the site's first."""
    return best(asked.accept_language, asked.site.languages) or asked.site.languages[0]


def _parameter(query: bytes, name: str) -> str:
    """The first value of a parameter; empty without it."""
    if not query:
        return ""
    return parse_qs(query[:_QUERY_LIMIT_BYTES].decode("ascii", "replace")).get(name, [""])[0]


def _path(asked: Asked) -> str:
    """The address of the page that was asked for, without its query."""
    return asked.scope["raw_path"].decode("ascii", "replace")

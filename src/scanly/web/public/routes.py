"""The addresses that everybody may open; every one also answers HEAD.

A link itself is answered in front of these, from memory (`scanly.web.redirect`).
"""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any, Protocol

from litestar import MediaType, Request, Response, route
from litestar.datastructures import State
from litestar.response import Stream
from litestar.types import Method

from scanly.app import App
from scanly.core.errors import NotFound
from scanly.links import hosts
from scanly.links.hosts import BaseUrl, parse_base_url
from scanly.media.model import CONTENT_TYPES, FILE_NAME
from scanly.scans.table import LinkTable
from scanly.web.public import cafe, image, pages, static
from scanly.web.public.live import Live
from scanly.web.request import canonical_host, has_etag

AnyRequest = Request[Any, Any, State]
_READ: tuple[Method, ...] = ("GET", "HEAD")
_FOR_EVER = "public, max-age=31536000, immutable"
_FIVE_MINUTES = "public, max-age=300"
# A drawing that is opened by itself may run nothing and load nothing, whatever got past its cleaning.
_IN_A_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


class Serving(Protocol):
    """The part of what a worker's handlers share that is used here; ``state.serving``."""

    @property
    def app(self) -> App: ...
    @property
    def table(self) -> LinkTable: ...
    @property
    def demo(self) -> bool: ...
    @property
    def stopping(self) -> asyncio.Event: ...


@route("/", http_method=_READ)
async def front(request: AnyRequest, state: State) -> Response[bytes]:
    """The sample café, or that Scanly is running."""
    serving: Serving = state.serving
    if serving.demo:
        return _page(pages.demo(await cafe.front(serving.app, _printed_base(serving.app, request))))
    return _page(pages.welcome(str(serving.app.base_url)))


@route("/_live", http_method=_READ)
async def live(state: State) -> Stream:
    """The sample café's numbers as server-sent events. Raises NotFound without ``--demo``."""
    _only_in_demo(state)
    return Stream(
        _shared_live(state).stream(),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@route("/static/{name:str}", http_method=_READ, sync_to_thread=False)
def static_file(request: AnyRequest) -> Response[bytes]:
    """A file that pages use; kept for ever under its version. Raises NotFound."""
    file = static.files().get(_name(request))
    if file is None:
        raise NotFound("There is no such file.")
    current = request.query_params.get("v") == file.version
    headers = {"cache-control": _FOR_EVER if current else "no-cache", "vary": "accept-encoding"}
    body = file.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = file.packed
        headers["content-encoding"] = "gzip"
    return Response(body, media_type=file.media_type, headers=headers)


@route("/favicon.ico", http_method=_READ, sync_to_thread=False)
def favicon() -> Response[bytes]:
    """The icon, for those who ask without having read a page."""
    file = static.files()["favicon.svg"]
    return Response(file.body, media_type=file.media_type, headers={"cache-control": "public, max-age=86400"})


@route("/media/{name:str}", http_method=_READ)
async def media(request: AnyRequest, state: State) -> Response[bytes]:
    """A picture; its name is its content, so it never changes. Raises NotFound."""
    serving: Serving = state.serving
    name = _name(request)
    found = FILE_NAME.fullmatch(name)
    data = await serving.app.media.get(name) if found else None
    if found is None or data is None:
        raise NotFound("There is no such picture.")
    headers = {"cache-control": _FOR_EVER, "content-security-policy": _IN_A_SANDBOX}
    return Response(data, media_type=CONTENT_TYPES[found[1]], headers=headers)


@route("/{name:str}", http_method=_READ)
async def picture_of_code(request: AnyRequest, state: State) -> Response[bytes]:
    """``CODE.svg`` is a code's picture, whether it is open or not. Raises NotFound, Invalid."""
    serving: Serving = state.serving
    code, _, ending = _name(request).rpartition(".")
    host = canonical_host(request.headers.get("host", "").encode()) or b""
    found = None
    if ending in image.TYPES:
        found = serving.table.route(host, f"/{code}".encode(), serving.app.clock())
    if found is None:
        raise NotFound("There is no such code.")
    link, workspace = found[0].link, found[1]
    if link.removed_ms is not None:
        return _page(pages.closed(workspace, _language(request)), status=410)
    bound = hosts.DEFAULT if host in serving.table.default_hosts else host.decode()
    return await _picture(request, _printed_base(serving.app, request).short_url(bound, code), ending)


async def _picture(request: AnyRequest, short_url: str, format: str) -> Response[bytes]:  # noqa: A002 - the word users know
    size_mm = image.size_mm(request.query_params.get("size", f"{image.USUAL_MM:g}mm"))
    style = image.style_named(request.query_params.get("style", ""), size_mm)
    drawn = await asyncio.to_thread(image.code_image, short_url, format, style)
    headers = {"cache-control": _FIVE_MINUTES, "etag": drawn.etag}
    if has_etag(request.headers.get("if-none-match", "").encode(), drawn.etag.encode()):
        return Response(b"", status_code=304, headers=headers)
    return Response(drawn.data, media_type=image.TYPES[format], headers=headers)


def _printed_base(app: App, request: AnyRequest) -> BaseUrl:
    """The address to put into codes: the one that is set, else one by which a phone may reach us."""
    if app.settings.base_url:
        return app.base_url
    used = parse_base_url(f"{request.url.scheme}://{request.headers['host']}")
    if not used.local:
        return used
    port = used.authority.removeprefix(f"[{used.host}]").removeprefix(used.host)
    near = sorted(host for host in app.own_hosts() if _in_a_network(host))
    return parse_base_url(f"{used.scheme}://{near[0]}{port}") if near else used


def _in_a_network(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.version == 4 and not address.is_loopback and not address.is_unspecified


def _only_in_demo(state: State) -> None:
    serving: Serving = state.serving
    if not serving.demo:
        raise NotFound("This server shows no sample café.")


def _shared_live(state: State) -> Live:
    """The one `Live` of this worker, made for its first listener."""
    serving: Serving = state.serving
    known: Live | None = state.get("live")
    if known is None:

        async def read() -> bytes:
            return pages.live(await cafe.today(serving.app))

        known = state["live"] = Live(read, serving.stopping)
    return known


def _name(request: AnyRequest) -> str:
    """What stands in place of ``{name}`` in the path."""
    return str(request.path_params["name"])


def _language(request: AnyRequest) -> str:
    return request.headers.get("accept-language", "")


def _page(body: bytes, *, status: int = 200, caching: str = "no-store") -> Response[bytes]:
    headers = {"cache-control": caching}
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)


HANDLERS = (front, live, static_file, favicon, media, picture_of_code)

"""What search engines and editors ask a host for: which pages there are, what not to read, how a site's file looks."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple, Protocol

from litestar import MediaType, Request, Response, route
from litestar.datastructures import State
from litestar.types import Method

from scanly.app import App
from scanly.links.hosts import DEFAULT
from scanly.scans.table import LinkTable
from scanly.sites.found.sitemap import SITEMAP_MIME, Listed, robots, sitemap
from scanly.sites.live.store import Listing, list_live_anywhere
from scanly.sites.model import language_path
from scanly.web.request import canonical_host

AnyRequest = Request[Any, Any, State]
_READ: tuple[Method, ...] = ("GET", "HEAD")
_FIVE_MINUTES = {"cache-control": "public, max-age=300"}
_LASTS_MS = 60_000


class Serving(Protocol):
    """The part of what a worker's handlers share that is used here; ``state.serving``."""

    @property
    def app(self) -> App: ...
    @property
    def table(self) -> LinkTable: ...


class _Map(NamedTuple):
    """A host's map, made for whoever asked first, and for the others of the next minute."""

    made_ms: int
    data: bytes


@route("/robots.txt", http_method=_READ, sync_to_thread=False)
def robots_txt(request: AnyRequest, state: State) -> Response[str]:
    """What search engines may read."""
    said = robots(_base(state.serving, _host(request, state.serving)))
    return Response(said, media_type=MediaType.TEXT, headers=_FIVE_MINUTES)


@route("/sitemap.xml", http_method=_READ)
async def sitemap_xml(request: AnyRequest, state: State) -> Response[bytes]:
    """Every page of this host that everybody may find, in all its languages."""
    serving: Serving = state.serving
    host, now_ms = _host(request, serving), serving.app.clock()
    maps: dict[str, _Map] = state.setdefault("maps", {})
    known = maps.get(host)
    if known is None or now_ms - known.made_ms >= _LASTS_MS:
        async with serving.app.main.read() as connection:
            found = await list_live_anywhere(connection, host, now_ms)
        base = _base(serving, host)
        data = await asyncio.to_thread(lambda: sitemap(_listed(each, base) for each in found))
        known = maps[host] = _Map(now_ms, data)
    return Response(known.data, media_type=SITEMAP_MIME, headers=_FIVE_MINUTES)


@route("/schemas/site.json", http_method=_READ)
async def site_json() -> Response[bytes]:
    """The JSON Schema of a site's file; any page may read it."""
    headers = {**_FIVE_MINUTES, "access-control-allow-origin": "*"}
    return Response(await asyncio.to_thread(_schema), media_type="application/schema+json", headers=headers)


def _schema() -> bytes:
    from scanly.sites.schema import schema_text

    return schema_text()


def _host(request: AnyRequest, serving: Serving) -> str:
    """The host that is asked, `DEFAULT` for our own."""
    host = canonical_host(request.headers.get("host", "").encode()) or b""
    return DEFAULT if host in serving.table.default_hosts else host.decode()


def _base(serving: Serving, host: str) -> str:
    base_url = serving.app.base_url
    return str(base_url) if host == DEFAULT else f"{base_url.scheme}://{host}"


def _listed(each: Listing, base: str) -> Listed:
    site = each.site
    addresses = {tag: base + language_path(site.path, site.languages, tag) for tag in site.languages}
    return Listed(addresses, each.published_ms)


HANDLERS = (robots_txt, sitemap_xml, site_json)

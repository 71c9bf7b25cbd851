"""What stands at the addresses of a site, made from its release: pages, and the files beside them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from scanly.core.ids import time_of
from scanly.db.engine import Database
from scanly.links.hosts import DEFAULT, BaseUrl
from scanly.media.model import Picture
from scanly.media.storage import Storage
from scanly.sites.answers.slots import LOOK_BACK_MS
from scanly.sites.answers.store import read_state
from scanly.sites.live.model import Live
from scanly.sites.model import Published
from scanly.sites.page import Page, Setting
from scanly.web.request import Headed
from scanly.web.security import OTHERS
from scanly.web.sites.encoding import Packed, pack
from scanly.web.sites.table import SiteTable

_HTML = b"text/html; charset=utf-8"
# An icon or a contact is no page: it may do nothing.
_FILE_POLICY = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox")
_PUBLIC = ((b"cache-control", b"public, max-age=60"),)
_PRIVATE = ((b"cache-control", b"private, no-store"), (b"x-robots-tag", b"noindex"))


class Key(NamedTuple):
    """Everything that an answer depends on. ``guest`` is the name of somebody invited."""

    site_id: int
    hash: str
    state: int
    what: str
    language: str
    guest: str
    private: bool
    path: str


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes answers outside of the event loop. ``base_url`` is the address that is printed into codes."""

    sites: SiteTable
    database: Database
    media: Storage
    base_url: BaseUrl

    def key(self, site: Live, what: str, language: str, guest: str = "") -> Key:
        """``what`` is empty for the page, else the name of a file."""
        private = site.private or bool(guest)
        return Key(site.id, site.hash, site.state, what, language, guest, private, site.path)

    async def make(self, site: Live, key: Key, now_ms: int) -> Packed | None:
        """The answer at a key; None when there is no such file. Raises Unavailable."""
        published = await self.sites.read(site)
        if published is None:
            return None
        setting = await self.setting(site, published, key.language, now_ms, key.guest)
        headers = (_PRIVATE if key.private else _PUBLIC) + OTHERS
        if not key.what:
            return await asyncio.to_thread(_page, published, setting, headers)
        page = Page(published.site, setting)
        shown = await asyncio.to_thread(_shown, page, key.what)
        photo = await self.media.get(shown) if shown else None
        stamp_ms = time_of(published.release_id)
        return await asyncio.to_thread(_file, page, key.what, stamp_ms, photo, headers)

    async def setting(
        self, site: Live, published: Published, language: str, now_ms: int, guest: str = ""
    ) -> Setting:
        """Where and when a site is drawn, with what visitors have done on it so far. Raises Unavailable."""
        async with self.database.read() as connection:
            state = await read_state(connection, site.workspace_id, site.id, now_ms - LOOK_BACK_MS)
        bound = site.host != DEFAULT
        base = f"{self.base_url.scheme}://{site.host}" if bound else str(self.base_url)
        pictures = msgspec.convert(published.pictures, dict[str, Picture])
        return Setting(language, now_ms, base, site.path, pictures, state, guest=guest)


def _shown(page: Page, name: str) -> str | None:
    from scanly.sites.beside.files import picture_in

    return picture_in(page, name)


def _file(page: Page, name: str, stamp_ms: int, photo: bytes | None, headers: Headed) -> Packed | None:
    from scanly.sites.beside.files import file_beside

    found = file_beside(page, name, stamp_ms=stamp_ms, photo=photo)
    if found is None:
        return None
    kind, data = found
    packed = pack(data, kind.encode(), (_FILE_POLICY, *headers))
    return msgspec.structs.replace(packed, until_ms=page.valid_until_ms)


def _page(published: Published, setting: Setting, headers: Headed) -> Packed:
    from scanly.sites.render import render

    made = render(published.site, setting)
    policy = (b"content-security-policy", made.csp.encode())
    packed = pack(made.html, _HTML, (policy, *headers))
    return msgspec.structs.replace(
        packed, until_ms=made.valid_until_ms, clicks=made.clicks, asks=b"<form" in made.html
    )

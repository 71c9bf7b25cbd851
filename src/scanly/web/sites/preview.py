"""A site's file as a page on this computer: drawn anew whenever it is saved, with every fault in its place.

Only here a page holds a script: one line that waits for news and loads the page again.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scanly.core.clock import Clock
from scanly.core.errors import Invalid, ScanlyError
from scanly.media.files import content_hash, keep_files, read_picture
from scanly.media.model import CONTENT_TYPES, FILE_NAME, Picture
from scanly.sites.model import Site
from scanly.sites.page import Setting
from scanly.sites.render import policy_hash, render
from scanly.sites.words.language import find_language
from scanly.web.request import Application, Receive, Scope, Send

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOKS_EVERY_S = 0.3
_HTML = "text/html; charset=utf-8"
_SCRIPT = 'new EventSource("/_news").onmessage=()=>location.reload()'
_FAULTS_STYLE = (
    ":root{color-scheme:light dark}body{font:106%/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;"
    "padding:0 1rem}li{margin:.6rem 0}code{font-size:.95em}"
)


class Answer(NamedTuple):
    status: int
    kind: str
    body: bytes
    policy: str = "default-src 'none'"


# The site in the file, and the names of its pictures. Raises Invalid.
ReadSite = Callable[[], tuple[Site, list[str]]]


@dataclass(slots=True)
class Memory:
    """Files of pictures, kept as long as the preview runs."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    async def put(self, name: str, data: bytes) -> None:
        self.files[name] = data

    async def get(self, name: str) -> bytes | None:
        return self.files.get(name)

    async def remove(self, name: str) -> None:
        self.files.pop(name, None)


@dataclass(slots=True)
class Preview:
    """What is shown of one file; ``base`` is the address it is shown at."""

    file: Path
    read: ReadSite
    clock: Clock
    base: str
    storage: Memory = field(default_factory=Memory)
    _made: dict[str, Picture] = field(default_factory=dict[str, Picture])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/_news":
            await self._tell_news(send)
            return
        answer = await self._answer(scope["method"], path)
        await _say(send, answer)

    async def _answer(self, method: str, path: str) -> Answer:
        if path.startswith("/media/"):
            return self._media(path.removeprefix("/media/"))
        if method == "POST":
            return _page(200, "This is a preview.", ["Nothing was sent. Go back to see the page again."])
        try:
            site, names = await asyncio.to_thread(self.read)
            pictures = await self._pictures(names)
        except ScanlyError as error:
            faults = (
                [str(each) for each in error.problems]
                if isinstance(error, Invalid) and error.problems
                else []
            )
            return _page(200, f"{self.file.name} cannot be shown yet.", faults or [str(error)])
        language = path.strip("/") or site.language
        if language not in site.languages:
            return _page(404, "There is no such page.", [f"Languages: {', '.join(site.languages)}."])
        return await asyncio.to_thread(self._drawn, site, language, pictures)

    def _drawn(self, site: Site, language: str, pictures: Mapping[str, Picture]) -> Answer:
        setting = Setting(language, self.clock(), self.base, "", pictures, mode="preview")
        drawn = render(site, setting)
        html = drawn.html.replace(b"</body>", f"<script>{_SCRIPT}</script></body>".encode(), 1)
        return Answer(200, _HTML, html, f"{drawn.csp}; script-src {policy_hash(_SCRIPT)}")

    def _media(self, name: str) -> Answer:
        found = FILE_NAME.fullmatch(name)
        data = self.storage.files.get(name)
        if found is None or data is None:
            return Answer(404, "text/plain", b"There is no such picture.\n")
        return Answer(200, CONTENT_TYPES[found[1]], data)

    async def _pictures(self, names: list[str]) -> dict[str, Picture]:
        """What is made of the pictures' files, anew only of those that changed. Raises Invalid."""
        found: dict[str, Picture] = {}
        for name in names:
            data = await asyncio.to_thread(read_picture, self.file.parent / name, name)
            key = f"{name} {content_hash(data)}"
            if key not in self._made:
                self._made[key] = await keep_files(self.storage, data, name)
            found[name] = self._made[key]
        return found

    async def _tell_news(self, send: Send) -> None:
        """One message when something beside the file, or it itself, has changed; the page then asks again."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        before = self._state()
        while (now := self._state()) == before:
            await send({"type": "http.response.body", "body": b": waiting\n\n", "more_body": True})
            await asyncio.sleep(_LOOKS_EVERY_S)
        await send(
            {"type": "http.response.body", "body": f"data: {len(now)}\n\n".encode(), "more_body": True}
        )
        await send({"type": "http.response.body", "body": b""})

    def _state(self) -> tuple[tuple[str, int, int], ...]:
        """Names, sizes and times of what lies in the folder."""
        found: list[tuple[str, int, int]] = []
        for path in sorted(self.file.parent.iterdir()):
            try:
                stat = path.stat()
            except OSError:  # it went away meanwhile
                continue
            found.append((path.name, stat.st_size, stat.st_mtime_ns))
        return tuple(found)


def serve(preview: Application, sockets: list[socket.socket]) -> None:
    """Until Ctrl-C."""
    import uvicorn

    config = uvicorn.Config(
        preview, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=0
    )
    uvicorn.Server(config).run(sockets=sockets)


def _page(status: int, title: str, lines: list[str]) -> Answer:
    """What to tell instead of the page."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    body = (
        f'<!doctype html><html lang="en" dir="{find_language("en").direction}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_FAULTS_STYLE}</style><body><h1>{escape(title)}</h1><ul>{items}</ul>"
        f"<script>{_SCRIPT}</script></body></html>"
    )
    allowed = f"style-src {policy_hash(_FAULTS_STYLE)}; script-src {policy_hash(_SCRIPT)}"
    policy = f"default-src 'none'; {allowed}; connect-src 'self'"
    return Answer(status, _HTML, body.encode(), policy)


async def _say(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.kind.encode()),
        (b"content-length", b"%d" % len(answer.body)),
        (b"content-security-policy", answer.policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})

"""Asks a whole server without its sockets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from scanly.web.request import Application


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Site:
    """A whole server without its sockets."""

    loop: asyncio.Runner
    front: Application

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return self.loop.run(ask(self.front, path, method, headers))


async def ask(
    front: Application,
    path: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    *,
    client: str = "192.0.2.7",
    raw_headers: list[tuple[bytes, bytes]] | None = None,
    body: bytes = b"",
) -> Answer:
    """One request; ``raw_headers`` replace all that are usually sent."""
    plain, _, query = path.partition("?")
    named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    given = [(name.encode(), value.encode()) for name, value in ({"host": "go.example.com"} | named).items()]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote(plain),
        "raw_path": plain.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": given if raw_headers is None else raw_headers,
        "client": (client, 40000),
        "server": ("127.0.0.1", 8000),
    }
    sent: list[dict[str, Any]] = []
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await front(scope, receive, send)
    start = sent[0]
    found: dict[str, str] = {}
    for name, value in ((one.decode().lower(), other.decode()) for one, other in start["headers"]):
        found[name] = f"{found[name]}, {value}" if name in found else value  # RFC 9110, 5.3
    return Answer(start["status"], found, b"".join(one.get("body", b"") for one in sent[1:]))

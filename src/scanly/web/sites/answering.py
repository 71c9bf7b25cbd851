"""What the pages of sites are answered with: bytes from memory, a page of Scanly's own, or the way to an address."""

from __future__ import annotations

from scanly.web import request
from scanly.web.request import Headed, Headers, Receive, Send
from scanly.web.security import HEADERS
from scanly.web.sites.encoding import Packed
from scanly.web.sites.forms import MAX_BODY_BYTES

NO_STORE = (b"cache-control", b"no-store")
_HTML = (b"content-type", b"text/html; charset=utf-8")


async def read_body(receive: Receive) -> bytes:
    """The body of a form; of one that is too long, a little more than a form may have."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False) and len(body) <= MAX_BODY_BYTES
    return body[: MAX_BODY_BYTES + 1]


async def send_packed(packed: Packed, headers: Headers, send: Send, *, head: bool) -> None:
    """An answer in the best encoding, or that the visitor has it already."""
    body = packed.body(headers.get(b"accept-encoding", b""))
    if request.has_etag(headers.get(b"if-none-match", b""), body.etag):
        await send({"type": "http.response.start", "status": 304, "headers": body.unchanged})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": body.headers})
    await send({"type": "http.response.body", "body": b"" if head else body.data})


async def show_page(send: Send, status: int, page: bytes, *, head: bool) -> None:
    """A page of Scanly's own."""
    headers: Headed = (_HTML, (b"content-length", b"%d" % len(page)), NO_STORE, *HEADERS)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else page})


async def lead(send: Send, status: int, to: str, *, query: bytes = b"", cookie: str = "") -> None:
    """The visitor is led to an address; ``to`` and ``query`` are ASCII already, or become it."""
    location = to.encode("ascii", "replace") + (b"?" + query if query else b"")
    headers = [(b"location", location), (b"content-length", b"0"), NO_STORE]
    if cookie:
        headers.append((b"set-cookie", cookie.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})

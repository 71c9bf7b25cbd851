"""What is answered to a request that is not let in, in few words: as bytes of a connection, or as an application."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from scanly.web.request import Receive, Scope, Send


class Refusal(msgspec.Struct, frozen=True):
    """``status`` with its phrase, and a sentence for people. The connection ends with it."""

    status: bytes
    sentence: bytes

    def response(self, default_headers: Iterable[tuple[bytes, bytes]], *, head: bool) -> bytes:
        """All bytes of the answer; ``head`` without its body."""
        lines = [name + b": " + value for name, value in (*default_headers, *self._headers())]
        return b"\r\n".join((b"HTTP/1.1 " + self.status, *lines, b"", b"" if head else self.sentence))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": int(self.status[:3]), "headers": self._headers()}
        )
        await send({"type": "http.response.body", "body": self.sentence})

    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(self.sentence)),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]


MALFORMED = Refusal(b"400 Bad Request", b"This is not a valid HTTP/1.1 request.\n")
UPGRADE_WITH_BODY = Refusal(b"400 Bad Request", b"A request to upgrade must not have a body here.\n")
LATE = Refusal(b"408 Request Timeout", b"The request did not arrive in time.\n")
BODY_TOO_LARGE = Refusal(b"413 Content Too Large", b"A body may have 1 MB at most.\n")
TARGET_TOO_LONG = Refusal(b"414 URI Too Long", b"An address may have 8 kB at most.\n")
TOO_MANY_HERE = Refusal(
    b"429 Too Many Requests", b"Your network has too many open connections. Please try again.\n"
)
HEAD_TOO_LARGE = Refusal(
    b"431 Request Header Fields Too Large",
    b"A request may have 64 header fields and 16 kB of them at most.\n",
)
FULL = Refusal(b"503 Service Unavailable", b"This server has too many connections. Please try again.\n")
UNKNOWN_VERSION = Refusal(b"505 HTTP Version Not Supported", b"This server speaks HTTP/1.1.\n")

"""The headers that every page carries, put on in one place."""

from __future__ import annotations

from typing import Any

from scanly.web.redirect import Application, Receive, Send
from scanly.web.request import Scope

POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


def with_headers(inner: Application) -> Application:
    """The application with `HEADERS` on every answer."""

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await inner(scope, receive, sent if scope["type"] == "http" else send)

    return outer

"""What every answer behind the redirect front carries: security headers, and an id to find it in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanly.core.ids import show
from scanly.web.request import Application, Receive, Scope, Send

_POLICY = (
    "default-src 'none'",
    "img-src 'self' data:",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
# Without a policy: pages of sites bring their own.
OTHERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


def _headers(form_action: str) -> tuple[tuple[bytes, bytes], ...]:
    policy = "; ".join((*_POLICY, f"form-action {form_action}"))
    return ((b"content-security-policy", policy.encode()), *OTHERS)


HEADERS = _headers("'self'")
# Of a form that is answered with the way to somewhere else: browsers hold the whole way to this.
FORM_HEADERS = _headers("http: https:")


def with_headers(inner: Application, make_id: Callable[[], int]) -> Application:
    """The application with `HEADERS` and its own ``x-request-id`` on every answer."""

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        request_id = scope["request_id"] = show(make_id())

        async def sent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                named = (b"x-request-id", request_id.encode())
                message["headers"] = [*message["headers"], *HEADERS, named]
            await send(message)

        await inner(scope, receive, sent if scope["type"] == "http" else send)

    return outer

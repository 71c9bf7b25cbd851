"""Values inside addresses: everything but letters, digits and ``-._~`` is percent-encoded, a space as ``%20``.

A ``+`` for a space belongs to forms; mail programs and chats would show it.

Source: RFC 3986, 2.1 to 2.5 (percent-encoding of UTF-8), 2.3 (unreserved characters).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote


def encoded(value: str) -> str:
    """The value, which can end neither itself nor the address."""
    return quote(value, safe="")


def query(values: Mapping[str, str]) -> str:
    """``?name=value&…`` of the values that are not empty and already encoded, or an empty text."""
    pairs = "&".join(f"{name}={value}" for name, value in values.items() if value)
    return f"?{pairs}" if pairs else ""

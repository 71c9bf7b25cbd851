"""The address that a visitor is sent to: the target, the owner's campaign words, the visitor's own query.

Where a parameter is given more than once, the target's stays, then the campaign's, then the visitor's: nobody
can change by a query what the owner wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode

_MAX_QUERY_BYTES = 2_048
_SAFE = "!#$%&'()*+,/:;=?@[]~"


def location(target: str, utm: Mapping[str, str]) -> bytes:
    """The target with campaign words, as a header value."""
    return _located(target, tuple(utm.items()))


@lru_cache(maxsize=4_096)
def _located(target: str, utm: tuple[tuple[str, str], ...]) -> bytes:
    given = [(f"utm_{name}", value) for name, value in utm if value]
    return quote(_with(target, given) if given else target, safe=_SAFE).encode()


@lru_cache(maxsize=1_024)
def with_query(address: bytes, query: bytes) -> bytes:
    """The address with the parameters of a query that it does not have yet."""
    text = query[:_MAX_QUERY_BYTES].decode("utf-8", "replace")
    given = parse_qsl(text, keep_blank_values=True, errors="replace")
    return _with(address.decode(), given).encode() if given else address


def _with(address: str, given: list[tuple[str, str]]) -> str:
    address, hash_, fragment = address.partition("#")
    before, _, query = address.partition("?")
    there = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    new = urlencode([(name, value) for name, value in given if name not in there])
    joined = "&".join(part for part in (query, new) if part)
    return (f"{before}?{joined}" if joined else before) + hash_ + fragment

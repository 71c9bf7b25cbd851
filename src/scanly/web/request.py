"""What a request says of its visitor, read once from the ASGI scope.

A forwarding header is believed only when the peer is one of the trusted proxies.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from scanly.core.errors import Invalid
from scanly.links import hosts

Scope = dict[str, Any]
Headers = dict[bytes, bytes]
Headed = Sequence[tuple[bytes, bytes]]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
_COUNTRY = re.compile(b"[A-Z]{2}")
# What proxies say of whom they do not know; Cloudflare's "T1", for Tor, is no country by its spelling.
_NO_COUNTRIES = frozenset({b"XX", b"ZZ"})
_PREFETCH_HEADERS = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})


@lru_cache(maxsize=4096)
def canonical_host(header: bytes) -> bytes | None:
    """A Host header in the spelling the link table uses; None when it is no host at all."""
    try:
        return hosts.canonical(header.decode("ascii")).encode()
    except (Invalid, UnicodeDecodeError):
        return None


def one_host(scope: Scope, headers: Headers) -> bytes | None:
    """The only Host header; None when it is missing or there are several (RFC 9112, 3.2)."""
    header = headers.get(b"host")
    if header is None:
        return None
    if len(headers) != len(scope["headers"]) and sum(name == b"host" for name, _ in scope["headers"]) > 1:
        return None
    return header


def text(headers: Headers, name: bytes) -> str:
    """A header's value as text; bytes that are no UTF-8 become replacement characters."""
    return headers.get(name, b"").decode("utf-8", "replace")


def header_lines(headers: Headed) -> bytes:
    """Headers as they are sent."""
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


def has_etag(if_none_match: bytes, etag: bytes) -> bool:
    """Whether a visitor has it already, by weak comparison. Source: RFC 9110, 13.1.2."""
    if not if_none_match:
        return False
    known = {tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")}
    return bool(known & {etag, b"*"})


def is_prefetch(headers: Headers) -> bool:
    """Whether a browser fetches ahead of a person's tap, or shows a preview."""
    if _PREFETCH_HEADERS.isdisjoint(headers):
        return False
    said = b" ".join(headers.get(name, b"") for name in _PREFETCH_HEADERS).lower()
    return b"prefetch" in said or b"preview" in said


class Told(msgspec.Struct, frozen=True, gc=False):
    """What the headers of a request tell of its visitor, as they came."""

    agent: bytes
    language: bytes
    referrer: bytes
    prefetch: bool

    @classmethod
    def by(cls, headers: Headers) -> Told:
        header = headers.get
        return cls(
            header(b"user-agent", b""),
            header(b"accept-language", b""),
            header(b"referer", b""),
            is_prefetch(headers),
        )


@dataclass(frozen=True, slots=True)
class Proxies:
    """The reverse proxies that are believed; ``country_header``, in lower case, is where they tell the country."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    country_header: bytes = b""

    @classmethod
    def of(cls, networks: tuple[str, ...], country_header: str = "") -> Proxies:
        return cls(
            tuple(ipaddress.ip_network(network) for network in networks),
            country_header.lower().encode("ascii"),
        )

    def country(self, scope: Scope, headers: Headers) -> str:
        """The visitor's country as ISO 3166 writes it, from a trusted proxy; empty when none tells."""
        if not self.country_header or not self._trusts(_peer(scope)):
            return ""
        country = headers.get(self.country_header, b"").strip().upper()
        known = _COUNTRY.fullmatch(country) and country not in _NO_COUNTRIES
        return country.decode("ascii") if known else ""

    def visitor(self, scope: Scope, headers: Headers) -> str:
        """The visitor's address: the peer, or behind trusted proxies the last one they did not add."""
        peer = _peer(scope)
        if not self.networks or not self._trusts(peer):
            return peer
        for hop in reversed(text(headers, b"x-forwarded-for").split(",")):
            address = hop.strip()
            if not _is_address(address):
                return peer
            if not self._trusts(address):
                return address
            peer = address
        return peer

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.networks)


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _is_address(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True

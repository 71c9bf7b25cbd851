"""Loads a place database from whoever publishes it, when somebody asks for it: nothing is ever loaded by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from scanly.core.clock import at
from scanly.core.errors import LimitReached, Unavailable
from scanly.core.outbound import Limits, Outbound

Edition = Literal["city", "country"]

MAX_PACKED_BYTES = 500_000_000
_LIMITS = Limits(connect_s=10, total_s=900, body_bytes=MAX_PACKED_BYTES)
_GONE = 404


def addresses(edition: Edition, now_ms: int) -> Iterator[str]:
    """Where DB-IP Lite is this month, and where it was last month: a new one comes during the first days."""
    today = at(now_ms)
    last = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    for year, month in ((today.year, today.month), last):
        yield f"https://download.db-ip.com/free/dbip-{edition}-lite-{year}-{month:02d}.mmdb.gz"


async def load(urls: Sequence[str], networks: Sequence[str]) -> tuple[str, bytes]:
    """The first of the addresses that there is, and what it holds. Raises Unavailable, Invalid, LimitReached."""
    async with Outbound(allowed_networks=networks, limits=_LIMITS) as outbound:
        for number, url in enumerate(urls, start=1):
            found = await outbound.get(url)
            if found.status == _GONE and number < len(urls):
                continue
            if not 200 <= found.status < 300:
                raise Unavailable(
                    f"{url} answers {found.status}.", hint='Load it yourself, then: "scanly geoip use FILE".'
                )
            if len(found.body) >= MAX_PACKED_BYTES:
                raise LimitReached(f"{url} holds more than {MAX_PACKED_BYTES // 10**6} MB.")
            if not found.whole:
                raise Unavailable(f"{url} broke off.", hint="Try again.")
            return url, found.body
    raise AssertionError("unreachable")

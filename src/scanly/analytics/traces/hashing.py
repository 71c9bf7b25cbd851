"""Which hashes an address and an agent have now: one for each salt that has not been destroyed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import NamedTuple

from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId
from scanly.scans.visitor import Salts, visitor


class Hashes(NamedTuple):
    """Signed 64-bit hashes, and the first local day on which a scan can have one of them."""

    numbers: frozenset[int]
    first_day: int


def hashes_of(salts: Salts, workspace_id: WorkspaceId, address: str, agents: Iterable[str]) -> Hashes | None:
    """Those of an address with each of the agents; None when no salt is left. Raises Invalid, Unavailable.

    After its salt nobody can tell any more which scans were whose.
    """
    addresses, windows, known = _spellings(address), salts.living(), tuple(agents)
    if not windows:
        return None
    numbers = frozenset(
        visitor(salts.of(window), workspace_id, window.first, spelling, agent)
        for window in windows
        for spelling in addresses
        for agent in known
    )
    return Hashes(numbers, min(window.first for window in windows))


def _spellings(address: str) -> tuple[str, ...]:
    """As servers see it: IPv4 also as it is written where a socket listens to both."""
    try:
        found = ipaddress.ip_address(address.strip().strip("[]"))
    except ValueError as error:
        hint = "Such as 203.0.113.7 or 2001:db8::1."
        raise Invalid.field("visitor_of", f'"{address[:60]}" is not an IP address.', hint=hint) from error
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return (str(found),) if mapped is None else (str(mapped), f"::ffff:{mapped}", str(found))
    return (str(found), f"::ffff:{found}")

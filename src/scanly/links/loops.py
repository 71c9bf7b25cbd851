"""Links must not lead back to where links are answered: a circle costs every visitor, and chains hide targets."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from scanly.core.errors import Invalid
from scanly.db.engine import Connection
from scanly.links import hosts, store
from scanly.links.terms import Terms


async def own_hosts(connection: Connection, printed_host: str = "") -> frozenset[str]:
    """Every public host at which this installation answers links."""
    printed = await store.default_hosts_anywhere(connection)
    bound = await store.bound_hosts_anywhere(connection)
    return frozenset(host for host in printed | bound | {printed_host} if host and not _is_private(host))


def refuse_own(target: str, terms: Terms, ours: frozenset[str]) -> None:
    """Raises Invalid when a link, or one of its rules, leads to one of our own hosts."""
    named = [("target", target), ("fallback", terms.fallback)]
    named += [(f'rule "{rule.name}"', rule.target) for rule in terms.rules]
    for field, address in named:
        if leads_to(address, ours):
            raise Invalid.field(
                field,
                f"{address} leads to a short address of this installation.",
                hint="Give the address where it leads in the end.",
            )


def leads_to(address: str, ours: frozenset[str]) -> bool:
    """Whether an address is on one of these hosts."""
    host = urlsplit(address).hostname
    return bool(host) and hosts.canonical(str(host)) in ours


def _is_private(host: str) -> bool:
    """Where other servers may listen beside this one, on other ports."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False

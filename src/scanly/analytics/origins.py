"""Who led somebody here, from host and path of the page before: by name when it is well known, or else by host.

The names stand in ``templates/reports/origins.toml``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from scanly.core.paths import asset

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
# What says how a page is shown, not whose it is.
_FRONT = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.[^.]+)")
_NEARBY = re.compile(r"[^.]+|.*\.(?:local|localhost|internal|lan|intranet|home|arpa)")
# Below these a country gives names away: ``google.co.in``, ``google.com.br``.
_SECOND_LEVELS = frozenset({"co", "com", "net", "org", "ne", "or"})


def origin(referrer: str) -> str:
    """``Google``, ``example.com``; empty for what is no host, or one of a private network. Never raises."""
    host = _host(referrer)
    names = _names()
    labels = host.split(".")
    for start in range(len(labels)):
        for key in _keys(labels[start:]):
            if name := names.get(key):
                return name
    return _FRONT.sub("", host)


def _host(referrer: str) -> str:
    """In lower case, without user and port."""
    authority = referrer.rpartition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    if address := _address(authority):
        return str(address) if address.is_global else ""
    host = authority.partition(":")[0].removesuffix(".")
    return host if _HOST.fullmatch(host) and not _NEARBY.fullmatch(host) else ""


def _address(authority: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IP address, which stands in brackets when it has colons of its own."""
    inner = authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]
    try:
        return None if "%" in inner else ipaddress.ip_address(inner)
    except ValueError:
        return None


def _keys(labels: Sequence[str]) -> Iterator[str]:
    """Under what a domain may stand in the table."""
    yield ".".join(labels)
    match labels:
        case [name, _]:
            yield f"{name}.*"
        case [name, second, end] if second in _SECOND_LEVELS and len(end) == 2:
            yield f"{name}.*"
        case [first, name, *end] if len(end) == 1 or (len(end) == 2 and end[0] in _SECOND_LEVELS):
            yield f"{first}.{name}.*"
        case _:
            return


@cache
def _names() -> Mapping[str, str]:
    """Names by domain."""
    import tomllib

    known = tomllib.loads(asset("reports", "origins.toml").read_text(encoding="utf-8"))
    return {key: name for group in known.values() for name, keys in group.items() for key in keys}

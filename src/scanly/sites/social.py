"""Accounts at networks: from the handle that an owner knows, the address that a visitor needs.

Networks are data (``templates/sites/networks.toml``). People paste addresses where a handle is asked for; those are
read, too. The address is always built by us, so a handle can lead nowhere else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from urllib.parse import unquote

from scanly.core.address import web_address
from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.core.text import nearest

# What stands before the host of a pasted address, and what an app adds behind it when it shares one.
_BEFORE = re.compile(r"(?:https?://)?(?:(?:www|m|mobile|web)\.)?", re.IGNORECASE)
_BEHIND = re.compile(r"/?(?:[?&](?!id=)[^/]*)?(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Network:
    """One network; ``mark`` is the letters that stand for it, ``handle`` what its handles look like."""

    name: str
    title: str
    mark: str
    address: str
    handle: re.Pattern[str]
    example: str
    also: tuple[str, ...] = ()

    def address_of(self, handle: str) -> str:
        """The web address of a handle that ``read_handle`` gave."""
        found = self.handle.fullmatch(handle)
        parts = found.groups() if found else ()
        return web_address(self.address.format(*(parts or (handle,))))


@cache
def networks() -> Mapping[str, Network]:
    """Every network by name, in the order of their file."""
    with asset("sites", "networks.toml").open("rb") as file:
        tables = tomllib.load(file)
    return MappingProxyType({name: _network(name, table) for name, table in tables.items()})


def find_network(name: str) -> Network:
    """The network of that name. Raises Invalid, naming the nearest."""
    known = networks()
    key = name.strip().lower().replace(" ", "-").replace("_", "-")
    if key in known:
        return known[key]
    hint = nearest(key, known) or f"There are {', '.join(known)}."
    raise Invalid.field(name, "is not a network that we know.", hint=hint)


def read_handle(network: Network, given: str) -> str:
    """The bare handle of ``@asha``, ``asha`` or a pasted address of the account. Raises Invalid."""
    text = unquote(given.strip())
    bare = text if network.handle.fullmatch(text) else _pasted(network, text) or text.removeprefix("@")
    if network.handle.fullmatch(bare) and _leads_somewhere(network, bare):
        return bare
    if "/" in bare:
        message = f'"{given}" is not an address of an account at {network.title}.'
    else:
        message = f'"{given}" cannot be a handle at {network.title}.'
    raise Invalid.field(network.name, message, hint=f"Write it like {network.example}.")


def _leads_somewhere(network: Network, handle: str) -> bool:
    """Whether its address is one: handles may hold what no address may, such as hidden characters."""
    try:
        network.address_of(handle)
    except Invalid:
        return False
    return True


def _network(name: str, table: Mapping[str, str | list[str]]) -> Network:
    words = {key: value for key, value in table.items() if isinstance(value, str)}
    return Network(
        name=name,
        title=words["title"],
        mark=words["mark"],
        address=words["address"],
        handle=re.compile(words["handle"]),
        example=words["example"],
        also=tuple(table.get("also", ())),
    )


def _pasted(network: Network, text: str) -> str | None:
    """The handle in a pasted address, if it is one of this network."""
    rest = text[_match_end(_BEFORE, text) :]
    for pattern in (network.address, *network.also):
        plain = pattern[_match_end(_BEFORE, pattern) :].rstrip("/")
        found = re.match(_reversed(plain, network), rest, re.IGNORECASE)
        if found and _BEHIND.fullmatch(rest, found.end()):
            return "@".join(found[name] for name in ("user", "host") if name in found.groupdict())
    return None


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _reversed(pattern: str, network: Network) -> str:
    """The regular expression that finds a handle in addresses of this pattern."""
    if "{1}" in pattern:
        return r"(?P<host>[\w.-]+)/@(?P<user>[\w.-]+)"
    before, after = pattern.split("{}")
    return f"{re.escape(before)}@?(?P<user>{network.handle.pattern}){re.escape(after)}"

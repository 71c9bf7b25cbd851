"""Host names in one spelling, and the base address that is printed into codes."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanly.core.address import web_address
from scanly.core.errors import Invalid
from scanly.core.text import printable

# The host of links that belong to the default host.
DEFAULT = ""
_BEYOND_HOST = re.compile(r"[/?#]")
_PORT = re.compile(r":[0-9]+$")


def canonical(host: str) -> str:
    """A host as it is compared: lower case, punycode, no port, no final dot, no brackets. Raises Invalid."""
    name = host.strip(" ")
    try:
        return str(ipaddress.IPv6Address(name))
    except ValueError:
        pass
    try:
        if _BEYOND_HOST.search(name):
            raise Invalid.field("host", "has something after the host.")
        authority = web_address(f"http://{name}").removeprefix("http://")
    except Invalid as error:
        raise Invalid.field(
            "host", f'"{printable(host[:80])}" is not a host name.', hint="Such as go.example.com."
        ) from error
    return _PORT.sub("", authority).strip("[]")


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """``scheme://host[:port]``, the part of a short address before the code.

    ``capitals``: addresses are printed in capitals, which a QR code packs more densely and every browser lowers.
    """

    scheme: str
    authority: str
    host: str
    capitals: bool = False

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return address.is_loopback or address.is_unspecified

    def short_url(self, host: str, code: str) -> str:
        """The address to print for a code of ``host`` (`DEFAULT` for our own)."""
        start = str(self) if host == DEFAULT else f"{self.scheme}://{host}"
        return f"{start.upper() if self.capitals else start}/{code}"


def parse_base_url(text: str) -> BaseUrl:
    """Raises Invalid unless it is ``http(s)://host[:port]`` and nothing more."""
    hint = "Write it like https://go.example.com."
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise Invalid.field("base_url", f'"{text[:80]}" is not a web address.', hint=hint) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Invalid.field("base_url", f'"{text[:80]}" is not a web address.', hint=hint)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Invalid.field("base_url", f'"{text[:80]}" has something after the host.', hint=hint)
    host = canonical(parts.hostname)
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return BaseUrl(parts.scheme, shown if port in (None, usual) else f"{shown}:{port}", host)

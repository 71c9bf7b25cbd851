"""Host names in one spelling, and the base address that is printed into codes."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanly.core.errors import Invalid

# The host of links that belong to the default host.
DEFAULT = ""
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def canonical(host: str) -> str:
    """A host as it is compared: lower case, punycode, no port, no final dot. Raises Invalid."""
    name = host.strip().lower()
    if name.startswith("["):
        name = name[1 : name.find("]")]
    elif name.count(":") == 1:
        name = re.sub(r":\d*$", "", name)
    name = name.removesuffix(".")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        name = name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError as error:
        raise Invalid.field("host", f'"{host[:80]}" is not a host name.') from error
    if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise Invalid.field("host", f'"{host[:80]}" is not a host name.', hint="Such as go.example.com.")
    return name


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """``scheme://host[:port]``, the part of a short address before the code."""

    scheme: str
    authority: str
    host: str

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
        return f"{self}/{code}" if host == DEFAULT else f"{self.scheme}://{host}/{code}"


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

"""Web addresses that people give us: one reading, the same as the browser's, or none at all.

What a browser would read differently from the person who checks it is refused: other schemes, hidden and
reordering characters, user names before the host, backslashes, numbers that are secretly IP addresses.

Source: RFC 3986 (syntax), RFC 3492 (punycode), WHATWG URL (numeric hosts), UTS 46 non-transitional (ß stays).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

from scanly.core.errors import Invalid
from scanly.core.text import has_control

MAX_CHARACTERS = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Exactly two slashes: browsers also follow one or three, but to another host than a reader would expect.
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]+)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:\#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{0,5}))?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ASCII_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?"


def web_address(text: str, *, field: str = "target") -> str:
    """The address in its one spelling: lower-case scheme and host, punycode, percent-encoded UTF-8.

    Path, query and fragment keep their case and their escapes. Raises Invalid, about ``field``.
    """
    try:
        return _normal(text.strip(" "))
    except _Refused as refused:
        shown = text if len(text) <= 80 else text[:77] + "..."
        message = f'"{_visible(shown)}" cannot be used as a web address: {refused.reason}.'
        raise Invalid.field(field, message, hint=refused.hint) from None


class _Refused(Exception):
    def __init__(self, reason: str, hint: str = "Write it like https://example.com/menu.") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


# Each room that an address passes through asks again.
@lru_cache(maxsize=2048)
def _normal(text: str) -> str:
    _refuse_tricks(text)
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise _no_address(text)
    scheme = parts["scheme"].lower()
    address = f"{scheme}://{_authority(parts['authority'], scheme)}{_encoded(parts['path'], _PATH_SAFE)}"
    if parts["query"] is not None:
        address += "?" + _encoded(parts["query"], _QUERY_SAFE)
    if parts["fragment"] is not None:
        address += "#" + _encoded(parts["fragment"], _QUERY_SAFE)
    if len(address) > MAX_CHARACTERS:
        raise _Refused(f"it has {len(address):,} characters", f"The limit is {MAX_CHARACTERS:,}.")
    return address


def _visible(text: str) -> str:
    """The text with everything that a screen would hide written as an escape."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)


def _refuse_tricks(text: str) -> None:
    if not text:
        raise _Refused("it is empty")
    if has_control(text):
        raise _Refused("it holds an invisible character", "Type the address instead of pasting it.")
    if "\\" in text:
        raise _Refused("it holds a backslash", "Use / between the parts, or %5C for a real backslash.")


def _no_address(text: str) -> _Refused:
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(?![0-9]+(?:/|$))", text)
    if scheme and scheme[1].lower() not in _DEFAULT_PORTS:
        return _Refused(f"it begins with {scheme[1]}:", "Only http:// and https:// are allowed.")
    if scheme or not re.match(r"[^\s/?#@:]+\.[^\s/?#@:]+", text):
        return _Refused("it does not begin with https:// and a host")
    return _Refused("https:// is missing", f"Did you mean https://{_visible(text[:80])}?")


def _authority(authority: str, scheme: str) -> str:
    if "@" in unicodedata.normalize("NFKC", authority):
        raise _Refused("there is a user name before the host", "Leave out everything up to the @.")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise _Refused(f'"{_visible(authority)}" is not a host')
    host = _host(parts["host"])
    if not parts["port"]:
        return host
    port = int(parts["port"])
    if not 0 < port < 65536:
        raise _Refused(f"there is no port {port}", "Ports go from 1 to 65535.")
    return host if port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1])}]"
        except ValueError:
            raise _Refused(f"{host} is not an IPv6 address") from None
    mapped = unicodedata.normalize("NFKC", host.replace("\u3002", ".")).lower().removesuffix(".")
    labels = mapped.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return _ipv4(mapped)
    ascii_host = ".".join(_label(label) for label in labels)
    if len(ascii_host) > 253:
        raise _Refused("its host is longer than 253 characters")
    return ascii_host


def _ipv4(host: str) -> str:
    """Four plain numbers; browsers also take 2130706433, 0x7f.1 and 0177.0.0.1 for 127.0.0.1."""
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise _Refused(
            f"{_visible(host)} is not an IP address", "Write four numbers, like 192.168.1.10."
        ) from None


def _label(label: str) -> str:
    """One part of a host name in ASCII."""
    shown = label
    if label.startswith("xn--"):
        label = _from_punycode(label)
    if not label.isascii():
        if any(unicodedata.category(char)[0] not in "LMN" and char != "-" for char in label):
            raise _Refused(f'"{_visible(shown)}" is not a part of a host name')
        label = "xn--" + label.encode("punycode").decode("ascii")
    if not _ASCII_LABEL.fullmatch(label):
        raise _Refused(f'"{_visible(shown)}" is not a part of a host name')
    return label


def _from_punycode(label: str) -> str:
    """What the label shows. Refused unless it is the one spelling of a name that needs punycode."""
    try:
        plain = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        plain = ""
    if plain.isascii() or unicodedata.normalize("NFKC", plain).lower() != plain:
        raise _Refused(f'"{_visible(label)}" is not valid punycode')
    return plain


def _encoded(part: str, safe: str) -> str:
    """RFC 3986 characters only; escapes that are there stay, a stray % becomes %25."""
    stray_escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    return quote(stray_escaped, safe=safe + "%")

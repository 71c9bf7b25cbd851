"""Where a page may lead, and how a link there is written: the one place that makes an ``href``.

Web addresses go through our own counted address; what opens a program of the phone goes straight, because it must
work without a network, and is told of by ``ping``. Source: HTML, 4.6.5 (hyperlink auditing).
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scanly.core.address import web_address
from scanly.core.errors import Invalid
from scanly.core.text import has_control, printable

if TYPE_CHECKING:
    from markupsafe import Markup

# What may follow a scheme other than http and https, by scheme.
_OTHERS = {
    "mailto": re.compile(r"[^\s@<>\"'?&]{1,192}@[^\s@<>\"'?&]{1,190}(?:\?[A-Za-z]+=[^\s<>\"']*)?"),
    "tel": re.compile(r"\+?[0-9*#;=A-Za-z.()-]{2,40}"),
    "sms": re.compile(r"\+?[0-9]{3,20}(?:\?&?body=[^\s<>\"']*)?"),
    "geo": re.compile(r"-?[0-9.]{1,12},-?[0-9.]{1,12}[^\s<>\"']{0,200}"),
    "upi": re.compile(r"//pay\?[^\s<>\"']{3,2000}"),
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_FRAGMENT = re.compile(r"#[a-z0-9][a-z0-9-]{0,63}")
_OWN = re.compile(r"/(?:s/[a-z0-9-]{1,64}(?:/[A-Za-z-]{2,11})?|[A-Za-z0-9_-]{1,64})(?:#[a-z0-9-]{1,64})?")
_HINT = "Such as https://example.com, mailto:asha@example.com, tel:+919876543210 or #menu."
_MAX_CHARACTERS = 2_048
_MOST_ON_PAPER = 40


def check_address(text: str) -> str:
    """The address in its one spelling. Raises Invalid, about ``link``, for what a page must not lead to."""
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found else ""
    if _FRAGMENT.fullmatch(text) or (_OWN.fullmatch(text) and not text.startswith("//")):
        return text
    pattern = _OTHERS.get(scheme)
    if pattern is None:
        return web_address(text, field="link")
    rest = text[len(scheme) + 1 :]
    if has_control(text) or len(text) > _MAX_CHARACTERS or not pattern.fullmatch(rest):
        raise Invalid.field("link", f'"{printable(text[:60])}" cannot be used.', hint=_HINT)
    return f"{scheme}:{quote(rest, safe=_SAFE)}"


# Everything that RFC 3986 has, and escapes that are there.
_SAFE = ":/?#[]@!$&()*+,;=-._~%"


def is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def key_of(address: str) -> str:
    """The short name under which a block's link is counted: the same for the same address, whatever its order."""
    return b32encode(hashlib.sha256(address.encode()).digest()[:5]).decode().lower()


def _on_paper(address: str) -> str:
    """What a printed page shows beside a link that is counted; nothing where nobody would type it."""
    short = address.partition("://")[2].removesuffix("/")
    return f' data-to="{escape(short)}"' if len(short) <= _MOST_ON_PAPER else ""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address as a template writes it: ``<a {{ it.to.attrs }}>``."""

    address: str
    attrs: Markup

    @property
    def host(self) -> str:
        """What to show of a web address."""
        return (urlsplit(self.address).hostname or "").removeprefix("www.")


def target(address: str, counted: str = "", base: str = "") -> Target:
    """A link to ``address``; ``counted`` is the path on our host ``base`` that counts it, empty if nothing does.

    A ping is written with its host: HTML takes nothing else there, though browsers would.
    """
    from markupsafe import Markup

    if is_web(address):
        rel = f' rel="nofollow"{_on_paper(address)}' if counted else ""
        return Target(address, Markup(f'href="{escape(counted or address)}"{rel}'))  # noqa: S704 - escaped
    ping = f' ping="{escape(base + counted)}"' if counted and address[0] not in "#/" else ""
    return Target(address, Markup(f'href="{escape(address)}"{ping}'))  # noqa: S704 - escaped

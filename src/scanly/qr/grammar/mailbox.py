"""E-mail addresses: plain ones, which every mail program takes.

Source: RFC 5322, 3.4.1 (dot-atom), RFC 5321, 4.5.3.1 (lengths); the domain is a host as in web addresses.
"""

from __future__ import annotations

import re

from scanly.core.address import web_address
from scanly.core.errors import Invalid
from scanly.qr.grammar.rules import shown, wrong

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(
    rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>[^\s@:/?#\[\]]+\.[^\s@:/?#\[\].]*[^\W\d_][^\s@:/?#\[\].]*)"
)
_MOST_LOCAL_CHARACTERS = 64
_MOST_CHARACTERS = 254


def mailbox(text: str) -> str:
    """``asha@example.org``, the domain in lower case and punycode."""
    found = _MAILBOX.fullmatch(text.strip(" "))
    if found is None:
        raise _no_mailbox(text)
    try:
        domain = web_address(f"https://{found['domain']}").removeprefix("https://")
    except Invalid:
        raise _no_mailbox(text) from None
    address = f"{found['local']}@{domain}"
    if len(found["local"]) > _MOST_LOCAL_CHARACTERS or len(address) > _MOST_CHARACTERS:
        hint = f"It has up to {_MOST_CHARACTERS} characters, {_MOST_LOCAL_CHARACTERS} of them before the @."
        raise wrong(f"{shown(text)} is too long for an e-mail address.", hint)
    return address


def mailboxes(text: str) -> str:
    """Addresses between commas, each as `mailbox` gives it."""
    return ",".join(mailbox(address) for address in text.split(","))


def _no_mailbox(text: str) -> Invalid:
    hint = "Write only the address, like asha@example.org, and a comma between several."
    return wrong(f"{shown(text)} is not an e-mail address.", hint)

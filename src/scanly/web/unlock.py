"""Passwords of links and sites over HTTP: a form, few tries, and a proof that only this one takes and soon expires."""

from __future__ import annotations

import asyncio
import hashlib
from http.cookies import CookieError, SimpleCookie
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl

from scanly.core.ids import show
from scanly.core.secrets import Signer
from scanly.links import passwords
from scanly.links.model import Link
from scanly.web.request import Receive

Tried = Literal["right", "wrong", "wait"]

PASSWORD_FIELD, CONFIRM_FIELD = "password", "confirm"
_MAX_BODY_BYTES = 4_096
_LASTS_MS = 30 * 60_000
# Each takes 32 MiB and a core for 80 ms; whoever is behind so many is asked to come again.
_AT_ONCE, _QUEUE = 2, 16


class Lock(NamedTuple):
    """What a password opens: a link or a site, by its id, at ``path``; ``kept`` is as `passwords.keep` makes it."""

    id: int
    path: str
    kept: str

    @property
    def cookie(self) -> str:
        return f"scanly_{show(self.id)}"

    @property
    def meant(self) -> str:
        """What a proof is for: this one with this password; another password makes it worthless."""
        return f"{self.id} {hashlib.sha256(self.kept.encode()).hexdigest()}"


def lock_of(link: Link) -> Lock:
    return Lock(link.id, f"/{link.code}", link.terms.password)


class Unlocker:
    """Checks passwords outside the event loop, and signs who gave one. ``secure`` for https alone."""

    def __init__(self, signer: Signer, *, secure: bool) -> None:
        self._signer, self._secure = signer, secure
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    def is_unlocked(self, lock: Lock, cookie_header: str, now_ms: int) -> bool:
        """Whether the request proves that its sender gave the present password."""
        proof = cookie(cookie_header, lock.cookie)
        return bool(proof) and self._signer.holds(proof, lock.meant, now_ms)

    async def fits(self, lock: Lock, given: str) -> Tried:
        """Whether it is the password."""
        if self._waiting >= _QUEUE:
            return "wait"
        self._waiting += 1
        try:
            async with self._turns:
                right = await asyncio.to_thread(passwords.fits, given, lock.kept)
        finally:
            self._waiting -= 1
        return "right" if right else "wrong"

    def proof(self, lock: Lock, now_ms: int) -> str:
        """The cookie for whoever gave the password."""
        value = self._signer.sign(lock.meant, now_ms + _LASTS_MS)
        secure = "; Secure" if self._secure else ""
        lasts = f"Path={lock.path}; Max-Age={_LASTS_MS // 1000}"
        return f"{lock.cookie}={value}; {lasts}; HttpOnly; SameSite=Lax{secure}"


async def form(receive: Receive) -> dict[str, str]:
    """The fields of a small form; what is longer than four kilobytes is cut off."""
    body, more = b"", True
    while more and len(body) <= _MAX_BODY_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
    text = body[:_MAX_BODY_BYTES].decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def cookie(header: str, name: str) -> str:
    """The value of one cookie in a Cookie header; empty without it."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""

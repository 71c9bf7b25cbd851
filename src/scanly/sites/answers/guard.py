"""Who may send a form: people who looked at the page first, not robots that fill in everything at once.

Pages are the same bytes for everybody and run no script, so the time of reading is known by remembering who looked
at a page, and where that is not known by asking to press Send once more, with a signed moment in the form.
All that is remembered is bounded, keyed with bytes of this process, and never written down.
"""

from __future__ import annotations

import ipaddress
import os
from collections import OrderedDict
from hashlib import blake2b
from typing import Literal

from scanly.core.secrets import Signer

READING_MS = 2_000
# Whoever has a page open for longer presses Send twice.
REMEMBERED_MS = 12 * 60 * 60_000
PROOF_LASTS_MS = 2 * 60 * 60_000
MOST_REMEMBERED = 50_000
A_MINUTE_MS, AN_HOUR_MS = 60_000, 60 * 60_000
# Of one address, which may be everybody in a shop's network; and of one form.
POSTS_A_MINUTE, POSTS_AN_HOUR = 20, 200
PINS_A_MINUTE = 5
# Forms that come back to whoever has not looked at the page: each is drawn anew.
AGAIN_A_MINUTE = 300
HONEYPOT, PROOF = "homepage", "proof"
# IPv6 gives every household this many bits; whoever has one has all addresses below.
_NETWORK_BITS = 64

Judged = Literal["person", "robot", "again"]


class Keys:
    """Numbers that stand for addresses in memory, and mean nothing outside of this process."""

    def __init__(self) -> None:
        self._key = os.urandom(32)

    def of(self, address: str, about: str = "") -> int:
        """One number for all addresses of a household."""
        digest = blake2b(
            f"{_household(address)}\0{about}".encode("utf-8", "replace"), digest_size=8, key=self._key
        )
        return int.from_bytes(digest.digest(), "little")


class Seen:
    """When each visitor looked at a page first; the longest unseen are forgotten."""

    def __init__(self, keys: Keys, most: int = MOST_REMEMBERED) -> None:
        self._keys, self._most = keys, most
        self._first_ms: OrderedDict[int, int] = OrderedDict()

    def note(self, address: str, now_ms: int) -> None:
        """A visitor looks at a page."""
        key = self._keys.of(address)
        first_ms = self._first_ms.setdefault(key, now_ms)
        if now_ms - first_ms > REMEMBERED_MS:
            self._first_ms[key] = now_ms
        self._first_ms.move_to_end(key)
        if len(self._first_ms) > self._most:
            self._first_ms.popitem(last=False)

    def has_read(self, address: str, now_ms: int) -> bool:
        """Whether the visitor has looked at a page for as long as a person needs."""
        first_ms = self._first_ms.get(self._keys.of(address))
        return first_ms is not None and READING_MS <= now_ms - first_ms <= REMEMBERED_MS

    def __len__(self) -> int:
        return len(self._first_ms)


class Limit:
    """At most ``most`` at once and again after a while, ``most`` in each ``span_ms`` in the long run, by key.

    One number a key: the moment at which all of it is free again.
    Source: the generic cell rate algorithm, ITU-T I.371, annex A.
    """

    def __init__(self, most: int, span_ms: int, keys_most: int = MOST_REMEMBERED) -> None:
        self._span_ms, self._keys_most = span_ms, keys_most
        self._step_ms = span_ms / most
        self._free_ms: OrderedDict[int, float] = OrderedDict()

    def allows(self, key: int, now_ms: int) -> bool:
        """Whether one more may come now; counts it if so."""
        free_ms = max(self._free_ms.get(key, 0.0), now_ms) + self._step_ms
        if free_ms - now_ms > self._span_ms:
            return False
        self._free_ms[key] = free_ms
        self._free_ms.move_to_end(key)
        if len(self._free_ms) > self._keys_most:
            self._free_ms.popitem(last=False)
        return True

    def __len__(self) -> int:
        return len(self._free_ms)


class Guard:
    """One per worker. ``robots`` counts the posts of robots, which are thanked and thrown away."""

    def __init__(self, signer: Signer) -> None:
        self._signer, self._keys = signer, Keys()
        self.seen = Seen(self._keys)
        self._visitors = Limit(POSTS_A_MINUTE, A_MINUTE_MS)
        self._forms = Limit(POSTS_AN_HOUR, AN_HOUR_MS)
        self._agains = Limit(AGAIN_A_MINUTE, A_MINUTE_MS)
        self._pins = Limit(PINS_A_MINUTE, A_MINUTE_MS)
        self.robots = 0

    def may_send(self, address: str, now_ms: int) -> bool:
        """Whether this visitor may send one more form now; asked before anything of it is read."""
        return self._visitors.allows(self._keys.of(address), now_ms)

    def may_fill(self, site_id: int, block_id: str, now_ms: int) -> bool:
        """Whether this form takes one more answer now, whoever sends it."""
        return self._forms.allows(self._keys.of("", f"{site_id} {block_id}"), now_ms)

    def may_come_back(self, site_id: int, block_id: str, now_ms: int) -> bool:
        """Whether this form may be shown once more to somebody who has not looked at its page."""
        return self._agains.allows(self._keys.of("", f"{site_id} {block_id}"), now_ms)

    def may_try(self, site_id: int, block_id: str, now_ms: int) -> bool:
        """Whether one more PIN of this block may be tried now, from wherever."""
        return self._pins.allows(self._keys.of("", f"{site_id} {block_id}"), now_ms)

    def judge(self, given: dict[str, str], address: str, about: str, now_ms: int) -> Judged:
        """Whether a person sent the form ``about``, a robot, or whether that is still to be shown."""
        if given.get(HONEYPOT, "").strip():
            self.robots += 1
            return "robot"
        if self.seen.has_read(address, now_ms) or self._has_waited(given.get(PROOF, ""), about, now_ms):
            return "person"
        return "again"

    def proof(self, about: str, now_ms: int, earlier: str = "") -> str:
        """What a page with the form ``about`` carries, so that it is taken in two seconds; ``earlier`` if it holds."""
        if self._made_ms(earlier, about, now_ms) is not None:
            return earlier
        return f"{now_ms}.{self._signer.sign(f'{now_ms} {about}', now_ms + PROOF_LASTS_MS)}"

    def _has_waited(self, proof: str, about: str, now_ms: int) -> bool:
        made_ms = self._made_ms(proof, about, now_ms)
        return made_ms is not None and now_ms - made_ms >= READING_MS

    def _made_ms(self, proof: str, about: str, now_ms: int) -> int | None:
        made, _, signed = proof.partition(".")
        if len(made) > 15 or not self._signer.holds(signed, f"{made} {about}", now_ms):
            return None
        return int(made)


def _household(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed.packed, _NETWORK_BITS), strict=False))

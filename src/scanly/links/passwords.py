"""Passwords of links: kept as a salted scrypt hash, compared in constant time.

Source: RFC 7914 (scrypt); the cost follows OWASP's password storage advice for 32 MiB.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata

from scanly.core.errors import Invalid
from scanly.core.text import has_control

MAX_CHARACTERS = 200
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
_KEPT = re.compile(r"scrypt\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=")
_MEMORY_BYTES = 64 * 1024 * 1024


def check(password: str) -> str:
    """The password itself. Raises Invalid."""
    if not password.strip() or len(password) > MAX_CHARACTERS or has_control(password):
        raise Invalid.field("password", f"needs 1 to {MAX_CHARACTERS} visible characters.")
    return password


def keep(password: str) -> str:
    """What is stored of a password. Takes about 80 ms. Raises Invalid."""
    check(password)
    salt = secrets.token_bytes(16)
    return f"scrypt${_text(salt)}${_text(_hash(password, salt))}"


def is_kept(text: str) -> bool:
    """Whether it is what `keep` makes, for what comes from elsewhere."""
    return _KEPT.fullmatch(text) is not None


def fits(password: str, kept: str) -> bool:
    """Whether it is the password that was kept. Takes about 80 ms, whatever it says; outside the event loop."""
    _, salt, known = kept.split("$")
    given = _hash(password[:MAX_CHARACTERS], base64.b64decode(salt))
    return hmac.compare_digest(given, base64.b64decode(known)) and len(password) <= MAX_CHARACTERS


def _hash(password: str, salt: bytes) -> bytes:
    # Keyboards differ in how they write é; nobody types half a character, but programs send some.
    known = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(known, salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY_BYTES, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

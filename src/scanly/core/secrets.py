"""The installation's secret key, in a file that only its owner can read; what is signed with it expires."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from scanly.core.errors import Unavailable

_KEY_BYTES = 32


class Signer:
    """Signs short texts for one purpose. Raises Unavailable when the key can be neither read nor made."""

    def __init__(self, key_file: Path, purpose: str) -> None:
        try:
            key = _shared(key_file)
        except OSError as error:
            raise Unavailable(f"The secret key {key_file} cannot be used: {error.strerror}.") from error
        if len(key) != _KEY_BYTES:
            raise Unavailable(
                f"The secret key {key_file} is damaged.",
                hint="Put it back from a copy; or remove it, and whoever gave a password gives it again.",
            )
        self._key = hmac.digest(key, purpose.encode(), hashlib.sha256)

    def sign(self, text: str, until_ms: int) -> str:
        """A proof of ``text`` that holds before ``until_ms``."""
        return f"{until_ms}.{self._mac(text, str(until_ms))}"

    def holds(self, proof: str, text: str, now_ms: int) -> bool:
        """Whether ``proof`` was signed for ``text`` here, and has not expired."""
        until, _, mac = proof.partition(".")
        if not until.isascii() or not until.isdecimal() or len(until) > 15 or int(until) <= now_ms:
            return False
        return hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(text, until).encode())

    def _mac(self, text: str, until: str) -> str:
        return hmac.digest(self._key, f"{until}\0{text}".encode(), hashlib.sha256).hex()


def kept(token: str) -> str:
    """What is stored of a token: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _shared(path: Path) -> bytes:
    """The key, made by the first process that asks; it has its name only when it is whole."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        try:
            os.write(fd, secrets.token_bytes(_KEY_BYTES))
            os.fsync(fd)
        finally:
            os.close(fd)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()

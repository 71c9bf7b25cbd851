"""The rules for a code: what it may look like, which are reserved, how one is drawn by lot."""

from __future__ import annotations

import re
import secrets

from scanly.core.errors import Invalid

MAX_LENGTH = 64
DRAWN_LENGTH = 7
# Without 0 O 1 I l, which people confuse when they type from paper.
CAPITALS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ALPHABET = f"{CAPITALS}abcdefghijkmnopqrstuvwxyz"
RESERVED = frozenset(
    {
        "app",
        "api",
        "s",
        "setup",
        "login",
        "logout",
        "healthz",
        "readyz",
        "metrics",
        "static",
        "media",
        "schemas",
    }
    | {"robots.txt", "favicon.ico", "sitemap.xml", ".well-known", "q", "p"}
)
_SHAPE = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_LENGTH}}}")


def check(code: str) -> str:
    """The code itself. Raises Invalid that says which rule it breaks."""
    if code.casefold() in RESERVED or code.startswith("_"):
        raise Invalid.field("code", f'"{code}" is reserved.', hint="Choose another one.")
    if not possible(code):
        raise Invalid.field(
            "code",
            f'"{code[:80]}" cannot be a code.',
            hint=f"Use 1 to {MAX_LENGTH} of the letters A-Z a-z, digits, - and _.",
        )
    return code


def possible(code: str) -> bool:
    """Whether any link, also a very old one, may have this code."""
    return _SHAPE.fullmatch(code) is not None


def check_compact(code: str) -> str:
    """The code itself. Raises Invalid when a QR code cannot hold it among its 45 densest characters."""
    if code != code.upper() or "_" in code:
        hint = f"Write {code.upper().replace('_', '-')}, or leave out --compact."
        raise Invalid.field("code", f'"{code}" is not of capitals, digits and hyphens alone.', hint=hint)
    return code


def draw(*, compact: bool = False) -> str:
    """A code by lot, so that none can be guessed: 57^7, about 2 * 10^12, or 32^7 in capitals."""
    alphabet = CAPITALS if compact else ALPHABET
    return "".join(secrets.choice(alphabet) for _ in range(DRAWN_LENGTH))

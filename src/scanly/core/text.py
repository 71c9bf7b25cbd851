"""Small rules about text that every room needs: control characters, plain comparison, nearest names."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

# C0, DEL, C1, what reorders or hides what is shown (UAX #9, zero-width, BOM), and halves of characters, which
# stand for bytes that were no text.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def has_control(text: str) -> bool:
    """Whether ``text`` holds a control, line-breaking or bidirectional-override character."""
    return _UNSEEN.search(text) is not None


def printable(text: str) -> str:
    """``text`` safe for a terminal or a log: every unseen character becomes a visible ``\\x..`` escape."""
    return _UNSEEN.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def fold(name: str) -> str:
    """A name as it is compared: case, spaces, hyphens and underscores do not count."""
    return re.sub(r"[\s_-]+", "", unicodedata.normalize("NFKC", name)).casefold()


def nearest(name: str, known: Iterable[str]) -> str:
    """``Did you mean "x"?`` for the known name closest to ``name``, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"?' if close else ""


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 row``, ``2 rows``, ``1,204 scans``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

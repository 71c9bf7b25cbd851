"""Contact and calendar files from what people typed: one line of the file for each value, whatever is in it.

Source: RFC 5545, 3.1 (lines, folding) and 3.3.11 (escapes); RFC 2426, 2.6 (the same for vCard 3.0).
"""

from __future__ import annotations

import re

from scanly.core.text import has_control
from scanly.qr.grammar.vtext import escaped, folded, stream

_LINE_ENDS = re.compile(r"\r\n|[\r\n\u2028\u2029\x0b\x0c\x85]")


def value(text: str) -> str:
    """A TEXT value, without hidden characters; line ends of any kind are kept."""
    lines = _LINE_ENDS.sub("\n", text).strip().split("\n")
    return escaped("\n".join(_seen(line) for line in lines))


def _seen(line: str) -> str:
    return "".join(character for character in line if not has_control(character)).strip()


def address(text: str) -> str:
    """A URI, which has no escapes: nothing when it has a character that none may have."""
    return text if re.fullmatch(r"[!-~]+", text) else ""


def file(*lines: str) -> bytes:
    """The lines, folded, as the bytes of a file."""
    return stream(tuple(folded(line) for line in lines)).encode()

"""Text of several lines, such as a note or the body of a message."""

from __future__ import annotations

import re

from scanly.qr.grammar.rules import wrong

_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Control characters, a byte order mark, halves of characters, and what turns the order of letters round.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ud800-\udfff]")


def message(text: str) -> str:
    """The text with LF as its only line end; spaces, tabs and marks of right-to-left writing stay."""
    lines = _LINE_END.sub("\n", text)
    if not lines.strip():
        raise wrong("is blank.", "Give it, or leave it out.")
    if unwanted := _UNWANTED.search(lines):
        code = f"U+{ord(unwanted[0]):04X}"
        raise wrong(f"holds the control character {code} (character {unwanted.start() + 1}).", "Remove it.")
    return lines

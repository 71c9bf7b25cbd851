"""The lines of vCard and iCalendar; what people type never becomes a line or a part of its own.

In codes, lines are not folded, which both standards only recommend: some readers do not put them together again.

Source: RFC 5545, 3.1 and 3.3.11; RFC 6350, 3.2 and 3.4; RFC 2426, 5 (the same escapes).
"""

from __future__ import annotations

_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
_MOST_BYTES = 75


def escaped(value: str) -> str:
    """A TEXT value, or one part of a value that has several; line ends are LF."""
    return value.translate(_ESCAPES)


def component(name: str, *lines: str) -> tuple[str, ...]:
    """The lines between BEGIN and END, both included."""
    return (f"BEGIN:{name}", *lines, f"END:{name}")


def stream(lines: tuple[str, ...]) -> str:
    """The lines as one text; every line ends in CR LF, the last one, too."""
    return "".join(f"{line}\r\n" for line in lines)


def folded(line: str) -> str:
    """The line in pieces of at most 75 bytes of UTF-8, none of which parts a character."""
    pieces: list[str] = []
    room = _MOST_BYTES
    piece = ""
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(piece)
            # The space that begins a further line counts.
            piece, room = "", _MOST_BYTES - 1
        piece += character
        room -= size
    return "\r\n ".join([*pieces, piece])

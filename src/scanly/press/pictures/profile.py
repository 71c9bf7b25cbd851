"""The profile of a printing condition: read by its header, refused when it is not that of a press with four inks.

Source: ISO 15076-1 (ICC.1:2010), 7.2 (header), 7.3 (tag table), 9.2.41 and 10.13 (description); ICC.1:2001-04, 6.5.17.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanly.core.errors import Invalid
from scanly.core.text import printable

MAX_PROFILE_BYTES = 32 * 1024 * 1024
_HEADER_BYTES = 128
_ENTRY_BYTES = 12
_MOST_TAGS = 200
_VERSIONS = (2, 4)
_NAME_CHARACTERS = 120
_HINT = "Take the profile that your print shop names, such as PSOcoated_v3.icc or GRACoL2013_CRPC6.icc."
_CLASSES = {
    b"scnr": "a profile of a camera or scanner",
    b"mntr": "a profile of a display",
    b"link": "a device link, which leads from one device to another",
    b"spac": "a profile of a colour space",
    b"abst": "an abstract profile",
    b"nmcl": "a list of named colours",
}
# What leads from and to the four inks.
_NEEDED = ("A2B0", "B2A0")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of a press with cyan, magenta, yellow and black; ``name`` is how it calls itself."""

    data: bytes = field(repr=False)
    name: str
    version: str

    @property
    def colours(self) -> int:
        return 4


def read_profile(path: Path, *, field: str = "icc") -> Profile:
    """Raises Invalid for ``field`` that says what the file is instead."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PROFILE_BYTES + 1)
    except OSError as error:
        message = f'"{printable(path.name)}" cannot be read ({error.strerror}).'
        raise Invalid.field(field, message, hint="Give the path of an ICC profile.") from error
    what = _instead(data)
    if what:
        raise Invalid.field(field, f'"{printable(path.name)}" is {what}.', hint=_HINT)
    data = data[: _number(data, 0)]
    tags = _tags(data)
    name = _description(tags.get("desc", b"")) or path.stem
    return Profile(data, printable(name)[:_NAME_CHARACTERS], f"{data[8]}.{data[9] >> 4}")


def _instead(data: bytes) -> str:
    """What a file is that is no profile of a press with four inks, or nothing."""
    if len(data) > MAX_PROFILE_BYTES:
        return f"larger than {MAX_PROFILE_BYTES // 1024**2} MB"
    if len(data) < _HEADER_BYTES + 4 or data[36:40] != b"acsp":
        return "no ICC profile"
    if not _HEADER_BYTES < _number(data, 0) <= len(data):
        return "an ICC profile of which the end is missing"
    if data[12:16] in _CLASSES:
        return f"{_CLASSES[data[12:16]]} ({_letters(data[16:20])}), not of a press"
    if data[12:16] != b"prtr":
        return "an ICC profile of an unknown class"
    if data[16:20] != b"CMYK":
        return f"a profile of a printer that takes {_letters(data[16:20])}, not CMYK"
    if data[8] not in _VERSIONS:
        return f"a profile of ICC version {data[8]}, which presses do not take (they take 2 and 4)"
    if data[20:24] not in (b"Lab ", b"XYZ "):
        return "a damaged ICC profile: it does not lead to colours that people see"
    tags = _tags(data[: _number(data, 0)])
    if lacking := [name for name in _NEEDED if name not in tags]:
        return f"a damaged ICC profile: it lacks {' and '.join(lacking)}"
    return ""


def _tags(data: bytes) -> Mapping[str, bytes]:
    """The tags that lie within the file, by signature."""
    found: dict[str, bytes] = {}
    for number in range(min(_number(data, _HEADER_BYTES), _MOST_TAGS)):
        entry = data[_HEADER_BYTES + 4 + number * _ENTRY_BYTES :][:_ENTRY_BYTES]
        if len(entry) < _ENTRY_BYTES:
            break
        start, size = _number(entry, 4), _number(entry, 8)
        if start >= _HEADER_BYTES and 0 < size <= len(data) - start:
            found[_letters(entry[:4])] = data[start : start + size]
    return found


def _description(tag: bytes) -> str:
    """The text of a description: ASCII in version 2, the English of several languages, or the first, in version 4."""
    if tag[:4] == b"desc" and len(tag) >= 12:
        return tag[12 : 12 + _number(tag, 8)].split(b"\0")[0].decode("ascii", "replace").strip()
    if tag[:4] != b"mluc" or len(tag) < 16:
        return ""
    texts: dict[bytes, str] = {}
    for start in range(16, min(16 + 12 * _number(tag, 8), len(tag) - 11), 12):
        length, place = _number(tag, start + 4), _number(tag, start + 8)
        texts.setdefault(tag[start : start + 2], tag[place : place + length].decode("utf-16-be", "replace"))
    return (texts.get(b"en") or next(iter(texts.values()), "")).strip("\0 ")


def _number(data: bytes, start: int) -> int:
    """Four bytes, the highest first."""
    return struct.unpack_from(">I", data, start)[0]


def _letters(signature: bytes) -> str:
    return printable(signature.decode("latin-1")).strip()

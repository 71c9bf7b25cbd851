"""Small ICC profiles, byte by byte."""

from __future__ import annotations

import struct
from itertools import product

LINEAR = bytes(range(256))


def description(text: str) -> bytes:
    """Of version 2."""
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text.encode() + b"\0" * 80


def descriptions(texts: dict[str, str]) -> bytes:
    """Of version 4, by language."""
    head = b"mluc\0\0\0\0" + struct.pack(">II", len(texts), 12)
    place, records, tail = len(head) + 12 * len(texts), b"", b""
    for language, text in texts.items():
        written = text.encode("utf-16-be")
        records += language.encode() + b"XX" + struct.pack(">II", len(written), place + len(tail))
        tail += written
    return head + records + tail


def table(channels_in: int, channels_out: int, corner) -> bytes:
    """A table of two points a side; ``corner`` takes 0 or 1 for each channel and gives bytes."""
    matrix = struct.pack(">9i", *(65536 if place % 4 == 0 else 0 for place in range(9)))
    points = b"".join(bytes(corner(*at)) for at in product((0, 1), repeat=channels_in))
    head = b"mft1\0\0\0\0" + bytes([channels_in, channels_out, 2, 0]) + matrix
    return head + LINEAR * channels_in + points + LINEAR * channels_out


def black_press() -> dict[bytes, bytes]:
    """Tags of a press that prints everything with black alone, in proportion to lightness."""
    to_lab = table(4, 3, lambda c, m, y, k: (255 * (1 - k), 128, 128))
    to_inks = table(3, 4, lambda lightness, a, b: (0, 0, 0, 255 * (1 - lightness)))
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    return {b"A2B0": to_lab, b"B2A0": to_inks, b"wtpt": white, b"desc": description("Black press")}


def profile(
    *,
    kind: bytes = b"prtr",
    colours: bytes = b"CMYK",
    leads_to: bytes = b"Lab ",
    version: int = 2,
    tags: dict[bytes, bytes] | None = None,
) -> bytes:
    tags = black_press() if tags is None else tags
    entries, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        entries += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = bytearray(128)
    head[0:4] = struct.pack(">I", start + len(body))
    head[8:10] = bytes([version, 0x20])
    head[12:16], head[16:20], head[20:24], head[36:40] = kind, colours, leads_to, b"acsp"
    head[68:80] = struct.pack(">3i", 63190, 65536, 54061)
    return bytes(head) + struct.pack(">I", len(tags)) + entries + body

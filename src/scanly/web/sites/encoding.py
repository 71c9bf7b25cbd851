"""An answer in every encoding that browsers take, made once; each has its own strong ETag.

Source: RFC 9110, 8.8.3 (ETag), 12.5.3 (Accept-Encoding), 13.1.2 (If-None-Match); RFC 7932 (Brotli).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from scanly.web.request import Headed, header_lines

Encoding = Literal["br", "gzip", ""]
# The smallest first; what visitors prefer among them does not matter, as all say the same.
_ENCODINGS: tuple[Encoding, ...] = ("br", "gzip", "")
_LEAST_BYTES = 300
# Those are packed already.
_PACKED = frozenset({b"image/png", b"image/jpeg"})


class Body(Struct, frozen=True, gc=False):
    """The bytes of one encoding, and its headers when it is sent and when the visitor has it already.

    ``lines`` and ``unchanged_lines`` are these headers as they are sent, to the empty line after them.
    """

    data: bytes
    etag: bytes
    headers: Headed
    unchanged: Headed
    lines: bytes
    unchanged_lines: bytes


class Packed(Struct, frozen=True):
    """One answer in all encodings.

    ``until_ms`` is when it must be made again, ``clicks`` are its counted links; ``asks`` when it has a form.
    """

    bodies: Mapping[Encoding, Body]
    until_ms: int | None = None
    clicks: Mapping[str, str] = {}
    asks: bool = False

    @property
    def size_bytes(self) -> int:
        return sum(len(body.data) for body in self.bodies.values()) + 2_000

    def body(self, accept_encoding: bytes) -> Body:
        """The smallest that the visitor takes."""
        accepted = _accepted(accept_encoding)
        return next(self.bodies[name] for name in _ENCODINGS if name in accepted and name in self.bodies)


def pack(data: bytes, kind: bytes, headers: Headed) -> Packed:
    """Packs an answer of a content type; takes up to a tenth of a second, so outside the event loop."""
    import brotli  # it brings no types

    packed: dict[Encoding, bytes] = {"": data}
    if len(data) >= _LEAST_BYTES and kind not in _PACKED:
        packed["gzip"] = gzip.compress(data, 9, mtime=0)
        packed["br"] = brotli.compress(data, brotli.MODE_TEXT)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return Packed({name: _body(each, name, kind, headers) for name, each in packed.items()})


def _body(data: bytes, encoding: Encoding, kind: bytes, headers: Headed) -> Body:
    etag = b'"%b"' % hashlib.sha256(data).hexdigest()[:24].encode()
    shared = ((b"etag", etag), (b"vary", b"accept-encoding"), *headers)
    described = ((b"content-encoding", encoding.encode()),) if encoding else ()
    length = (b"content-length", b"%d" % len(data))
    headers = ((b"content-type", kind), length, *described, *shared)
    lines, unchanged_lines = (header_lines(each) + b"\r\n" for each in (headers, shared))
    return Body(data, etag, headers, shared, lines, unchanged_lines)


@lru_cache(maxsize=512)
def _accepted(accept_encoding: bytes) -> frozenset[str]:
    """What a visitor takes; everybody takes what is not encoded."""
    taken = {""}
    for one in accept_encoding[:512].decode("ascii", "replace").lower().split(","):
        name, _, parameter = one.partition(";")
        if parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            taken.add(name.strip())
    return frozenset(taken)

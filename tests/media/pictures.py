"""Pictures for tests: sound ones, and what strangers send in their place."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def photo(width: int, height: int) -> Image.Image:
    """Soft colours and grain, as a camera makes them."""
    ramp = Image.linear_gradient("L").resize((width, height))
    mixed = Image.merge("RGB", (ramp, ramp.transpose(Image.Transpose.ROTATE_180), ramp))
    return Image.blend(mixed, Image.effect_noise((width, height), 40).convert("RGB"), 0.2)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, pixels: bytes = b"") -> bytes:
    """A PNG that says it is so large, whatever ``pixels`` hold, with ``chunks`` before them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = pixels or zlib.compress(bytes((width * 3 + 1) * height))
    ending = chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + ending


def zeros(megabytes: int) -> bytes:
    """Deflated to a thousandth."""
    packer = zlib.compressobj(9)
    some = bytes(1_000_000)
    return b"".join(packer.compress(some) for _ in range(megabytes)) + packer.flush()


def gif(frames: int) -> bytes:
    data = saved(Image.new("P", (1, 1)), "GIF")
    start = data.index(b"\x2c")
    return data[:start] + data[start:-1] * frames + b";"


def webp(width: int, height: int) -> bytes:
    """A header that says it is so large."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 80) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size + bytes(60)


def heic() -> bytes:
    return struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200)


def drawing(inside: str = '<path fill="#9a4b00" d="M2 2h6v6z"/>', head: str = "") -> bytes:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head}<svg {space} viewBox="0 0 20 10">{inside}</svg>'.encode()

"""Pictures as files: read within limits, made into what pages show, named by their hash, told by their content."""

from __future__ import annotations

import asyncio
import hashlib
import io
import warnings
from pathlib import Path

from scanly.core.errors import Invalid
from scanly.media.drawing import is_clean
from scanly.media.model import MAX_BYTES, Kind, Picture, Variant
from scanly.media.storage import Storage
from scanly.media.worker import make

_KINDS: dict[str, Kind] = {"AVIF": "avif", "JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}


def read_picture(path: Path, name: str) -> bytes:
    """The bytes of a file, one more than are allowed at most. Raises Invalid for the field ``name``."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid.field(name, f"{path} cannot be read: {error.strerror}.") from error


def content_hash(data: bytes) -> str:
    """32 hexadecimal digits, the first half of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:32]


async def keep_files(storage: Storage, data: bytes, name: str) -> Picture:
    """Makes and stores every file of a picture. Raises Invalid for the field ``name``, Unavailable."""
    made = await asyncio.to_thread(make, data, name)
    variants: list[Variant] = []
    for one in made.files:
        file = f"{content_hash(one.data)}.{one.kind}"
        await storage.put(file, one.data)
        variants.append(Variant(one.width, one.height, file, len(one.data), one.kind))
    return Picture(name, content_hash(data), made.width, made.height, tuple(variants))


def kind_of(data: bytes) -> Kind | None:
    """What a file of ours is by its content; nothing is decoded."""
    from PIL import Image

    if data.startswith(b"<svg"):
        return "svg" if is_clean(data) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about its size, which matters to who decodes it
            found = Image.open(io.BytesIO(data), formats=("AVIF", "JPEG", "PNG", "WEBP")).format
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return _KINDS.get(str(found))

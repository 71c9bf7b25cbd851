"""Pictures on disk: checked by content, named by their hash, so that an address never changes its picture."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

from scanly.core.errors import Invalid
from scanly.core.files import write_whole

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
_EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


def keep_picture(media: Path, source: Path) -> str:
    """Copies a picture into the media folder; returns its name there, ``<hash>.<extension>``.

    Raises Invalid for what is not a PNG, JPEG or WebP of at most 10 MB and 40 megapixels.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise Invalid(f"{source} cannot be read: {error.strerror}.") from error
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.{_extension(data, source)}"
    write_whole(media / name, data)
    return name


def _extension(data: bytes, source: Path) -> str:
    import io

    from PIL import Image

    if len(data) > MAX_BYTES:
        raise Invalid(
            f"{source} has {len(data) / 1e6:.1f} MB.", hint="A picture may have 10 MB; make it smaller."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged below
            picture = Image.open(io.BytesIO(data), formats=tuple(_EXTENSIONS))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(f"{source} is not a PNG, JPEG or WebP picture.") from error
    if picture.width * picture.height > MAX_PIXELS:
        raise Invalid(f"{source} is {picture.width} x {picture.height}.", hint="40 megapixels are the limit.")
    return _EXTENSIONS[str(picture.format)]

import io
import os
import struct
import zlib

import pytest
from PIL import Image

from scanly.core.errors import Invalid
from scanly.media.files import CONTENT_TYPES, MAX_BYTES, keep_picture


def picture(form: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "#9a4b00").save(written, form)
    return written.getvalue()


@pytest.mark.parametrize(("form", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_picture_is_kept_under_its_content_s_hash_and_type_whatever_its_name(tmp_path, form, extension):
    media = tmp_path / "media"
    media.mkdir()
    for name in ("logo.txt", "again"):
        (tmp_path / name).write_bytes(picture(form))
    kept = {keep_picture(media, tmp_path / name) for name in ("logo.txt", "again")}
    assert kept == set(os.listdir(media))
    (name,) = kept
    assert name.endswith(f".{extension}")
    assert extension in CONTENT_TYPES
    assert (media / name).read_bytes() == picture(form)


def _huge() -> bytes:
    """A PNG that says it is 7000 × 7000, in a hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 7000, 7000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def _bomb() -> bytes:
    return _huge().replace(struct.pack(">II", 7000, 7000), struct.pack(">II", 10**6, 10**6))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a PNG, JPEG or WebP picture"),
        (b"<svg onload='alert(1)'/>", "is not a PNG, JPEG or WebP picture"),
        (b"\x89PNG\r\n\x1a\n", "is not a PNG, JPEG or WebP picture"),
        (picture("GIF"), "is not a PNG, JPEG or WebP picture"),
        (picture("PNG") + bytes(MAX_BYTES), "10 MB"),
        (_huge(), "is 7000 x 7000"),
        (_bomb(), "is not a PNG, JPEG or WebP picture"),
    ],
    ids=["empty", "svg", "cut-off", "gif", "heavy", "huge", "bomb"],
)
def test_what_is_no_picture_or_too_large_is_refused_and_not_kept(tmp_path, data, said):
    (tmp_path / "media").mkdir()
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(Invalid, match=said):
        keep_picture(tmp_path / "media", tmp_path / "logo.png")
    assert os.listdir(tmp_path / "media") == []


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Invalid, match=r"nothing\.png cannot be read: No such file"):
        keep_picture(tmp_path, tmp_path / "nothing.png")

"""Artwork as PDF for the press: one page of exactly its size, vector, on process and spot inks, nothing else.

Black is `0 0 0 1 k`, so it lands on one plate. Colours of the screen become CMYK by the plain formula (K is what
all three lack, C, M, Y the rest), without a profile. There is no date in it: the same code gives the same bytes.

Source: ISO 32000-1 (PDF 1.7, written as 1.4), 7.5 (file), 8.6.6.4 (Separation), 8.9.5 (images), 14.11.2 (boxes).
"""

from __future__ import annotations

import hashlib
import zlib

from scanly.qr.artwork import Artwork
from scanly.qr.ink import Ink
from scanly.qr.writers.numbers import numbers
from scanly.qr.writers.operators import Painting, Picture, inks_of, paint

# Four times as fast as the usual 6, for files a tenth larger.
_DEFLATE_LEVEL = 4


def write(artwork: Artwork) -> bytes:
    """The file."""
    return document(paint(artwork), artwork.title)


def document(painting: Painting, title: str = "") -> bytes:
    """A file with one page, all of which is ``painting``."""
    content = zlib.compress(painting.content.encode(), _DEFLATE_LEVEL)
    box = f"[0 0 {numbers(painting.width_pt, painting.height_pt, digits=4)}]"
    first_picture = 6
    pictures = [_image(picture) for picture in painting.pictures.values()]
    info = f"<< /Title {_text(title)} /Producer (Scanly) >>" if title else "<< /Producer (Scanly) >>"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /BleedBox {box} /TrimBox {box} "
            f"/Resources {_resources(painting, first_picture)} /Contents 4 0 R >>".encode(),
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
            info.encode(),
            *pictures,
        ]
    )


def _resources(painting: Painting, first_picture: int) -> str:
    names = {
        "ColorSpace": {name: separation(ink) for name, ink in painting.spots.items()},
        "Shading": painting.shadings,
        "XObject": {
            name: f"{number} 0 R" for number, name in enumerate(painting.pictures, start=first_picture)
        },
    }
    parts = [
        f"/{kind} << {' '.join(f'/{name} {value}' for name, value in held.items())} >>"
        for kind, held in names.items()
        if held
    ]
    return f"<< {' '.join(parts)} >>"


def separation(ink: Ink) -> str:
    """The colour space of a spot ink."""
    return (
        f"[/Separation /{name_of(ink.spot)} /DeviceCMYK << /FunctionType 2 /Domain [0 1] /N 1 "
        f"/C0 [0 0 0 0] /C1 [{inks_of(ink.cmyk)}] >>]"
    )


def name_of(spot: str) -> str:
    """The name of a spot ink as PDF writes it: what is no letter or digit is written by its number."""
    return "".join(
        chr(byte) if byte < 128 and chr(byte).isalnum() else f"#{byte:02X}" for byte in spot.encode()
    )


def _image(picture: Picture) -> bytes:
    space = "DeviceCMYK" if picture.inks == "cmyk" else "DeviceRGB"
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {picture.width_px} /Height {picture.height_px} "
        f"/ColorSpace /{space} /BitsPerComponent 8 /Filter /FlateDecode /Length {len(picture.data)} >>"
    )
    return b"%s\nstream\n%s\nendstream" % (head.encode(), picture.data)


def _text(text: str) -> str:
    """A PDF text string in UTF-16, as hexadecimal digits."""
    digits = f"\ufeff{text}".encode("utf-16-be", "replace").hex()
    return f"<{digits}>"


def _file(objects: list[bytes]) -> bytes:
    """Objects 1 to n (1 the catalog, 5 the Info) with header, cross-reference table and trailer."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    identity = hashlib.sha256(out).hexdigest()[:32]
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    out += (
        f"xref\n0 {size}\n0000000000 65535 f \n{entries}"
        f"trailer\n<< /Size {size} /Root 1 0 R /Info 5 0 R /ID [<{identity}> <{identity}>] >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(out)

"""The same symbols from encoders that are not ours, as rows of 0 and 1."""

from __future__ import annotations

import ctypes
from functools import cache
from importlib import util

import zxingcpp
from PIL import Image
from tests.conftest import imported, missing

from scanly.qr.symbol import LEVELS, Symbol

Rows = tuple[bytes, ...]
_LOW_BIT = bytes(value & 1 for value in range(256))
# No capitals, no digits: encoders that switch modes inside a text have no reason to.
BYTES = "abcdefghijklmnopqrstuvwxyz?=&_~#"
ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
DIGITS = "0123456789"


def by_zxing(text: str, level: str, version: int | None = None) -> Rows:
    options = {"version": version} if version else {}
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level, **options)
    pixels = memoryview(barcode.to_image(scale=1, add_quiet_zones=False))  # pyright: ignore
    side = pixels.shape[0]
    return tuple(bytes(pixels[y, x] == 0 for x in range(side)) for y in range(side))


def by_zint(text: str, level: str, version: int = 0, mask: int | None = None, *, micro: bool = False) -> Rows:
    """In the version and mask that it chooses, where none is given."""
    zint = imported("zint")
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.MICROQR if micro else zint.Symbology.QRCODE
    symbol.option_1, symbol.option_2 = LEVELS.index(level) + 1, version
    symbol.option_3 = 0 if mask is None else mask + 1 << 8
    symbol.encode(text)
    packed = memoryview(symbol.encoded_data).tolist()
    return tuple(
        bytes(packed[row][column // 8] >> column % 8 & 1 for column in range(symbol.width))
        for row in range(symbol.rows)
    )


def by_segno(data: bytes, level: str, version: int, mask: int) -> Rows:
    code = _segno().encode(
        data, error=level, version=version, mode="byte", mask=mask, micro=False, boost_error=False
    )
    return tuple(bytes(row) for row in code.matrix)


@cache
def _segno():
    """segno's encoder without the codeword that it pads too much (its issues 123 and 148)."""
    spec = util.find_spec("segno.encoder")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write_padding_bits = lambda bits, version, length: bits.extend([0] * (-length % 8))
    return module


class _Code(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("width", ctypes.c_int),
        ("modules", ctypes.POINTER(ctypes.c_ubyte)),
    )


@cache
def _libqrencode() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libqrencode.so.4")
    except OSError:
        missing("libqrencode4")
        raise
    library.QRcode_encodeData.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
    library.QRcode_encodeString.argtypes = [ctypes.c_char_p, *[ctypes.c_int] * 4]
    library.QRcode_encodeStringMQR.argtypes = [ctypes.c_char_p, *[ctypes.c_int] * 4]
    for name in ("QRcode_encodeData", "QRcode_encodeString", "QRcode_encodeStringMQR"):
        getattr(library, name).restype = ctypes.POINTER(_Code)
    library.QRcode_free.argtypes = [ctypes.POINTER(_Code)]
    return library


def by_libqrencode(data: bytes, level: str, version: int, *, mode: str = "byte", micro: bool = False) -> Rows:
    """In the mask that it likes best, which is another one than ours about every second time.

    Version 0 is the smallest; of the modes, ``byte`` is used alone, and any other word lets it change them.
    """
    library, number = _libqrencode(), LEVELS.index(level)
    if micro:
        code = library.QRcode_encodeStringMQR(data, version, number, 2, 1)
    elif mode == "byte":
        code = library.QRcode_encodeData(len(data), data, version, number)
    else:
        code = library.QRcode_encodeString(data, version, number, 2, 1)
    assert code, "libqrencode refuses this"
    side = code.contents.width
    modules = ctypes.string_at(code.contents.modules, side * side).translate(_LOW_BIT)
    library.QRcode_free(code)
    return tuple(modules[at : at + side] for at in range(0, side * side, side))


def mask_in(rows: Rows) -> int:
    """The mask as the format information says it (ISO/IEC 18004, 7.9.1)."""
    return (rows[8][2] << 2 | rows[8][3] << 1 | rows[8][4]) ^ 0b101


def level_in(rows: Rows) -> str:
    return "MLHQ"[(rows[8][0] << 1 | rows[8][1]) ^ 0b10]


def version_of(rows: Rows) -> int:
    return (len(rows) - 17) // 4


def picture(symbol: Symbol, module_px: int = 4) -> Image.Image:
    edge, wide = bytes(4), symbol.modules + 8
    rows = [bytes(wide)] * 4 + [edge + row + edge for row in symbol.rows] + [bytes(wide)] * 4
    image = Image.frombytes("L", (wide, wide), b"".join(rows)).point(lambda dark: 0 if dark else 255)
    return image.resize((wide * module_px, wide * module_px), Image.Resampling.NEAREST)

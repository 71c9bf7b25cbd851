"""The decoders that judge a finished file: zxing-cpp always, zbar where its library is installed.

Neither shares code with the other or with our encoder. zbar is called directly, because it must hand over the
bytes as they are in the symbol; as other bindings call it, it guesses an encoding and changes them.

Source: zbar.h of zbar 0.23 (functions, ZBAR_QRCODE, ZBAR_CFG_BINARY).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from zxingcpp import Barcode

# What is read from a grey picture: the contents of all its codes.
Decoder = Callable[["Image"], list[bytes]]

# The shared library on Linux, macOS and Windows.
_ZBAR_LIBRARIES = ("libzbar.so.0", "libzbar.0.dylib", "libzbar-0.dll")
_ZBAR_ANY, _ZBAR_QRCODE = 0, 64
_ZBAR_ENABLE, _ZBAR_BINARY = 0, 4
_ZBAR_GREY = int.from_bytes(b"Y800", "little")


def installed_decoders(*, micro: bool = False) -> Mapping[str, Decoder]:
    """The installed decoders of QR codes, or of Micro QR codes, by name."""
    if micro:
        return {"zxing": _read_micro_by_zxing}
    return {"zxing": _read_by_zxing} | ({} if _zbar() is None else {"zbar": _read_by_zbar})


def find(grey: Image) -> list[Barcode]:
    """Every QR and Micro QR code that zxing-cpp finds; QR codes that it cannot read are there, not ``valid``."""
    import zxingcpp

    whole = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(grey, formats=whole, return_errors=True)
    # Asked for QR codes, it tells Micro QR codes, too: of those, parts of codes that it has read already.
    codes = [code for code in found if code.format != zxingcpp.BarcodeFormat.MicroQRCode]
    # Nearly anything resembles a damaged Micro QR code, and parts of large codes have been read as small ones.
    micro = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.MicroQRCode)
    small = zxingcpp.read_barcodes(grey, formats=micro)
    return codes + [code for code in small if not any(_covers(other, code) for other in codes)]


def find_linear(grey: Image) -> list[Barcode]:
    """Every EAN, UPC-A, Code 128 and interleaved 2 of 5 symbol that zxing-cpp reads."""
    import zxingcpp

    kinds = zxingcpp.BarcodeFormat
    wanted = zxingcpp.BarcodeFormats([kinds.EAN13, kinds.EAN8, kinds.UPCA, kinds.Code128, kinds.ITF])
    return zxingcpp.read_barcodes(grey, formats=wanted, try_downscale=False)


def _covers(larger: Barcode, smaller: Barcode) -> bool:
    """Whether the middle of the smaller one lies in the box of the larger one."""
    corners = (larger.position.top_left, larger.position.top_right)
    corners += (larger.position.bottom_right, larger.position.bottom_left)
    columns, rows = [corner.x for corner in corners], [corner.y for corner in corners]
    middle_x = (smaller.position.top_left.x + smaller.position.bottom_right.x) / 2
    middle_y = (smaller.position.top_left.y + smaller.position.bottom_right.y) / 2
    return min(columns) <= middle_x <= max(columns) and min(rows) <= middle_y <= max(rows)


def _read_by_zxing(grey: Image) -> list[bytes]:
    import zxingcpp

    whole = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.bytes for code in zxingcpp.read_barcodes(grey, formats=whole)]


def _read_micro_by_zxing(grey: Image) -> list[bytes]:
    import zxingcpp

    micro = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.MicroQRCode)
    return [code.bytes for code in zxingcpp.read_barcodes(grey, formats=micro)]


def _read_by_zbar(grey: Image) -> list[bytes]:
    library, pixels = _zbar(), grey.tobytes()
    if library is None:
        return []
    scanner = ctypes.c_void_p(library.zbar_image_scanner_create())
    image = ctypes.c_void_p(library.zbar_image_create())
    try:
        library.zbar_image_scanner_set_config(scanner, _ZBAR_ANY, _ZBAR_ENABLE, 0)
        library.zbar_image_scanner_set_config(scanner, _ZBAR_QRCODE, _ZBAR_ENABLE, 1)
        library.zbar_image_scanner_set_config(scanner, _ZBAR_QRCODE, _ZBAR_BINARY, 1)
        library.zbar_image_set_format(image, ctypes.c_ulong(_ZBAR_GREY))
        library.zbar_image_set_size(image, *grey.size)
        library.zbar_image_set_data(image, pixels, ctypes.c_ulong(len(pixels)), None)
        library.zbar_scan_image(scanner, image)
        return _contents(library, image)
    finally:
        library.zbar_image_destroy(image)
        library.zbar_image_scanner_destroy(scanner)


def _contents(library: ctypes.CDLL, image: ctypes.c_void_p) -> list[bytes]:
    found: list[bytes] = []
    symbol = library.zbar_image_first_symbol(image)
    while symbol:
        place = ctypes.c_void_p(symbol)
        found.append(
            ctypes.string_at(library.zbar_symbol_get_data(place), library.zbar_symbol_get_data_length(place))
        )
        symbol = library.zbar_symbol_next(place)
    return found


@cache
def _zbar() -> ctypes.CDLL | None:
    """The shared library, when it is installed; zbar takes no part otherwise."""
    for name in _ZBAR_LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.zbar_image_create.restype = ctypes.c_void_p
        library.zbar_image_scanner_create.restype = ctypes.c_void_p
        library.zbar_image_first_symbol.restype = ctypes.c_void_p
        library.zbar_symbol_next.restype = ctypes.c_void_p
        library.zbar_symbol_get_data.restype = ctypes.c_void_p
        return library
    return None

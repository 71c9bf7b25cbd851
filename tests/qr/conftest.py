"""The second decoder: zbar, which shares no code with zxing-cpp or with the encoder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.conftest import imported

from scanly.qr.proof.raster import pictures

Zbar = Callable[[bytes, str], list[str]]


@pytest.fixture(scope="session")
def zbar() -> Zbar:
    """Reads a file with zbar, vector files drawn 600 pixels wide."""
    library = imported("pyzbar.pyzbar")

    def read(data: bytes, format_: str) -> list[str]:
        return [
            code.data.decode()
            for picture in pictures(data, format_, 600)
            for code in library.decode(picture.image.convert("L"), symbols=[library.ZBarSymbol.QRCODE])
        ]

    return read

"""Floor 3: the pure QR engine, usable as a library: content to symbol, symbol to file, file back to content.

    >>> from scanly.qr import Style, draw, encode, verify
    >>> symbol = encode("https://go.example.com/AbC1234")
    >>> file = draw(symbol, Style(module_shape="dots", dark="#12264d"), "svg")
    >>> verify(file, "svg", "https://go.example.com/AbC1234").ok
    True

Importing it costs nothing: encoder, decoder and renderers are loaded by the first function that needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanly.qr.drawing import draw, make_symbol
    from scanly.qr.encoding import encode
    from scanly.qr.proof import Proof, Reading, read, verify
    from scanly.qr.style import Style
    from scanly.qr.styles import find_style
    from scanly.qr.symbol import Symbol

__all__ = [
    "Proof",
    "Reading",
    "Style",
    "Symbol",
    "draw",
    "encode",
    "find_style",
    "make_symbol",
    "read",
    "verify",
]

_HOMES = {
    "Proof": "proof",
    "Reading": "proof",
    "Style": "style",
    "Symbol": "symbol",
    "draw": "drawing",
    "encode": "encoding",
    "find_style": "styles",
    "make_symbol": "drawing",
    "read": "proof",
    "verify": "proof",
}


def __getattr__(name: str) -> object:
    """Loads what is asked for from its module (PEP 562)."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

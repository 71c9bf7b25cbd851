"""Floor 3: the pure QR engine, usable as a library: text to symbol, symbol to file, file back to text.

    symbol = encode("https://example.com", level="M")        # scanly.qr.encoding
    file = draw(symbol, Style(size_mm=30), "svg")            # scanly.qr.drawing, scanly.qr.style
    confirm(file, "svg", "https://example.com")              # scanly.qr.proof

Importing it costs nothing: encoder, decoder and renderers are loaded by the first function that needs them.
"""

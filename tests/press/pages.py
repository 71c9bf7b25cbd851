"""Pages and files for tests of the press."""

from __future__ import annotations

import io
from collections.abc import Iterable

from scanly.press.page import Code, Page
from scanly.press.pdf.document import Document, Finish
from scanly.press.pdf.standard import Metadata
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.style import Style

MADE_MS = 1_795_400_000_000
METADATA = Metadata("Labels", MADE_MS, "PDF/X-1a")
PLAIN = Finish(METADATA)
CONTENT = "https://go.example.com/AbC1234"


def code(x: float = 10, y: float = 10, content: str = CONTENT, **style: object) -> Code:
    look = Style(**style)
    return Code(artwork_of(make_symbol(content, look), look), x, y, content.encode())


def written(pages: Iterable[Page], finish: Finish = PLAIN) -> bytes:
    file = io.BytesIO()
    document = Document(file, finish)
    for page in pages:
        document.add(page)
    document.finish()
    return file.getvalue()

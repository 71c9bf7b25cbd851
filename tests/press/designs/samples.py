"""Subjects that pieces are judged with, and what stands on a page with everything in its place."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from scanly.press.designs.colours import colours_of
from scanly.press.designs.piece import Piece
from scanly.press.designs.subject import Subject
from scanly.press.designs.words import call_of
from scanly.press.page import UPRIGHT, Box, Code, Group, Item, Page, Placed, Shape, Words, after, bounds
from scanly.press.pdf.document import Document, Finish
from scanly.press.pdf.standard import Metadata
from scanly.press.pictures.picture import Vectors
from scanly.qr.artwork import Fill, Matrix
from scanly.qr.ink import parse_ink
from scanly.qr.outline import circle

# Name, line and call by language.
TEXTS = {
    "en": ("Asha Kirana Store", "Groceries on the corner since 1987", "menu"),
    "hi": ("आशा किराना स्टोर", "1987 से आपके नुक्कड़ पर किराना", "prices"),
    "ar": ("متجر آشا للبقالة", "بقالتكم في الزاوية منذ 1987", "menu"),
    "ja": ("喫茶 あさひ", "一九八七年から、角の小さなお店です", "book"),
    "de": ("Bäckerei Konditorei Schöngruber & Hoffmann", "Jeden Morgen frisch aus dem Ofen", "order"),
}
# Accent and background: dark, pale, yellow, white on white, black, a night, two that hardly differ.
COLOURS = (
    ("#9a4b00", "#fff9ee"),
    ("#12305c", "#f4f6fa"),
    ("#ffcc00", "#ffffff"),
    ("#f7b5c4", "#fffafb"),
    ("#ffffff", "#ffffff"),
    ("#000000", "#ffffff"),
    ("#f2a077", "#1e1410"),
    ("#777777", "#808080"),
)
RIGHT_TO_LEFT = ("ar", "ur")


def emblem(width: float = 60, height: float = 40) -> Vectors:
    """A logo of two colours."""
    fills = (
        Fill(circle(width / 2, height / 2, height / 2), parse_ink("#1f6b45")),
        Fill(circle(width / 2, height / 2, height / 5), parse_ink("#ffd54a")),
    )
    return Vectors(fills, width, height)


def subject(
    language: str = "en",
    *,
    colours: tuple[str, str] = COLOURS[0],
    logo: Vectors | None = None,
    call: str = "",
    name: str = "",
    line: str | None = None,
    address: str = "go.example.com/menu-7",
) -> Subject:
    usual_name, usual_line, usual_call = TEXTS.get(language, TEXTS["en"])
    return Subject(
        name=name or usual_name,
        line=usual_line if line is None else line,
        call=call_of(language, call or usual_call),
        address=address,
        content=f"https://{address}".encode(),
        language=language,
        colours=colours_of(*colours),
        rtl=language in RIGHT_TO_LEFT,
        logo=logo,
    )


def standing(items: Iterable[Item], matrix: Matrix = UPRIGHT) -> Iterator[tuple[Item, Box]]:
    """Every item but groups in painting order, with the box that it fills on the page, or as much as is seen of it."""
    for item in items:
        if isinstance(item, Group):
            inner = after(item.matrix, matrix)
            clip = item.clip.transformed(inner) if item.clip else None
            for each, box in standing(item.items, inner):
                if seen := box.shared(clip) if clip else box:
                    yield each, seen
        elif box := bounds((item,)):
            yield item, box.transformed(matrix)


def texts_of(page: Page) -> list[tuple[Words, Box]]:
    return [(item, box) for item, box in standing(page.items) if isinstance(item, Words)]


def codes_of(page: Page) -> list[tuple[Code, Box]]:
    return [(item, box) for item, box in standing(page.items) if isinstance(item, Code)]


def what_must_be_seen(page: Page) -> list[tuple[Item, Box]]:
    """Texts, codes and logos."""
    return [each for each in standing(page.items) if isinstance(each[0], Words | Code | Placed)]


def laid_over(page: Page, code: Code) -> list[Box]:
    """What is painted after a code within its box; lines round it are not."""
    items = list(standing(page.items))
    place, box = next((number, box) for number, (item, box) in enumerate(items) if item is code)
    later = [(item, found) for item, found in items[place + 1 :] if found.meets(box.inset(0.5))]
    return [
        found
        for item, found in later
        if not (isinstance(item, Shape) and item.fill is None and found.holds(box.inset(0.5)))
    ]


def pdf_of(piece: Piece, *, inks: str = "cmyk") -> bytes:
    """The file, with bleed."""
    file = io.BytesIO()
    document = Document(file, Finish(Metadata("A piece", 0), inks=inks, bleed_mm=3))
    for page in piece.pages:
        document.add(page)
    document.finish()
    return file.getvalue()

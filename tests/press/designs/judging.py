"""What small pieces are judged by: where their things are seen on the page, how they read, what plates print."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path as Folder

import numpy
import zxingcpp
from tests.conftest import missing
from tests.press.designs.samples import emblem, pdf_of, subject

from scanly.core.colour import contrast_ratio, luminance
from scanly.press.designs.layout import LEAST_PT
from scanly.press.designs.piece import BLEED_MM, Piece
from scanly.press.designs.subject import Subject
from scanly.press.page import UPRIGHT, Box, Code, Group, Item, Page, Placed, Shape, Words, after, bounds
from scanly.press.pdf.document import Document, Finish
from scanly.press.pdf.plates import Plates
from scanly.press.pdf.standard import Metadata
from scanly.press.render import opened
from scanly.qr.artwork import Matrix, Path

FORTY = {
    "en": "The Old Corner Bakery and Coffee Roasters"[:40],
    "de": "Donaudampfschifffahrtsgesellschaftskapit",
    "hi": "श्री लक्ष्मी नारायण किराना और जनरल स्टोर",
    "ar": "مخبز ومقهى الزاوية القديمة لصاحبه أبو م",
    "ja": "喫茶あさひ珈琲店本店とパン工房と雑貨と花とお菓子と本の店あさひ通り",
}
LONG_LINE = "Wood-fired pizza, handmade pasta and the best tiramisù between harbour and old town, every day"
LONG_ADDRESS = "menu.ristorante-gennaro-esposito.example/AbCd12"


def subjects() -> Iterator[Subject]:
    """Both directions, with and without logo and line, long names and addresses."""
    for language in ("en", "hi"):
        yield subject(language, logo=emblem() if language == "hi" else None)
    for language in ("de", "ar", "ja"):
        yield subject(
            language, name=FORTY[language], line=LONG_LINE, address=LONG_ADDRESS, logo=emblem(20, 60)
        )
    yield subject(name="Q", line="", call="scan", address="a.eu/1", logo=emblem(300, 40))


def seen(
    items: Iterable[Item], matrix: Matrix = UPRIGHT, within: Box | None = None
) -> Iterator[tuple[Item, Box]]:
    """Every item but groups in painting order, with as much of its box as its groups let be seen."""
    for item in items:
        if isinstance(item, Group):
            inner = after(item.matrix, matrix)
            clip = item.clip.transformed(inner) if item.clip else None
            both = clip.shared(within) if clip and within else clip or within
            yield from seen(item.items, inner, both)
        elif box := bounds((item,)):
            shown = box.transformed(matrix)
            if shown := shown.shared(within) if within else shown:
                yield _on_page(item, matrix), shown


def _on_page(item: Item, matrix: Matrix) -> Item:
    """A shape with its outline as it lies on the page; anything else as it is."""
    return replace(item, path=item.path.transformed(matrix)) if isinstance(item, Shape) else item


def read_things(page: Page) -> list[tuple[Item, Box]]:
    """Texts, codes and logos."""
    return [each for each in seen(page.items) if isinstance(each[0], Words | Code | Placed)]


def codes(page: Page) -> list[tuple[Code, Box]]:
    return [each for each in seen(page.items) if isinstance(each[0], Code)]


def require_in_place(page: Page, rooms: list[Box]) -> None:
    """All within the bleed; what is read within one of the rooms, and clear of each other."""
    assert all(page.trim.inset(-BLEED_MM).holds(box, slack_mm=0.01) for _, box in seen(page.items))
    things = read_things(page)
    assert things
    for item, box in things:
        assert any(room.holds(box, slack_mm=0.01) for room in rooms), (_said(item), box)
        assert not isinstance(item, Words) or item.size_pt >= LEAST_PT - 1e-6
    for (one, box), (other, beside) in combinations(things, 2):
        assert not box.meets(beside, slack_mm=0.01), (_said(one), _said(other))
    painted = list(seen(page.items))
    for number, (item, box) in enumerate(painted):
        if isinstance(item, Code):
            assert not [found for found, place in painted[number + 1 :] if _covers(found, place, box)]


def _covers(item: Item, place: Box, code: Box) -> bool:
    """Whether something that is painted later leaves ink on a code."""
    if not isinstance(item, Shape):
        return place.meets(code)
    return item.fill is not None and (
        place.holds(code) or any(_inside(point, code) for point in points_of(item.path))
    )


def points_of(path: Path) -> list[tuple[float, float]]:
    """Ends and handles of an outline, between which it runs."""
    return [place for _, *flat in path.segments for place in zip(flat[::2], flat[1::2], strict=True)]


def _inside(point: tuple[float, float], box: Box) -> bool:
    return box.x < point[0] < box.right and box.y < point[1] < box.bottom


def _said(item: Item) -> str:
    return item.line.text if isinstance(item, Words) else type(item).__name__


def require_contrast(piece: Piece, least: float = 4.4) -> None:
    """Every text against all that is printed under it."""
    bare = tuple(Page(page.width_mm, page.height_mm, _without_words(page.items)) for page in piece.pages)
    with opened(pdf_of(Piece(bare), inks="rgb")) as sheets:
        for number, page in enumerate(piece.pages, start=1):
            picture = numpy.asarray(sheets.image(number, 70))
            scale = picture.shape[1] / (page.width_mm + 2 * BLEED_MM)
            for item, box in seen(page.items):
                if isinstance(item, Words):
                    left, top, right, bottom = (
                        round((edge + BLEED_MM) * scale) for edge in (box.x, box.y, box.right, box.bottom)
                    )
                    under = picture[top : bottom + 1, left : right + 1].reshape(-1, 3)
                    colours = {tuple(int(one) for one in colour) for colour in numpy.unique(under, axis=0)}
                    found = min(contrast_ratio(luminance(one), item.ink.luminance) for one in colours)
                    assert found >= least, (item.line.text, found)


def _without_words(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(
        Group(_without_words(item.items), item.matrix, clip=item.clip) if isinstance(item, Group) else item
        for item in items
        if not isinstance(item, Words)
    )


def read(piece: Piece, *, dpi: float = 110) -> list[list[str]]:
    """What a reader finds on each page as it is printed."""
    with opened(pdf_of(piece)) as sheets:
        return [
            [one.text for one in zxingcpp.read_barcodes(sheets.image(number, dpi, grey=True))]
            for number in range(1, len(sheets) + 1)
        ]


def picture_of(piece: Piece, dpi: float = 60) -> numpy.ndarray:
    """The first page in greys, 0 to 255."""
    with opened(pdf_of(piece)) as sheets:
        return numpy.asarray(sheets.image(1, dpi, grey=True)).astype(float)


def plates(piece: Piece, folder: Folder, *, white: str, dpi: int = 200) -> dict[str, numpy.ndarray]:
    """What Ghostscript puts on each plate of the first page, 0 (none) to 1, by the name of the ink."""
    from PIL import Image

    if not shutil.which("gs"):
        missing("Ghostscript")
    finish = Finish(Metadata("A piece", 0), bleed_mm=BLEED_MM, plates=Plates(white=white))
    with (folder / "piece.pdf").open("wb") as file:
        document = Document(file, finish)
        document.add(piece.pages[0])
        document.finish()
    command = [
        "gs",
        "-q",
        "-dNOPAUSE",
        "-dBATCH",
        "-dSAFER",
        "-sDEVICE=tiffsep",
        f"-r{dpi}",
        "-sOutputFile=plate.tif",
    ]
    subprocess.run([*command, "piece.pdf"], cwd=folder, check=True, capture_output=True)
    return {
        path.stem.partition("(")[2].rstrip(")"): 1 - numpy.asarray(Image.open(path).convert("L")) / 255
        for path in folder.glob("plate*(*).tif")
    }

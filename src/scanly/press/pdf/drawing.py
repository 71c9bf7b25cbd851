"""What stands on a page as painting operators, in a user space of millimetres with y downwards.

A symbol is one path with one fill. What repeats (logos, frames, the art of a template) is a form that the file holds
once. Colours, shadings, pictures and fonts have one name each in the whole file.

Source: ISO 32000-1, 8.5 (paths), 8.6 (colour), 8.10 (forms), 11.7.4 (overprint).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from scanly.codes.book import Book
from scanly.press.page import (
    Barcode,
    Box,
    Code,
    Group,
    Item,
    Placed,
    Prepared,
    Shape,
    Stroke,
    Words,
    bounds,
)
from scanly.press.pdf.fonts import FontBook
from scanly.press.pdf.plates import PlatePainter, Plates, on_plates
from scanly.press.pictures.picture import Pixels, Vectors
from scanly.qr.artwork import Artwork, Inks, Path
from scanly.qr.ink import Cmyk, Ink
from scanly.qr.writers.numbers import numbers
from scanly.qr.writers.operators import path
from scanly.qr.writers.pdf import separation

# Black text up to this size overprints, so that no light edge shows where plates are a little off.
OVERPRINTED_PT = 12.0
_BLACK: Cmyk = (0.0, 0.0, 0.0, 1.0)
_NAME = re.compile(r"/([CFINOPSX][0-9]+)\b")
# More than twice as fast as the usual 6, for files a quarter larger; three letters in common do not pay.
_DEFLATE_LEVEL = 4
_DEFLATE = (zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_FILTERED)
_SPACES = {"cmyk": "/DeviceCMYK", "grey": "/DeviceGray", "rgb": "/DeviceRGB"}
_KINDS = {
    "C": "ColorSpace",
    "F": "Font",
    "I": "XObject",
    "N": "ColorSpace",
    "O": "ExtGState",
    "P": "XObject",
    "S": "Shading",
    "X": "XObject",
}
_PLAIN, _OVER = "O0", "O1"
_STATES = {
    _PLAIN: b"<< /Type /ExtGState /OP false /op false /OPM 0 >>",
    _OVER: b"<< /Type /ExtGState /OP true /op true /OPM 1 >>",
}


class Drawing:
    """Draws items for the pages of one file; pictures and forms are written into it when they are first met."""

    def __init__(self, book: Book, inks: Inks, plates: Plates) -> None:
        self._book, self._inks, self._plates = book, inks, plates
        self._painter = PlatePainter(
            inks, names=plates.names, shares=plates.shares(code=False), write=book.write
        )
        self._fonts = FontBook()
        self._font_dictionary = book.number()
        # What is written: pictures, forms and states by name, and which name each picture and form has.
        self._written: dict[str, int] = {}
        self._pictures: dict[bytes, str] = {}
        self._forms: dict[int, tuple[Group, str]] = {}
        self._overprints = False

    def operators(self, items: Sequence[Item]) -> list[str]:
        """The items in painting order. Whoever calls begins and ends without overprint."""
        lines: list[str] = []
        for item in items:
            match item:
                case Words():
                    lines += self._words(item)
                case Code():
                    lines += self._code(item)
                case Shape():
                    lines += self._shape(item)
                case Barcode():
                    lines += self._barcode(item)
                case Placed():
                    lines += self._placed(item)
                case Group():
                    lines += self._group(item)
                case Prepared():
                    lines.append(item.operators)
        return lines

    def stream(self, content: Sequence[str]) -> tuple[bytes, bytes]:
        """Deflated content, and the resources that it refers to, as a dictionary or a reference to one."""
        text = "\n".join(content)
        deflate = zlib.compressobj(_DEFLATE_LEVEL, *_DEFLATE)
        return deflate.compress(text.encode()) + deflate.flush(), self._resources(text)

    def finish(self) -> None:
        """Writes the fonts, of which the file needs the glyphs that were shown."""
        fonts = self._fonts.write(_Objects(self._book))
        entries = " ".join(f"/{name} {reference}" for name, reference in fonts.items())
        self._book.write(f"<< {entries} >>".encode(), self._font_dictionary)

    def plain(self) -> list[str]:
        """Ends overprint."""
        return self._overprint(on=False)

    def _overprint(self, *, on: bool) -> list[str]:
        if on == self._overprints or self._inks == "rgb":
            return []
        self._overprints = on
        return [f"/{_OVER if on else _PLAIN} gs"]

    def _words(self, words: Words) -> list[str]:
        black = words.ink.cmyk == _BLACK and not words.ink.spot and not self._plates.names
        over = self._overprint(on=black and words.size_pt <= OVERPRINTED_PT)
        return [*over, self._painter.ink(words.ink), self._fonts.show(words)]

    def coat(self, path: Path, ink: Ink) -> list[str]:
        """Prints an area with white or varnish alone; other plates stay as they are."""
        return self._shape(Shape(path, fill=ink, even_odd=True, overprint=True))

    def _code(self, code: Code) -> list[str]:
        artwork = code.artwork
        over = self._overprint(on=False)
        with self._on(self._plates.shares(code=True)):
            return [*over, "q", _matrix_of(artwork, code.x, code.y), *self._painter.drawing(artwork), "Q"]

    def _barcode(self, barcode: Barcode) -> list[str]:
        with self._on(self._plates.shares(code=True)):
            return [*self._overprint(on=False), self._painter.ink(barcode.ink), path(barcode.bars), "f"]

    @contextmanager
    def _on(self, shares: tuple[float, ...]) -> Generator[None]:
        """While the block runs, what is drawn is printed with so much white and varnish."""
        before, self._painter.shares = self._painter.shares, shares
        yield
        self._painter.shares = before

    def _shape(self, shape: Shape) -> list[str]:
        """What overprints is on its own plate alone."""
        if shape.overprint:
            with self._on(()):
                return [*self._overprint(on=True), *self._outlined(shape)]
        return [*self._overprint(on=False), *self._outlined(shape)]

    def _outlined(self, shape: Shape) -> list[str]:
        lines: list[str] = []
        outline = path(shape.path)
        if shape.fill is not None:
            lines += self._painter.filled(outline, shape.fill, "f*" if shape.even_odd else "f")
        if shape.stroke:
            lines += [*self._pen(shape.stroke), outline, "S"]
        return lines

    def _pen(self, stroke: Stroke) -> list[str]:
        dashes = numbers(*stroke.dash_mm)
        return [
            f"{numbers(stroke.width_mm, digits=4)} w [{dashes}] 0 d",
            self._painter.ink(stroke.ink, stroke=True),
        ]

    def _placed(self, placed: Placed) -> list[str]:
        box, picture = placed.box, placed.picture
        over = self._overprint(on=False)
        if isinstance(picture, Vectors):
            matrix = numbers(
                box.width / picture.width, 0, 0, box.height / picture.height, box.x, box.y, digits=6
            )
            fills = [line for fill in picture.fills for line in self._painter.shape(fill)]
            return [*over, "q", f"{matrix} cm", *fills, "Q"]
        matrix = numbers(box.width, 0, 0, -box.height, box.x, box.bottom, digits=6)
        return [*over, "q", f"{matrix} cm", f"/{self._picture(picture)} Do", "Q"]

    def _group(self, group: Group) -> list[str]:
        over = self._overprint(on=False)
        matrix = f"{numbers(*group.matrix, digits=6)} cm"
        inside = [f"/{self._form(group)} Do"] if group.repeats else self.operators(group.items)
        clip = [f"{numbers(*_sides(group.clip), digits=4)} re W n"] if group.clip else []
        return [*over, "q", matrix, *clip, *inside, *self._overprint(on=False), "Q"]

    def _picture(self, pixels: Pixels) -> str:
        """The name of a picture; the bytes themselves are not kept, or many photos would fill the memory."""
        digest = hashlib.sha256(pixels.data).digest() + bytes(f"{pixels.width_px} {pixels.inks}", "ascii")
        if digest not in self._pictures:
            name = self._pictures[digest] = f"P{len(self._pictures)}"
            self._written[name] = self._book.write(self._image(pixels))
        return self._pictures[digest]

    def _image(self, pixels: Pixels) -> bytes:
        """An image object."""
        data, space = pixels.data, _SPACES[pixels.inks]
        if self._painter.shares:
            data, space = on_plates(pixels, self._painter.shares), self._painter.space()
        head = (
            f"<< /Type /XObject /Subtype /Image /Width {pixels.width_px} /Height {pixels.height_px} "
            f"/ColorSpace {space} /BitsPerComponent 8 /Filter /FlateDecode /Length {len(data)} >>"
        )
        return b"%s\nstream\n%s\nendstream" % (head.encode(), data)

    def _form(self, group: Group) -> str:
        if id(group) not in self._forms:
            data, resources = self.stream(self.operators(group.items) + self.plain())
            box = bounds(group.items) or Box(0, 0, 0, 0)
            head = (
                f"<< /Type /XObject /Subtype /Form /BBox [{numbers(box.x, box.y, box.right, box.bottom, digits=4)}] "
                f"/Resources {resources.decode()} /Filter /FlateDecode /Length {len(data)} >>"
            )
            name = f"X{len(self._forms)}"
            self._written[name] = self._book.write(b"%s\nstream\n%s\nendstream" % (head.encode(), data))
            # The group is kept, so that no other gets its identity.
            self._forms[id(group)] = group, name
        return self._forms[id(group)][1]

    def _resources(self, text: str) -> bytes:
        kinds: dict[str, list[str]] = {}
        for name in sorted(set(_NAME.findall(text)), key=lambda name: (name[0], int(name[1:]))):
            kinds.setdefault(_KINDS[name[0]], []).append(name)
        parts: list[str] = []
        for kind, names in kinds.items():
            if kind == "Font":
                parts.append(f"/Font {self._font_dictionary} 0 R")
            else:
                parts.append(f"/{kind} << {' '.join(f'/{name} {self._value(name)}' for name in names)} >>")
        return b"%d 0 R" % self._book.write_shared(f"<< {' '.join(parts)} >>".encode())

    def _value(self, name: str) -> str:
        """What a name stands for: a reference, or the dictionary of a shading."""
        if name not in self._written:
            match name[0]:
                case "C":
                    body = separation(self._painter.spots[name]).encode()
                case "S":
                    body = self._painter.shadings[name].encode()
                case "O":
                    body = _STATES[name]
                case "N":
                    return f"{self._painter.spaces[name]} 0 R"
                case _:
                    held = self._painter.pictures[name]
                    body = self._image(Pixels(held.data, held.width_px, held.height_px, held.inks))
            self._written[name] = self._book.write(body)
        return f"{self._written[name]} 0 R"


def _matrix_of(artwork: Artwork, x: float, y: float) -> str:
    scale = artwork.module_mm
    left, top = x - artwork.left * scale, y - artwork.top * scale
    return f"{numbers(scale, 0, 0, scale, left, top, digits=6)} cm"


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


class _Objects:
    """Objects that fonts are made of, as references."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def add(self, body: str) -> str:
        return f"{self._book.write(body.encode())} 0 R"

    def add_stream(self, entries: str, data: bytes) -> str:
        packed = zlib.compress(data, _DEFLATE_LEVEL)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>".encode()
        number = self._book.write(b"%s\nstream\n%s\nendstream" % (head, packed))
        return f"{number} 0 R"

"""One PDF of any number of pages, written page by page, so that a hundred thousand need no more memory than one.

Pages come as one-page PDFs. Their objects are copied as they are, under new numbers; what repeats in their
resources (logos, colour spaces) is written once. Pages hang on a balanced tree, as viewers need it. There is no
date in the file: the same pages give the same bytes.

Source: ISO 32000-1, 7.3 (objects), 7.5 (file structure), 7.7.3 (page tree), annex C (limits).
"""

from __future__ import annotations

import hashlib
import io
import re
from array import array
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from scanly.core.errors import Invalid

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

MOST_OBJECTS = 8_388_607
_PAGES_A_NODE = 100
_CATALOG, _ROOT, _INFO = 1, 2, 3
_OLDEST = "1.4"
_REFERENCE = re.compile(rb"[0-9] [0-9]+ R")


class Book:
    """A PDF under way in ``file``, which is empty; it is whole after `finish`. ``pages`` counts them."""

    def __init__(self, file: BinaryIO) -> None:
        self.pages = 0
        self._file = file
        self._at = 0
        self._hash = hashlib.sha256()
        self._offsets = array("Q", bytes(8 * _INFO))
        self._known: dict[bytes, int] = {}
        self._nodes: list[int] = []
        self._kids: list[int] = []
        self._chapter = _Chapter(first_number=_INFO + 1)
        self._version = _OLDEST
        self._catalog_entries, self._info_entries = b"", b"/Producer (Scanly)"
        self._put(f"%PDF-{_OLDEST}\n".encode() + b"%\xe2\xe3\xcf\xd3\n")

    def add(self, page: bytes, copies: int = 1) -> None:
        """The one page of a PDF, ``copies`` times. Raises Invalid when there are too many objects for a PDF."""
        import pikepdf

        with pikepdf.open(io.BytesIO(page)) as pdf:
            self._version = max(self._version, pdf.pdf_version)
            parts = self._page_parts(pdf)
        for _ in range(copies):
            self.add_page(b" ".join(parts))

    def add_page(self, entries: bytes) -> None:
        """A page with these entries of its dictionary, all but its parent; what they refer to is written already."""
        if not self._kids:
            self._nodes.append(self.number())
        self._kids.append(self.write(b"<< /Parent %d 0 R %s >>" % (self._nodes[-1], entries)))
        self.pages += 1
        if len(self._kids) == _PAGES_A_NODE:
            self._close_node()

    @property
    def identity(self) -> str:
        """What tells the file's contents so far from others: 32 hexadecimal digits."""
        return self._hash.hexdigest()[:32]

    @contextmanager
    def chapter(self) -> Generator[None]:
        """While the block runs, the file is a whole PDF of the pages since the block before, to be read back.

        Their bytes are those of the finished file; readers of that would hold all of it in memory.
        """
        self._close_node()
        begun = self._chapter
        own = range(begun.first_number, len(self._offsets) + 1)
        shared = (range(number, number + 1) for number in sorted(begun.shared) if number not in own)
        nodes, pages = self._nodes[begun.first_node :], self.pages - begun.first_page
        self._file.writelines(self._ending(nodes, pages, [range(_INFO + 1), *shared, own]))
        self._file.flush()
        try:
            yield
        finally:
            self._file.seek(self._at)
            self._file.truncate()
        self._chapter = _Chapter(own.stop, len(self._nodes), self.pages)

    def finish(
        self, *, catalog: bytes = b"", info: bytes = b"/Producer (Scanly)", version: str = _OLDEST
    ) -> None:
        """The page tree, the table of objects, and the version that the pages need, at least ``version``.

        ``catalog`` and ``info`` are entries of these dictionaries; what they refer to is written already.
        """
        self._close_node()
        self._version = max(self._version, version)
        self._catalog_entries, self._info_entries = catalog, info
        self._file.writelines(self._ending(self._nodes, self.pages, [range(len(self._offsets) + 1)]))
        self._file.seek(0)
        self._file.write(f"%PDF-{self._version}\n".encode())
        self._file.flush()

    def write_shared(self, body: bytes) -> int:
        """The number of an object with that body, which is written unless it is there already."""
        digest = hashlib.sha256(body).digest()
        if digest not in self._known:
            self._known[digest] = self.write(body)
        self._chapter.shared.add(self._known[digest])
        return self._known[digest]

    def write(self, body: bytes, number: int = 0) -> int:
        """The number of an object with that body: a new one, or the one that was kept for it."""
        number = number or self.number()
        self._offsets[number - 1] = self._at
        self._put(_object(number, body))
        return number

    def number(self) -> int:
        """The number that is kept for an object which is written later. Raises Invalid when there are too many."""
        self._offsets.append(0)
        if len(self._offsets) > MOST_OBJECTS:
            raise Invalid(
                "There are more pages than one PDF can hold.",
                hint="Choose fewer rows with --where, or a .zip.",
            )
        return len(self._offsets)

    def _page_parts(self, pdf: Pdf) -> list[bytes]:
        """The entries of a page's dictionary, all but its parent, with what they refer to written."""
        copier = _Copier(self)
        return [
            b"%s %s" % (key.encode(), copier.part(value, shared=key == "/Resources"))
            for key, value in pdf.pages[0].obj.items()
            if key != "/Parent"
        ]

    def _close_node(self) -> None:
        if self._kids:
            kids = _references(self._kids)
            node = b"<< /Type /Pages /Parent %d 0 R /Count %d /Kids [%s] >>" % (_ROOT, len(self._kids), kids)
            self.write(node, self._nodes[-1])
            self._kids.clear()

    def _ending(self, nodes: Sequence[int], pages: int, table: Sequence[range]) -> Iterator[bytes]:
        """What makes a whole file of the objects in ``table`` (0 to `_INFO` among them), with a tree of ``nodes``."""
        offsets, at = self._offsets[:], self._at
        fixed = {
            _CATALOG: b"<< /Type /Catalog /Pages %d 0 R %s >>" % (_ROOT, self._catalog_entries),
            _ROOT: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, _references(nodes)),
            _INFO: b"<< %s >>" % self._info_entries,
        }
        for number, body in fixed.items():
            written = _object(number, body)
            yield written
            offsets[number - 1], at = at, at + len(written)
        yield b"xref\n"
        for numbers in table:
            yield b"%d %d\n" % (numbers.start, len(numbers))
            for number in numbers:
                yield b"%010d 00000 n \n" % offsets[number - 1] if number else b"0000000000 65535 f \n"
        identity, size = self.identity, len(offsets) + 1
        yield (
            f"trailer\n<< /Size {size} /Root {_CATALOG} 0 R /Info {_INFO} 0 R "
            f"/ID [<{identity}> <{identity}>] >>\nstartxref\n{at}\n%%EOF\n".encode()
        )

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._at += len(data)


@dataclass(frozen=True, slots=True)
class _Chapter:
    """Where the pages since the last reading back begin, and which earlier objects they share."""

    first_number: int
    first_node: int = 0
    first_page: int = 0
    shared: set[int] = field(default_factory=set[int])


class _Copier:
    """Copies the objects of one file into a book, each once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._numbers: dict[tuple[int, int], int] = {}

    def inline(self, value: Object, *, shared: bool) -> bytes:
        """A value as it stands within another; what it refers to is written first, ``shared`` if that repeats."""
        if not value.is_indirect:
            return self._body(value, shared=shared)
        if value.objgen not in self._numbers:
            write = self._book.write_shared if shared else self._book.write
            self._numbers[value.objgen] = write(self._body(value, shared=shared))
        return b"%d 0 R" % self._numbers[value.objgen]

    def _body(self, value: Object, *, shared: bool) -> bytes:
        import pikepdf

        if isinstance(value, pikepdf.Stream):
            head = self._dictionary(value, shared=shared)
            return b"%s\nstream\n%s\nendstream" % (head, value.read_raw_bytes())
        plain = value.unparse(resolved=True)
        if not _REFERENCE.search(plain):
            return plain
        if isinstance(value, pikepdf.Dictionary):
            return self._dictionary(value, shared=shared)
        if isinstance(value, pikepdf.Array):
            return b"[%s]" % b" ".join(self.part(each, shared=shared) for each in value.as_list())
        return plain

    def _dictionary(self, value: Object, *, shared: bool) -> bytes:
        parts = (b"%s %s" % (key.encode(), self.part(each, shared=shared)) for key, each in value.items())
        return b"<< %s >>" % b" ".join(parts)

    def part(self, value: Object | Decimal | int | None, *, shared: bool) -> bytes:
        """A value of a dictionary or array, of which numbers and the like come as Python's own."""
        import pikepdf

        if isinstance(value, pikepdf.Object):
            return self.inline(value, shared=shared)
        if value is None or isinstance(value, bool):
            return {None: b"null", True: b"true", False: b"false"}[value]
        return (f"{value:f}" if isinstance(value, Decimal) else str(value)).encode()


def _object(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)

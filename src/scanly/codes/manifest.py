"""``manifest.csv``: every file that a run made, with its hash and all that it takes to make it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MANIFEST = "manifest.csv"
COLUMNS = (
    "line",
    "code",
    "type",
    "content",
    "file",
    "format",
    "sha256",
    "bytes",
    "symbol",
    "version",
    "level",
    "mask",
    "encoder",
    "style",
    "copies",
    "created",
)
FILE, CONTENT, COPIES, VERSION = map(COLUMNS.index, ("file", "content", "copies", "version"))


@dataclass(frozen=True, slots=True)
class Made:
    """One file as it was written; ``file`` is relative to the folder."""

    file: str
    format: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is common to the files of one row: version, level, mask and encoder make the symbol again, the type's
    demands and ``style`` (in JSON, what differs from the plain one) its drawing."""

    line: int
    code: str
    type: str
    content: str
    symbol: str
    version: int
    level: str
    mask: int
    encoder: str
    style: str
    copies: int
    created: str


def lines(recipe: Recipe, files: tuple[Made, ...]) -> Iterator[tuple[str, ...]]:
    """A line for each file of a row, under `COLUMNS`."""
    row, symbol = recipe, (recipe.symbol, str(recipe.version), recipe.level, str(recipe.mask), recipe.encoder)
    for made in files:
        file = (made.file, made.format, made.sha256, str(made.bytes))
        head = (str(row.line), row.code, row.type, row.content)
        yield (*head, *file, *symbol, row.style, str(row.copies), row.created)

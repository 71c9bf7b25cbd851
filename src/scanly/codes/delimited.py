"""Records of delimited text, in whatever encoding and with whatever delimiter a spreadsheet program wrote it.

- Encoding: a byte order mark decides. Without one the text is UTF-8 when all of it is valid UTF-8, and
  Windows-1252 otherwise; but when most of its non-ASCII characters are valid UTF-8 it is a damaged UTF-8
  file and is refused, because reading it as Windows-1252 would garble every one of them. A rule and no
  guess, so the same file is always read the same way.
- Delimiter: the one of ``, ; TAB |`` under which the header has several columns and the first rows have
  as many cells as the header; ``,`` for a single column. A first line ``sep=;`` decides.

Source: RFC 4180 section 2 (quotes inside quoted cells are doubled; quoted cells may hold line ends).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from scanly.codes.records import SAVE_AS, Record, error_at, filled
from scanly.core.errors import Invalid

MAX_CELL_CHARS = 2 * 1024 * 1024
MAX_ROW_CHARS = 8 * 1024 * 1024
DELIMITERS = ",;\t|"

_SAMPLE_ROWS = 50
_CHUNK_CHARS = 256 * 1024
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')


def text_records(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    return records(_lines(path, encoding), delimiter, path.name)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The physical lines with their ends: CR, LF or CRLF."""
    with path.open(encoding=encoding, newline="") as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_ROW_CHARS + 1), ""), 1):
            if "\0" in line:
                message = "There is a NUL byte, which no text has."
                raise error_at(path.name, number, line.index("\0") + 1, message, SAVE_AS)
            yield line


def find_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that the header and the first rows agree on."""
    sample: list[str] = []
    for line in itertools.islice(_lines(path, encoding), _SAMPLE_ROWS):
        sample.append(line)
        if sum(map(len, sample)) > _CHUNK_CHARS:
            break
    if sample and (said := re.fullmatch(r"sep=([,;\t|])\s*", sample[0])):
        return said[1]
    return max(DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: list[str], delimiter: str) -> tuple[float, int]:
    """How well the rows fit the header, as a share; then the number of columns."""
    widths: list[int] = []
    with contextlib.suppress(Invalid):  # the sample ends inside a quoted cell, or this is not the delimiter
        widths.extend(len(record.cells) for record in filled(records(sample, delimiter, "")))
    if not widths or widths[0] < 2:
        return (0, 0)
    rows = widths[1:]
    return (rows.count(widths[0]) / len(rows) if rows else 1, widths[0])


def find_encoding(path: Path, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        accepted = ["utf-16"]
    elif head.startswith(codecs.BOM_UTF8):
        accepted = ["utf-8-sig"]
    else:
        accepted = ["utf-8", "cp1252"]
    if _decodes(path, accepted[0]):
        return accepted[0]
    if len(accepted) > 1 and not _mostly_utf8(path):
        if _decodes(path, "cp1252"):
            return "cp1252"
        raise _undecodable(path, "cp1252")
    raise _undecodable(path, accepted[0])


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK_CHARS):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(path: Path) -> bool:
    """Whether the valid UTF-8 characters beyond ASCII outnumber the bytes that are not UTF-8."""
    valid = broken = 0
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        while text := file.read(_CHUNK_CHARS):
            beyond = re.sub(r"[\x00-\x7f]+", "", text)
            wrong = sum("\udc80" <= char <= "\udcff" for char in beyond)
            broken += wrong
            valid += len(beyond) - wrong
    return valid > broken


def _undecodable(path: Path, encoding: str) -> Invalid:
    """The error for the first place that is not ``encoding``."""
    message = f"There is a byte that is not valid {encoding.removesuffix('-sig').upper()}."
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_ROW_CHARS), ""), 1):
            if "\ufffd" in line:
                return error_at(path.name, number, line.index("\ufffd") + 1, message, SAVE_AS)
    return error_at(path.name, 0, 0, message, SAVE_AS)


def records(lines: Iterable[str], delimiter: str, name: str) -> Iterator[Record]:
    """The records of delimited text; ``name`` is the file's, for messages.

    A broken quote within one line spoils that row only. Raises Invalid when it reaches beyond its line,
    because then nobody can tell where the next row starts.
    """
    csv.field_size_limit(MAX_CELL_CHARS)
    held: list[str] = []
    reader = csv.reader(_holding(lines, held, name), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        held.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Record(start, [], _fault(held, delimiter, start, name))
        else:
            yield Record(start, cells)


def _holding(lines: Iterable[str], held: list[str], name: str) -> Iterator[str]:
    """Passes ``lines`` on and keeps those of the current record, which may not grow without bound."""
    chars = 0
    for line in lines:
        chars = chars + len(line) if held else len(line)
        if chars > MAX_ROW_CHARS:
            message = f"{name}: a row is longer than {MAX_ROW_CHARS:,} characters."
            raise Invalid(message, hint="Is a closing quote missing?")
        held.append(line)
        yield line


def _fault(held: list[str], delimiter: str, start: int, name: str) -> str:
    """What is wrong with a record that the reader gave up on."""
    text = "".join(held)
    opened = _unclosed(text, delimiter)
    if opened is not None:
        ends = itertools.accumulate(map(len, held))
        line = start + sum(end <= opened for end in ends)
        hint = f'Add the missing "; a cell holds at most {MAX_CELL_CHARS:,} characters.'
        raise error_at(name, line, 0, "The quote that opens here is never closed.", hint)
    if len(held) > 1:
        message = f"The quotes of the row that starts here do not match, up to line {start + len(held) - 1}."
        raise error_at(name, start, 0, message, 'Write "" for a quote inside a quoted cell.')
    if len(text) > MAX_CELL_CHARS:
        return f"a cell is longer than {MAX_CELL_CHARS:,} characters."
    return 'text follows a closing quote; write "" for a quote inside a quoted cell.'


def _unclosed(text: str, delimiter: str) -> int | None:
    """Where in a record a quote opens that nothing closes."""
    at = 0
    while at < len(text):
        if text[at] == '"':
            closed = _QUOTED.match(text, at)
            if closed is None:
                return at
            at = closed.end()
        at = text.find(delimiter, at) + 1
        if at == 0:
            return None
    return None

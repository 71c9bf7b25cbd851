"""Label stocks by name, from a file of one's own, or as a grid in one line; papers by name.

Stocks are data: the CSV files in ``templates/stocks`` and in the folder ``stocks`` of a data folder.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scanly.core.errors import Invalid, NotFound
from scanly.core.paths import asset
from scanly.press.stocks.files import SUFFIXES, read_stocks
from scanly.press.stocks.formula import read_formula
from scanly.press.stocks.model import Stock
from scanly.press.stocks.names import plain
from scanly.press.stocks.papers import PAPERS, Paper, find_paper

__all__ = ["PAPERS", "Paper", "Stock", "find_paper", "find_stock", "stocks"]

_NEAREST = 3


def stocks(folder: Path | None = None) -> Mapping[str, Stock]:
    """All stocks by name, sorted; those in the files of ``folder``, where it exists, win over Scanly's own."""
    own = _own(folder)
    return MappingProxyType(dict(sorted({**_shipped(), **own}.items()))) if own else _shipped()


def find_stock(name: str, folder: Path | None = None) -> Stock:
    """The stock that people call so: ``avery-l7160``, ``Avery 7160``, ``J8160``, ``L7160-25`` (its pack).

    Also a file with one stock, ``FILE.csv#NAME`` with more, or a grid such as ``A4:3x8``. Raises NotFound with the
    nearest, or Invalid.
    """
    file, _, wanted = name.partition("#")
    if file.lower().endswith(SUFFIXES):
        return _in_file(Path(file), wanted)
    if ":" in name:
        return read_formula(name)
    indexes = [_index(_own(folder).values()), _shipped_index()]
    # A pack's number ends with how many sheets are in it: L7160-25.
    for asked in (plain(name), plain(name.rpartition("-")[0])):
        for index in indexes:
            if asked in index:
                return index[asked]
    raise _unknown(name, {**indexes[1], **indexes[0]})


@cache
def _shipped() -> Mapping[str, Stock]:
    found: dict[str, Stock] = {}
    for file in asset("stocks").glob("*.csv"):
        found |= read_stocks(file)
    return MappingProxyType(dict(sorted(found.items())))


@cache
def _shipped_index() -> Mapping[str, Stock]:
    return _index(_shipped().values())


def _own(folder: Path | None) -> dict[str, Stock]:
    found: dict[str, Stock] = {}
    if folder is not None and folder.is_dir():
        for file in sorted(folder.iterdir()):
            if file.suffix.lower() in SUFFIXES:
                found |= read_stocks(file)
    return found


def _index(known: Iterable[Stock]) -> Mapping[str, Stock]:
    """What stocks are called, as it is compared. A name or part is stronger than an alias, both than digits alone."""
    index: dict[str, Stock] = {}
    known = tuple(known)
    for words in (_names, _aliases, _digits):
        for stock in known:
            for word in words(stock):
                index.setdefault(plain(word), stock)
                index.setdefault(plain(stock.maker + word), stock)
    return index


def _names(stock: Stock) -> tuple[str, ...]:
    return stock.name, stock.part


def _aliases(stock: Stock) -> tuple[str, ...]:
    return stock.aliases


def _digits(stock: Stock) -> tuple[str, ...]:
    """A number without the letters before it, as ``7160``: four digits at least, or it could mean anything."""
    number = stock.part.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    return (number,) if number.isdecimal() and len(number) >= 4 else ()


def _in_file(file: Path, wanted: str) -> Stock:
    found = read_stocks(file)
    if not wanted and len(found) == 1:
        return next(iter(found.values()))
    if not wanted:
        hint = f"Name one: {file}#{next(iter(found))}."
        raise Invalid.field("stock", f"{file} has {len(found)} stocks: {', '.join(found)}.", hint=hint)
    index = _index(found.values())
    if plain(wanted) not in index:
        raise _unknown(wanted, index)
    return index[plain(wanted)]


def _unknown(name: str, index: Mapping[str, Stock]) -> NotFound:
    close = difflib.get_close_matches(plain(name), list(index), n=3 * _NEAREST, cutoff=0.6)
    # Several words may mean one stock.
    named = list(dict.fromkeys(f'"{index[word].name}" ({index[word].summary})' for word in close))[:_NEAREST]
    hint = f"Did you mean {' or '.join(named)}?" if named else "Look at `scanly print stocks`."
    own = "A grid such as A4:3x8, or a CSV file with one's own measures, will do too."
    return NotFound(f'There is no label stock "{name[:80]}".', hint=f"{hint} {own}")

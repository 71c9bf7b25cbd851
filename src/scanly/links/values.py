"""How the values of a rule are read: a word or a list of them, a number, a mapping with known names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from scanly.core.text import has_control, nearest, printable

Path = tuple[str | int, ...]


class Wrong(Exception):
    """A value at ``path`` that cannot be used; with ``at_key``, it is its name that cannot."""

    def __init__(self, path: Path, message: str, hint: str = "", *, at_key: bool = False) -> None:
        super().__init__(message)
        self.path, self.message, self.hint, self.at_key = path, message, hint, at_key


def as_mapping(value: Any) -> dict[str, Any] | None:
    """The value, if it is a mapping; its keys are words, as `core.document` reads them."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: Any) -> list[Any] | None:
    """The value, if it is a list."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def words(value: Any, path: Path, example: str) -> tuple[str, ...]:
    """One word or a list of words, without blanks around them. Raises Wrong."""
    several = as_list(value)
    listed = [value] if several is None else several
    if not listed:
        raise Wrong(path, "is an empty list.", f"Such as {example}.")
    for number, each in enumerate(listed):
        at = path if several is None else (*path, number)
        if isinstance(each, bool) or not isinstance(each, str | int) or not str(each).strip():
            raise Wrong(at, "must be a word.", f"Such as {example}.")
        if has_control(str(each)):
            raise Wrong(at, "holds an invisible character.", f"Write it like {example}.")
    return tuple(str(each).strip() for each in listed)


def known(value: Any, path: Path, vocabulary: Iterable[str], example: str) -> frozenset[str]:
    """Words of a vocabulary, in lower case. Raises Wrong that names the nearest one."""
    there = sorted(vocabulary)
    found = [word.lower() for word in words(value, path, example)]
    for word in found:
        if word not in there:
            raise Wrong(
                path, f'"{printable(word[:40])}" is not known.', nearest(word, there) or _listed(there)
            )
    return frozenset(found)


def number(value: Any, path: Path, least: float, most: float) -> float:
    """A number of that range. Raises Wrong."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Wrong(path, f"must be a number from {least:g} to {most:,.10g}.")
    return value


def whole(value: Any, path: Path, least: int, most: int) -> int:
    """A whole number of that range. Raises Wrong."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Wrong(path, f"must be a whole number from {least} to {most:,}.")
    return value


def mapping(value: Any, path: Path, allowed: tuple[str, ...], example: str) -> Mapping[str, Any]:
    """A mapping with some of these names, and no others. Raises Wrong."""
    found = as_mapping(value)
    if not found:
        raise Wrong(path, "must have parts.", f"Such as {example}.")
    for name in found:
        if name not in allowed:
            raise Wrong(
                (*path, name), "is not known here.", nearest(name, allowed) or _listed(allowed), at_key=True
            )
    return found


def _listed(known_words: Iterable[str]) -> str:
    return f"There are {', '.join(known_words)}."

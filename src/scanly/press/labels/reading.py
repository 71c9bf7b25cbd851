"""The small language of a template's fields: each reads its value, says what is wrong with it, and describes itself."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path as Folder
from typing import Any, cast

from scanly.core.errors import Invalid
from scanly.core.text import nearest, printable
from scanly.press.labels.model import Wording, read_exact, read_wording
from scanly.qr.ink import Ink, parse_ink

Path = tuple[str | int, ...]
Schema = dict[str, Any]
_WITH_UNIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(mm|pt)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a path; ``at_key`` says that it is the name, not the value."""

    path: Path
    message: str
    hint: str = ""
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """Where a value stands, the list that takes what is wrong with it, and where files lie that it may name."""

    path: Path
    found: list[Fault]
    folder: Folder

    def step(self, name: str | int) -> At:
        return At((*self.path, name), self.found, self.folder)

    def wrong(self, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.found.append(Fault(self.path, message, hint, at_key))


# The value in its normal form; None when it is wrong, which has been said then.
Reader = Callable[[Any, At], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an element. ``schema`` describes it to editors."""

    read: Reader
    about: str
    schema: Schema = field(default_factory=dict[str, Any])
    required: bool = False
    default: Any = None


Fields = Mapping[str, Field]


def read_record(fields: Fields, value: object, at: At) -> dict[str, Any] | None:
    """The values of a mapping by name, defaults included; None when anything in it is wrong."""
    if not isinstance(value, dict):
        at.wrong("must have parts.", f"There are {', '.join(fields)}.")
        return None
    before = len(at.found)
    said = cast("dict[str, Any]", value)
    for name in said:
        if name not in fields:
            hint = nearest(name, fields) or f"There are {', '.join(fields)}."
            at.step(name).wrong("is not known here.", hint, at_key=True)
    found: dict[str, Any] = {}
    for name, each in fields.items():
        given = said.get(name)
        if given is None:
            found[name] = each.default
            if each.required:
                at.step(name).wrong("is missing.", each.about)
        else:
            found[name] = each.read(given, at.step(name))
    return found if len(at.found) == before else None


def measure(about: str, low: float, high: float, *, unit: str = "mm", default: float | None = None) -> Field:
    """A number in ``unit``, which may stand behind it; required without a default."""
    schema = {"type": "number", "minimum": low, "maximum": high}
    return Field(partial(_measure, low, high, unit), about, schema, default is None, default)


def whole(about: str, low: int, high: int, default: int) -> Field:
    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Field(partial(_whole, low, high), about, schema, default=default)


def choice(about: str, choices: Collection[str | int], default: str | int | None = None) -> Field:
    """One of several words or numbers; required without a default."""
    listed = tuple(choices)
    return Field(partial(_choice, listed), about, {"enum": list(listed)}, default is None, default)


def yes(about: str, *, default: bool) -> Field:
    return Field(_yes, about, {"type": "boolean"}, default=default)


def wording(about: str) -> Field:
    """Lines of text with places for cells."""
    return Field(partial(_wording, read_wording), about, {"type": ["string", "integer"]}, required=True)


def exact(about: str, *, required: bool = False) -> Field:
    """A content, a number or a name with places for cells."""
    return Field(partial(_wording, read_exact), about, {"type": ["string", "integer"]}, required)


def plain(about: str, *, required: bool = False, default: str = "") -> Field:
    """A text without places for cells."""
    return Field(as_text, about, {"type": ["string", "integer"]}, required, default)


def file(about: str) -> Field:
    """A file beside the template, as its whole path."""
    return Field(_file, about, {"type": "string"}, default="")


def file_wording(about: str) -> Field:
    """A file beside the template, or a text with places for cells that names one."""
    return Field(_file_wording, about, {"type": "string"}, required=True)


def ink(about: str, default: Ink | None) -> Field:
    return Field(_ink, about, {"type": "string"}, default=default)


def lengths(about: str) -> Field:
    """A few lengths in millimetres."""
    schema = {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}}
    return Field(_lengths, about, schema, default=())


def shown(value: object) -> str:
    """A wrong value as a message quotes it."""
    text = printable(str(value))
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


def as_text(value: Any, at: At) -> str | None:
    """A text or a whole number as text; numbers with a point would lose what was written."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        at.wrong(f"{shown(value)} must be a text.", "Put it between quotes.")
        return None
    return str(value)


def _measure(low: float, high: float, unit: str, value: Any, at: At) -> float | None:
    found = _WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    number = float(found[1]) if found and found[2] == unit else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        at.wrong(f"{shown(value)} is not a number of {unit}.", f"Such as {max(low, 1):g}.")
        return None
    if not low <= number <= high:
        limit = low if number < low else high
        at.wrong(f"{number:g} {unit} is not between {low:g} and {high:g}.", f"Use {limit:g}.")
        return None
    return float(number)


def _whole(low: int, high: int, value: Any, at: At) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        at.wrong(f"{shown(value)} is not a whole number from {low} to {high}.")
        return None
    return value


def _choice(choices: tuple[str | int, ...], value: Any, at: At) -> str | int | None:
    if isinstance(value, bool) or value not in choices:
        words = [str(each) for each in choices]
        hint = nearest(str(value), words) or f"There are {', '.join(words)}."
        at.wrong(f"{shown(value)} is not one of them.", hint)
        return None
    return value


def _yes(value: Any, at: At) -> bool | None:
    if not isinstance(value, bool):
        at.wrong(f"{shown(value)} is neither true nor false.", "Write true or false.")
        return None
    return value


def _wording(read: Callable[..., Wording], value: Any, at: At) -> Wording | None:
    text = as_text(value, at)
    if text is None:
        return None
    try:
        return read(text, field=str(at.path[-1]))
    except Invalid as error:
        at.wrong(error.problems[0].message, error.problems[0].hint)
        return None


def _file(value: Any, at: At) -> str | None:
    name = as_text(value, at)
    if name is None:
        return None
    found = at.folder.absolute() / name
    if "\0" not in name and found.is_file():
        return str(found)
    beside = [each.name for each in found.parent.iterdir() if each.is_file()] if found.parent.is_dir() else []
    at.wrong(
        f"{shown(name)} is not beside the template.", nearest(found.name, beside) or "Put the file there."
    )
    return None


def _file_wording(value: Any, at: At) -> Wording | None:
    found = _wording(read_exact, value, at)
    if found is None or found.columns:
        return found
    whole = _file(found.fill({}), at)
    return read_exact(whole.replace("{", "{{").replace("}", "}}"), field="file") if whole else None


def _ink(value: Any, at: At) -> Ink | None:
    try:
        return parse_ink(str(value))
    except Invalid as error:
        at.wrong(error.problems[0].message, error.problems[0].hint)
        return None


def _lengths(value: Any, at: At) -> tuple[float, ...] | None:
    each = cast("list[Any]", value) if isinstance(value, list) else [value]
    found = [_measure(0.05, 1000, "mm", length, at.step(number)) for number, length in enumerate(each)]
    return tuple(length for length in found if length is not None)

"""What a code can say, one file a type, found by folder: ``types()`` lists them, ``build()`` fills one in.

A file holds ``Payload`` (a frozen struct whose fields are described by ``Meta``, with ``text()``),
``EXAMPLES`` (fields as typed by people, and the text they give) and a docstring that names its source. A
field that people call "text" has another attribute name (``msgspec.field(name="text")``), because ``text()``
is the method. ``DEMANDS`` says what the type's standard fixes about the symbol, where it does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Literal, Protocol, cast, get_args, get_origin, get_type_hints

import msgspec

from scanly.core.errors import Invalid, NotFound, Problem
from scanly.core.extend import discover
from scanly.core.text import fold, nearest
from scanly.qr.symbol import Level

Example = tuple[Mapping[str, str], str]

_YES = frozenset({"yes", "y", "true", "1", "on"})
_NO = frozenset({"no", "n", "false", "0", "off"})


class Payload(Protocol):
    """A payload that has been checked."""

    def text(self) -> str:
        """What goes into the code, character by character."""
        ...


@dataclass(frozen=True, slots=True)
class Demands:
    """What the standard of a type fixes about its symbol, whatever the style says.

    ``level`` is exact (never raised). ``plain``: black squares on white, nothing else. ``symbol_mm`` is the exact
    width without the quiet zone, ``clear_mm`` the least width of that. ``emblem`` is laid over the centre.
    """

    level: Level | None = None
    max_version: int = 40
    plain: bool = False
    symbol_mm: float | None = None
    clear_mm: float = 0.0
    emblem: Literal["", "swiss-cross"] = ""


FREE = Demands()


@dataclass(frozen=True, slots=True)
class Field:
    """One value a person gives; ``choices`` is empty for free text."""

    name: str
    help: str
    required: bool
    choices: tuple[str, ...] = ()
    yes_or_no: bool = False


@dataclass(frozen=True, slots=True)
class PayloadType:
    """A kind of content: its name, what it is for, its fields and examples."""

    name: str
    summary: str
    fields: tuple[Field, ...]
    examples: tuple[Example, ...]
    struct: type[Payload]
    demands: Demands = FREE


@cache
def types() -> Mapping[str, PayloadType]:
    """Every payload type by name."""
    return {name: _described(name, module) for name, module in discover(sys.modules[__name__]).items()}


def find_type(name: str) -> PayloadType:
    """The type of that name. Raises NotFound."""
    kind = types().get(name)
    if kind is None:
        hint = nearest(name, types()) or f"There are {', '.join(types())}."
        raise NotFound(f'There is no payload type "{name}".', hint=hint)
    return kind


def build(type_name: str, fields: Mapping[str, str]) -> Payload:
    """The payload of that type; names are compared without case, spaces and hyphens, empty values are absent.

    Raises NotFound for an unknown type, Invalid with every field that is unknown, missing or wrong.
    """
    kind = find_type(type_name)
    known = {fold(field.name): field for field in kind.fields}
    values: dict[str, str | bool] = {}
    problems: list[Problem] = []
    for name, value in fields.items():
        field = known.get(fold(name))
        if field is None:
            problems.append(_unknown(name, kind))
        elif value:
            try:
                values[field.name] = _value(field, value)
            except Invalid as error:
                problems.extend(error.problems)
    given = {fold(name) for name, value in fields.items() if value}
    problems += [_missing(field) for field in kind.fields if field.required and fold(field.name) not in given]
    if problems:
        raise Invalid(problems=tuple(problems))
    return msgspec.convert(values, kind.struct)


def _value(field: Field, text: str) -> str | bool:
    word = fold(text)
    if field.yes_or_no:
        if word not in _YES | _NO:
            raise Invalid.field(field.name, f'"{text}" is neither yes nor no.', hint="Write yes or no.")
        return word in _YES
    if field.choices:
        for choice in field.choices:
            if fold(choice) == word:
                return choice
        message = f'"{text}" is not one of {", ".join(field.choices)}.'
        raise Invalid.field(field.name, message, hint=nearest(text, field.choices) or f"{field.help}.")
    return text


def _unknown(name: str, kind: PayloadType) -> Problem:
    names = [field.name for field in kind.fields]
    hint = nearest(name, names) or f"There are {', '.join(names)}."
    return Problem(name, f"{kind.name} has no such field.", hint)


def _missing(field: Field) -> Problem:
    return Problem(field.name, "is missing.", f"{field.help}.")


def _described(name: str, module: ModuleType) -> PayloadType:
    parts = vars(module)
    struct = cast(type[msgspec.Struct], parts["Payload"])
    hints = get_type_hints(struct, include_extras=True)
    return PayloadType(
        name=name,
        summary=(module.__doc__ or "").partition("\n")[0],
        fields=tuple(_field(info, hints[info.name]) for info in msgspec.structs.fields(struct)),
        examples=cast(tuple[Example, ...], parts["EXAMPLES"]),
        struct=cast(type[Payload], struct),
        demands=cast(Demands, parts.get("DEMANDS", FREE)),
    )


def _field(info: msgspec.structs.FieldInfo, hint: object) -> Field:
    plain, meta = get_args(hint)
    return Field(
        name=info.encode_name,
        help=cast(msgspec.Meta, meta).description or "",
        required=info.required,
        choices=get_args(plain) if get_origin(plain) is Literal else (),
        yes_or_no=plain is bool,
    )

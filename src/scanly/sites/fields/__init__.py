"""The small language of fields: what a block can be told, how that is checked, described and shown.

A kind of field is a file in this folder. From a field come the messages about a wrong value, the JSON Schema,
the form of the editor and what a template gets to see.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from msgspec import Struct

from scanly.core.errors import Problem
from scanly.core.extend import discover
from scanly.core.text import nearest, printable

if TYPE_CHECKING:
    from scanly.sites.page import Page

Path = tuple[str | int, ...]


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """One field. ``most`` and ``least`` count characters, items or the number itself.

    ``of`` are the fields of a group or of each item of a list; ``each`` is the field of a list of single values.
    """

    kind: str
    label: str = ""
    help: str = ""
    required: bool = False
    most: int | None = None
    least: int | None = None
    choices: tuple[str, ...] = ()
    default: Any = None
    example: Any = None
    translated: bool = True
    inline: bool = False
    of: dict[str, Field] = {}
    each: Field | None = None


class Found(Struct, frozen=True):
    """Something wrong at a path; ``at_key`` says that it is the name, not the value."""

    path: Path
    message: str
    hint: str = ""
    at_key: bool = False


class About(Struct, frozen=True):
    """What a value is checked against besides its field."""

    languages: tuple[str, ...] = ("en",)


class At(Struct, frozen=True):
    """Where a value stands, and the list that takes what is wrong with it."""

    path: Path
    found: list[Found]
    about: About = About()

    def step(self, name: str | int) -> At:
        return At((*self.path, name), self.found, self.about)

    def wrong(self, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.found.append(Found(self.path, message, hint, at_key))

    def take(self, problem: Problem) -> None:
        """A problem that another reader found with this value."""
        self.wrong(problem.message, problem.hint)


class Kind(Protocol):
    """What the file of a kind holds. ``check`` returns the value in its normal form, None when it is wrong."""

    EXAMPLE: Any

    def check(self, field: Field, value: Any, at: At) -> Any: ...
    def schema(self, field: Field) -> dict[str, Any]: ...
    def view(self, field: Field, value: Any, page: Page) -> Any: ...


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of field by its name."""
    from scanly.sites import fields

    return {name: cast(Kind, module) for name, module in discover(fields).items()}


def kind_of(field: Field) -> Kind:
    return kinds()[field.kind]


def check_field(field: Field, value: Any, at: At) -> Any:
    """The value in its normal form; None when it is missing or wrong (then it has been said)."""
    before = len(at.found)
    checked = None if value is None else kind_of(field).check(field, value, at)
    if checked is None and field.required and len(at.found) == before:
        at.wrong("is missing.", _wanted(field))
    return checked


def check_record(fields: dict[str, Field], value: dict[str, Any], at: At) -> dict[str, Any]:
    """The values of a mapping that are known and right, in the order of the fields."""
    inline = next((name for name, field in fields.items() if field.inline), None)
    given = dict(value)
    if inline is not None and inline not in given:
        given[inline] = {name: given.pop(name) for name in [*given] if name not in fields} or None
    for name in given:
        if name not in fields:
            hint = nearest(name, fields) or f"There are {', '.join(fields)}."
            at.step(name).wrong("is not known here.", hint, at_key=True)
    found: dict[str, Any] = {}
    for name, field in fields.items():
        there = at if field.inline and inline not in value else at.step(name)
        checked = check_field(field, given.get(name), there)
        if checked is not None:
            found[name] = checked
    return found


def record_schema(fields: dict[str, Field]) -> dict[str, Any]:
    """The JSON Schema of a mapping with these fields."""
    inline = next((field for field in fields.values() if field.inline), None)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: field_schema(field) for name, field in fields.items() if not field.inline},
        "additionalProperties": False,
    }
    if inline is not None:
        inside = field_schema(inline)
        schema["properties"] |= inside.get("properties", {})
        schema |= {name: part for name, part in inside.items() if name in ("patternProperties", "required")}
    required = [name for name, field in fields.items() if field.required and not field.inline]
    return schema | ({"required": required} if required else {})


def field_schema(field: Field) -> dict[str, Any]:
    """The JSON Schema of a field, with the words that explain it."""
    schema = kind_of(field).schema(field)
    told = {"title": field.label, "description": field.help, "default": field.default}
    return schema | {name: text for name, text in told.items() if text not in ("", None)}


class Record:
    """A group of values as a template sees them: ``it.items`` is the field of that name.

    A value is made ready when it is first asked for; one that was not given is its field's default, or None.
    """

    __slots__ = ("__dict__", "_fields", "_page", "_values")

    def __init__(self, fields: dict[str, Field], values: dict[str, Any], page: Page) -> None:
        self._fields, self._values, self._page = fields, values, page

    def __getattr__(self, name: str) -> Any:
        field = self._fields.get(name)
        if field is None:
            raise AttributeError(f'There is no field "{name}"; there are {", ".join(self._fields)}.')
        value = self._values.get(name, field.default)
        ready = None if value is None else kind_of(field).view(field, value, self._page)
        self.__dict__[name] = ready
        return ready


def shown(value: object) -> str:
    """A wrong value as a message quotes it."""
    text = printable(str(value))
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


def as_word(value: Any, at: At, hint: str = "") -> str | None:
    """A text or a whole number as text; numbers with a point would lose what was written."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        at.wrong("must be a text.", hint or "Put it between quotes.")
        return None
    return str(value).strip()


def translated_by(at: At, value: Any, check: Callable[[Any, At], str | None]) -> Any:
    """One value, or one for each language of the site, each checked; None when nothing is left."""
    if not isinstance(value, dict):
        return check(value, at)
    found: dict[str, str] = {}
    for tag, text in cast("dict[str, Any]", value).items():
        there = at.step(tag)
        if tag not in at.about.languages:
            hint = nearest(tag, at.about.languages) or f"This site has {', '.join(at.about.languages)}."
            there.wrong("is not a language of this site.", hint, at_key=True)
        elif text is not None and (checked := check(text, there)) is not None:
            found[tag] = checked
    return found or None


def _wanted(field: Field) -> str:
    example = field.example if field.example is not None else kind_of(field).EXAMPLE
    return f"Such as {example}." if isinstance(example, str | int) else ""

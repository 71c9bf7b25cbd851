"""YAML that people write, as plain values that remember where they stood; and plain values as YAML.

The safe subset: no anchors, no tags, no repeated keys; ``no``, ``off``, ``12:30`` and dates are text. So are
``007`` and numbers of more than 64 bits, which are somebody's codes, and every key.
Source: YAML 1.2.2, core schema (10.3).
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from scanly.core.errors import Invalid, Problem

Path = tuple[str | int, ...]
MAX_CHARACTERS = 1_000_000
_MAX_DEPTH = 32
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*|(?=[eE])))(?:[eE][-+]?[0-9]{1,3})?")
_BEYOND = re.compile(r"\\U(?!00(?:0[0-9A-Fa-f]|10))[0-9A-Fa-f]{8}")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_MOST = 2**63 - 1
_WORDS: Mapping[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """``value`` is made of dict, list, str, int, float, bool and None.

    ``places`` are lines and columns, from 1, where values begin; ``keys`` are those of the keys before them.
    """

    value: Any
    places: Mapping[Path, _Place]
    keys: Mapping[Path, _Place]

    def problem(self, path: Path, message: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """What is wrong at ``path``, or at the nearest part of it that is there; ``at_key``, with its name."""
        found = path
        while found not in self.places and found:
            found = found[:-1]
        line, column = (at_key and self.keys.get(found)) or self.places.get(found, (1, 1))
        return Problem(shown(path), message, hint, f"line {line}, column {column}")


def shown(path: Path) -> str:
    """A path as people read it: ``rules[2].when.city``; the first of a list is 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read(text: str) -> Document:
    """Raises Invalid that names line, column and what to do. A document of the full length takes seconds."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid("The document is too long.", hint=f"{MAX_CHARACTERS:,} characters are the limit.")
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml: Any = YAML(typ="safe", pure=True)
    reading = _Reading(yaml.parse(text))
    try:
        return Document(reading.document(), reading.places, reading.keys)
    except (YAMLError, ValueError, OverflowError, AssertionError) as error:
        raise _unreadable(text, error) from error


def write(value: object) -> str:
    """Plain values as YAML in the order they have, with lines that are not folded."""
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="rt", pure=True)
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(_escaped(value), out)
    return out.getvalue()


def _escaped(value: Any) -> Any:
    """The value with texts that hold unseen characters marked: written as they are, some would be lost."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {_escaped(name): _escaped(each) for name, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_escaped(each) for each in cast("list[Any]", value)]
    if isinstance(value, str) and _UNSEEN.search(value):
        return DoubleQuotedScalarString(value)
    return value


class _Reading:
    """Values made from what the parser meets; the parser itself is never asked to make one."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self.places: dict[Path, _Place] = {}
        self.keys: dict[Path, _Place] = {}

    def document(self) -> Any:
        next(self._events)
        if type(next(self._events)).__name__ == "StreamEndEvent":
            return None
        value = self._value(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if type(after).__name__ != "StreamEndEvent":
            raise _refused((), _place(after), "a second document begins", "Give one at a time.")
        return value

    def _value(self, event: Any, path: Path) -> Any:
        place = self.places[path] = _place(event)
        _check(event, path)
        match type(event).__name__:
            case "MappingStartEvent":
                return self._mapping(path)
            case "SequenceStartEvent":
                return [self._value(each, (*path, number)) for number, each in enumerate(self._until_end())]
            case _:
                text = _whole(event.value, path, place)
                return _scalar(text) if event.style is None else text

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self._until_end():
            place = _place(key)
            _check(key, path)
            if type(key).__name__ != "ScalarEvent":
                raise _refused(path, place, "a key must be a word", "")
            name = _whole(key.value, path, place)
            if name in found:
                raise _refused((*path, name), place, "stands twice", "Keep one of them.")
            self.keys[*path, name] = place
            found[name] = self._value(next(self._events), (*path, name))
        return found

    def _until_end(self) -> Iterator[Any]:
        """What stands in a mapping or a list, without its end."""
        for event in self._events:
            if type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
                return
            yield event


def _place(event: Any) -> _Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _check(event: Any, path: Path) -> None:
    if event.anchor is not None:
        raise _refused(path, _place(event), "anchors are not taken", "Write the value out.")
    if event.tag is not None:
        raise _refused(path, _place(event), f'tags such as "{event.tag}" are not taken', "Leave it out.")
    if len(path) > _MAX_DEPTH:
        raise _refused(path, _place(event), "it is nested too deeply", f"{_MAX_DEPTH} levels are the limit.")


def _whole(text: str, path: Path, place: _Place) -> str:
    """The text with characters that JSON writes as two escapes in one piece. Raises Invalid for no text."""
    try:
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        joined = "\0"
    if "\0" in joined:
        raise _refused(path, place, "it holds an escape that stands for no character", "Leave it out.")
    return joined


def _scalar(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return number if abs(number := int(text)) <= _MOST else text
    if _FLOAT.fullmatch(text):
        return amount if math.isfinite(amount := float(text)) else text
    return text


def _refused(path: Path, place: _Place, message: str, hint: str) -> Invalid:
    line, column = place
    return Invalid(problems=(Problem(shown(path), f"{message}.", hint, f"line {line}, column {column}"),))


def _unreadable(text: str, error: Any) -> Invalid:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        # The parser does not say where an escape is beyond Unicode.
        beyond = _BEYOND.search(text)
        before = text[: getattr(error, "position", beyond.start() if beyond else 0)]
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        if isinstance(error, AssertionError):
            return _refused(
                (), place, "it asks for another YAML", "Take out the line that begins with %YAML."
            )
        return _refused((), place, "there is a character that is no text", "Take it out.")
    reason = str(getattr(error, "problem", None) or "it is no YAML").rstrip(".")
    place = mark.line + 1, mark.column + 1
    return _refused((), place, f"cannot be read: {reason}", "Check indentation, quotes and colons there.")

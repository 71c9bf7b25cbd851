"""YAML that people write, as plain values that remember where they stood; and plain values as YAML.

The safe subset: no anchors, no tags, no repeated keys; ``no``, ``off``, ``12:30`` and dates are text.
Source: YAML 1.2.2, core schema (10.3).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanly.core.errors import Invalid, Problem

Path = tuple[str | int, ...]
MAX_CHARACTERS = 1_000_000
_MAX_DEPTH = 32
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
# The parser gives every node the tag that its look suggests; any other was written by somebody.
_CORE = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge")
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in _CORE)
_WORDS: Mapping[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Document:
    """``value`` is made of dict, list, str, int, float, bool and None; ``places`` are lines and columns from 1."""

    value: Any
    places: Mapping[Path, tuple[int, int]]

    def problem(self, path: Path, message: str, hint: str = "") -> Problem:
        """What is wrong at ``path``, or at the nearest part of it that is there."""
        found = path
        while found not in self.places and found:
            found = found[:-1]
        line, column = self.places.get(found, (1, 1))
        return Problem(shown(path), message, hint, f"line {line}, column {column}")


def shown(path: Path) -> str:
    """A path as people read it: ``rules[2].when.city``; the first of a list is 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read(text: str) -> Document:
    """Raises Invalid that names line, column and what to do."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid("The document is too long.", hint=f"{MAX_CHARACTERS:,} characters are the limit.")
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml: Any = YAML(typ="rt", pure=True)
    try:
        node = yaml.compose(text)
    except (YAMLError, RecursionError) as error:
        raise _unreadable(error) from error
    places: dict[Path, tuple[int, int]] = {}
    value = None if node is None else _value(node, (), places)
    return Document(value, places)


def write(value: object) -> str:
    """Plain values as YAML in the order they have, with lines that are not folded."""
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="rt", pure=True)
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue()


def _value(node: Any, path: Path, places: dict[Path, tuple[int, int]]) -> Any:
    mark = node.start_mark
    places[path] = (mark.line + 1, mark.column + 1)
    kind = type(node).__name__
    if node.anchor is not None or len(path) > _MAX_DEPTH:
        raise _refused(path, places[path], "anchors and deep nesting are not taken", "Write the value out.")
    if node.tag and str(node.tag) not in _TAGS:
        raise _refused(path, places[path], f'tags such as "{node.tag}" are not taken', "Leave it out.")
    if kind == "MappingNode":
        return _mapping(node, path, places)
    if kind == "SequenceNode":
        return [_value(each, (*path, number), places) for number, each in enumerate(node.value)]
    return _scalar(node.value) if node.style is None else node.value


def _mapping(node: Any, path: Path, places: dict[Path, tuple[int, int]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        name = key_node.value
        mark = key_node.start_mark
        if not isinstance(name, str):
            raise _refused(path, (mark.line + 1, mark.column + 1), "a key must be a word", "")
        if name in found:
            raise _refused(
                (*path, name), (mark.line + 1, mark.column + 1), "stands twice", "Keep one of them."
            )
        found[name] = _value(value_node, (*path, name), places)
    return found


def _scalar(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _refused(path: Path, place: tuple[int, int], message: str, hint: str) -> Invalid:
    line, column = place
    return Invalid(problems=(Problem(shown(path), f"{message}.", hint, f"line {line}, column {column}"),))


def _unreadable(error: Any) -> Invalid:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    reason = str(getattr(error, "problem", None) or "it is no YAML").rstrip(".")
    problem = Problem("", f"cannot be read: {reason}.", "Check indentation, quotes and colons there.", where)
    return Invalid(problems=(problem,))

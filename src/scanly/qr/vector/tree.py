"""An SVG file as a tree of elements, with everything refused that is no drawing: it is a stranger's file.

The parser is Expat alone: it opens no other file and no connection, and no entity is ever defined.
Source: XML 1.0, SVG 1.1 (second edition), 5 (document structure).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from scanly.core.errors import Invalid

MAX_BYTES = 512 * 1024
_MAX_DEPTH = 64
_SPACE = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_OUTSIDE = re.compile(r"url\(\s*['\"]?\s*(?!['\"#\s])|@import|expression\(", re.IGNORECASE)
_TO_OUTLINES = "Turn text into outlines (in Inkscape: Path, Object to Path) and save it again."
_FLATTEN = "Take it out, or flatten it to plain shapes, and save the file again."
_REFUSED = {
    "script": ("is a program, and a drawing needs none", _FLATTEN),
    "foreignObject": ("holds something that is not SVG", _FLATTEN),
    "image": ("is a picture made of pixels", "Trace it to shapes, or give the picture itself as PNG."),
    **dict.fromkeys(("text", "tspan", "textPath"), ("is text, which needs its font", _TO_OUTLINES)),
    **dict.fromkeys(
        ("animate", "animateColor", "animateMotion", "animateTransform", "set"),
        ("is animation, and print does not move", _FLATTEN),
    ),
}


@dataclass(frozen=True, slots=True)
class Element:
    """``attributes`` without the prefix of their names; those of other programs are left out, as are their elements."""

    name: str
    line: int
    attributes: Mapping[str, str]
    children: list[Element] = field(default_factory=list["Element"])
    texts: list[str] = field(default_factory=list[str])

    def everything(self) -> Iterator[Element]:
        """This element and all in it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.everything()

    @property
    def text(self) -> str:
        return "".join(self.texts)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Says what is wrong with the file that was given as ``field``."""

    field: str

    def at(self, line: int, message: str, hint: str = _FLATTEN) -> Invalid:
        return Invalid.field(self.field, message, hint=hint, where=f"line {line}")


def read_tree(data: bytes, refusal: Refusal) -> Element:
    """The root element. Raises Invalid that names line and element."""
    if len(data) > MAX_BYTES:
        message = f"The SVG file has {len(data) // 1024:,} KB; {MAX_BYTES // 1024} KB are the limit."
        raise Invalid.field(refusal.field, message, hint="Simplify its paths and take out what is not seen.")
    root = _Reading(refusal).read(data)
    if root is None or root.name != "svg":
        raise Invalid.field(refusal.field, "It is not an SVG file.", hint="Save it as plain SVG.")
    return root


class _Reading:
    """What has been read so far; elements of other namespaces are skipped with all that is in them."""

    def __init__(self, refusal: Refusal) -> None:
        from xml.parsers import expat

        self._error = expat.ExpatError
        self._refusal = refusal
        self._open: list[Element] = []
        self._skipped = 0
        self._root: Element | None = None
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartDoctypeDeclHandler = self._doctype

    def read(self, data: bytes) -> Element | None:
        try:
            self._parser.Parse(data, True)
        except (self._error, LookupError, ValueError) as error:
            line = getattr(error, "lineno", 1)
            message = "It is not an SVG file, or it is damaged."
            raise self._refusal.at(line, message, "Save it as plain SVG, uncompressed.") from error
        return self._root

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _refuse(self, message: str, hint: str = _FLATTEN) -> NoReturn:
        raise self._refusal.at(self._line, message, hint)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:
            self._refuse("The DOCTYPE declares entities, which are not taken.", "Save it as plain SVG.")

    def _instruction(self, target: str, _data: str) -> None:
        if target == "xml-stylesheet":
            self._refuse("It takes its styles from another file.", "Put them into the SVG file.")

    def _start(self, full_name: str, given: dict[str, str]) -> None:
        space, _, name = full_name.rpartition(" ")
        if self._skipped or space not in ("", _SPACE):
            self._skipped += 1
            return
        if name in _REFUSED:
            message, hint = _REFUSED[name]
            self._refuse(f"<{name}> {message}.", hint)
        if len(self._open) == _MAX_DEPTH:
            self._refuse(f"Elements are nested more than {_MAX_DEPTH} deep.", "Ungroup the drawing.")
        element = Element(name, self._line, dict(self._attributes(name, given)))
        if self._open:
            self._open[-1].children.append(element)
        elif self._root is None:
            self._root = element
        self._open.append(element)

    def _attributes(self, name: str, given: dict[str, str]) -> Iterator[tuple[str, str]]:
        for full_name, value in given.items():
            space, _, attribute = full_name.rpartition(" ")
            if space not in ("", _LINK):
                continue
            if attribute.lower().startswith("on"):
                self._refuse(f"<{name}> has a program in {attribute}.")
            if (attribute == "href" and not value.strip().startswith("#")) or _OUTSIDE.search(value):
                self._refuse(f"<{name}> refers to something outside the file in {attribute}.")
            yield attribute, value

    def _end(self, _full_name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif _OUTSIDE.search(self._open.pop().text):
            self._refuse("<style> refers to something outside the file.")

    def _data(self, text: str) -> None:
        if self._open and not self._skipped and self._open[-1].name == "style":
            self._open[-1].texts.append(text)

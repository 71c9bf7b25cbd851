"""The file of a template: YAML becomes a checked `Template`, or every fault with its line and column."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path as File
from typing import Any, cast

from scanly.core import document
from scanly.core.document import Document
from scanly.core.errors import Invalid
from scanly.core.text import fold, nearest
from scanly.press.labels.arrangement import Blank
from scanly.press.labels.elements import TURN, WHEN, Element, Kind, kinds
from scanly.press.labels.model import BUILT_IN
from scanly.press.labels.reading import (
    At,
    Fault,
    Field,
    Fields,
    as_text,
    choice,
    measure,
    plain,
    read_record,
    shown,
)
from scanly.press.labels.template import Put, Template
from scanly.press.page import Box

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
MOST_ELEMENTS = 200
_SLACK_MM = 1e-6
_TOUCHING_MM = 0.05
_BUILT_IN = frozenset(map(fold, BUILT_IN))

PAGE: Fields = {
    "width": measure("Width after cutting, in mm.", 5, 2000),
    "height": measure("Height after cutting, in mm.", 5, 2000),
    "shape": choice("What is cut out.", ("rect", "round"), "rect"),
    "radius": measure("Radius of its corners, in mm.", 0, 1000, default=0.0),
}


def _page(value: Any, at: At) -> dict[str, Any] | None:
    return read_record(PAGE, value, at)


def _example(value: Any, at: At) -> dict[str, str] | None:
    if not isinstance(value, dict):
        at.wrong("must be cells by their columns.", 'Such as {name: Rosa, table: "07"}.')
        return None
    cells = {
        name: as_text("" if cell is None else cell, at.step(name))
        for name, cell in cast("dict[str, Any]", value).items()
    }
    return {fold(name): cell for name, cell in cells.items() if cell is not None}


def _name(value: Any, at: At) -> str | None:
    if not NAME.fullmatch(str(value)):
        at.wrong(f"{shown(value)} cannot be a name.", "Use a–z, 0–9 and hyphens, such as shelf-label.")
        return None
    return str(value)


def _elements(value: Any, at: At) -> list[Any] | None:
    if not isinstance(value, list) or not value:
        at.wrong("must be a list of elements.", 'Such as "- code: {x: 5, y: 5, size: 25}".')
        return None
    listed = cast("list[Any]", value)
    if len(listed) > MOST_ELEMENTS:
        at.wrong(f"has {len(listed)} elements.", f"{MOST_ELEMENTS} are the limit.")
        return None
    return listed


FILE: Fields = {
    "template": Field(_name, "The name, such as shelf-label.", {"type": "string"}, required=True),
    "title": plain("What people call it.", required=True),
    "about": plain("One sentence about what it is for."),
    "page": Field(_page, "Its size, such as {width: 100, height: 50}.", required=True),
    "bleed": measure("How far what bleeds goes beyond the edge, in mm.", 0, 20, default=0.0),
    "example": Field(_example, "Cells that show what it looks like.", {"type": "object"}, default={}),
    "elements": Field(_elements, 'Such as "- code: {x: 5, y: 5, size: 25}".', required=True),
}


def read(text: str, file: File) -> Template:
    """The template in the YAML text of ``file``; other files that it names lie beside that.

    Raises Invalid with every fault, each at its line and column.
    """
    try:
        return _read(text, file)
    except Invalid as error:
        problems = tuple(replace(each, where=f"{file.name}, {each.where}") for each in error.problems)
        raise Invalid(problems=problems) if problems else error from error


def _read(text: str, file: File) -> Template:
    found = document.read(text)
    faults: list[Fault] = []
    at = At((), faults, file.parent)
    if not isinstance(found.value, dict):
        at.wrong("It is no template.", "Begin with: template: shelf-label")
        raise _refused(found, faults)
    said = _top(cast("dict[str, Any]", found.value), at)
    page: dict[str, Any] = said["page"] or {}
    reader = _Reader(found, page, said["bleed"] or 0.0)
    puts = [
        reader.put(entry, at.step("elements").step(number))
        for number, entry in enumerate(said["elements"] or ())
    ]
    _check_codes(puts, at.step("elements"))
    elements = tuple(put for put in puts if put)
    _check_example(elements, said["example"] or {}, at.step("example"))
    if faults:
        raise _refused(found, faults)
    return Template(
        name=said["template"],
        title=said["title"],
        about=said["about"],
        width_mm=page["width"],
        height_mm=page["height"],
        bleed_mm=said["bleed"],
        shape=page["shape"],
        radius_mm=page["radius"],
        example=said["example"],
        elements=elements,
        file=file,
    )


def _top(said: Mapping[str, Any], at: At) -> dict[str, Any]:
    """What stands in the file, each read by itself, so that one fault hides no other."""
    for name in said:
        if name not in FILE:
            at.step(name).wrong("is not known here.", nearest(name, FILE) or _there_are(FILE), at_key=True)
    found: dict[str, Any] = {}
    for name, field in FILE.items():
        given = said.get(name)
        if given is None and field.required:
            at.step(name).wrong("is missing.", field.about)
        found[name] = field.default if given is None else field.read(given, at.step(name))
    return found


class _Reader:
    """Reads the elements of one file."""

    def __init__(self, found: Document, page: Mapping[str, Any], bleed_mm: float) -> None:
        self._found, self._page, self._bleed_mm = found, page, bleed_mm

    def put(self, entry: Any, at: At) -> Put | None:
        """``{kind: {…}}`` as an element in its place; None when anything is wrong with it."""
        if not isinstance(entry, dict) or len(cast("dict[str, Any]", entry)) != 1:
            at.wrong("must be one element.", 'Such as "- code: {x: 5, y: 5, size: 25}".')
            return None
        ((name, value),) = cast("dict[str, Any]", entry).items()
        kind = kinds().get(name)
        there = at.step(name)
        if kind is None:
            there.wrong("is not an element.", nearest(name, kinds()) or _there_are(kinds()), at_key=True)
            return None
        said = read_record({**kind.FIELDS, **WHEN}, value, there)
        element = self._made(kind, said, there) if said else None
        if said is None or element is None:
            return None
        self._check_place(kind, element, there)
        bound = any(wording.columns for wording in element.bindings.values())
        return Put(
            name=document.shown(at.path) + f".{name}",
            kind=name,
            element=element,
            when=said["when"],
            turn=said.get("turn", TURN["turn"].default),
            repeats=kind.REPEATS and not bound and said["when"] is None,
            places={field: self._place((*there.path, field)) for field in (*kind.FIELDS, *WHEN)},
        )

    def _made(self, kind: Kind, said: Mapping[str, Any], at: At) -> Element | None:
        try:
            return kind.make(said)
        except Invalid as error:
            for problem in error.problems:
                at.step(problem.field).wrong(problem.message, problem.hint)
        return None

    def _place(self, path: document.Path) -> str:
        return self._found.problem(path, "").where

    def _check_place(self, kind: Kind, element: Element, at: At) -> None:
        """Nothing lies beyond what is printed, and nothing that must be read is cut."""
        if not self._page:
            return
        width, height, box = self._page["width"], self._page["height"], element.box
        edge_mm = self._bleed_mm if kind.BLEEDS else 0.0
        printed = Box(0, 0, width, height).inset(-edge_mm)
        if printed.holds(box, slack_mm=_SLACK_MM):
            if (
                not kind.BLEEDS
                and self._page["shape"] == "round"
                and not Blank(width, height, "round", 0).holds(box)
            ):
                at.wrong("reaches over the round edge.", "Make it smaller, or move it to the middle.")
            return
        for name, start, end, first, last, words in (
            ("x", box.x, box.right, printed.x, printed.right, f"the page is {width:g} mm wide"),
            ("y", box.y, box.bottom, printed.y, printed.bottom, f"the page is {height:g} mm high"),
        ):
            bleed = f" with a bleed of {edge_mm:g}" if edge_mm else ""
            if end > last + _SLACK_MM:
                hint = f"End it at {last:g} or before."
                at.wrong(f"reaches to {name} = {end:g}, and {words}{bleed}.", hint)
            if start < first - _SLACK_MM:
                at.wrong(
                    f"begins at {name} = {start:g}, beyond the edge.", f"Begin it at {first:g} or after."
                )


def _check_codes(puts: list[Put | None], at: At) -> None:
    """Nothing lies upon a code, and no text is hidden by one; what has a ``when`` may be one of two."""
    standing = [(number, put) for number, put in enumerate(puts) if put and not put.when]
    for (_, first), (number, second) in combinations(standing, 2):
        if second.kind == "code":
            clash = not kinds()[first.kind].BLEEDS
        else:
            clash = first.kind == "code" and (not kinds()[second.kind].BLEEDS or second.element.covers)
        one, other = first.element.box, second.element.box
        if clash and one.meets(other, slack_mm=_TOUCHING_MM):
            across = min(one.right - other.x, other.right - one.x)
            down = min(one.bottom - other.y, other.bottom - one.y)
            apart_mm = math.ceil(10 * min(across, down)) / 10
            message = f"stands upon {first.name}, so that one of them cannot be read."
            at.step(number).step(second.kind).wrong(message, f"Move them {apart_mm:g} mm apart.")


def _check_example(elements: tuple[Put, ...], example: Mapping[str, str], at: At) -> None:
    """An example fills every column, so that a preview shows every element."""
    bound = {column for put in elements for wording in put.bindings.values() for column in wording.columns}
    missing = sorted(bound - example.keys() - _BUILT_IN)
    if missing:
        at.wrong(f"has no cell for {', '.join(missing)}.", "Give each column of the template one.")


def _there_are(known: Mapping[str, object]) -> str:
    return f"There are {', '.join(known)}."


def _refused(found: Document, faults: list[Fault]) -> Invalid:
    """Everything that is wrong, in the order of the file."""
    problems = [found.problem(each.path, each.message, each.hint, at_key=each.at_key) for each in faults]
    return Invalid(
        problems=tuple(sorted(problems, key=lambda each: [*map(int, re.findall(r"\d+", each.where))]))
    )

"""Labels of one's own: a YAML file with a page in millimetres and elements that are bound to columns.

A file is read whole: every fault is named, with its line, its column and what would be right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

from scanly.core.errors import Invalid, NotFound, Problem
from scanly.core.paths import asset
from scanly.core.text import nearest
from scanly.press.labels.arrangement import Outline
from scanly.press.labels.elements import Element, Turn
from scanly.press.labels.model import Merge, Wording
from scanly.press.page import UPRIGHT, Box, Group, Item
from scanly.press.pictures.picture import Picture
from scanly.qr.artwork import Matrix

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Put:
    """An element in its place. ``name`` is what messages call it, ``places`` say where its texts stand in the file."""

    name: str
    kind: str
    element: Element
    when: Wording | None
    turn: Turn
    repeats: bool
    places: Mapping[str, str]

    @property
    def bindings(self) -> Mapping[str, Wording]:
        return {**self.element.bindings, **({"when": self.when} if self.when else {})}

    def draw(self, merge: Merge) -> tuple[Item, ...]:
        """Raises Invalid, named after the element."""
        if self.when and not self.when.fill(merge.cells):
            return ()
        box = self.element.box
        try:
            if not self.turn:
                return self.element.draw(box, merge)
            room, matrix = turned_room(box, self.turn)
            items = self.element.draw(room, merge)
        except Invalid as error:
            raise Invalid(
                problems=tuple(replace(each, field=self.name) for each in error.problems)
            ) from error
        return (Group(items, matrix),) if items else ()


@dataclass(slots=True)
class _Drawn:
    """What is the same on every label, drawn once with one reader of pictures."""

    picture: Callable[[str, Box], Picture] | None = None
    groups: dict[int, Group] = field(default_factory=dict[int, Group])


@dataclass(frozen=True)
class Template:
    """A `Label` that somebody designed. ``example`` are cells that show what it looks like."""

    name: str
    title: str
    about: str
    width_mm: float
    height_mm: float
    bleed_mm: float
    shape: Outline
    radius_mm: float
    example: Mapping[str, str]
    elements: tuple[Put, ...]
    file: Path
    _drawn: _Drawn = field(default_factory=_Drawn, compare=False, repr=False)

    @property
    def columns(self) -> frozenset[str]:
        """What it binds, built-in names included."""
        bound = (wording.columns for put in self.elements for wording in put.bindings.values())
        return frozenset[str]().union(*bound)

    def require(self, header: Collection[str]) -> None:
        """Raises Invalid with every column that it binds and ``header`` does not have, each with its line."""
        problems = tuple(self._missing(header))
        if problems:
            raise Invalid(problems=problems)

    def draw(self, merge: Merge) -> tuple[Item, ...]:
        """Raises Invalid for a row that does not fit, named after the element."""
        if self._drawn.picture != merge.picture:
            self._drawn.picture = merge.picture
            self._drawn.groups.clear()
        items: list[Item] = []
        for number, (repeats, run) in enumerate(self._runs):
            if not repeats:
                for put in run:
                    items += put.draw(merge)
                continue
            group = self._drawn.groups.get(number)
            if group is None:
                drawn = tuple(item for put in run for item in put.draw(merge))
                group = self._drawn.groups[number] = Group(drawn, UPRIGHT, repeats=True)
            items.append(group)
        return tuple(items)

    @cached_property
    def _runs(self) -> tuple[tuple[bool, tuple[Put, ...]], ...]:
        """The elements in painting order; neighbours that are the same on every label stand together."""
        return tuple(
            (repeats, tuple(run)) for repeats, run in groupby(self.elements, key=lambda put: put.repeats)
        )

    def _missing(self, header: Collection[str]) -> Iterator[Problem]:
        for put in self.elements:
            for name, wording in put.bindings.items():
                try:
                    wording.require(header, field=f"{put.name}.{name}")
                except Invalid as error:
                    where = f"{self.file.name}, {put.places[name]}"
                    yield from (replace(each, where=where) for each in error.problems)


def turned_room(box: Box, turn: Turn) -> tuple[Box, Matrix]:
    """A box at the origin, and the matrix that turns it clockwise and takes it to ``box``."""
    match turn:
        case 90:
            return Box(0, 0, box.height, box.width), (0, 1, -1, 0, box.right, box.y)
        case 180:
            return Box(0, 0, box.width, box.height), (-1, 0, 0, -1, box.right, box.bottom)
        case 270:
            return Box(0, 0, box.height, box.width), (0, -1, 1, 0, box.x, box.bottom)
        case _:
            return Box(0, 0, box.width, box.height), (1, 0, 0, 1, box.x, box.y)


def read_template(file: Path) -> Template:
    """Raises NotFound, or Invalid with every fault of the file, each at its line and column."""
    from scanly.press.labels.template_file import read

    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFound(f"{file} cannot be opened: {error.strerror}.", hint="Check the name.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is no text in UTF-8.", hint="Save it as UTF-8.") from error
    return read(text, file)


def templates(folders: Sequence[Path] = ()) -> Mapping[str, Path]:
    """The files of templates by name: those that come along and those in ``folders``, which take precedence."""
    files = [
        file
        for folder in (asset("labels"), *folders)
        if folder.is_dir()
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in SUFFIXES
    ]
    return dict(sorted((file.stem, file) for file in {file.stem: file for file in files}.values()))


def find_template(name: str, folders: Sequence[Path] = ()) -> Template:
    """The template of that name, or in that file. Raises NotFound, naming the nearest, and as `read_template`."""
    if name.lower().endswith(SUFFIXES):
        return read_template(Path(name))
    known = templates(folders)
    if name not in known:
        hint = nearest(name, known) or f"There are {', '.join(known)}; or give a .yaml file."
        raise NotFound(f'There is no template "{name[:80]}".', hint=hint)
    return read_template(known[name])

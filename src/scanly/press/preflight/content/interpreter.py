"""Runs the content streams of a page, with forms, patterns and masks within, and keeps what they paint.

Source: ISO 32000-1, 7.8 (content streams), 8.7 (patterns), 8.10 (forms), 8.11 (optional content), 11.6.5 (masks).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import cast

import pikepdf
from pikepdf import Dictionary, Object, Stream

from scanly.press.page import UPRIGHT, after
from scanly.press.preflight.content.marks import Content, Mark, MarkKind, PlacedImage
from scanly.press.preflight.content.objects import (
    DAMAGED,
    Bounds,
    Identity,
    around,
    bounds,
    common,
    elements,
    filters,
    identity,
    item,
    items,
    matrix,
    moved,
    name,
    number,
)
from scanly.press.preflight.content.operators import STEPS, WITHOUT_EFFECT
from scanly.press.preflight.content.outline import Outline
from scanly.press.preflight.content.pictures import inline_image, placed_image
from scanly.press.preflight.content.spaces import GREY, Paint, Space, Spaces, shades_of
from scanly.press.preflight.content.state import State
from scanly.press.preflight.content.typefaces import Typeface, read_typeface
from scanly.qr.artwork import Matrix

# Forms in forms; real files stay below ten.
MOST_NESTED = 24
MOST_MARKS = 200_000
MOST_OPERATORS = 3_000_000
_MOST_GLYPHS = 512
_EVERYWHERE: Bounds = (-1e6, -1e6, 1e6, 1e6)


class Library:
    """Fonts, colour spaces and hidden layers of a file, read once for all of its pages."""

    def __init__(self, hidden_layers: Collection[Identity] = ()) -> None:
        self.spaces = Spaces()
        self._hidden_layers = frozenset(hidden_layers)
        self._typefaces: dict[Identity, Typeface] = {}

    def typeface(self, font: object) -> Typeface:
        where = identity(font)
        if where == (0, 0):
            return read_typeface(font)
        if where not in self._typefaces:
            self._typefaces[where] = read_typeface(font)
        return self._typefaces[where]

    def hides(self, layer: object) -> bool:
        """Whether an optional content group, or all of a membership's groups, are off."""
        if identity(layer) in self._hidden_layers:
            return True
        groups = item(layer, "/OCGs")
        members = elements(groups) or ([groups] if isinstance(groups, Dictionary) else [])
        return bool(members) and all(identity(each) in self._hidden_layers for each in members)


@dataclass(slots=True)
class Lines:
    """Where the next glyph of a text object goes, and all of it that is to clip."""

    matrix: Matrix = UPRIGHT
    start: Matrix = UPRIGHT
    clip: Bounds | None = None


@dataclass(slots=True)
class Scope:
    """What belongs to one content stream, and ends with it. ``hidden``: one truth for each open marked content."""

    resources: object
    kept: list[State] = field(default_factory=list[State])
    outline: Outline = field(default_factory=Outline)
    clips: bool = False
    hidden: list[bool] = field(default_factory=list[bool])
    lines: Lines = field(default_factory=Lines)


class Interpreter:
    """For one page: `run` its content, then take ``content``."""

    def __init__(self, library: Library, page_box: Bounds) -> None:
        self.library: Library = library
        self.content: Content = Content()
        self.state: State = State(clip=page_box)
        self.scope: Scope = Scope(None)
        self._masking = False
        self._operators = 0
        self._running: list[Identity] = []
        self._drawn_fonts: set[Identity] = set()

    def run(self, streams: Object, resources: object) -> Content:
        """Runs a page or stream. What cannot be read ends it, and is among the uses."""
        outer = self.scope
        # What is hidden outside stays so within.
        self.scope = Scope(resources, hidden=[any(outer.hidden)])
        try:
            instructions = pikepdf.parse_content_stream(streams)
        except (*DAMAGED, TypeError):
            self.content.use("content-damaged", self.state.clip)
            instructions = ()
        for instruction in instructions:
            self._operators += 1
            if self._operators > MOST_OPERATORS or len(self.content.marks) > MOST_MARKS:
                self.content.use("content-too-long", self.state.clip)
                break
            self._step(instruction)
        if self.scope.kept:
            self.state = self.scope.kept[0]
            self.content.use("states-unbalanced", self.state.clip)
        self.scope = outer
        return self.content

    def _step(self, instruction: object) -> None:
        operator = ""
        try:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._place(inline_image(instruction.iimage, self.state.matrix, self.space))
                return
            read = cast(pikepdf.ContentStreamInstruction, instruction)
            operator = str(read.operator)
            if step := STEPS.get(operator):
                step(self, cast(Sequence[object], read.operands))
            elif operator not in WITHOUT_EFFECT:
                self.content.use("operator-unknown", self.state.clip, operator[:20])
        except (*DAMAGED, IndexError):
            # Too few operands, or of another kind.
            self.content.use("content-damaged", self.state.clip, operator[:20])

    def space(self, value: object) -> Space:
        """The colour space of that name or array."""
        return self.library.spaces.find(value, self.scope.resources)

    def mark(self, kind: MarkKind, pieces: Sequence[Bounds], *, stroking: bool = False) -> Mark | None:
        """What would be painted now, or None when it is outside the clip or on a layer that is off."""
        state = self.state
        seen = [part for part in (common(piece, state.clip) for piece in pieces) if part is not None]
        if not seen or any(self.scope.hidden):
            return None
        whole = seen[0]
        for part in seen[1:]:
            whole = around(whole, part)
        return Mark(
            kind,
            whole,
            tuple(seen),
            state.stroke if stroking else state.fill,
            state.overprint_stroke if stroking else state.overprint_fill,
            state.overprint_mode,
            through=state.through(stroking=stroking),
            masking=self._masking,
        )

    def keep(self, mark: Mark | None, *, stroking: bool = False) -> None:
        """Adds it to the content; where a pattern is the colour, what is in the pattern comes before it."""
        if mark is None:
            return
        pattern = self.state.stroke_pattern if stroking else self.state.fill_pattern
        if pattern is not None and mark.kind != "image":
            mark = self._patterned(pattern, mark)
        self.content.marks.append(mark)
        if mark.typeface is not None:
            self.content.typefaces[mark.typeface] = None

    def _patterned(self, pattern: object, mark: Mark) -> Mark:
        """The mark in the colours of a shading, or as it is and with everything in a tile spread over it."""
        if int(number(item(pattern, "/PatternType"))) == 2:
            return mark._replace(paint=self.blend(item(pattern, "/Shading")))
        if isinstance(pattern, Stream):
            first, outer = len(self.content.marks), self.state
            self.state = State(_EVERYWHERE, matrix(item(pattern, "/Matrix")), mark.paint, mark.paint)
            self._within(pattern)
            self.state = outer
            for index in range(first, len(self.content.marks)):
                tile = self.content.marks[index]
                self.content.marks[index] = tile._replace(bounds=mark.bounds, parts=mark.parts, is_box=False)
        return mark

    def blend(self, shading: object) -> Paint:
        """The colours of a shading."""
        return Paint(self.space(item(shading, "/ColorSpace")), None, shades_of(item(shading, "/Function")))

    def xobject(self, called: str) -> None:
        """Paints a form or a picture."""
        found = item(self.scope.resources, "/XObject", f"/{called}")
        if not isinstance(found, Stream):
            self.content.use("resource-missing", self.state.clip, called)
            return
        if self.library.hides(item(found, "/OC")):
            return
        for code in _features(found):
            self.content.use(code, self.state.clip)
        kind = name(item(found, "/Subtype"))
        if kind == "Form":
            self.form(found)
        elif kind == "Image":
            self._place(placed_image(called, found, self.state.matrix, self.space))

    def form(self, form: Stream) -> None:
        """Runs a form within its box."""
        box, outer = bounds(item(form, "/BBox")), self.state
        inner = outer.kept()
        inner.matrix = after(matrix(item(form, "/Matrix")), outer.matrix)
        clip = common(outer.clip, moved(box, inner.matrix)) if box else outer.clip
        if clip is not None:
            inner.clip = clip
            self.state = inner
            self._within(form)
            self.state = outer

    def glyphs(self, font: object, where: Bounds) -> None:
        """Runs the glyphs of a Type 3 font, once for a page: what they paint counts as areas where its text is."""
        if identity(font) in self._drawn_fonts:
            return
        self._drawn_fonts.add(identity(font))
        first, outer = len(self.content.marks), self.state
        for _, glyph in islice(items(item(font, "/CharProcs")), _MOST_GLYPHS):
            if isinstance(glyph, Stream):
                self.state = replace(outer, clip=_EVERYWHERE, matrix=UPRIGHT)
                self._within(glyph, item(font, "/Resources"))
        self.state = outer
        drawn = self.content.marks[first:]
        self.content.marks[first:] = [
            mark._replace(kind="fill", bounds=where, parts=(where,), size_pt=0.0, is_box=False, image=None)
            for mark in drawn
            if mark.kind != "text"
        ]

    def mask(self, parameters: object) -> None:
        """Runs the group of a soft mask: it is not seen, but what it needs must be in the file."""
        group = item(parameters, "/SMask", "/G")
        if isinstance(group, Stream):
            outer, self._masking = self._masking, True
            self.form(group)
            self._masking = outer

    def _within(self, stream: Stream, resources: object = None) -> None:
        """Runs another stream; its resources are its own, or those given, or those of the page."""
        where = identity(stream)
        if len(self._running) >= MOST_NESTED or where in self._running:
            self.content.use("forms-too-deep", self.state.clip)
            return
        self._running.append(where)
        state, own = self.state, item(stream, "/Resources")
        own = resources if own is None else own
        self.run(stream, own if own is not None else self.scope.resources)
        self.state = state
        self._running.pop()

    def _place(self, image: PlacedImage) -> None:
        mark = self.mark("image", [moved((0, 0, 1, 1), self.state.matrix)])
        if mark is not None:
            paint = mark.paint if image.is_stencil else Paint(image.space or GREY, None)
            through = mark.through or ("soft mask" if image.has_soft_mask else "")
            self.keep(mark._replace(paint=paint, image=image, through=through))


def _features(xobject: Stream) -> list[str]:
    """Codes of rules that a form or picture touches by what it is."""
    found = {
        "lzw": "LZWDecode" in filters(xobject),
        "opi": item(xobject, "/OPI") is not None,
        "postscript": name(item(xobject, "/Subtype")) == "PS" or item(xobject, "/PS") is not None,
        "transparency-group": name(item(xobject, "/Group", "/S")) == "Transparency",
        "reference": item(xobject, "/Ref") is not None or item(xobject, "/F") is not None,
    }
    return [code for code, is_so in found.items() if is_so]

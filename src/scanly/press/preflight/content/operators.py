"""What each operator does to an interpreter: one small function each, found by its name in ``STEPS``.

Source: ISO 32000-1, annex A (operator summary), 8.4.4, 8.5 (paths), 8.6.8 (colour), 9.4 (text), 14.6 (marked content).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Stream, String

from scanly.press.page import UPRIGHT, after
from scanly.press.preflight.content.objects import Bounds, around, common, elements, item, moved, name, number
from scanly.press.preflight.content.outline import Outline
from scanly.press.preflight.content.spaces import CMYK, GREY, RGB, Paint, Space
from scanly.qr.artwork import Matrix

if TYPE_CHECKING:
    from scanly.press.preflight.content.interpreter import Interpreter

Operands = Sequence[object]
Step = Callable[["Interpreter", Operands], None]

_MOST_STATES = 512
# Dashes, joins, flatness, intents, marked points, glyph metrics of Type 3 fonts, compatibility sections.
WITHOUT_EFFECT = frozenset(("J", "j", "M", "d", "ri", "i", "MP", "DP", "d0", "d1", "BX", "EX"))


def _save(run: Interpreter, _: Operands) -> None:
    if len(run.scope.kept) >= _MOST_STATES:
        run.content.use("states-unbalanced", run.state.clip)
        return
    run.scope.kept.append(run.state.kept())


def _restore(run: Interpreter, _: Operands) -> None:
    if run.scope.kept:
        run.state = run.scope.kept.pop()
    else:
        run.content.use("states-unbalanced", run.state.clip)


def _transform(run: Interpreter, operands: Operands) -> None:
    run.state.matrix = after(_matrix(operands), run.state.matrix)


def _line_width(run: Interpreter, operands: Operands) -> None:
    run.state.line_width = number(operands[0])


def _parameters(run: Interpreter, operands: Operands) -> None:
    found = item(run.scope.resources, "/ExtGState", f"/{name(operands[0])}")
    if not isinstance(found, Dictionary):
        run.content.use("resource-missing", run.state.clip, name(operands[0]))
        return
    for key in ("/TR", "/TR2"):
        curve = item(found, key)
        if curve is not None and name(curve) not in ("Identity", "Default"):
            run.content.use("transfer-curve", run.state.clip)
    if item(found, "/HTP") is not None:
        run.content.use("halftone-phase", run.state.clip)
    run.state.apply(found)
    font = elements(item(found, "/Font"))
    if len(font) == 2:
        _set_font(run, font[0], number(font[1]))
    if run.state.soft_mask:
        run.mask(found)


# Paths


def _rectangle(run: Interpreter, operands: Operands) -> None:
    x, y, width, height = operands
    run.scope.outline.rectangle(number(x), number(y), number(width), number(height))


def _start(run: Interpreter, operands: Operands) -> None:
    run.scope.outline.start(number(operands[0]), number(operands[1]))


def _line(run: Interpreter, operands: Operands) -> None:
    run.scope.outline.line(number(operands[0]), number(operands[1]))


def _curve(run: Interpreter, operands: Operands) -> None:
    run.scope.outline.curve(*map(number, operands))


def _painting(*, fills: bool = False, strokes: bool = False) -> Step:
    def paint(run: Interpreter, _: Operands) -> None:
        scope, state = run.scope, run.state
        pieces, is_box = scope.outline.bounds(state.matrix), scope.outline.is_box(state.matrix)
        scope.outline = Outline()
        if fills and pieces and (mark := run.mark("fill", pieces)):
            run.keep(mark._replace(is_box=is_box))
        if strokes and pieces:
            width = state.line_width * _scale(state.matrix)
            lines = [_wider(piece, width / 2) for piece in pieces]
            if mark := run.mark("stroke", lines, stroking=True):
                run.keep(mark._replace(size_pt=width), stroking=True)
        if scope.clips and pieces:
            whole = pieces[0]
            for piece in pieces[1:]:
                whole = around(whole, piece)
            state.clip = common(state.clip, whole) or (*state.clip[:2], *state.clip[:2])
        scope.clips = False

    return paint


def _clip(run: Interpreter, _: Operands) -> None:
    run.scope.clips = True


def _shade(run: Interpreter, operands: Operands) -> None:
    shading = item(run.scope.resources, "/Shading", f"/{name(operands[0])}")
    if shading is None:
        run.content.use("resource-missing", run.state.clip, name(operands[0]))
    elif mark := run.mark("shading", [run.state.clip]):
        run.content.marks.append(mark._replace(paint=run.blend(shading)))


# Colours


def _device(space: Space, *, stroking: bool) -> Step:
    def colour(run: Interpreter, operands: Operands) -> None:
        tints = tuple(min(max(number(each), 0.0), 1.0) for each in operands[: space.tints])
        # A default colour space of the resources takes the place of a device's.
        _choose(run, Paint(run.space(Name(f"/{space.family}")), tints), None, stroking=stroking)

    return colour


def _colour_space(*, stroking: bool) -> Step:
    def choose(run: Interpreter, operands: Operands) -> None:
        space = run.space(operands[0])
        _choose(run, Paint(space, space.first), None, stroking=stroking)

    return choose


def _colour(*, stroking: bool) -> Step:
    def colour(run: Interpreter, operands: Operands) -> None:
        space = (run.state.stroke if stroking else run.state.fill).space
        last = operands[-1] if operands else None
        if not isinstance(last, Name):
            _choose(run, Paint(space, tuple(map(number, operands))), None, stroking=stroking)
            return
        pattern = item(run.scope.resources, "/Pattern", f"/{name(last)}")
        if pattern is None:
            run.content.use("resource-missing", run.state.clip, name(last))
        uncoloured = isinstance(pattern, Stream) and item(pattern, "/PaintType") == 2 and space.base
        base = space.base if uncoloured and space.base else space
        tints = tuple(map(number, operands[:-1])) if uncoloured else None
        _choose(run, Paint(base, tints), pattern, stroking=stroking)

    return colour


def _choose(run: Interpreter, paint: Paint, pattern: object, *, stroking: bool) -> None:
    if stroking:
        run.state.stroke, run.state.stroke_pattern = paint, pattern
    else:
        run.state.fill, run.state.fill_pattern = paint, pattern


# Forms, pictures, marked content


def _xobject(run: Interpreter, operands: Operands) -> None:
    run.xobject(name(operands[0]))


def _begin_marked(run: Interpreter, operands: Operands) -> None:
    hidden = False
    if len(operands) == 2 and name(operands[0]) == "OC":
        layer = item(run.scope.resources, "/Properties", f"/{name(operands[1])}")
        hidden = run.library.hides(layer)
    run.scope.hidden.append(hidden)


def _end_marked(run: Interpreter, _: Operands) -> None:
    # The first tells whether the whole stream is hidden.
    if len(run.scope.hidden) > 1:
        run.scope.hidden.pop()


# Text


def _begin_text(run: Interpreter, _: Operands) -> None:
    run.scope.lines.matrix = run.scope.lines.start = UPRIGHT
    run.scope.lines.clip = None


def _end_text(run: Interpreter, _: Operands) -> None:
    if (clip := run.scope.lines.clip) is not None:
        run.state.clip = common(run.state.clip, clip) or (*clip[:2], *clip[:2])


def _font(run: Interpreter, operands: Operands) -> None:
    found = item(run.scope.resources, "/Font", f"/{name(operands[0])}")
    if found is None:
        run.content.use("resource-missing", run.state.clip, name(operands[0]))
    _set_font(run, found, number(operands[1]))


def _set_font(run: Interpreter, font: object, size: float) -> None:
    run.state.font, run.state.typeface, run.state.type_size = font, run.library.typeface(font), size


def _setting(field: str, scale: float = 1.0) -> Step:
    def keep(run: Interpreter, operands: Operands) -> None:
        setattr(run.state, field, number(operands[0]) * scale)

    return keep


def _rendering(run: Interpreter, operands: Operands) -> None:
    run.state.rendering = int(number(operands[0])) & 7


def _move(run: Interpreter, x: float, y: float) -> None:
    run.scope.lines.start = run.scope.lines.matrix = after((1, 0, 0, 1, x, y), run.scope.lines.start)


def _next_line(run: Interpreter, operands: Operands) -> None:
    _move(run, number(operands[0]), number(operands[1]))


def _next_line_and_leading(run: Interpreter, operands: Operands) -> None:
    run.state.leading = -number(operands[1])
    _next_line(run, operands)


def _text_matrix(run: Interpreter, operands: Operands) -> None:
    run.scope.lines.start = run.scope.lines.matrix = _matrix(operands)


def _leading_line(run: Interpreter, _: Operands) -> None:
    _move(run, 0, -run.state.leading)


def _show(run: Interpreter, operands: Operands) -> None:
    _show_pieces(run, operands[:1])


def _show_list(run: Interpreter, operands: Operands) -> None:
    _show_pieces(run, elements(operands[0]) if isinstance(operands[0], Array) else [])


def _show_on_next_line(run: Interpreter, operands: Operands) -> None:
    _leading_line(run, ())
    _show(run, operands)


def _show_spaced(run: Interpreter, operands: Operands) -> None:
    run.state.between_words, run.state.between_glyphs = number(operands[0]), number(operands[1])
    _show_on_next_line(run, operands[2:])


def _show_pieces(run: Interpreter, pieces: Sequence[object]) -> None:
    """Strings, and numbers that move the next one back by thousandths of an em."""
    state, lines = run.state, run.scope.lines
    if state.typeface is None:
        run.content.use("resource-missing", state.clip, "font")
        return
    length, glyphs, begin = 0.0, 0, 0.0
    for piece in pieces:
        if not isinstance(piece, String):
            length -= number(piece) / 1000 * state.type_size * state.stretch
            continue
        ems, shown, spaces = state.typeface.advance(bytes(piece))
        begin = length if not glyphs else begin
        gaps = shown * state.between_glyphs + spaces * state.between_words
        length += (ems * state.type_size + gaps) * state.stretch
        glyphs += shown
    if glyphs:
        low = state.typeface.descent_em * state.type_size + state.rise
        high = state.typeface.ascent_em * state.type_size + state.rise
        line = (min(begin, length), min(low, high), max(begin, length), max(low, high))
        _keep_text(run, line, after(lines.matrix, state.matrix))
    lines.matrix = after((1, 0, 0, 1, length, 0), lines.matrix)


def _keep_text(run: Interpreter, line: Bounds, view: Matrix) -> None:
    state, lines = run.state, run.scope.lines
    place = moved(line, view)
    size_pt = abs(state.type_size) * math.hypot(view[2], view[3])
    strokes = state.rendering in (1, 5)
    if mark := run.mark("text", [place], stroking=strokes):
        unseen = state.rendering in (3, 7)
        run.keep(mark._replace(size_pt=size_pt, typeface=state.typeface, unseen=unseen), stroking=strokes)
        if state.typeface and state.typeface.kind == "Type3":
            run.glyphs(state.font, mark.bounds)
    if state.rendering > 3:
        lines.clip = around(lines.clip, place) if lines.clip else place


def _matrix(operands: Operands) -> Matrix:
    a, b, c, d, e, f = map(number, operands)
    return a, b, c, d, e, f


def _scale(matrix: Matrix) -> float:
    return math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def _wider(piece: Bounds, by: float) -> Bounds:
    return piece[0] - by, piece[1] - by, piece[2] + by, piece[3] + by


STEPS: Mapping[str, Step] = {
    "q": _save,
    "Q": _restore,
    "cm": _transform,
    "w": _line_width,
    "gs": _parameters,
    "re": _rectangle,
    "m": _start,
    "l": _line,
    **dict.fromkeys(("c", "v", "y"), _curve),
    "h": lambda _run, _operands: None,
    **dict.fromkeys(("f", "F", "f*"), _painting(fills=True)),
    **dict.fromkeys(("S", "s"), _painting(strokes=True)),
    **dict.fromkeys(("B", "B*", "b", "b*"), _painting(fills=True, strokes=True)),
    "n": _painting(),
    **dict.fromkeys(("W", "W*"), _clip),
    "sh": _shade,
    "g": _device(GREY, stroking=False),
    "G": _device(GREY, stroking=True),
    "rg": _device(RGB, stroking=False),
    "RG": _device(RGB, stroking=True),
    "k": _device(CMYK, stroking=False),
    "K": _device(CMYK, stroking=True),
    "cs": _colour_space(stroking=False),
    "CS": _colour_space(stroking=True),
    **dict.fromkeys(("sc", "scn"), _colour(stroking=False)),
    **dict.fromkeys(("SC", "SCN"), _colour(stroking=True)),
    "Do": _xobject,
    **dict.fromkeys(("BMC", "BDC"), _begin_marked),
    "EMC": _end_marked,
    "BT": _begin_text,
    "ET": _end_text,
    "Tf": _font,
    "Tc": _setting("between_glyphs"),
    "Tw": _setting("between_words"),
    "Tz": _setting("stretch", 0.01),
    "TL": _setting("leading"),
    "Ts": _setting("rise"),
    "Tr": _rendering,
    "Td": _next_line,
    "TD": _next_line_and_leading,
    "Tm": _text_matrix,
    "T*": _leading_line,
    "Tj": _show,
    "TJ": _show_list,
    "'": _show_on_next_line,
    '"': _show_spaced,
}

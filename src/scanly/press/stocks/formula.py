"""A grid of equal labels said in one line: ``A4:3x8``, ``letter:2x5:4x2in``, ``A4:2x4:99.1x67.7:2.5x0``."""

from __future__ import annotations

import re

from scanly.core.errors import Invalid
from scanly.press.stocks.model import Stock
from scanly.press.stocks.names import read_size_mm
from scanly.press.stocks.papers import Paper, find_paper

_SHAPE = "Write PAPER:COLUMNSxROWS such as A4:3x8, then perhaps the label, :63.5x38.1, and the gaps, :2.5x0."


def read_formula(text: str) -> Stock:
    """A sheet of COLUMNS by ROWS labels; without a size they fill it, with one they stand in its middle.

    Labels touch each other unless gaps are given. Raises Invalid or NotFound (for the paper).
    """
    said, *parts = text.split(":")
    if not 1 <= len(parts) <= 3:
        raise Invalid.field("stock", f'"{text[:80]}" is no grid of labels.', hint=_SHAPE)
    paper = find_paper(said)
    columns, rows = _grid(parts[0])
    gap_x, gap_y = _lengths(parts[2]) if len(parts) > 2 else (0.0, 0.0)
    width, height = (
        _lengths(parts[1]) if len(parts) > 1 else (paper.width_mm / columns, paper.height_mm / rows)
    )
    name = ":".join([paper.name, f"{columns}x{rows}", *map(_written, parts[1:])])
    return equal_grid(name, paper, (columns, rows), (width, height), (gap_x, gap_y))


def equal_grid(
    name: str, paper: Paper, count: tuple[int, int], size_mm: tuple[float, float], gap_mm: tuple[float, float]
) -> Stock:
    """Pieces of one size in columns and rows, all of them in the middle of a paper. Raises Invalid."""
    (columns, rows), (width, height), (gap_x, gap_y) = count, size_mm, gap_mm
    return Stock(
        name=name,
        maker="",
        part=name,
        kind="sheet",
        page=paper.name,
        page_width_mm=paper.width_mm,
        page_height_mm=paper.height_mm,
        columns=columns,
        rows=rows,
        label_width_mm=width,
        label_height_mm=height,
        left_mm=middle(paper.width_mm, columns, width, width + gap_x),
        top_mm=middle(paper.height_mm, rows, height, height + gap_y),
        pitch_x_mm=width + gap_x,
        pitch_y_mm=height + gap_y,
        radius_mm=0.0,
        source="an equal grid",
        verification="own measures",
    )


def middle(length_mm: float, count: int, side_mm: float, pitch_mm: float) -> float:
    """Where the first of ``count`` labels begins when they stand in the middle of ``length_mm``."""
    return (length_mm - (count - 1) * pitch_mm - side_mm) / 2


def _written(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("×", "x")).lower()


def _grid(text: str) -> tuple[int, int]:
    said = re.fullmatch(r"(\d{1,4})x(\d{1,4})", _written(text))
    if said is None:
        raise Invalid.field("stock", f'"{text[:80]}" is no number of columns and rows.', hint=_SHAPE)
    columns, rows = int(said[1]), int(said[2])
    if not columns or not rows:
        raise Invalid.field("stock", f"A sheet of {columns} × {rows} has no labels.", hint="Give 1 or more.")
    return columns, rows


def _lengths(text: str) -> tuple[float, float]:
    size = read_size_mm(text)
    if size is None:
        raise Invalid.field("stock", f'"{text[:80]}" is no width by height.', hint=_SHAPE)
    return size

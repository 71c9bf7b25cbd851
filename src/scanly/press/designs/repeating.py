"""Many of one piece on a sheet (step and repeat): business cards ten up with their backs, stickers by the sheet."""

from __future__ import annotations

from dataclasses import replace

from scanly.core.errors import Invalid
from scanly.press.designs.piece import BLEED_MM, Piece
from scanly.press.imposition import Edge, Imposition
from scanly.press.page import Box, Group, Page
from scanly.press.pdf.marks import marks, slug_mm
from scanly.press.stocks import PAPERS, find_paper
from scanly.press.stocks.formula import equal_grid
from scanly.press.stocks.model import SLACK_MM, Stock
from scanly.press.stocks.papers import Paper
from scanly.qr.artwork import Path

COLUMNS, ROWS = 2, 5
# What plotters need free round a sheet to hold and to find it.
_PLOTTER_MARGIN_MM = 10.0
_STICKER_GAP_MM = 2 * BLEED_MM


def ten_up(piece: Piece, paper: str = "A4", *, gap_mm: float = 0.0, turn: Edge = "long") -> Piece:
    """Ten cards on a sheet with marks for every cut; their backs lie behind them when it is turned over that edge.

    Without a gap, neighbours share a cut; with one, each bleeds into its half of it. Raises NotFound for a paper,
    Invalid where ten do not fit with their marks.
    """
    _require_room(piece.pages[0], find_paper(paper), gap_mm)
    stock = _stock(piece, paper, COLUMNS, ROWS, gap_mm)
    imposition = Imposition(stock, turn=turn)
    front, *backs = piece.pages
    pages = [_sheet(stock, front, [(slot, False) for slot in stock.slots])]
    for back in backs:
        places = [(imposition.back(slot), imposition.back_turned) for slot in stock.slots]
        pages.append(_sheet(stock, back, places))
    return Piece(tuple(pages))


def _require_room(card: Page, paper: Paper, gap_mm: float) -> None:
    """Raises Invalid where ten cards do not fit with their marks, with the size that they need."""
    around = 2 * slug_mm(BLEED_MM)
    width = COLUMNS * card.width_mm + (COLUMNS - 1) * gap_mm + around
    height = ROWS * card.height_mm + (ROWS - 1) * gap_mm + around
    if width <= paper.width_mm + SLACK_MM and height <= paper.height_mm + SLACK_MM:
        return
    apart = f" {gap_mm:g} mm apart" if gap_mm else ""
    message = (
        f"Ten cards of {card.width_mm:g} × {card.height_mm:g} mm{apart} with their marks need "
        f"{width:g} × {height:g} mm; {paper.name} has {paper.width_mm:g} × {paper.height_mm:g} mm."
    )
    large = [each for each in PAPERS.values() if each.width_mm >= width and each.height_mm >= height]
    smallest = min(large, key=lambda each: each.width_mm * each.height_mm, default=None)
    larger = f"Take {smallest.name}" if smallest else "Take a larger paper"
    raise Invalid.field("paper", message, hint=f"{larger}, or a smaller gap." if gap_mm else f"{larger}.")


def sticker_sheet(piece: Piece, paper: str = "A4", *, gap_mm: float = _STICKER_GAP_MM) -> Piece:
    """As many stickers as fit on a sheet, each with its cut line. Raises NotFound for a paper, Invalid where none
    fits."""
    page, size = piece.pages[0], find_paper(paper)
    columns, rows = (
        int((side - 2 * _PLOTTER_MARGIN_MM + gap_mm) // (length + gap_mm))
        for side, length in ((size.width_mm, page.width_mm), (size.height_mm, page.height_mm))
    )
    if not columns or not rows:
        message = f"No sticker of {page.width_mm:g} × {page.height_mm:g} mm fits on {size.name}."
        raise Invalid.field("paper", message, hint="Take a larger paper, or a smaller sticker.")
    stock = _stock(piece, paper, columns, rows, gap_mm)
    sheet = Page(
        stock.page_width_mm,
        stock.page_height_mm,
        tuple(_placed(stock, page, slot, turned=False) for slot in stock.slots),
        white=_everywhere(page.white, stock),
    )
    return replace(piece, pages=(sheet,), cut=_everywhere(piece.cut, stock))


def _stock(piece: Piece, paper: str, columns: int, rows: int, gap_mm: float) -> Stock:
    """The sheet, the pieces in its middle."""
    size, page = find_paper(paper), piece.pages[0]
    name = f"{columns * rows} up on {size.name}"
    return equal_grid(name, size, (columns, rows), (page.width_mm, page.height_mm), (gap_mm, gap_mm))


def _sheet(stock: Stock, page: Page, places: list[tuple[Box, bool]]) -> Page:
    """A page with its places, and marks round them at every cut."""
    slots = stock.slots
    left, top = slots[0].x, slots[0].y
    width, height = slots[-1].right - left, slots[-1].bottom - top
    across = {side - left for slot in slots for side in (slot.x, slot.right)}
    down = {side - top for slot in slots for side in (slot.y, slot.bottom)}
    cuts = (*((x, 0.0, x, height) for x in sorted(across)), *((0.0, y, width, y) for y in sorted(down)))
    round_all = Group(marks(Page(width, height, cuts=cuts), BLEED_MM), (1, 0, 0, 1, left, top))
    items = tuple(_placed(stock, page, box, turned=turned) for box, turned in places)
    return Page(stock.page_width_mm, stock.page_height_mm, (*items, round_all))


def _placed(stock: Stock, page: Page, box: Box, *, turned: bool) -> Group:
    """A page's items in a place, with as much of their bleed as is theirs."""
    clip = _seen(stock, box)
    if turned:
        matrix = (-1, 0, 0, -1, box.right, box.bottom)
        clip = Box(page.width_mm - clip.right, page.height_mm - clip.bottom, clip.width, clip.height)
    else:
        matrix = (1, 0, 0, 1, box.x, box.y)
    return Group(page.items, matrix, clip=clip)


def _seen(stock: Stock, box: Box) -> Box:
    """How far a place reaches, from its own corner: to the middle of a gap, outside of all as far as it bleeds."""
    first, last = stock.slots[0], stock.slots[-1]
    half_x = min((stock.pitch_x_mm - box.width) / 2, BLEED_MM)
    half_y = min((stock.pitch_y_mm - box.height) / 2, BLEED_MM)
    left = BLEED_MM if box.x < first.x + SLACK_MM else half_x
    top = BLEED_MM if box.y < first.y + SLACK_MM else half_y
    right = BLEED_MM if box.right > last.right - SLACK_MM else half_x
    bottom = BLEED_MM if box.bottom > last.bottom - SLACK_MM else half_y
    return Box(-left, -top, left + box.width + right, top + box.height + bottom)


def _everywhere(path: Path | None, stock: Stock) -> Path | None:
    """An outline in all places of a sheet."""
    return sum((path.moved(slot.x, slot.y) for slot in stock.slots), Path(())) if path else None

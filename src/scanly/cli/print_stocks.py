"""``scanly print stocks``: label stocks and sizes of paper, and a drawing of one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session
from scanly.core.errors import NotFound
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.press.stocks import Paper, Stock


def stocks(
    context: typer.Context,
    *,
    words: Annotated[
        list[str] | None,
        Argument(help="A stock, or words that it is found by: herma round.", metavar="WORD"),
    ] = None,
    out: Annotated[
        Path | None, Option("-o", "--output", help="A drawing of one stock, an .svg file.")
    ] = None,
    papers: Annotated[bool, Option("--papers", help="Sizes of paper instead.")] = False,
) -> None:
    """List label stocks and sizes of paper; draw a stock."""
    session = Session.of(context)
    if papers:
        if words or out:
            raise typer.BadParameter("--papers lists all sizes: leave names and -o out.")
        _show_papers(session)
        return
    found = _found(session, " ".join(words or ()))
    if out is not None:
        _draw(session, found, out)
    elif session.json:
        output.as_json([_object(each) for each in found])
    elif len(found) == 1:
        _show(found[0])
    else:
        _list(found)


def stock_of(session: Session, name: str) -> Stock:
    """The stock of that name, also one from the folder ``stocks`` of the data folder. Raises NotFound, Invalid."""
    from scanly.press.stocks import find_stock

    return find_stock(name, _own_folder(session))


def paper_size(session: Session, name: str) -> tuple[str, float, float]:
    """The name, width and height in mm of a paper or of a stock's page. Raises NotFound, Invalid."""
    from scanly.press.stocks import find_paper

    with suppress(NotFound):
        paper = find_paper(name)
        return paper.name, paper.width_mm, paper.height_mm
    stock = stock_of(session, name)
    return stock.name, stock.page_width_mm, stock.page_height_mm


def _own_folder(session: Session) -> Path:
    return session.folder.root / "stocks"


def _found(session: Session, wanted: str) -> Sequence[Stock]:
    """The stock of that name, else those with all of its words; all where nothing is wanted. Raises NotFound."""
    from scanly.press import stocks

    known = tuple(stocks.stocks(_own_folder(session)).values())
    if not wanted:
        return known
    try:
        return (stock_of(session, wanted),)
    except NotFound:
        words = wanted.casefold().split()
        found = tuple(each for each in known if all(word in _words(each) for word in words))
        if not found:
            raise
        return found


def _words(stock: Stock) -> str:
    """All that a stock is found by."""
    parts = (
        stock.name,
        stock.maker,
        stock.part,
        *stock.aliases,
        stock.kind,
        stock.page,
        stock.shape,
        stock.size,
    )
    return " ".join(parts).casefold()


def _draw(session: Session, found: Sequence[Stock], out: Path) -> None:
    from scanly.cli.print_finish import require_suffix
    from scanly.core.files import in_folder, write_whole
    from scanly.press.stocks.picture import svg_of

    if len(found) != 1:
        raise typer.BadParameter(f"-o draws one stock, and these are {len(found):,}: name one.")
    require_suffix(out, ".svg")
    write_whole(in_folder(out), svg_of(found[0]).encode())
    if session.json:
        output.as_json([_object(found[0]) | {"file": str(out)}])
    elif not session.quiet:
        output.say(f"{out}: {found[0].name}, {found[0].summary}.")


def _list(found: Sequence[Stock]) -> None:
    rows = [
        (each.name, each.page, each.labels_per_sheet, each.size, "" if each.verified else "not verified")
        for each in found
    ]
    output.table(("stock", "paper", "labels", "each", ""), rows, numbers=("labels",))
    verified = sum(each.verified for each in found)
    output.tell(f"{count(len(found), 'stock')}, {verified:,} compared with the size they are sold by.")


def _show(stock: Stock) -> None:
    output.fields({
        "stock": stock.name,
        "maker": f"{stock.maker} {stock.part}".strip(),
        "also called": ", ".join(stock.aliases),
        "labels": stock.summary,
        "paper": f"{stock.page}, {stock.page_width_mm:g} × {stock.page_height_mm:g} mm",
        "first label": f"{stock.left_mm:g} mm from the left, {stock.top_mm:g} mm from the top",
        "next label": f"{stock.pitch_x_mm:g} mm to the right, {stock.pitch_y_mm:g} mm below",
        "corners": "" if stock.radius_mm is None else f"{stock.radius_mm:g} mm",
        "kept free": f"{stock.safe_inset_mm:.2f} mm inside each label",
        "sold as": stock.nominal,
        "source": stock.source,
        "figures": stock.verification,
    })  # fmt: skip


def _object(stock: Stock) -> dict[str, object]:
    return {
        "name": stock.name,
        "maker": stock.maker,
        "part": stock.part,
        "aliases": stock.aliases,
        "kind": stock.kind,
        "page": stock.page,
        "page_width_mm": stock.page_width_mm,
        "page_height_mm": stock.page_height_mm,
        "columns": stock.columns,
        "rows": stock.rows,
        "labels_per_sheet": stock.labels_per_sheet,
        "label_width_mm": stock.label_width_mm,
        "label_height_mm": stock.label_height_mm,
        "left_mm": stock.left_mm,
        "top_mm": stock.top_mm,
        "pitch_x_mm": stock.pitch_x_mm,
        "pitch_y_mm": stock.pitch_y_mm,
        "radius_mm": stock.radius_mm,
        "shape": stock.shape,
        "nominal": stock.nominal,
        "source": stock.source,
        "verified": stock.verified,
        "verification": stock.verification,
    }


def _show_papers(session: Session) -> None:
    from scanly.press.stocks import PAPERS

    papers: Sequence[Paper] = tuple(PAPERS.values())
    if session.json:
        output.as_json([
            {"name": each.name, "width_mm": each.width_mm, "height_mm": each.height_mm} for each in papers
        ])  # fmt: skip
        return
    rows = [(each.name, f"{each.width_mm:g} × {each.height_mm:g} mm") for each in papers]
    output.table(("paper", "upright"), rows)
    output.tell(
        'Each also lies on its side: "A4 landscape". Other sizes are written like 100x150mm or 4x6in.'
    )

"""``scanly print sheet``: a spreadsheet becomes imposed, press-ready sheets of labels."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import looks, output
from scanly.cli.bulk import pairs
from scanly.cli.print_finish import Finishing, require_suffix, with_finishing
from scanly.cli.print_labels import Bearing, Inking, Laying, with_bearing, with_inking, with_laying
from scanly.cli.print_order import Wish, in_spot
from scanly.cli.printed import AllowLocal, BaseUrlOption, Compact, require_reachable
from scanly.cli.session import PARTLY_DONE, Session
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.press.sheets.order import SheetSummary
    from scanly.qr.style import Style

_FAILED = 1
_NONE_CHOSEN = "no row is as --where wants it"


@partial(looks.with_look, without=("dpi", "size_mm"))
@with_bearing
@with_laying
@with_inking
@with_finishing
def sheet(
    context: typer.Context,
    *,
    source: Annotated[Path, Argument(help="A CSV, TSV or XLSX file.", metavar="FILE")],
    out: Annotated[Path, Option("-o", "--output", help="The .pdf file of all sheets.")],
    laying: Laying,
    bearing: Bearing,
    copies: Annotated[int, Option(min=1, max=10_000, help="Labels of each row, times its own copies.")] = 1,
    serial_from: Annotated[
        str, Option(help="Numbers the labels as {serial}: A-00001.", metavar="SERIAL")
    ] = "",
    finishing: Finishing,
    inking: Inking,
    style: Style,
    dynamic: Annotated[
        bool, Option("--dynamic/--static", help="A short address per row, or the content itself.")
    ] = True,
    compact: Compact = False,
    column_map: Annotated[
        list[str] | None, Option("--map", help="A column's meaning: Titel=title.", metavar="COLUMN=NAME")
    ] = None,
    where: Annotated[
        list[str] | None,
        Option(help="Only these rows: city=Pune, title~menu, code!=x.", metavar="CONDITION"),
    ] = None,
    date_format: Annotated[
        str, Option(help="How dates are written when not as 2026-12-24, such as %d.%m.%Y.")
    ] = "",
    worksheet: Annotated[
        str | None, Option("--sheet", help="The sheet of a workbook.", show_default="the first")
    ] = None,
    jobs: Annotated[int, Option(min=1, max=64, help="Processes that read back at the same time.")] = 1,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would be printed and what is wrong; make nothing.")
    ] = False,
    base_url: BaseUrlOption = None,
    verify: looks.Verify = True,
    allow_local: AllowLocal = False,
) -> None:
    """Lay a spreadsheet out on sheets of labels, a code on each."""
    from scanly.codes.order import Order

    session = Session.of(context)
    require_suffix(out, ".pdf")
    style = in_spot(style, inking.spot)
    rows = partial(
        Order,
        source=source,
        folder=out,
        formats=("pdf",),
        style=style,
        dynamic=dynamic,
        mapping=pairs(column_map),
        where=tuple(where or ()),
        date_format=date_format,
        sheet=worksheet,
        jobs=jobs,
        verify=verify,
    )
    wish = Wish(out, laying, bearing, finishing, inking, style, copies, serial_from)
    prepare = wish.prepare(session)

    async def work(app: App, workspace: Workspace) -> SheetSummary:
        from scanly.press.sheets import run

        base = replace(app.base_url, capitals=compact)
        if dynamic and not dry_run:
            require_reachable(base, allow_local=allow_local)
        order = await prepare(
            app, workspace, rows(base_url=base, zone=workspace.zone, currency=workspace.currency)
        )
        call = app.call()
        if dry_run:
            return run.check_sheet(order, call.now_ms)
        with _stages(quiet=session.quiet or session.json) as progress:
            return await run.print_sheet(call, workspace.id, order, app.media, progress)

    summary = session.run_in_workspace(work, {"base_url": base_url})
    _tell(session, summary, out, dry_run=dry_run)
    if summary.failed or not summary.labels:
        raise typer.Exit(PARTLY_DONE if summary.labels else _FAILED)


@contextmanager
def _stages(*, quiet: bool) -> Generator[Callable[[str, int, int], None]]:
    """A bar for each thing that is done, one after another."""
    now = ""
    with ExitStack() as stack:
        bar: output.Progress | None = None

        def progress(what: str, done: int, total: int) -> None:
            nonlocal now, bar
            if bar is None or what != now:
                stack.close()
                now, bar = what, stack.enter_context(output.progress(what, quiet=quiet))
            bar(done, total)

        yield progress


def _tell(session: Session, summary: SheetSummary, out: Path, *, dry_run: bool) -> None:
    if session.json:
        output.as_json(summary)
        return
    for sentence in (*summary.problems, *(() if session.quiet else _cautions(summary))):
        output.tell(sentence)
    if session.quiet:
        return
    labels = f"{count(summary.labels, 'label')} on {count(summary.sheets, 'sheet')}"
    if dry_run:
        cannot = f"; {count(summary.failed, 'row')} cannot be printed" if summary.failed else ""
        output.say(f"{labels} can be printed{cannot}. Nothing was made.")
        return
    if not summary.labels:
        why = (
            f"{count(summary.failed, 'row')} failed, see {summary.results}"
            if summary.failed
            else _NONE_CHOSEN
        )
        output.say(f"Nothing was printed: {why}.")
        return
    skipped = f", {summary.skipped:,} passed over" if summary.skipped else ""
    failed = f"; {count(summary.failed, 'row')} failed, see {summary.results}" if summary.failed else ""
    output.say(f"{out}: {labels}, from {summary.ok:,} of {count(summary.total, 'row')}{skipped}{failed}.")
    if summary.proof:
        zbar = (
            f", {summary.proof.by_zbar:,} of them by a second decoder, too" if summary.proof.by_zbar else ""
        )
        output.say(f"Read back from the finished pages: {count(summary.proof.read, 'code')}{zbar}.")


def _cautions(summary: SheetSummary) -> tuple[str, ...]:
    """What is to be known although everything was done."""
    gaps = (f"Serials that no label bears: {', '.join(summary.gaps)}.",) if summary.gaps else ()
    twice = (f"Serials on several labels: {', '.join(summary.repeated)}.",) if summary.repeated else ()
    return (*summary.cautions, *gaps, *twice)

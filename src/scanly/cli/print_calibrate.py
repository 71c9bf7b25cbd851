"""``scanly print calibrate``: how far a printer is off, measured once, made up for ever after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from scanly.cli import output
from scanly.cli.print_finish import Finishing, require_suffix, written
from scanly.cli.print_options import pair
from scanly.cli.session import Session

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.press.printers.model import Printer
    from scanly.press.printers.ruler import Sheet


def calibrate(
    context: typer.Context,
    *,
    out: Annotated[
        Path | None, Option("-o", "--output", help="Make the ruler page, a .pdf file to be printed.")
    ] = None,
    printer: Annotated[str, Option(help="Whose page it is; alone: what is kept of it.", metavar="NAME")] = "",
    paper: Annotated[str, Option(help="The paper or label stock in it.", metavar="PAPER|STOCK")] = "A4",
    first: Annotated[
        str | None, Option(help="Where cross 1 was measured, in mm: 20.4,19.8.", metavar="X,Y")
    ] = None,
    second: Annotated[
        str | None, Option(help="Where cross 2 was measured, in mm: 190.2,277.3.", metavar="X,Y")
    ] = None,
    forget: Annotated[bool, Option("--forget", help="Remove what is kept of a printer.")] = False,
) -> None:
    """Measure how far a printer is off, and keep what makes up for it."""
    session = Session.of(context)
    _refuse_mixed(out, printer, (first, second), forget=forget)
    if out is not None:
        _make_page(session, out, paper, printer)
    elif first is not None and second is not None:
        _keep(session, printer, paper, (first, second))
    elif printer:
        _look(session, printer, forget=forget)
    else:
        _list(session)


def _refuse_mixed(
    out: Path | None, printer: str, places: tuple[str | None, str | None], *, forget: bool
) -> None:
    """Raises BadParameter for options that do not go together."""
    measured = places.count(None) < len(places)
    if measured and None in places:
        raise typer.BadParameter("--first and --second go together: measure both crosses.")
    if (measured or forget) and not printer:
        raise typer.BadParameter("--printer NAME is missing: which printer is it?")
    if (out is not None) + measured + forget > 1:
        raise typer.BadParameter(
            "-o makes a page, --first and --second keep, --forget removes: one at a time."
        )


def _sheet(session: Session, name: str) -> Sheet:
    """The paper or stock of that name. Raises NotFound with the nearest."""
    from scanly.cli.print_stocks import paper_size
    from scanly.press.printers.ruler import Sheet

    return Sheet(*paper_size(session, name))


def _make_page(session: Session, out: Path, paper: str, printer: str) -> None:
    from scanly.core.clock import now_ms
    from scanly.core.files import in_folder, write_whole
    from scanly.press.printers.ruler import ruler_page, words_to_type

    require_suffix(out, ".pdf")
    sheet = _sheet(session, paper)
    finish = Finishing().finish("Ruler page", now_ms())
    write_whole(in_folder(out), written([ruler_page(sheet, printer)], finish))
    command = words_to_type(sheet, printer)
    if session.json:
        output.as_json({"file": str(out), "paper": sheet.paper, "printer": printer or None, "then": command})
    elif not session.quiet:
        output.say(
            f"{out}: print it on {sheet.paper} at 100 %, measure its two crosses, and type what you find:"
        )
        output.say(command)


def _keep(session: Session, printer: str, paper: str, places: tuple[str, str]) -> None:
    from scanly.press.printers.actions import keep_printer
    from scanly.press.printers.measuring import Measured, correction

    first = pair(places[0], "first", "20.4,19.8")
    second = pair(places[1], "second", "190.2,277.3")
    sheet = _sheet(session, paper)
    found = correction(Measured(first, second), sheet.width_mm, sheet.height_mm)

    async def work(app: App, workspace: Workspace) -> Printer:
        return await keep_printer(app.call(), workspace.id, printer, sheet.paper, found)

    _show(session, session.run_in_workspace(work))


def _look(session: Session, printer: str, *, forget: bool) -> None:
    async def work(app: App, workspace: Workspace) -> Printer:
        from scanly.press.printers.actions import forget_printer, show_printer

        action = forget_printer if forget else show_printer
        return await action(app.call(), workspace.id, printer)

    found = session.run_in_workspace(work)
    if forget and not session.json:
        if not session.quiet:
            output.say(f"{found.name} is forgotten; it was corrected by {found.correction.options}.")
        return
    _show(session, found)


def _list(session: Session) -> None:
    async def work(app: App, workspace: Workspace) -> Sequence[Printer]:
        from scanly.press.printers.actions import list_printers

        return await list_printers(app.call(), workspace.id)

    found = session.run_in_workspace(work)
    if session.json:
        output.as_json([_object(each) for each in found])
    elif found:
        rows = [(each.name, each.paper, each.correction.options, _measured_at(each)) for each in found]
        output.table(("printer", "paper", "is corrected by", "measured"), rows)
    else:
        output.tell("No printer was measured yet. Begin with: scanly print calibrate -o ruler.pdf")


def _show(session: Session, printer: Printer) -> None:
    if session.json:
        output.as_json(_object(printer))
        return
    (x, y), (across, down) = printer.correction.nudge_mm, printer.correction.scale
    output.fields({
        "printer": printer.name,
        "measured": f"{_measured_at(printer)}, on {printer.paper}",
        "nudge": f"{x:+.2f} mm across, {y:+.2f} mm down",
        "scale": f"{across:.4f} across, {down:.4f} down",
        "used by": _command(printer),
        "the same as": printer.correction.options,
    })  # fmt: skip


def _object(printer: Printer) -> dict[str, object]:
    return {
        "name": printer.name,
        "paper": printer.paper,
        "nudge_mm": printer.correction.nudge_mm,
        "scale": printer.correction.scale,
        "measured_at": _measured_at(printer),
        "options": printer.correction.options,
        "command": _command(printer),
    }


def _command(printer: Printer) -> str:
    return f"scanly print sheet FILE --stock NAME -o OUT.pdf --printer {quote(printer.name)}"


def _measured_at(printer: Printer) -> str:
    from scanly.core.clock import iso

    return iso(printer.measured_ms)

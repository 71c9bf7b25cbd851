"""``scanly qr bulk``: a spreadsheet becomes codes, or says where codes that are there already shall lead."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer
from typer import Argument, Option

from scanly.cli import looks, output
from scanly.cli.printed import AllowLocal, BaseUrlOption, Compact, require_reachable
from scanly.cli.session import PARTLY_DONE, Session
from scanly.core import text

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.codes.bulk import Order, Summary
    from scanly.codes.update import UpdateOrder, UpdatePlan, UpdateSummary
    from scanly.qr.style import Style

# A preview on a screen; --json tells all.
_SHOWN_CHANGES = 200


@looks.with_look
def bulk(
    context: typer.Context,
    *,
    source: Annotated[Path, Argument(help="A CSV, TSV or XLSX file.", metavar="FILE")],
    out: Annotated[
        Path | None, Option("-o", "--output", help="A folder for the files, or a .zip or .pdf file of all.")
    ] = None,
    formats: Annotated[
        str, Option("--format", help="svg, png, pdf, eps: one, or several with commas.", show_default="svg")
    ] = "",
    dynamic: Annotated[
        bool, Option("--dynamic/--static", help="A short address per row, or the content itself.")
    ] = True,
    compact: Compact = False,
    name_template: Annotated[str, Option(help='File names, such as "{table}-{code}".')] = "",
    column_map: Annotated[
        list[str] | None, Option("--map", help="A column's meaning: Titel=title.", metavar="COLUMN=NAME")
    ] = None,
    where: Annotated[
        list[str] | None,
        Option(
            help="Only these rows: city=Pune, title~menu, code!=x, or status=failed.", metavar="CONDITION"
        ),
    ] = None,
    date_format: Annotated[
        str, Option(help="How dates are written when not as 2026-12-24, such as %d.%m.%Y.")
    ] = "",
    sheet: Annotated[str | None, Option(help="The sheet of a workbook.", show_default="the first")] = None,
    style: Style,
    jobs: Annotated[int, Option(min=1, max=64, help="Processes that draw at the same time.")] = 1,
    resume: Annotated[bool, Option("--resume", help="Go on where a run was cut off.")] = False,
    update: Annotated[
        bool, Option("--update", help="Change links that are there: target, title, tags, end … by code.")
    ] = False,
    yes: Annotated[bool, Option("--yes", help="Do not ask before an update.")] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would be done and what is wrong; change nothing.")
    ] = False,
    base_url: BaseUrlOption = None,
    verify: looks.Verify = True,
    allow_local: AllowLocal = False,
) -> None:
    """Make one code per row of a spreadsheet."""
    from scanly.codes.bulk import Order
    from scanly.codes.pack import folder_of

    session = Session.of(context)
    mapping = pairs(column_map)
    if update:
        _update(session, _UpdateWish(source, mapping, date_format, sheet), yes=yes, dry_run=dry_run)
        return
    if out is None:
        raise typer.BadParameter("-o is missing: name a folder, or a .zip or .pdf file.")
    order = partial(
        Order,
        source=source,
        folder=folder_of(out),
        formats=_formats(formats or ("pdf" if out.suffix.lower() == ".pdf" else "svg")),
        style=style,
        dynamic=dynamic,
        name_template=name_template,
        mapping=mapping,
        where=tuple(where or ()),
        date_format=date_format,
        sheet=sheet,
        jobs=jobs,
        resume=resume,
        verify=verify,
    )
    addresses = _Addresses(base_url, compact, needed=dynamic and not dry_run, allow_local=allow_local)
    _make(session, order, out, addresses, dry_run=dry_run)


class _Addresses(NamedTuple):
    """How short addresses are printed; whether there will be any."""

    base_url: str | None
    compact: bool
    needed: bool
    allow_local: bool


def _make(
    session: Session, order_for: Callable[..., Order], out: Path, addresses: _Addresses, *, dry_run: bool
) -> None:
    """Runs the order that ``order_for`` completes with the addresses and the zone of the workspace."""
    from scanly.codes import bulk as bulk_run
    from scanly.codes import pack

    async def work(app: App, workspace: Workspace) -> tuple[Order, Summary]:
        base = replace(app.base_url, capitals=addresses.compact)
        if addresses.needed:
            require_reachable(base, allow_local=addresses.allow_local)
        order = order_for(base_url=base, zone=workspace.zone, currency=workspace.currency)
        pack.check_formats(out, order.formats)
        call = app.call()
        if dry_run:
            return order, bulk_run.check(order, call.now_ms)
        pack.refuse_finished(out, resume=order.resume, where=order.where)
        with output.progress("Codes", quiet=session.quiet) as progress:
            return order, await bulk_run.run(call, workspace.id, order, app.media, progress)

    order, summary = session.run_in_workspace(work, {"base_url": addresses.base_url})
    if not dry_run:
        with output.progress("Packing", quiet=session.quiet) as progress:
            total = summary.ok * len(order.formats)
            pack.finish(order.folder, out, lambda done: progress(done, max(done, total)), verify=order.verify)
    _tell(session, summary, out, dry_run=dry_run)
    if summary.failed:
        raise typer.Exit(PARTLY_DONE)


def reprint(
    context: typer.Context,
    manifest: Annotated[Path, Argument(help="The manifest.csv of an earlier run.", metavar="MANIFEST")],
    out: Annotated[Path, Option("-o", "--output", help="A folder for the files.")],
    where: Annotated[
        list[str] | None, Option(help="Only these files: code=table-7, format=pdf.", metavar="CONDITION")
    ] = None,
) -> None:
    """Make printed codes again, as the identical artwork."""
    from scanly.codes import reprint as again

    session = Session.of(context)
    with output.progress("Files", quiet=session.quiet) as progress:
        done = again.reprint(manifest, out, tuple(where or ()), lambda number: progress(number, number))
    if session.json:
        output.as_json(done)
    else:
        for problem in done.problems:
            output.tell(problem)
        chosen = text.count(done.total - done.skipped, "file")
        output.say(f"{out}: {done.made:,} of {chosen}, each the same byte by byte.")
    if done.problems:
        raise typer.Exit(PARTLY_DONE)


def pairs(column_map: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """What ``--map`` says. Raises BadParameter."""
    found = [each.rpartition("=") for each in column_map or ()]
    for column, equals, name in found:
        if not equals:
            raise typer.BadParameter(f'"--map {column}{name}" needs the form COLUMN=NAME')
    return tuple((column, name) for column, _, name in found)


def _formats(given: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip().lower() for part in given.split(",") if part.strip()))
    for form in wanted or ("",):
        looks.require_format(form)
    return wanted


def _tell(session: Session, summary: Summary, out: Path, *, dry_run: bool) -> None:
    if session.json:
        output.as_json(summary)
        return
    for problem in summary.problems:
        output.tell(problem)
    if dry_run:
        output.say(
            f"{text.count(summary.ok, 'row')} can be made, {summary.failed:,} cannot. Nothing was made."
        )
        return
    before = f", {text.count(summary.made_before, 'row')} done before" if summary.made_before else ""
    skipped = f", {summary.skipped:,} passed over" if summary.skipped else ""
    failed = f"; {summary.failed:,} failed, see {_results(out)}" if summary.failed else ""
    output.say(
        f"{out}: {text.count(summary.ok, 'code')} of {text.count(summary.total, 'row')}{before}{skipped}{failed}."
    )


def _results(out: Path) -> str:
    """What the table of a run is called."""
    from scanly.codes.pack import tables_of
    from scanly.codes.report import RESULTS

    return tables_of(out)[0].name if out.suffix.lower() == ".pdf" else RESULTS


class _UpdateWish(NamedTuple):
    """The options of an update."""

    source: Path
    mapping: tuple[tuple[str, str], ...]
    date_format: str
    sheet: str | None


def _update(session: Session, wish: _UpdateWish, *, yes: bool, dry_run: bool) -> None:
    from scanly.codes import update

    async def work(app: App, workspace: Workspace) -> UpdatePlan | UpdateSummary:
        order = update.UpdateOrder(
            wish.source, wish.mapping, ZoneInfo(workspace.time_zone), wish.date_format, wish.sheet
        )
        plan = await update.preview(app.call(), workspace.id, order)
        if dry_run or not plan.links:
            return plan
        if not session.json:
            _show_changes(plan)
        if not yes and sys.stdin.isatty():
            typer.confirm(f"Change {text.count(plan.links, 'link')}?", abort=True, err=True)
        return await _apply(session, app, workspace, order, plan)

    done = session.run_in_workspace(work)
    _tell_update(session, done)
    if done.problems:
        raise typer.Exit(PARTLY_DONE)


async def _apply(
    session: Session, app: App, workspace: Workspace, order: UpdateOrder, plan: UpdatePlan
) -> UpdateSummary:
    from scanly.codes import update

    with output.progress("Links", quiet=session.quiet) as progress:
        return await update.apply(app.call(), workspace.id, order, progress, sha256=plan.sha256)


def _show_changes(plan: UpdatePlan) -> None:
    rows = [
        (change.line, change.code, change.field, change.old, change.new)
        for change in plan.changes[:_SHOWN_CHANGES]
    ]
    if rows:
        output.table(("row", "code", "field", "is", "becomes"), rows)
    if len(plan.changes) > _SHOWN_CHANGES:
        output.say(f"… and {len(plan.changes) - _SHOWN_CHANGES:,} more changes; --json shows all.")


def _tell_update(session: Session, done: UpdatePlan | UpdateSummary) -> None:
    from scanly.codes.update import UpdatePlan

    if session.json:
        output.as_json(done)
        return
    planned = isinstance(done, UpdatePlan)
    if planned:
        _show_changes(done)
        if done.passed_over:
            output.tell(f"Columns that say nothing about a link: {', '.join(done.passed_over)}.")
    for problem in done.problems:
        output.tell(problem)
    failed = f"; {text.count(len(done.problems), 'row')} cannot be taken" if done.problems else ""
    if planned:
        output.say(
            f"{text.count(done.links, 'link')} of {text.count(done.total, 'row')} would change{failed}. "
            f"Nothing was changed."
        )
    else:
        output.say(f"{text.count(done.changed, 'link')} of {text.count(done.total, 'row')} changed{failed}.")

"""``scanly placement``: the register of printed things, and what each of them brought in."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from typer import Argument, Option

from scanly.cli import output, placement_lines
from scanly.cli.session import PARTLY_DONE, Session, group
from scanly.core.text import count

if TYPE_CHECKING:
    from datetime import date

    from scanly.accounts.model import Workspace
    from scanly.analytics.placements import Counted
    from scanly.app import App
    from scanly.codes.placements.actions import Wish
    from scanly.codes.placements.model import Filter, Placement
    from scanly.work.call import Call

app = group()

_SHOWN = 50
_PERIOD = "30d"

Code = Annotated[str, Argument(help="The code, or host/code for a link bound to a host.", metavar="CODE")]
Name = Annotated[str | None, Option(help="What it is called: the placement of its link.", show_default=False)]
Batch = Annotated[str | None, Option(help="The print run it came from.", show_default=False)]
Place = Annotated[str | None, Option(help="Where it hangs.", show_default=False)]
Photo = Annotated[
    str | None,
    Option(
        help="A file, which is added to the pictures, or a picture's name.",
        metavar="FILE|NAME",
        show_default=False,
    ),
]
CostOption = Annotated[
    str | None,
    Option(
        help="What all copies cost together, in the workspace's currency.",
        metavar="AMOUNT",
        show_default=False,
    ),
]
PrintedOn = Annotated[
    str | None, Option(help="When, such as 2027-01-31.", metavar="DATE", show_default=False)
]
ReplaceBy = Annotated[
    str | None, Option(help="When it is to be printed anew.", metavar="DATE", show_default=False)
]
Copies = Annotated[int | None, Option(min=1, help="How many of it were printed.", show_default=False)]
Note = Annotated[str | None, Option(help="Anything else.", show_default=False)]


class Grouping(StrEnum):
    """`analytics.placements.GROUPS`, known without loading it; a test compares them."""

    BATCH = "batch"
    PLACE = "place"


class _Said(NamedTuple):
    """What the options say; None where they say nothing."""

    name: str | None
    batch: str | None
    place: str | None
    photo: str | None
    cost: str | None
    printed_on: str | None
    replace_by: str | None
    copies: int | None
    note: str | None

    async def wish(self, app: App, workspace: Workspace, call: Call, code: str) -> Wish:
        """What they ask for, a photo in a file kept. Raises Invalid."""
        from scanly.codes.placements.actions import Wish
        from scanly.codes.placements.details import FIELDS, read_details
        from scanly.codes.placements.photos import Photos
        from scanly.links.address import Address

        said = {name: str(getattr(self, name)) for name in FIELDS if getattr(self, name) is not None}
        changes = read_details(said, workspace.currency)
        if photo := changes.get("photo"):
            photos = Photos(app.media, Path())
            changes["photo"] = await photos.kept(call, workspace.id, str(photo))
        return Wish(Address.parse(code), changes, self.name)


@app.command()
def add(
    context: typer.Context,
    code: Code,
    name: Name = None,
    batch: Batch = None,
    place: Place = None,
    photo: Photo = None,
    cost: CostOption = None,
    printed_on: PrintedOn = None,
    replace_by: ReplaceBy = None,
    copies: Copies = None,
    note: Note = None,
) -> None:
    """Put a printed code into the register."""
    from scanly.codes.placements.actions import add_placement

    session = Session.of(context)
    said = _Said(name, batch, place, photo, cost, printed_on, replace_by, copies, note)

    async def work(app: App, workspace: Workspace) -> None:
        call = app.call()
        added = await add_placement(call, workspace.id, await said.wish(app, workspace, call, code))
        _show_one(added, app, workspace, session)

    session.run_in_workspace(work)


@app.command()
def edit(
    context: typer.Context,
    code: Code,
    name: Name = None,
    batch: Batch = None,
    place: Place = None,
    photo: Photo = None,
    cost: CostOption = None,
    printed_on: PrintedOn = None,
    replace_by: ReplaceBy = None,
    copies: Copies = None,
    note: Note = None,
) -> None:
    """Change what the register says; an empty text takes a value away."""
    from scanly.codes.placements.actions import edit_placement

    session = Session.of(context)
    said = _Said(name, batch, place, photo, cost, printed_on, replace_by, copies, note)
    if all(each is None for each in said):
        raise typer.BadParameter("Nothing to change: give --place, --replace-by or another option")

    async def work(app: App, workspace: Workspace) -> None:
        call = app.call()
        edited = await edit_placement(call, workspace.id, await said.wish(app, workspace, call, code))
        _show_one(edited, app, workspace, session)

    session.run_in_workspace(work)


@app.command()
def show(context: typer.Context, code: Code) -> None:
    """Show one line of the register, also a removed one."""
    from scanly.codes.placements.actions import show_placement
    from scanly.links.address import Address

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        found = await show_placement(app.call(), workspace.id, Address.parse(code))
        _show_one(found, app, workspace, session)

    session.run_in_workspace(work)


@app.command()
def remove(context: typer.Context, code: Code) -> None:
    """Take a line out of the register; the code goes on working, and "restore" puts the line back."""
    from scanly.codes.placements.actions import remove_placement
    from scanly.links.address import Address

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        removed = await remove_placement(app.call(), workspace.id, Address.parse(code))
        _show_one(removed, app, workspace, session)
        output.tell(f"The code goes on working. Put the line back with: scanly placement restore {code}")

    session.run_in_workspace(work)


@app.command()
def restore(context: typer.Context, code: Code) -> None:
    """Put a removed line back."""
    from scanly.codes.placements.actions import restore_placement
    from scanly.links.address import Address

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        restored = await restore_placement(app.call(), workspace.id, Address.parse(code))
        _show_one(restored, app, workspace, session)

    session.run_in_workspace(work)


@app.command(name="list")
def list_(
    context: typer.Context,
    batch: Annotated[str | None, Option(help="Only of this batch.", show_default=False)] = None,
    place: Annotated[str | None, Option(help="Only at this place.", show_default=False)] = None,
    due: Annotated[
        bool, Option("--due", help="Those to be replaced within 30 days, or before; the most urgent first.")
    ] = False,
    removed: Annotated[bool, Option("--removed", help="Those that were removed.")] = False,
    since: Annotated[
        str, Option(help="With scans since then and cost per scan: a date, or 30d.", show_default=False)
    ] = "",
    by: Annotated[Grouping | None, Option(help="Totals of each batch or place.", show_default=False)] = None,
    csv: Annotated[
        str,
        Option(
            "--csv", help="Write the register as CSV; - writes to stdout.", metavar="FILE", show_default=False
        ),
    ] = "",
    limit: Annotated[
        int | None, Option(min=1, help="At most so many.", show_default="50; all with --json, --csv, --by")
    ] = None,
) -> None:
    """List the register: what hangs where, what it cost, and with --since what it brought in."""
    session = Session.of(context)
    if csv and (since or by or session.json):
        raise typer.BadParameter("--csv writes the register itself: leave --since, --by and --json out")
    at_most = limit or (None if session.json or csv or by else _SHOWN)

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.codes.placements.actions import count_placements, list_placements
        from scanly.codes.placements.model import NOTICE, Filter
        from scanly.core.clock import at

        call = app.call()
        today = at(call.now_ms, workspace.zone).date()
        wanted = Filter(batch, place, today + NOTICE if due else None, removed, at_most)
        if by:
            _show_groups(await _counted(app, workspace, wanted, since or _PERIOD, today), by, session)
            return
        counted = await _counted(app, workspace, wanted, since, today) if since else None
        if counted is None:
            found = await list_placements(call, workspace.id, wanted)
        else:
            found = [each.placement for each in counted]
        if csv:
            _write_csv(found, csv, session)
            return
        placement_lines.show(found, counted, app.base_url, today, session)
        total = await count_placements(call, workspace.id, wanted)
        _tell_total(total, found, session)

    session.run_in_workspace(work)


@app.command(name="import")
def import_(
    context: typer.Context,
    source: Annotated[Path, Argument(help="A CSV, TSV or XLSX file with a column code.", metavar="FILE")],
) -> None:
    """Put many codes into the register, or correct it: an empty cell leaves a field as it is."""
    from scanly.codes.placements.photos import Photos
    from scanly.codes.placements.sheet import ImportSummary, Source, import_sheet

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> ImportSummary:
        sheet = Source(source, workspace.currency, Photos(app.media, source.parent))
        with output.progress("Placements", quiet=session.quiet or session.json) as progress:
            return await import_sheet(app.call(), workspace.id, sheet, progress)

    done = session.run_in_workspace(work)
    if session.json:
        output.as_json(done)
    else:
        for problem in done.problems:
            output.tell(problem)
        failed = f", {done.failed:,} failed" if done.failed else ""
        output.say(
            f"{count(done.total, 'row')}: {done.added:,} added, {done.changed:,} changed, "
            f"{done.unchanged:,} as they were{failed}."
        )
    if done.failed:
        raise typer.Exit(PARTLY_DONE)


async def _counted(app: App, workspace: Workspace, wanted: Filter, since: str, today: date) -> list[Counted]:
    """What is wanted, with scans from then until today. Raises Invalid for what is no period."""
    from scanly.analytics.placements import count_scans
    from scanly.analytics.reports.period import parse_period

    days = parse_period(since, "", today).numbers
    return await count_scans(app.call(), workspace.id, wanted, days, app.events)


def _write_csv(found: Sequence[Placement], target: str, session: Session) -> None:
    import csv
    import io

    from scanly.codes.placements.sheet import lines
    from scanly.core.files import write_whole

    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines(found))
    if target == "-":
        output.say(text.getvalue().removesuffix("\n"))
        return
    write_whole(Path(target), text.getvalue().encode("utf-8-sig"))  # spreadsheets know UTF-8 by the mark
    if not session.quiet:
        output.tell(f"{target}: {count(len(found), 'placement')}.")


def _show_groups(counted: Sequence[Counted], by: Grouping, session: Session) -> None:
    from scanly.analytics.placements import grouped

    placement_lines.show_groups(grouped(counted, by.value), by.value, session)


def _show_one(placement: Placement, app: App, workspace: Workspace, session: Session) -> None:
    from scanly.core.clock import at

    today = at(app.clock(), workspace.zone).date()
    placement_lines.show_one(placement, app.base_url, today, session)


def _tell_total(total: int, found: Sequence[Placement], session: Session) -> None:
    if not session.json:
        more = f", the first {len(found)} are shown; --limit shows more" if total > len(found) else ""
        output.tell(f"{count(total, 'placement')}{more}.")

"""``scanly privacy``: what is kept of visitors, and all or nothing of one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer
from typer import Option

from scanly.cli import output
from scanly.cli.session import Session
from scanly.core import clock
from scanly.core.errors import Invalid
from scanly.core.ids import show
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.live.model import Named
    from scanly.analytics.traces.store import Trace
    from scanly.app import App
    from scanly.core.ids import LinkId
    from scanly.sites.people.matching import By
    from scanly.sites.people.model import Kept

app = typer.Typer(rich_markup_mode=None, add_completion=False, invoke_without_command=True)

Email = Annotated[str, Option(help="Whatever holds this mail address.", show_default=False)]
Phone = Annotated[
    str, Option(help="Whatever holds this number, with or without the country's.", show_default=False)
]
Words = Annotated[
    str, Option(help="Whatever holds these words; or the token of a coupon or card.", show_default=False)
]
VisitorOf = Annotated[
    str,
    Option(
        help="The scans of whoever has this IP address, while their key lives.",
        metavar="ADDRESS",
        show_default=False,
    ),
]
Agent = Annotated[
    str, Option(help="With --visitor-of: the User-Agent.", metavar="TEXT", show_default="every one seen")
]


@app.callback()
def privacy(context: typer.Context) -> None:
    """What is kept of visitors, for how long, and all or nothing of one of them."""
    if context.invoked_subcommand is not None:
        return
    from scanly.ops.privacy import what_is_kept

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        found = await what_is_kept(app.main, app.events, app.folder, app.settings, workspace)
        if session.json:
            output.as_json([each._asdict() for each in found])
        else:
            output.table(("what", "kept", "now"), found)

    session.run_in_workspace(work)


@app.command()
def export(
    context: typer.Context,
    email: Email = "",
    phone: Phone = "",
    text: Words = "",
    visitor_of: VisitorOf = "",
    agent: Agent = "",
    out: Annotated[
        Path | None, Option("-o", "--out", help="The JSON file to write.", show_default="printed")
    ] = None,
) -> None:
    """Give out all that is kept of one person, as JSON."""
    session = Session.of(context)
    sought = _sought(email, phone, text, visitor_of, agent)

    async def work(app: App, workspace: Workspace) -> None:
        found = await _find(app, workspace, sought)
        told = _as_object(found, workspace)
        if out is None:
            output.as_json(told)
            return
        _write(out, told)
        if session.json:
            output.as_json({"file": str(out), "found": found.number})
        else:
            output.tell(f"{_counted(found)} written to {out}.")

    session.run_in_workspace(work)


@app.command()
def erase(
    context: typer.Context,
    email: Email = "",
    phone: Phone = "",
    text: Words = "",
    visitor_of: VisitorOf = "",
    agent: Agent = "",
    yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Show what is kept of one person, and erase it for good."""
    session = Session.of(context)
    sought = _sought(email, phone, text, visitor_of, agent)

    async def work(app: App, workspace: Workspace) -> None:
        found = await _find(app, workspace, sought)
        if not session.json:
            _show(found, workspace)
        if found.number and not yes:
            typer.confirm(f"Erase {_counted(found)}?", abort=True, err=True)
        if found.number:
            await _erase(app, workspace, sought)
        copies = _copies(app, found)
        if session.json:
            output.as_json({**_counts(found), "copies": [str(path) for path in copies]})
        elif found.number:
            output.tell(f"Erased: {_counted(found)}.")
            _tell_of_copies(copies, app.settings.backup_keep)

    session.run_in_workspace(work)


class _Sought(NamedTuple):
    """By what, and the word itself; ``agent`` with an address."""

    by: By | Literal["visitor_of"]
    value: str
    agent: str


class _Found(NamedTuple):
    kept: Kept
    traces: list[Trace]
    names: dict[LinkId, Named]

    @property
    def number(self) -> int:
        return self.kept.number + len(self.traces)


def _sought(email: str, phone: str, text: str, visitor_of: str, agent: str) -> _Sought:
    """Raises Invalid unless exactly one is given."""
    words: dict[By | Literal["visitor_of"], str] = {
        "email": email,
        "phone": phone,
        "text": text,
        "visitor_of": visitor_of,
    }
    given = [_Sought(by, value, agent) for by, value in words.items() if value.strip()]
    if len(given) != 1:
        raise Invalid("Say who: one of --email, --phone, --text or --visitor-of.")
    if agent and given[0].by != "visitor_of":
        raise Invalid(
            "--agent goes with --visitor-of.", hint="What people sent is kept without their agents."
        )
    return given[0]


async def _find(app: App, workspace: Workspace, sought: _Sought) -> _Found:
    from scanly.sites.people.actions import find_person
    from scanly.sites.people.model import Kept

    if sought.by != "visitor_of":
        return _Found(await find_person(app.call(), workspace.id, sought.by, sought.value), [], {})
    import asyncio

    from scanly.analytics.flush import flush
    from scanly.analytics.live.store import names_of
    from scanly.analytics.traces.actions import Where, find_visitor

    await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
    where = Where(app.folder, app.events)
    traces = await find_visitor(app.call(), workspace.id, where, sought.value, sought.agent)
    async with app.main.read() as connection:
        names = await names_of(connection, workspace.id, {trace.link_id for trace in traces})
    return _Found(Kept(), traces, names)


async def _erase(app: App, workspace: Workspace, sought: _Sought) -> None:
    from scanly.analytics.traces.actions import Where, erase_visitor
    from scanly.db.erasing import settle
    from scanly.sites.people.actions import erase_person

    if sought.by == "visitor_of":
        where = Where(app.folder, app.events)
        await erase_visitor(app.call(), workspace.id, where, sought.value, sought.agent)
        database = app.events
    else:
        await erase_person(app.call(), workspace.id, sought.by, sought.value)
        database = app.main
    if not await settle(database):
        output.tell(
            "The database's log still holds it while somebody reads: it goes with the next checkpoint."
        )


def _copies(app: App, found: _Found) -> list[Path]:
    from scanly.ops.privacy import copies_since

    moments = [*(trace.at_ms for trace in found.traces[:1]), found.kept.oldest_ms]
    oldest_ms = min((moment for moment in moments if moment is not None), default=None)
    return [] if oldest_ms is None else copies_since(app.folder, oldest_ms)


def _tell_of_copies(copies: list[Path], backup_keep: int) -> None:
    if not copies:
        return
    names = ", ".join(path.name for path in copies)
    output.tell(f"{count(len(copies), 'copy', 'copies')} made since may still hold it: {names}.")
    output.tell(
        f"Nightly backups go when there are {backup_keep} newer ones; remove the others when you can."
        if backup_keep
        else "Remove them when you can."
    )


def _counts(found: _Found) -> dict[str, int]:
    kept = found.kept
    return {
        "answers": len(kept.leads),
        "invitations": len(kept.invited),
        "gifts": len(kept.gifts),
        "scans": len(found.traces),
    }


def _counted(found: _Found) -> str:
    nouns = {"answers": "answer", "invitations": "invitation", "gifts": "coupon or card", "scans": "scan"}
    plural = {"gifts": "coupons and cards"}
    said = [
        count(number, nouns[name], plural.get(name, "")) for name, number in _counts(found).items() if number
    ]
    return ", ".join(said) or "nothing"


def _show(found: _Found, workspace: Workspace) -> None:
    from scanly.cli import lead_files

    if not found.number:
        output.tell("Nothing of it is kept.")
    if found.kept.leads:
        output.table(lead_files.LISTED, [lead_files.line(lead, workspace.zone) for lead in found.kept.leads])
    rows = [
        *((show(each.guest.id), "invitation", each.slug, each.guest.name) for each in found.kept.invited),
        *(("", gift.kind, gift.slug, gift.block) for gift in found.kept.gifts),
    ]
    if rows:
        output.table(("id", "what", "site", "name"), rows)
    if found.traces:
        columns = ("time", "where", "who", "got", "country", "city", "agent")
        output.table(columns, [_line(trace, found, workspace) for trace in found.traces])


def _line(trace: Trace, found: _Found, workspace: Workspace) -> tuple[str, ...]:
    return (
        f"{clock.at(trace.at_ms, workspace.zone):%Y-%m-%d %H:%M:%S}",
        _where(trace, found),
        trace.kind.word,
        trace.outcome.word,
        trace.texts.get("country", ""),
        trace.texts.get("city", ""),
        trace.agent[:40],
    )


def _where(trace: Trace, found: _Found) -> str:
    named = found.names.get(trace.link_id)
    return (named.code or f"site:{named.site}") if named else show(trace.link_id)


def _as_object(found: _Found, workspace: Workspace) -> dict[str, object]:
    from scanly.cli import lead_files

    return {
        "workspace": workspace.name,
        "answers": [lead_files.as_object(lead, workspace.zone) for lead in found.kept.leads],
        "invitations": [
            {
                "name": each.guest.name,
                "host": each.host,
                "site": each.slug,
                "at": clock.iso(each.guest.created_ms),
            }
            for each in found.kept.invited
        ],
        "gifts": [
            {
                "what": gift.kind,
                "host": gift.host,
                "site": gift.slug,
                "block": gift.block,
                "at": clock.iso(gift.at_ms),
            }
            for gift in found.kept.gifts
        ],
        "scans": [
            {
                "at": clock.iso(trace.at_ms),
                "where": _where(trace, found),
                "kind": trace.kind.word,
                "outcome": trace.outcome.word,
                "agent": trace.agent,
                **trace.texts,
            }
            for trace in found.traces
        ],
    }


def _write(out: Path, told: dict[str, object]) -> None:
    """Readable by its owner alone, as what is in it asks."""
    import msgspec

    from scanly.core.files import write_whole

    write_whole(out, msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n")
    if out.is_file():
        out.chmod(0o600)

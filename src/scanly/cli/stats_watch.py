"""``scanly stats watch``: the scans as they come, and how many people there are just now."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from scanly.accounts.model import Workspace
    from scanly.analytics.live.model import Lately, Seen
    from scanly.analytics.live.watching import Watch, Watched
    from scanly.app import App

_LOOK_EVERY_S = 0.3
# The numbers go down while nobody comes.
_NUMBERS_EVERY_S = 5.0
# What is told at once of a burst; the numbers count all of it.
_MOST_AT_ONCE = 500
_COLUMNS = ("time", "code", "placement", "who", "got", "device", "place", "from", "rule")
_HEAD_LINES = 5


def watch(
    context: typer.Context,
    code: Annotated[
        str, Argument(help="One code, or a site; everything when left out.", metavar="[CODE|SITE]")
    ] = "",
    everybody: Annotated[
        bool, Option("--all", help="Show robots, previews and tests, too, as --json always does.")
    ] = False,
    last: Annotated[int, Option(min=0, max=200, help="Begin with so many scans of the last day.")] = 10,
) -> None:
    """Show scans as they come, within two seconds; Ctrl-C ends it."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.analytics.live.watching import start

        serving = await _is_served(app)
        what = await _watched(app, workspace, code)
        all_kinds = everybody or session.json
        following, first = await start(app.call(), workspace.id, what, app.events, last, everybody=all_kinds)
        shown = _Shown(session, workspace, everybody=all_kinds)
        with shown:
            shown.add(first)
            shown.numbers(await _lately(app, what))
            if serving:
                await _follow(app, following, shown)
        output.tell("No server is running: this is all there is.")

    session.run_in_workspace(work)


async def _is_served(app: App) -> bool:
    """Whether a server runs, which counts what comes; else what there is is counted now."""
    import asyncio

    from scanly.analytics.flush import flush
    from scanly.core.lock import FileLock

    lock = FileLock(app.folder.server_lock)
    serving = not lock.acquire()
    lock.release()
    if not serving:
        await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
    return serving


async def _watched(app: App, workspace: Workspace, named: str) -> Watched:
    """Raises NotFound that names the nearest."""
    from scanly.analytics.about import named as about
    from scanly.analytics.live.watching import Watched
    from scanly.analytics.reports.slices import Scope
    from scanly.core.ids import LinkId

    if not named:
        return Watched(workspace)
    async with app.main.read() as connection:
        found = await about(connection, workspace.id, named)
    return Watched(workspace, LinkId(found.id), Scope("site" if found.kind == "site" else "link", found.id))


async def _lately(app: App, what: Watched) -> Lately:
    from scanly.analytics.live.watching import lately

    return await lately(app.call(), what, app.events)


async def _follow(app: App, following: Watch, shown: _Shown) -> None:
    import asyncio
    import time

    due_s = time.monotonic() + _NUMBERS_EVERY_S
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        seen = await following.look(app.call(), _MOST_AT_ONCE)
        shown.add(seen)
        if seen or time.monotonic() >= due_s:
            shown.numbers(await _lately(app, following.what))
            due_s = time.monotonic() + _NUMBERS_EVERY_S


class _Shown:
    """A table that grows on a terminal; a line for each scan elsewhere, or an object with ``--json``."""

    def __init__(self, session: Session, workspace: Workspace, *, everybody: bool) -> None:
        self._json, self._workspace, self._everybody = session.json, workspace, everybody
        self._lately: Lately | None = None
        self._scans: list[Seen] = []
        self._screen = _Screen() if sys.stdout.isatty() and not session.json else None

    def __enter__(self) -> None:
        if self._screen:
            self._screen.begin()

    def __exit__(self, *_: object) -> None:
        if self._screen:
            self._screen.end()

    def add(self, seen: Sequence[Seen]) -> None:
        wanted = [each for each in seen if self._everybody or each.kind == "person"]
        if self._screen and wanted:
            self._scans = [*self._scans, *wanted][-_MOST_AT_ONCE:]
            self._draw()
            return
        for each in wanted:
            _write(
                {"type": "scan", **_as_object(each)}
                if self._json
                else "  ".join(filter(None, self._cells(each)))
            )

    def numbers(self, lately: Lately) -> None:
        if lately == self._lately:
            return
        self._lately = lately
        if self._screen:
            self._draw()
        elif self._json:
            _write({"type": "numbers", **_as_object(lately)})
        else:
            _write(f"-- {_said(lately)}")

    def _draw(self) -> None:
        if self._screen:
            head = _said(self._lately) if self._lately else ""
            rows = [(self._cells(each), each.kind != "person") for each in self._scans]
            self._screen.show(head, rows)

    def _cells(self, seen: Seen) -> tuple[str, ...]:
        """In the order of `_COLUMNS`."""
        from scanly.analytics.dimensions import DIMENSIONS
        from scanly.core.clock import at
        from scanly.core.text import printable

        country = DIMENSIONS["country"].label(seen.country, "en") if seen.country else ""
        cells = (
            f"{at(seen.at_ms, self._workspace.zone):%H:%M:%S}",
            seen.code or (f"site:{seen.site}" if seen.site else "removed"),
            seen.placement,
            seen.kind,
            seen.outcome,
            " ".join(filter(None, (seen.device, seen.model or seen.system))),
            ", ".join(filter(None, (seen.city, country))),
            seen.referrer,
            f"rule {seen.rule}" if seen.rule else seen.part,
        )
        return tuple(map(printable, cells))


def _said(lately: Lately) -> str:
    from scanly.core.text import count

    people = count(lately.last_5_minutes, "person", "people")
    return (
        f"{people} in 5 minutes, {lately.last_30_minutes:,} in 30 minutes; "
        f"today {count(lately.today, 'scan')} by {count(lately.visitors, 'visitor')}"
    )


def _as_object(value: Seen | Lately) -> dict[str, object]:
    import msgspec

    return {
        name: each for name, each in msgspec.structs.asdict(value).items() if name not in ("at_ms", "link_id")
    }


def _write(line: object) -> None:
    """At once, also into a pipe."""
    import msgspec

    sys.stdout.write((line if isinstance(line, str) else msgspec.json.encode(line).decode()) + "\n")
    sys.stdout.flush()


class _Screen:
    """The numbers above as many of the last scans as there is room for; robots are dimmed."""

    def __init__(self) -> None:
        from rich.live import Live

        self._console = output.console(sys.stdout)
        self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="crop")

    def begin(self) -> None:
        self._live.start(refresh=True)

    def end(self) -> None:
        self._live.stop()

    def show(self, head: str, rows: Sequence[tuple[tuple[str, ...], bool]]) -> None:
        self._live.update(self._drawn(head, rows), refresh=True)

    def _drawn(self, head: str, rows: Sequence[tuple[tuple[str, ...], bool]]) -> RenderableType:
        from rich import box
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        room = max(1, self._console.size.height - _HEAD_LINES)
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in _COLUMNS:
            grid.add_column(column, no_wrap=True, overflow="ellipsis")
        for cells, dimmed in rows[-room:]:
            grid.add_row(*map(Text, cells), style="dim" if dimmed else None)
        return Group(Text(head, style="bold"), Text(""), grid)

"""``scanly stats recount``: the single scans that are kept are judged and counted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from scanly.cli import output
from scanly.cli.session import Session
from scanly.core import text

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App


def recount(context: typer.Context) -> None:
    """Judge all single scans again: by today's rules for robots, in today's time zone.

    Days whose single scans have been removed keep the numbers that they had.
    """
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        import asyncio

        from scanly.analytics.counting.names import rules_version
        from scanly.analytics.flush import flush
        from scanly.analytics.flush import recount as count_again

        url = app.settings.database_url
        await asyncio.to_thread(flush, app.folder, url, app.clock)
        before = await _by_kind(app, workspace)
        with output.progress("Days", quiet=session.quiet) as progress:
            zones: dict[int, str] = {workspace.id: workspace.time_zone}
            await asyncio.to_thread(count_again, app.folder, url, zones, progress)
        after = await _by_kind(app, workspace)
        if session.json:
            output.as_json({"rules": rules_version(), "before": before, "after": after})
        else:
            _tell(before, after)

    session.run_in_workspace(work)


async def _by_kind(app: App, workspace: Workspace) -> dict[str, int]:
    """All visits of links that were ever counted, by kind."""
    from scanly.analytics.counting.packed import KINDS
    from scanly.analytics.reports.slices import EVERYTHING
    from scanly.analytics.store import read_slices

    last = app.clock() // 86_400_000 + 2
    async with app.events.read() as connection:
        slices = await read_slices(connection, workspace.id, [EVERYTHING], (0, last), months=True)
    return {kind: sum(each.kinds[place] for each in slices) for place, kind in enumerate(KINDS)}


def _tell(before: dict[str, int], after: dict[str, int]) -> None:
    rows = [
        (
            kind,
            before[kind],
            after[kind],
            f"{after[kind] - before[kind]:+,}" if after[kind] != before[kind] else "",
        )
        for kind in after
        if before[kind] or after[kind]
    ]
    if rows:
        output.table(("who", "before", "now", ""), rows, numbers=("before", "now", ""))
    moved = sum(abs(after[kind] - before[kind]) for kind in after) // 2
    output.say(
        f"{text.count(sum(after.values()), 'visit')} counted again; "
        + (
            f"{text.count(moved, 'visit')} judged otherwise than before."
            if moved
            else "nobody is judged otherwise."
        )
    )

"""What ``scanly stats`` shows of a site: who viewed it, and what they clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scanly.cli import output
from scanly.core import clock, text
from scanly.core.ids import show as show_id

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.views import Part, SiteReport
    from scanly.app import App
    from scanly.cli.session import Session
    from scanly.sites.model import Known

_BAR_CHARS = 30


async def show(app: App, workspace: Workspace, site: Known, days: tuple[str, str], session: Session) -> None:
    """Views by day, then clicks and invitations. Raises Invalid for days that are none."""
    import msgspec

    from scanly.analytics.period import parse_period
    from scanly.analytics.views import site_report
    from scanly.sites.store import list_guests

    call = app.call()
    period = parse_period(*days, clock.at(call.now_ms, workspace.zone).date())
    report = await site_report(call, workspace.id, site.id, workspace, period, app.events)
    async with app.main.read() as connection:
        guests = {
            show_id(each.id): each.name for each in await list_guests(connection, workspace.id, site.id)
        }
    clicked = await _addresses(app, workspace, site)
    report = msgspec.structs.replace(
        report, parts=_named(report.parts, clicked), invited=_named(report.invited, guests)
    )
    if session.json:
        output.as_json({"site": site.slug, "host": site.host} | msgspec.to_builtins(report))
    else:
        _tell(site, report)


async def _addresses(app: App, workspace: Workspace, site: Known) -> dict[str, str]:
    """Where the counted links of the present release lead, by block and key."""
    from scanly.sites.page import Setting
    from scanly.sites.render import render
    from scanly.sites.store import get_release

    if site.release_id is None:
        return {}
    async with app.main.read() as connection:
        release = await get_release(connection, workspace.id, site.release_id)
    if release is None:
        return {}
    path = f"/s/{site.slug}"
    return {
        key: address
        for language in release.site.languages
        for key, address in render(
            release.site, Setting(language, app.clock(), str(app.base_url), path)
        ).clicks.items()
    }


def _named(parts: Sequence[Part], names: Mapping[str, str]) -> list[Part]:
    import msgspec

    return [msgspec.structs.replace(part, title=names.get(part.key, "")) for part in parts]


def _tell(site: Known, report: SiteReport) -> None:
    most = max((row.views for row in report.rows), default=0)
    rows = [
        (
            row.key,
            row.views,
            row.visitors,
            row.clicks,
            "█" * round(row.views / most * _BAR_CHARS) if most else "",
        )
        for row in report.rows
    ]
    numbers = ("views", "visitors", "clicks")
    output.table(("day", *numbers, ""), rows, numbers=numbers)
    for heading, parts in (("clicked", report.parts), ("invited", report.invited)):
        if parts:
            output.say()
            lines = [(part.key, part.title, part.number) for part in parts]
            output.table((heading, "", "people"), lines, numbers=("people",))
    output.say(
        f"{site.slug}: {text.count(report.views, 'view')} by {text.count(report.visitors, 'visitor')}, "
        f"{text.count(report.clicks, 'click')}, {report.since} to {report.until} ({report.time_zone})."
    )
    others = {kind: number for kind, number in report.by_kind.items() if kind != "person" and number}
    if others:
        counted = ", ".join(f"{number:,} {kind}" for kind, number in others.items())
        output.say(f"Not counted: {counted}.")

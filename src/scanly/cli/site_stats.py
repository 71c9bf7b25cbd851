"""What ``scanly stats`` shows of a site: who viewed it, what they clicked and sent, and who was invited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scanly.cli import output, stats_lines
from scanly.core import text
from scanly.core.ids import show as show_id

if TYPE_CHECKING:
    from scanly.analytics.reports.question import Question
    from scanly.analytics.reports.views import Part, SiteReport
    from scanly.app import App
    from scanly.cli.session import Session
    from scanly.sites.model import Known

_PARTS = ("clicked", "sent", "invited")


async def show(app: App, question: Question, session: Session) -> None:
    """Views by what was asked for, then clicks, forms and invitations. Raises Invalid."""
    import msgspec

    from scanly.analytics.reports.views import site_report
    from scanly.sites.store import list_guests

    workspace, site = question.workspace, question.subject.site
    if site is None:
        return
    report = await site_report(app.call(), workspace.id, question, app.events)
    async with app.main.read() as connection:
        guests = {
            show_id(each.id): each.name for each in await list_guests(connection, workspace.id, site.id)
        }
    clicked = await _addresses(app, question, site)
    report = msgspec.structs.replace(
        report,
        parts=_named(report.parts, clicked),
        invited=_named(report.invited, guests),
        notes=[*report.notes, *stats_lines.attributions(app, question.by)],
    )
    if session.json:
        output.as_json({"site": site.slug, "host": site.host} | msgspec.to_builtins(report))
    else:
        _tell(site, report)


async def _addresses(app: App, question: Question, site: Known) -> dict[str, str]:
    """Where the counted links of the present release lead, by block and key."""
    from scanly.sites.page import Setting
    from scanly.sites.render import render
    from scanly.sites.store import get_release

    if site.release_id is None:
        return {}
    async with app.main.read() as connection:
        release = await get_release(connection, question.workspace.id, site.release_id)
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
    if report.by == "heatmap":
        stats_lines.show_heat({row.key: row.views for row in report.rows}, "view")
    elif report.rows and report.by not in _PARTS:
        _tell_rows(report)
    for heading, parts in (("clicked", report.parts), ("sent", report.sent), ("invited", report.invited)):
        if parts and (report.by == heading or report.by not in _PARTS):
            output.say()
            lines = [(part.key, part.title, part.number) for part in parts]
            output.table((heading, "", "people"), lines, numbers=("people",))
    done = [f"{text.count(report.views, 'view')} by {text.count(report.visitors, 'visitor')}"]
    if report.clicks is not None:
        done.append(text.count(report.clicks, "click"))
    if report.leads:
        done.append(text.count(report.leads, "form"))
    output.say(f"{site.slug}: {', '.join(done)}, {report.since} to {report.until} ({report.time_zone}).")
    stats_lines.say_before(report.views, report.before)
    stats_lines.say_kinds(report.by_kind, "Not counted")
    for note in report.notes:
        output.say(note)


def _tell_rows(report: SiteReport) -> None:
    columns = {
        report.by: [row.key for row in report.rows],
        "title": [row.title for row in report.rows],
        "views": [row.views for row in report.rows],
        "visitors": stats_lines.known([row.visitors for row in report.rows]),
        "clicks": stats_lines.known([row.clicks for row in report.rows]),
        "before": stats_lines.known([row.before for row in report.rows]) if report.before else [],
        "change": [stats_lines.change(row.views, row.before) for row in report.rows if report.before],
        "": stats_lines.bars(report.by, [row.views for row in report.rows]),
    }
    stats_lines.table(columns, "views")
    stats_lines.show_series(report.by, [(row.key, row.views) for row in report.rows])

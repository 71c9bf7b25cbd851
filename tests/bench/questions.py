"""What it takes to answer a question, at 1, 10 and 100 million scans a year: latency by scope, size on disk.

Every question goes through the report that the command line shows, opened databases and all; subjects are drawn by
their traffic, so the busiest are asked about most. Beside the time that passed stands what this process computed in
it, all its threads together: the same on a busy machine. ``--scans`` chooses the sizes, ``--folder`` keeps the data
for the next time. 100 million scans are about 10 GB and half an hour of computing to make.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from rig.telling import machine, say, table, target
from rig.year import DAYS, LAST_DAY, LINKS, NOW_MS, ZIPF, made

from scanly.accounts import store as accounts
from scanly.accounts.model import Workspace
from scanly.analytics.live.watching import Watched, lately, start
from scanly.analytics.reports.overview import overview
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.question import EVERYTHING, Question, Subject
from scanly.analytics.reports.report import report
from scanly.analytics.reports.slices import Scope
from scanly.app import App, open_app
from scanly.core.clock import day_of
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links import store as links
from scanly.links.store import Filter
from scanly.sites.model import Known

MOST_MS = {"30 days": 20.0, "90 days": 20.0, "a year": 50.0, "30 minutes": 10.0, "last scans": 10.0}
MOST_BYTES = 110
MOST_GROWTH = 10
BY = (
    "day", "hour", "weekday", "heatmap", "country", "city", "device", "model", "os", "browser", "app", "language",
    "referrer", "source", "medium", "campaign", "rule", "kind", "outcome",
)  # fmt: skip
OF_GROUPS = (*BY, "code")
OF_SITES = (
    "day",
    "hour",
    "heatmap",
    "country",
    "city",
    "device",
    "os",
    "browser",
    "language",
    "clicked",
    "sent",
)
SCOPES = ("link", "site", "campaign", "host", "workspace")

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Subjects:
    """Everything that can be asked about, drawn by traffic."""

    app: App
    dice: random.Random
    workspaces: list[Workspace]
    links: list[Any]
    sites: dict[int, int]

    def drawn(self, scope: str) -> tuple[Workspace, Subject]:
        link = self.links[min(int(LINKS ** self.dice.random()), LINKS) - 1]  # about Zipf's law
        workspace = next(each for each in self.workspaces if each.id == link.workspace_id)
        if scope == "link":
            return workspace, Subject(link=link)
        if scope == "site":
            return workspace, Subject(site=Known(self.sites[workspace.id], "", "page"))
        mine = [each for each in self.links if each.workspace_id == workspace.id]
        if scope == "campaign":
            named = [each.campaign for each in mine if each.campaign]
            return workspace, Subject(wanted=Filter(campaign=(named or ["campaign 1"])[0]))
        if scope == "host":
            return workspace, Subject(wanted=Filter(host=next(each.host for each in mine if each.host)))
        return workspace, EVERYTHING


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--scans", type=int, nargs="+", default=[1_000_000, 10_000_000], help="sizes, smallest first"
    )
    asked.add_argument("--folder", type=Path, help="keeps the data; default: a temporary folder")
    asked.add_argument("--times", type=int, default=200, help="questions of each kind")
    given = asked.parse_args()
    machine()
    base = given.folder or Path(tempfile.mkdtemp(prefix="scanly-questions-"))
    worst: dict[int, dict[str, float]] = {}
    try:
        for number in given.scans:
            folder = base / str(number)
            if not (folder / "whole").exists():
                shutil.rmtree(folder, ignore_errors=True)
                fill(folder, number)
            sizes(folder)
            worst[number] = asyncio.run(measure(folder, given.times))
    finally:
        if not given.folder:
            shutil.rmtree(base)
    if len(worst) > 1:
        first, last = min(worst), max(worst)
        growth = max(worst[last][kind] / worst[first][kind] for kind in worst[first])
        sentence = f"p95 grows by less than {MOST_GROWTH} times from {first:,} to {last:,}: {growth:.1f}"
        target(sentence, met=growth < MOST_GROWTH)


def fill(folder: Path, number: int) -> None:
    begun, told = time.monotonic(), 0

    def progress(done: int) -> None:
        nonlocal told
        if done - told >= max(number // 5, 1):
            told = done
            say(f"  {done:,} scans made in {time.monotonic() - begun:.0f} s")

    folder.mkdir(parents=True)
    made(folder, number, progress)
    (folder / "whole").touch()


def sizes(folder: Path) -> None:
    path = folder / "events.db"
    db = sqlite3.connect(path)
    try:
        (scans,) = db.execute("SELECT count(*) FROM scans").fetchone()
        parts = db.execute(
            "SELECT name, sum(pgsize) FROM dbstat GROUP BY 1 ORDER BY 2 DESC LIMIT 8"
        ).fetchall()
    finally:
        db.close()
    say(f"\n{scans:,} scans, {path.stat().st_size / 1e9:.2f} GB")
    table(("on disk", "bytes a scan"), [(name, f"{size / scans:.1f}") for name, size in parts])
    each = path.stat().st_size / scans
    target(f"at most {MOST_BYTES} bytes a scan, all included: {each:.1f}", met=each <= MOST_BYTES)


async def measure(folder: Path, times: int) -> dict[str, float]:
    """The 95th percentile in ms by what was asked."""
    async with open_app(DataFolder(folder), Settings(base_url="https://go.example"), lambda: NOW_MS) as app:
        subjects = await _subjects(app)
        found: dict[str, float] = {}
        rows: list[tuple[str, ...]] = []
        for scope in SCOPES:
            for name, days in (("30 days", 30), ("90 days", 90), ("a year", DAYS)):
                period = Period(day_of(LAST_DAY) - timedelta(days=days - 1), day_of(LAST_DAY))
                asks = [_question(subjects, scope, period) for _ in range(times)]
                rows.append(await _timed(f"{scope}, {name}", asks, found))
            rows.append(await _timed(f"{scope}, one page, 30 days", [
                _page(subjects, scope, Period(day_of(LAST_DAY) - timedelta(days=29), day_of(LAST_DAY)))
                for _ in range(max(times // 10, 5))
            ], found))  # fmt: skip
        for scope in ("link", "workspace"):
            for name, ask in (("30 minutes", _lately), ("last scans", _start)):
                asks = [ask(subjects, scope) for _ in range(times)]
                rows.append(await _timed(f"{scope}, {name}", asks, found))
    table(("asked about", "p50 ms", "p95 ms", "worst ms", "cpu p50 ms", "cpu p95 ms"), rows)
    for kind, most in MOST_MS.items():
        p95 = max(value for name, value in found.items() if name.endswith(f", {kind}") and "page" not in name)
        target(f"p95 of {kind} at most {most:.0f} ms: {p95:.1f}", met=p95 <= most)
    return found


async def _subjects(app: App) -> Subjects:
    async with app.main.read() as connection:
        workspaces = await accounts.list_workspaces_anywhere(connection)
        mine = [link for each in workspaces for link in await links.list_links(connection, each.id, Filter())]
    db = sqlite3.connect(app.folder.events_db)
    known = {link.id for link in mine}
    sites = {
        workspace: link
        for link, workspace in db.execute("SELECT link_id, workspace_id FROM subjects")
        if link not in known
    }
    scans = dict(db.execute(
        "SELECT link_id, sum(scans) FROM rollup_months JOIN subjects ON subjects.number = rollup_months.number"
        " WHERE scope = 1 GROUP BY 1"
    ).fetchall())  # fmt: skip
    db.close()
    mine.sort(key=lambda link: -scans.get(link.id, 0))
    return Subjects(app, random.Random(int(ZIPF * 100)), list(workspaces), mine, sites)


def _question(subjects: Subjects, scope: str, period: Period) -> Ask:
    workspace, subject = subjects.drawn(scope)
    words = {"link": BY, "site": OF_SITES}.get(scope, OF_GROUPS)
    asked = Question(workspace, period, subjects.dice.choice(words), subject)
    app = subjects.app
    return lambda: report(app.call(), workspace.id, asked, app.events)


def _page(subjects: Subjects, scope: str, period: Period) -> Ask:
    workspace, subject = subjects.drawn(scope)
    app = subjects.app
    return lambda: overview(app.call(), workspace.id, Question(workspace, period, "day", subject), app.events)


def _lately(subjects: Subjects, scope: str) -> Ask:
    app, what = subjects.app, _watched(subjects, scope)
    return lambda: lately(app.call(), what, app.events)


def _start(subjects: Subjects, scope: str) -> Ask:
    app, what = subjects.app, _watched(subjects, scope)
    return lambda: start(app.call(), what.workspace.id, what, app.events, 10)


def _watched(subjects: Subjects, scope: str) -> Watched:
    workspace, subject = subjects.drawn(scope)
    link = subject.link
    return Watched(workspace, link.id, Scope("link", link.id)) if link else Watched(workspace)


async def _timed(name: str, asks: list[Ask], found: dict[str, float]) -> tuple[str, ...]:
    took: list[float] = []
    computed: list[float] = []
    for ask in asks[: len(BY)]:  # what is loaded once
        await ask()
    for ask in asks:
        begun, busy = time.perf_counter(), time.process_time()
        await ask()
        computed.append((time.process_time() - busy) * 1000)
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    computed.sort()
    middle, high = len(took) // 2, int(len(took) * 0.95)
    found[name] = took[high]
    return name, *(
        f"{ms:.1f}" for ms in (took[middle], took[high], took[-1], computed[middle], computed[high])
    )


if __name__ == "__main__":
    main()

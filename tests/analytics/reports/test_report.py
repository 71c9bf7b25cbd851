"""What ``stats`` says, on both engines, against scans that were written one by one."""

from __future__ import annotations

import asyncio

from scanly.accounts.actions import add_workspace
from scanly.analytics.flush import flush
from scanly.analytics.reports.period import parse_period
from scanly.analytics.reports.question import EVERY_LINK, Question, Subject
from scanly.analytics.reports.report import report, words
from scanly.core.clock import at
from scanly.core.ids import IdMaker
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.changes import remove_link
from scanly.links.model import LinkDraft
from scanly.links.store import Filter
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.visitor import Salts

PHONE = b"Mozilla/5.0 (Linux; Android 13; K) Chrome/121 Mobile"
HOUR_MS = 3_600_000
ROBOT = b"Googlebot/2.1"


async def tell(app, visits):
    """A café in Kolkata with three links (one removed, one never visited), and these visits.

    A visit: code, hours ago, address, agent, outcome. Returns a function that answers questions.
    """
    here = await add_workspace(app.call(), "Chai Corner", {"time_zone": "Asia/Kolkata"})
    other = await add_workspace(app.call(), "Elsewhere", {})
    drafts = (
        LinkDraft(
            "https://a.example/", "counter", title="Counter", tags=("in",), placement="Bar", campaign="Spring"
        ),
        LinkDraft("https://a.example/", "table", title="Table", tags=("in", "out"), placement="Bar"),
        LinkDraft("https://a.example/", "quiet"),
    )
    links = {
        draft.code: await add_link(app.call(), here.id, draft, printed_host="x.example") for draft in drafts
    }
    foreign = await add_link(
        app.call(), other.id, LinkDraft("https://b.example/", "foreign"), printed_host="x.example"
    )
    moment = [0]
    journal = Journal(app.folder.journal, app.node, lambda: moment[0])
    make_id = IdMaker(app.node, lambda: moment[0])  # the app's own never goes back in time
    recorder = Recorder(journal, Salts(app.folder.salts), Places(None), make_id, lambda: moment[0])
    for code, ago_h, address, agent, outcome in visits:
        moment[0] = app.clock() - ago_h * HOUR_MS
        link, zone = (foreign, "UTC") if code == "foreign" else (links[code], here.time_zone)
        visit = Visit(link.id, link.workspace_id, zone, outcome, address, agent, drive=link.campaign)
        assert recorder.record(visit)
    journal.close()
    await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
    today = at(app.clock(), here.zone).date()

    async def ask(by="code", since="30d", code="", wanted=EVERY_LINK, until="", **more):
        subject = Subject(link=links[code]) if code else Subject(wanted=wanted)
        question = Question(here, parse_period(since, until, today), by, subject, **more)
        return await report(app.call(), here.id, question, app.events)

    return here, ask


VISITS = [
    ("counter", 50, "203.0.113.1", PHONE, Outcome.REDIRECT),
    ("counter", 2, "203.0.113.1", PHONE, Outcome.REDIRECT),
    ("counter", 1, "203.0.113.1", PHONE, Outcome.REDIRECT),
    ("counter", 1, "203.0.113.2", PHONE, Outcome.FALLBACK),
    ("counter", 1, "203.0.113.3", PHONE, Outcome.CLOSED),
    ("counter", 1, "203.0.113.9", ROBOT, Outcome.REDIRECT),
    ("table", 1, "203.0.113.1", PHONE, Outcome.REDIRECT),
    ("foreign", 1, "203.0.113.1", PHONE, Outcome.REDIRECT),
]


def test_people_robots_and_outcomes_are_kept_apart_and_workspaces_too(either):
    async def work(app):
        here, ask = await tell(app, VISITS)
        await remove_link(app.call(), here.id, Address.parse("counter"))
        return {by: await ask(by) for by in words(Subject())}, await ask("day", code="counter", since="3d")

    answers, counter = either.run(work)
    for by, answer in answers.items():
        assert (answer.recorded, answer.scans) == (7, 5)
        named = by in ("code", "placement", "host")
        assert (answer.links, answer.silent) == ((3, 1) if named else (0, 0))
        assert answer.by_kind == {"person": 6, "bot": 1, "preview": 0, "prefetch": 0, "test": 0}
        assert answer.visitors == 3, "one person on two days, one more on the second"
        assert sum(row.scans for row in answer.rows) == 5
    rows = {
        by: [(row.key, row.scans, row.visitors, row.recorded) for row in answer.rows]
        for by, answer in answers.items()
    }
    assert rows["code"] == [("counter", 4, 3, None), ("table", 1, 1, None)]
    assert [row.title for row in answers["code"].rows] == ["Counter", "Table"]
    assert rows["placement"] == [("Bar", 5, 4, None)]
    assert rows["campaign"] == [("Spring", 4, 3, None), ("unknown", 1, 0, None)]
    assert rows["kind"] == [("person", 5, None, 6), ("bot", 0, None, 1)]
    assert sorted(rows["outcome"]) == [
        ("closed", 0, None, 1),
        ("fallback", 1, None, 1),
        ("redirect", 4, None, 5),
    ]
    assert len(rows["day"]) == 30 and rows["day"][-1][1:] == (4, 2, 6)
    assert len(rows["hour"]) == 24 and len(rows["heatmap"]) == 168
    assert [row.scans for row in counter.rows] == [1, 0, 3] and counter.visitors == 3


def test_a_filter_never_raises_a_total(either):
    async def work(app):
        _, ask = await tell(app, VISITS)
        wholes = [await ask(since=since) for since in ("1d", "30d")]
        tagged = [Filter(tag=tag) for tag in ("in", "out", "no")]
        parts = [[await ask(since=since, wanted=wanted) for wanted in tagged] for since in ("1d", "30d")]
        return wholes, parts

    wholes, parts = either.run(work)
    for whole, (both, one, none) in zip(wholes, parts, strict=True):
        assert (both.recorded, both.scans) == (whole.recorded, whole.scans)
        assert (one.recorded, one.scans, one.visitors, [row.key for row in one.rows]) == (1, 1, 1, ["table"])
        assert (none.recorded, none.visitors, none.rows, none.links) == (0, 0, [], 0)

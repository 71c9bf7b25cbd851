"""A workspace with scans of every sort, and the count of them that needs no rollups."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta

from scanly.accounts.actions import add_workspace
from scanly.analytics.agents import look
from scanly.analytics.dimensions import DIMENSIONS
from scanly.analytics.flush import flush
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.question import Question, Subject
from scanly.analytics.reports.report import report
from scanly.core.clock import day_of, local_day
from scanly.core.ids import first_of
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft
from scanly.links.store import Filter
from scanly.scans.bots import judge
from scanly.scans.journal import Journal
from scanly.scans.model import LANDED, NO_HOUR, Kind, Outcome, Scan
from scanly.sites.model import Known

DAY_MS = 86_400_000
SITE = Known(2**60 + 5, "", "shop")
AGENTS = (
    "Mozilla/5.0 (Linux; Android 13; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Mobile",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 Version/17.2 Mobile/15E1 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:122.0) Gecko/20100101 Firefox/122.0",
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
)
DAYS = 5


class World:
    """A workspace with links, and scans of them, of a site and of a stranger's link."""

    def __init__(self, workspace, links, scans):
        self.workspace, self.links, self.scans = workspace, links, scans

    def people(self, subject, where=()):
        """(scan, whether its visitor is new to the whole, whether to its link) of those who are wanted."""
        names = {link.id for link in self.links if wanted(subject, link)}
        merged = scope_name(subject) is None
        met, met_one = set(), set()
        for scan in self.scans:
            outcomes = {Outcome.VIEW} if subject.site else LANDED
            mine = scan.link_id == SITE.id if subject.site else scan.link_id in names
            if subject.wanted.campaign and not merged:
                mine = scan.workspace_id == self.workspace.id and scan.drive == subject.wanted.campaign
            if not mine or scan.outcome not in outcomes or judge(scan.agent, scan.flags) is not Kind.PERSON:
                continue
            whole = (scan.link_id if merged else 0, scan.day, scan.visitor)
            one = (scan.link_id, scan.day, scan.visitor)
            new, new_one = whole not in met, one not in met_one
            if scan.visitor:
                met.add(whole)
                met_one.add(one)
            if all(value_of(scan, name) in values for name, values in where):
                yield scan, bool(scan.visitor) and new, bool(scan.visitor) and new_one

    def counted(self, subject, key, where=(), *, by_link=False):
        scans, visitors = Counter(), Counter()
        for scan, new, new_one in self.people(subject, where):
            scans[key(scan)] += 1
            visitors[key(scan)] += new_one if by_link else new
        return {name: (number, visitors[name]) for name, number in scans.items()}


def wanted(subject, link):
    asked = subject.wanted
    if subject.link:
        return link.id == subject.link.id
    return (
        (not asked.tag or asked.tag in link.tags)
        and (not asked.placement or asked.placement == link.placement)
        and (asked.host is None or asked.host == link.host)
        and (not asked.campaign or asked.campaign == link.campaign)
    )


def scope_name(subject):
    asked = subject.wanted
    if subject.link or subject.site or asked == Filter():
        return "one"
    alone = (asked.host and asked == Filter(host=asked.host)) or asked == Filter(campaign=asked.campaign)
    return "group" if alone else None


def value_of(scan, name):
    dimension = DIMENSIONS[name]
    if name == "campaign":  # the visit's own word goes before the link's
        return scan.campaign or scan.drive or "unknown"
    found = look(scan.agent) if dimension.FIELD == "agent" else str(getattr(scan, dimension.FIELD) or "")
    return dimension.value(found) or "unknown"


def key_of(world, by):
    by_id = {link.id: link for link in world.links}
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {
        "day": lambda scan: day_of(scan.day).isoformat(),
        "week": lambda scan: "{}-W{:02}".format(*day_of(scan.day).isocalendar()[:2]),
        "month": lambda scan: day_of(scan.day).isoformat()[:7],
        "hour": lambda scan: "unknown" if scan.hour == NO_HOUR else f"{scan.hour:02}",
        "weekday": lambda scan: weekday[day_of(scan.day).weekday()],
        "heatmap": lambda scan: (
            "unknown" if scan.hour == NO_HOUR else f"{weekday[day_of(scan.day).weekday()]} {scan.hour:02}"
        ),
        "code": lambda scan: f"{by_id[scan.link_id].host}/{by_id[scan.link_id].code}".removeprefix("/"),
        "placement": lambda scan: by_id[scan.link_id].placement or "unknown",
        "host": lambda scan: by_id[scan.link_id].host or "default",
    }.get(by, lambda scan: value_of(scan, by))


def scan_of(dice, number, today, link, workspace_id):
    day = today - dice.randrange(DAYS)
    of_site = link is None
    of_a_site = (Outcome.VIEW, Outcome.VIEW, Outcome.CLICK, Outcome.LEAD)
    outcome = dice.choice(of_a_site if of_site else (*LANDED, *LANDED, Outcome.CLOSED))
    return Scan(
        id=first_of(day * DAY_MS + number * 1000),
        link_id=SITE.id if of_site else link.id,
        workspace_id=workspace_id,
        day=day,
        outcome=outcome,
        flags=dice.choice([0, 0, 0, 0, 1, 2]),
        visitor=0 if dice.random() < 0.05 else dice.randrange(1, 25) << 40 | day,
        country=dice.choice(["", "IN", "IN", "DE"]),
        city=dice.choice(["", "Pune", "Berlin"]),
        agent=dice.choice(AGENTS),
        language=dice.choice(["", "hi", "en-in"]),
        referrer=dice.choice(["", "instagram.com/x", "example.org/y"]),
        source=dice.choice(["", "flyer", "poster"]),
        medium=dice.choice(["", "print"]),
        campaign=dice.choice(["", "Diwali"]),
        rule=dice.choice([0, 0, 2**62]),
        part=dice.choice(["", "links/a", "links/b"]) if of_site else "",
        hour=dice.choice([*range(25)]),
        host="" if of_site else link.host,
        drive="" if of_site else link.campaign,
    )


async def make(app, seed, number=500):
    workspace = await add_workspace(app.call(), f"Chai {seed}", {"time_zone": "Asia/Kolkata"})
    other = await add_workspace(app.call(), f"Elsewhere {seed}", {})
    drafts = (
        LinkDraft("https://a.example/", f"a{seed}", tags=("in",), placement="Bar", campaign="Spring"),
        LinkDraft("https://a.example/", f"b{seed}", tags=("in", "out"), placement="Bar"),
        LinkDraft("https://a.example/", f"c{seed}", host="go.example.com", tags=("out",), campaign="Spring"),
        LinkDraft("https://a.example/", f"d{seed}"),
    )
    links = [await add_link(app.call(), workspace.id, each, printed_host="x.example") for each in drafts]
    foreign = await add_link(
        app.call(),
        other.id,
        LinkDraft("https://b.example/", f"f{seed}", campaign="Spring"),
        printed_host="x.example",
    )
    dice = random.Random(seed)
    today = local_day(app.clock(), workspace.zone)
    scans = []
    for each in range(number):
        link = dice.choice([*links[:3], foreign, None])
        owner = other.id if link is foreign else workspace.id
        scans.append(scan_of(dice, each, today, link, owner))
    scans.sort(key=lambda scan: scan.id)
    journal = Journal(app.folder.journal, app.node, app.clock)
    for scan in scans:
        journal.append(scan)
    journal.close()
    await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
    return World(workspace, links, scans)


def subjects_of(world):
    return [
        Subject(),
        Subject(link=world.links[0]),
        Subject(link=world.links[3]),
        Subject(site=SITE),
        Subject(wanted=Filter(tag="out")),
        Subject(wanted=Filter(placement="Bar")),
        Subject(wanted=Filter(host="go.example.com")),
        Subject(wanted=Filter(host="")),
        Subject(wanted=Filter(campaign="Spring")),
        Subject(wanted=Filter(campaign="Spring", tag="in")),
    ]


def period_of(app, world):
    today = day_of(local_day(app.clock(), world.workspace.zone))
    return Period(today - timedelta(days=DAYS - 1), today)


async def ask(app, world, by, subject, **more):
    question = Question(world.workspace, period_of(app, world), by, subject, **more)
    return await report(app.call(), world.workspace.id, question, app.events)

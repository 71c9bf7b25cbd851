"""A year of scans of a busy installation, as raw rows and rollups in a data folder's SQLite files.

13 times 28 days up to a fixed one; 200 workspaces, 20,000 links whose traffic falls by Zipf's law (1.05), a site for
each workspace; weeks and days have their rhythm; 35 % of scans are regulars', 6 % robots'. Everything is drawn from
the day's number, so the same size is the same data. Words, links and agents get their numbers from the ingester's own
code with the first scans, and the last 28 days are counted by its `tally`, a day as one batch. The 336 days before are
copies of them, as raw rows, and as rollups that go in a day after the other, as they would; months are folded by the
ingester's code. The index of raw scans is made at the end.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from scanly.accounts.actions import add_workspace
from scanly.accounts.model import Workspace
from scanly.analytics.counting.rows import ROW
from scanly.analytics.counting.statements import PACKED, packed_row
from scanly.analytics.counting.tally import Tallies, keys_by_day, meetings, tally
from scanly.analytics.events.batch import Batch
from scanly.analytics.events.sqlite import SqliteEvents
from scanly.app import App, open_app
from scanly.core.clock import day_number
from scanly.core.ids import first_of
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import add_links
from scanly.links.model import Link, LinkDraft
from scanly.scans.bots import judge
from scanly.scans.model import Kind, Outcome, Scan

DAYS, DISTINCT_DAYS, WORKSPACES, LINKS, AGENTS = 364, 28, 200, 20_000, 10_000
LAST_DAY = day_number(date(2026, 11, 25))
DAY_MS = 86_400_000
# The moment of asking: the last day at 21:00.
NOW_MS = LAST_DAY * DAY_MS + 21 * 3_600_000
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 13, 12, 9, 9, 13, 16, 11, 9, 11, 17, 20, 19, 14, 9, 4, 2)
WEEK = (1.0, 0.94, 0.97, 1.02, 1.12, 1.34, 1.26)
COUNTRIES = ("IN", "DE", "US", "GB", "FR", "AE", "SG", "NP", "BR", "JP")
LANGUAGES = ("hi-in", "de-de", "en-us", "en-gb", "fr-fr", "ar-ae", "en-sg", "ne-np", "pt-br", "ja-jp")
REFERRERS = ("google.com/", "instagram.com/", "m.facebook.com/", "shop.example/menu", "bing.com/")
ROBOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "WhatsApp/2.25.20.71 A",
    "curl/8.5.0",
)
CITIES = 400
ZIPF, REGULARS, SITES_SHARE, ROBOT_RATIO = 1.05, 0.35, 0.25, 0.06
FEED_DAYS, SEEN_DAYS = 7, 2


@dataclass(frozen=True)
class World:
    """What scans are drawn from, as numbers of the database; arrays run over links, sites and agents."""

    workspaces: list[Workspace]
    links: list[Link]
    link_ids: list[int]
    site_ids: list[int]
    subject: np.ndarray
    owner: np.ndarray
    drive: np.ndarray
    words: dict[tuple[str, str], int]
    site_subject: np.ndarray
    agent: np.ndarray
    kind: np.ndarray
    robots: np.ndarray
    traffic: np.ndarray


def agents() -> list[str]:
    """Agents of people; a third of them tell their phone's model."""
    found: list[str] = []
    for n in range(AGENTS):
        model = f"SM-A{100 + n % 97}B" if n % 3 == 0 else "K"
        chrome = 100 + n % 43
        if n % 5 == 4:
            found.append(
                f"Mozilla/5.0 (iPhone; CPU iPhone OS {12 + n % 7}_{n % 10} like Mac OS X) AppleWebKit/605.1.15"
                f" (KHTML, like Gecko) Version/{12 + n % 7}.{n % 10} Mobile/15E{n % 1000} Safari/604.1"
            )
        else:
            app = " Instagram 300.0.0.{}" if n % 17 == 0 else ""
            found.append(
                f"Mozilla/5.0 (Linux; Android {8 + n % 8}; {model}) AppleWebKit/537.36 (KHTML, like Gecko)"
                f" Chrome/{chrome}.0.{n}.0 Mobile Safari/537.36{app.format(n)}"
            )
    return found


async def make(folder: Path, number: int, told: Callable[[int], None]) -> World:
    """Fills an empty folder with about ``number`` scans; ``told`` hears how many there are."""
    async with open_app(DataFolder(folder), Settings(base_url="https://go.example"), lambda: NOW_MS) as app:
        workspaces, links = await _own(app)
        store = SqliteEvents(app.folder.events_db)
        try:
            world = _meet(store, workspaces, links)
            _fill(store, world, number, told)
        finally:
            store.close()
    return world


async def _own(app: App) -> tuple[list[Workspace], list[Link]]:
    workspaces = [await add_workspace(app.call(), f"Shop {n}", {}) for n in range(WORKSPACES)]
    links: list[Link] = []
    for n, workspace in enumerate(workspaces):
        drafts = [
            LinkDraft(
                f"https://shop{n}.example/{link}",
                code=f"c{link}",
                campaign=f"campaign {link // WORKSPACES % 5}" if link // WORKSPACES % 2 else "",
                tags=("menu",) if link % 4 == 0 else (),
                placement=f"table {link // WORKSPACES}",
                host=f"go{n}.example" if link % 3 == 0 else "",
            )
            for link in range(n, LINKS, WORKSPACES)
        ]
        links += await add_links(app.call(), workspace.id, drafts, printed_host="go.example")  # type: ignore[arg-type]
    return workspaces, links


def _meet(store: SqliteEvents, workspaces: list[Workspace], links: list[Link]) -> World:
    """Every link, site, agent and word once, through the ingester's own code."""
    day, scans = LAST_DAY - DAYS, list[Scan]()
    texts = agents()
    sites = [first_of(DAY_MS * (LAST_DAY - 400)) + n for n in range(WORKSPACES)]
    for n, link in enumerate(links):
        country = n % len(COUNTRIES)
        scans.append(Scan(
            first_of(day * DAY_MS + n), link.id, link.workspace_id, day, Outcome.REDIRECT, 0, 1 + n,
            COUNTRIES[country], f"City {n % CITIES}", texts[n % AGENTS], LANGUAGES[country],
            REFERRERS[n % 5] if n % 9 == 0 else "", "qr", "print", f"spring {n % 50}", "", "", n % 3, "",
            12, link.host, link.campaign, 0,
        ))  # fmt: skip
    for n, site in enumerate(sites):
        for place, outcome in enumerate((Outcome.VIEW, Outcome.CLICK, Outcome.LEAD, *ROBOTS)):
            robot = isinstance(outcome, str)
            scans.append(Scan(
                first_of(day * DAY_MS + 50_000 + n * 8 + place), site, workspaces[n].id, day,
                Outcome.VIEW if robot else outcome, 0, 7, agent=outcome if robot else texts[0],
                part="" if robot or outcome == Outcome.VIEW else f"call/{n % 4}", hour=9,
            ))  # fmt: skip
    for start in range(0, len(scans), 10_000):
        store.apply(Batch(NOW_MS, scans[start : start + 10_000]))
    number_of = dict(store.rows("SELECT link_id, number FROM subjects"))
    agent_of = dict(store.rows("SELECT text, number FROM agents"))
    groups = {
        (owner, name): number
        for number, owner, name in store.rows(
            "SELECT number, workspace_id, name FROM groups WHERE kind = 'campaign'"
        )
    }
    order = np.random.default_rng(1).permutation(len(links))
    weights = 1 / np.arange(1, LINKS + 1) ** ZIPF
    traffic = np.empty(LINKS)
    traffic[order] = weights / weights.sum()
    return World(
        workspaces,
        links,
        [link.id for link in links],
        sites,
        np.array([number_of[link.id] for link in links]),
        np.array([n // (LINKS // WORKSPACES) for n in range(LINKS)]),
        np.array([groups.get((link.workspace_id, link.campaign), 0) for link in links]),
        {(kind, text): number for number, kind, text in store.rows("SELECT number, kind, text FROM words")},
        np.array([number_of[site] for site in sites]),
        np.array([agent_of[text] for text in texts]),
        np.array([int(judge(text)) for text in ROBOTS]),
        np.array([agent_of[text] for text in ROBOTS]),
        traffic,
    )


def _fill(store: SqliteEvents, world: World, number: int, told: Callable[[int], None]) -> None:
    db: sqlite3.Connection = store._db
    db.execute("PRAGMA cache_size = -1000000")
    db.execute("DROP INDEX scans_by_subject")
    for name in ("scans", "rollups"):
        db.execute(f"CREATE TEMP TABLE new_{name} AS SELECT * FROM {name} LIMIT 0")
    shape = np.array([WEEK[(LAST_DAY - DISTINCT_DAYS + 1 + day + 3) % 7] for day in range(DISTINCT_DAYS)])
    per_day = np.round(shape / shape.sum() * number * DISTINCT_DAYS / DAYS).astype(int)
    edges = np.cumsum(world.traffic)
    db.execute("BEGIN IMMEDIATE")
    for offset, count in enumerate(per_day):
        _count_day(store, world, edges, LAST_DAY - DISTINCT_DAYS + 1 + offset, int(count))
    db.execute("COMMIT")
    done = 0
    for back in range(DAYS // DISTINCT_DAYS - 1, -1, -1):
        done += _copy(db, back * DISTINCT_DAYS)
        told(done)
    db.execute("CREATE INDEX scans_by_subject ON scans (subject)")
    while store.tidy(NOW_MS, 0):
        pass
    store.settle()


def _count_day(store: SqliteEvents, world: World, edges: np.ndarray, day: int, count: int) -> None:
    """A day into the tables of what is new; what is remembered of the last days goes where it belongs."""
    db: sqlite3.Connection = store._db
    rows = _day(world, edges, day, count)
    met = meetings(rows, store._names.owners)
    keys = keys_by_day(met, set()).get(day, set())
    if day > LAST_DAY - SEEN_DAYS:
        db.executemany("INSERT INTO seen (day, key) VALUES (?, ?)", [(day, key) for key in sorted(keys)])
    tallies: Tallies = {}
    tally(tallies, rows, store._names.owners, met, keys, store._names.meanings)
    packed = [(*where, *packed_row(tallies[where])) for where in sorted(tallies)]
    for name, columns, new in (
        ("scans", ROW, rows),
        ("rollups", ("scope", "number", "day", *PACKED), packed),
    ):
        marks = ", ".join("?" * len(columns))
        db.executemany(f"INSERT INTO new_{name} ({', '.join(columns)}) VALUES ({marks})", new)
    if day > LAST_DAY - FEED_DAYS:
        for start in range(0, len(rows), 10_000):
            ids = msgspec.msgpack.encode([row[0] for row in rows[start : start + 10_000]])
            db.execute("INSERT INTO feed (at_ms, ids) VALUES (?, ?)", (rows[start][0] >> 20, ids))


def _copy(db: sqlite3.Connection, days: int) -> int:
    """The new days once more, so many days earlier."""
    back = days * DAY_MS << 20
    others = ", ".join(name for name in ROW if name not in ("id", "day"))
    packed = ", ".join(PACKED)
    db.execute("BEGIN IMMEDIATE")
    added = db.execute(
        f"INSERT INTO scans (id, day, {others}) SELECT id - {back}, day - {days}, {others} FROM new_scans"
    ).rowcount
    db.execute(
        f"INSERT INTO rollups (scope, number, day, {packed})"
        f" SELECT scope, number, day - {days}, {packed} FROM new_rollups"
    )
    db.execute("COMMIT")
    return added


def _day(world: World, edges: np.ndarray, day: int, count: int) -> list[tuple[int, ...]]:
    """The raw rows of a day, in the order of `ROW`."""
    dice = np.random.default_rng(day)
    end_ms = NOW_MS - LAST_DAY * DAY_MS if day == LAST_DAY else DAY_MS
    hours = dice.choice(24, count, p=np.array(HOURS) / sum(HOURS))
    ms = np.sort((hours * 3_600_000 + dice.integers(0, 3_600_000, count)) % end_ms)
    ids = ((day * DAY_MS + ms) << 20) | (np.arange(count) % 4096)
    link = np.minimum(np.searchsorted(edges, dice.random(count)), LINKS - 1)
    of_site = dice.random(count) < SITES_SHARE
    owner = world.owner[link]
    regular = dice.random(count) < REGULARS
    person = np.where(
        regular, dice.integers(0, max(count // 8, 1), count), 10**9 + dice.integers(0, count, count)
    )
    mixed = (person * WORKSPACES + owner).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(
        day << 40
    )
    visitor = mixed.astype(np.int64)
    robot = dice.random(count) < ROBOT_RATIO
    which = dice.integers(0, len(ROBOTS), count)
    chosen = (mixed >> np.uint64(17)) % np.uint64(AGENTS)
    country = (chosen % np.uint64(len(COUNTRIES))).astype(int)
    city = (np.abs(visitor) % CITIES).astype(int)
    outcome = dice.choice([0, 1, 2], count, p=[0.97, 0.02, 0.01])
    in_site = dice.choice([4, 5, 6], count, p=[0.8, 0.18, 0.02])
    words = world.words

    def numbered(kind: str, texts: Any) -> np.ndarray:
        return np.array([words.get((kind, text), 0) for text in texts])

    known = ~of_site
    referred = dice.random(count) < 0.12
    marked = known & (link % 3 == 0)
    part = numbered("part", [f"call/{n}" for n in range(4)])[owner % 4]
    columns = (
        ids,
        np.where(of_site, world.site_subject[owner], world.subject[link]),
        np.full(count, day),
        ms // 3_600_000,
        np.where(robot, world.kind[which], int(Kind.PERSON)),
        np.where(of_site, in_site, outcome),
        np.zeros(count, int),
        visitor,
        np.where(robot, world.robots[which], world.agent[chosen.astype(int)]),
        numbered("country", COUNTRIES)[country],
        numbered("city", [f"City {n}" for n in range(CITIES)])[city],
        numbered("language", LANGUAGES)[country],
        np.where(referred, numbered("referrer", REFERRERS)[dice.integers(0, 5, count)], 0),
        np.where(marked, words["source", "qr"], 0),
        np.where(marked, words["medium", "print"], 0),
        np.where(marked, numbered("campaign", [f"spring {n}" for n in range(50)])[link % 50], 0),
        np.zeros(count, int),
        np.zeros(count, int),
        np.where(known & (link % 20 == 0), numbered("rule", ["1", "2"])[link % 2], 0),
        np.where(of_site & (in_site > 4), part, 0),
        np.where(known, world.drive[link], 0),
        np.where(robot, words[("reason", "agent: ^curl")], 0),
        np.ones(count, int),
        np.zeros(count, int),
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


def made(folder: Path, number: int, told: Callable[[int], None]) -> World:
    return asyncio.run(make(folder, number, told))

from __future__ import annotations

import asyncio
import time
from collections import Counter

import msgspec

from scanly.accounts.actions import choose_workspace
from scanly.analytics.agents import look
from scanly.analytics.counting.packed import CLICKED, OUTCOME_OF_KIND, OUTCOMES, PARTS, SENT
from scanly.analytics.events.sqlite import SqliteEvents
from scanly.analytics.ingest import Ingester
from scanly.analytics.origins import origin
from scanly.analytics.reports.slices import EVERYTHING, Scope, Sums
from scanly.analytics.store import read_slices, texts
from scanly.app import App, open_app
from scanly.core.clock import day_number
from scanly.core.ids import time_of
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import list_links
from scanly.links.store import Filter
from scanly.media.model import Picture
from scanly.ops import demo, demo_page
from scanly.scans.bots import judge
from scanly.scans.journal import Journal, segment_path, segments_of
from scanly.scans.model import Kind, Outcome, Scan
from scanly.scans.recorder import local_hour
from scanly.scans.segments import read
from scanly.sites.actions import list_sites
from scanly.sites.advice import advise
from scanly.sites.answers.actions import list_leads
from scanly.sites.answers.store import Wanted
from scanly.sites.page import Setting
from scanly.sites.reading import Defaults, read_site
from scanly.sites.render import render

NOW_MS = 1_795_434_600_000  # Monday 23 November 2026, 17:00 in Pune
TODAY = local_hour(demo.ZONE, NOW_MS)
SETTINGS = Settings(base_url="https://go.example.com")


async def _fill(app: App) -> bool:
    workspace = await choose_workspace(app.call(), None)
    journal = Journal(app.folder.journal, app.node, app.clock)
    return await demo.fill(app.call(), workspace, journal, "go.example.com", app.media, app.folder.root)


def _scans(folder: DataFolder, node: int) -> list[Scan]:
    scans: list[Scan] = []
    for segment in segments_of(folder.journal, node):
        offset, finished = 0, False
        while not finished:
            reading = read(segment_path(folder.journal, node, segment), offset, 1_000, closed=True)
            scans += reading.scans
            offset, finished = reading.offset, reading.at_end
    return scans


def test_the_ordinary_ingester_counts_the_sample_cafe(folder: DataFolder) -> None:
    async def story() -> None:
        async with open_app(folder, SETTINGS, lambda: NOW_MS) as app:
            started_s = time.process_time()
            assert await _fill(app)
            assert time.process_time() - started_s < 1.5
            journal = _scans(folder, app.node)
            scans = [scan for scan in journal if scan.outcome is Outcome.REDIRECT]
            store = SqliteEvents(folder.events_db)
            ingester = Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=app.clock)
            while ingester.step():
                pass
            store.close()

            workspace = await choose_workspace(app.call(), demo.NAME)
            assert (workspace.time_zone, workspace.currency) == (demo.ZONE, "INR")
            days = (TODAY.day - demo.DAYS + 1, TODAY.day)
            (shown,) = await list_sites(app.call(), workspace.id)
            async with app.events.read() as connection:
                counted = await read_slices(connection, workspace.id, [EVERYTHING], days, PARTS)
                page = await read_slices(
                    connection, workspace.id, [Scope("site", shown.site.id)], days, PARTS
                )
                of_page = Sums(page)
                parts = await texts(connection, workspace.id, of_page.values([CLICKED, SENT]))
            kinds = [sum(each.kinds[kind] for each in counted) for kind in Kind]
            assert sum(kinds) == len(scans)
            assert kinds[Kind.PERSON] == sum(judge(scan.agent) is Kind.PERSON for scan in scans)
            assert min(kinds[kind] for kind in (Kind.BOT, Kind.PREVIEW)) > 50
            assert len(counted) == demo.DAYS - 1
            assert 0 < counted[-1].scans < 200
            viewed = sum(
                n for what, n in of_page.of(OUTCOME_OF_KIND).items() if what % OUTCOMES == Outcome.VIEW
            )
            assert viewed == len(scans)
            assert set(parts.values()) == {*demo_page.CLICKS.values(), demo_page.FEEDBACK}
            leads = await list_leads(app.call(), workspace.id, Wanted())
            assert len(leads) == sum(of_page.of(SENT).values()) > 5

    asyncio.run(story())


def test_its_scans_are_in_order_of_time_and_none_lies_ahead(folder: DataFolder) -> None:
    async def story() -> tuple[list[Scan], set[int]]:
        async with open_app(folder, SETTINGS, lambda: NOW_MS) as app:
            await _fill(app)
            workspace = await choose_workspace(app.call(), None)
            links = await list_links(app.call(), workspace.id, Filter())
            assert {link.code for link in links} >= demo.HANGING | {"table-1", "table-12"}
            (shown,) = await list_sites(app.call(), workspace.id)
            return _scans(folder, app.node), {shown.site.id, *(link.id for link in links)}

    scans, links = asyncio.run(story())
    ids = [scan.id for scan in scans]
    assert ids == sorted(set(ids))
    assert time_of(ids[-1]) < NOW_MS
    assert {scan.link_id for scan in scans} == links
    assert all(local_hour(demo.ZONE, time_of(scan.id))[:2] == (scan.day, scan.hour) for scan in scans)
    assert 10_000 < len(scans) < 28_000


def test_its_page_is_published_from_a_file_that_its_owner_can_change(folder: DataFolder) -> None:
    async def story() -> None:
        async with open_app(folder, SETTINGS, lambda: NOW_MS) as app:
            await _fill(app)
            workspace = await choose_workspace(app.call(), None)
            (shown,) = await list_sites(app.call(), workspace.id)
            file = folder.root / demo_page.FILE
            assert shown.release is not None
            assert read_site(file.read_text(encoding="utf-8"), Defaults()) == shown.release.site
            (specials,) = [block for block in shown.release.site.blocks if block.type == "specials"]
            assert specials.values["on"] == "2026-11-23"
            for link in await list_links(app.call(), workspace.id, Filter()):
                assert link.target == f"/s/{shown.site.slug}"
            pictures = msgspec.convert(shown.release.pictures, dict[str, Picture])
            assert advise(shown.release.site, pictures, NOW_MS) == []
            assert (folder.media / pictures["cafe.svg"].fallback.file).is_file()
            assert (folder.root / "cafe.svg").is_file()

    asyncio.run(story())


def test_what_guests_click_is_on_the_page() -> None:
    page = read_site(demo_page._read("2026-11-23")[0], Defaults())
    drawn = render(page, Setting("en", NOW_MS, "https://go.example.com", f"/s/{demo_page.SLUG}", {}))
    assert set(demo_page.CLICKS.values()) == set(drawn.clicks)
    assert demo_page.FEEDBACK in {block.id for block in page.blocks}


def test_every_report_has_something_to_show(folder: DataFolder) -> None:
    async def story() -> tuple[list[Scan], dict[int, str]]:
        async with open_app(folder, SETTINGS, lambda: NOW_MS) as app:
            await _fill(app)
            workspace = await choose_workspace(app.call(), None)
            links = await list_links(app.call(), workspace.id, Filter())
            return _scans(folder, app.node), {link.id: link.code for link in links}

    scans, codes = asyncio.run(story())
    people = [scan for scan in scans if judge(scan.agent) is Kind.PERSON]
    last = {
        code: max(scan.day for scan in scans if codes.get(scan.link_id) == code) for code in codes.values()
    }
    assert {code for code, day in last.items() if day < TODAY.day - 2} == {"table-4"}
    assert last["table-4"] == TODAY.day - 4
    countries = Counter(scan.country for scan in people)
    assert set(countries) == {"IN", "AE", "GB", "SG", "US", "DE"}
    assert countries["IN"] > 0.9 * countries.total()
    assert min(Counter(scan.city for scan in people).values()) > 10
    assert {look(scan.agent).device for scan in people} == {"phone", "tablet", "desktop"}
    assert {origin(scan.referrer) for scan in people} == {"", "WhatsApp", "Google", "Instagram"}
    assert {codes[scan.link_id] for scan in scans if scan.drive == "monsoon"} == {"flyer", "insta"}
    marked = {(codes[scan.link_id], scan.source, scan.medium, scan.campaign) for scan in scans if scan.source}
    assert marked == {("insta", "instagram", "social", "profile")}


def test_a_second_start_adds_nothing(folder: DataFolder) -> None:
    async def story() -> None:
        async with open_app(folder, SETTINGS, lambda: NOW_MS) as app:
            assert await _fill(app)
            before = _scans(folder, app.node)
            assert not await _fill(app)
            assert _scans(folder, app.node) == before

    asyncio.run(story())


def test_a_workspace_with_links_of_its_own_is_left_alone(folder: DataFolder) -> None:
    from scanly.links.actions import add_link
    from scanly.links.model import LinkDraft

    async def story() -> None:
        async with open_app(folder, SETTINGS, lambda: NOW_MS) as app:
            workspace = await choose_workspace(app.call(), None)
            draft = LinkDraft("https://example.com", code="mine")
            await add_link(app.call(), workspace.id, draft, printed_host="go.example.com")
            assert not await _fill(app)
            assert (await choose_workspace(app.call(), None)).name == workspace.name
            assert _scans(folder, app.node) == []

    asyncio.run(story())


def test_the_same_day_always_looks_the_same() -> None:
    assert demo.day_of_visits(TODAY.day - 5, 5) == demo.day_of_visits(TODAY.day - 5, 5)
    assert demo.day_of_visits(TODAY.day - 5, 5) != demo.day_of_visits(TODAY.day - 6, 6)


def test_the_days_tell_a_believable_story() -> None:
    days = {ago: demo.day_of_visits(TODAY.day - ago, ago) for ago in range(demo.DAYS)}
    crowds = {ago: len(visits) for ago, visits in days.items()}
    silent = [ago for ago, crowd in crowds.items() if crowd == 0]
    assert len(silent) == 1
    festival = max(crowds, key=crowds.__getitem__)
    ordinary = [crowd for ago, crowd in crowds.items() if ago not in (*silent, festival)]
    assert min(ordinary) >= 50
    assert max(ordinary) <= 160
    assert sum(crowds[ago] for ago in range(28)) > sum(crowds[ago] for ago in range(56, 84)) * 1.1
    weekday = Counter[int]()
    for ago in range(84):
        weekday[(TODAY.day - ago + 3) % 7] += crowds[ago]
    assert {day for day, _ in weekday.most_common(2)} == {5, 6}
    hours = Counter(visit.ms // 3_600_000 for visits in days.values() for visit in visits)
    assert max(hours[8], hours[9]) > hours[11]
    assert hours[13] > hours[15]
    assert max(hours, key=hours.__getitem__) in (17, 18, 19)
    assert all(0 <= visit.ms < 86_400_000 for visits in days.values() for visit in visits)


def test_some_people_come_twice_and_many_come_once() -> None:
    people = Counter(
        visit.guest.visitor
        for visit in demo.day_of_visits(TODAY.day, 1)
        if judge(visit.guest.agent) is Kind.PERSON
    )
    assert 0.5 < len(people) / people.total() < 0.95


def test_the_day_of_the_story_is_the_day_on_the_calendar() -> None:
    from datetime import date

    assert TODAY.day == day_number(date(2026, 11, 23))

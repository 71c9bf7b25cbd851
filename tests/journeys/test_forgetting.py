"""Visitors are forgotten when their time is over: no address was ever on a disk, and the salts are nowhere left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from scanly.accounts.actions import edit_workspace
from scanly.accounts.model import WINDOW_DAYS, Privacy
from scanly.analytics.flush import flush
from scanly.app import App, open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft
from scanly.links.passwords import keep
from scanly.links.terms import Rule, Terms
from scanly.ops import backup, bundle
from scanly.ops.duties import duties
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.model import Outcome, Scan
from scanly.scans.segments import nodes_of, read
from scanly.scans.visitor import Salts, visitor, window_of
from scanly.sites.actions import Order, publish
from scanly.sites.answers.guard import READING_MS
from scanly.web.redirect import RedirectFront
from scanly.web.server import choose_first, prepare, running
from scanly.work.schedule import Runner
from tests.sites.sketches import block, site
from tests.web.asking import ask

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
START_MS = 1_795_494_600_000  # a Tuesday, 10:00 in India
LAST_ZONE_MS = 12 * HOUR_MS
SETTINGS = Settings(base_url="https://go.example.com", trusted_proxies=("10.0.0.0/8",), backup_keep=0)
PROXY, ADDRESSES = "10.0.0.2", ("198.51.100.77", "2001:db8:77:77:abcd:ef01:2345:6789")
AGENT = "Mozilla/5.0 (Linux; Android 14) Mobile"
FORM = {"content-type": "application/x-www-form-urlencoded"}
TYPED = b"name=Meera&phone=%2B919876543210&message=Rice%3F&consent=yes&language=en"


async def furnish(app: App, privacy: Privacy) -> int:
    """Everything that looks at who somebody is: rules, a limit, a password, a page with a form."""
    here = await choose_first(app)
    await edit_workspace(app.call(), here.id, {"privacy": privacy, "time_zone": "Asia/Kolkata"})
    again = Rule(1, "again", {"visit": "repeat"}, "https://example.com/again")
    share = Rule(2, "half", {"share": "50%"}, "https://example.com/half")
    codes = {"menu": Terms(), "ruled": Terms(rules=(again, share)), "ten": Terms(max_scans=10)}
    for code, terms in (codes | {"locked": Terms(password=keep("open sesame"))}).items():
        draft = LinkDraft("https://example.com/", code, terms=terms)
        await add_link(app.call(), here.id, draft, printed_host="go.example.com")
    await publish(app.call(), here.id, Order(site(block("name-board"), block("question")), ""))
    return here.id


async def visit(front: RedirectFront, now: list[int]) -> None:
    """Each person opens everything twice and sends the form."""
    for address in ADDRESSES:
        told = {"user-agent": AGENT, "x-forwarded-for": address}
        for path in ("/menu", "/ruled", "/ten", "/s/asha") * 2:
            assert (await ask(front, path, headers=told, client=PROXY)).status in (200, 302)
        await ask(front, "/locked", "POST", told | FORM, client=PROXY, body=b"password=wrong")
        now[0] += READING_MS
        sent = await ask(front, "/s/asha/forms/question", "POST", told | FORM, client=PROXY, body=TYPED)
        assert sent.status == 303


def journal_of(folder: DataFolder) -> list[Scan]:
    return [
        scan
        for node in nodes_of(folder.journal)
        for number in segments_of(folder.journal, node)
        for scan in read(segment_path(folder.journal, node, number), 0, 10_000, closed=False).scans
    ]


def written_in(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder: databases, their logs, journal, shared counts, whatever else."""
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(root)), path.read_bytes()


def assert_nowhere(roots: list[Path], wanted: list[bytes]) -> None:
    seen = 0
    for root in roots:
        for name, data in written_in(root):
            seen += 1
            assert not [each for each in wanted if each in data], f"{name} tells who came"
    assert seen > 10


async def turn(app: App, now: list[int], to_ms: int) -> None:
    """Lets the installation do what is due until then."""
    now[0] = to_ms
    repeating = duties(app.folder, SETTINGS, app.clock, app.call, app.events)
    await Runner(app.main, app.clock, app.make_id, "one", repeating).turn()


@pytest.mark.parametrize("privacy", ["daily", "weekly", "monthly"])
def test_when_a_window_has_ended_everywhere_nobody_can_be_found_any_more(
    folder: DataFolder, tmp_path: Path, privacy: Privacy
) -> None:
    now = [START_MS]
    unpacked = [tmp_path / "within", tmp_path / "after"]

    async def live() -> tuple[list[Scan], list[bytes]]:
        async with open_app(folder, SETTINGS, lambda: now[0]) as app:
            await prepare(app, with_demo=False)
            here = await furnish(app, privacy)
            async with running(app, with_demo=False) as (front, *_):
                await visit(front, now)
                scans = journal_of(folder)
                window = window_of(privacy, scans[0].day)
                salts = [Salts(folder.salts).of(window)]
                known = {visitor(salts[0], here, window.first, address, AGENT) for address in ADDRESSES}
                assert {scan.visitor for scan in scans} == known, (
                    "so they can be found until the salt is gone"
                )
                salts += [path.read_bytes() for path in folder.salts.iterdir() if path.stat().st_size == 32]
                return scans, salts

    async def end(salts: list[bytes]) -> None:
        window = window_of(privacy, scans[0].day)
        async with open_app(folder, SETTINGS, lambda: now[0]) as app:
            await backup.create(folder, SETTINGS, now[0])
            await turn(app, now, window.end * DAY_MS + LAST_ZONE_MS - HOUR_MS)
            assert (folder.salts / window.name).read_bytes() == salts[0], "it still is that day somewhere"
            await turn(app, now, window.end * DAY_MS + LAST_ZONE_MS + HOUR_MS)
            assert list(folder.salts.iterdir()) == []
            assert Salts(folder.salts).of(window) not in salts, "a salt is never made a second time"
            await backup.create(folder, SETTINGS, now[0])

    scans, salts = asyncio.run(live())
    assert {scan.outcome for scan in scans} >= {Outcome.REDIRECT, Outcome.VIEW, Outcome.LEAD}
    assert len(scans) == len(ADDRESSES) * 9
    assert {scan.period for scan in scans} == {
        0 if privacy == "daily" else scans[0].day // WINDOW_DAYS[privacy] * WINDOW_DAYS[privacy]
    }
    addresses = [address.encode() for address in ADDRESSES] + [ip_address(ADDRESSES[1]).packed]
    flush(folder, "", lambda: now[0])
    assert_nowhere([folder.root], addresses)
    asyncio.run(end(salts))
    for info, into in zip(
        sorted(backup.list_backups(folder), key=lambda each: each.made_ms), unpacked, strict=True
    ):
        into.mkdir()
        bundle.unpack(info.path, into)
    assert_nowhere([folder.root, *unpacked], addresses + salts)

"""The front of the server: which request is a scan, whose it is, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from scanly.accounts.actions import edit_workspace
from scanly.accounts.model import WINDOW_DAYS
from scanly.app import App, open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.changes import remove_link
from scanly.links.model import LinkDraft
from scanly.links.terms import Terms
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.model import NOBODY, PREFETCH_FLAG, Outcome, Scan
from scanly.scans.segments import nodes_of, read
from scanly.web.request import Application
from scanly.web.server import choose_first, prepare, running
from tests.web.asking import Answer, ask

BASE = "https://go.example.com"
TARGET = "https://example.com/caf%C3%A9?a=1&b=%20#top"


@dataclass(frozen=True)
class Server:
    app: App
    front: Application

    async def ask(
        self, path: str, method: str = "GET", *, client: str = "192.0.2.7", **headers: str
    ) -> Answer:
        return await ask(self.front, path, method, headers, client=client)

    def journal(self) -> list[Scan]:
        """Every scan on disk, in the order of writing."""
        folder, found = self.app.folder.journal, list[Scan]()
        for node in nodes_of(folder):
            for segment in segments_of(folder, node):
                found += read(segment_path(folder, node, segment), 0, 1_000, closed=False).scans
        return found


@asynccontextmanager
async def serving(root: Path, **settings: object) -> AsyncGenerator[Server]:
    chosen = msgspec.convert({"base_url": BASE, "host": "127.0.0.1"} | settings, Settings)
    async with open_app(DataFolder(root / "data"), chosen) as app:
        await prepare(app, with_demo=False)
        workspace = await choose_first(app)
        for code, host in (("menu", ""), ("Menu", ""), ("gone", ""), ("menu", "shop.example")):
            draft = LinkDraft(TARGET if host == "" else "https://target.example/", code, host)
            await add_link(app.call(), workspace.id, draft, printed_host="go.example.com")
        await remove_link(app.call(), workspace.id, Address.parse("gone"))
        async with running(app, with_demo=False) as (front, *_):
            yield Server(app, front)


Story = Callable[[Server], Awaitable[None]]


def tell(story: Story, root: Path, **settings: object) -> None:
    async def main() -> None:
        async with serving(root, **settings) as server:
            await story(server)

    asyncio.run(main())


def test_a_scan_is_on_disk_before_its_answer_and_says_who_came(tmp_path: Path):
    async def story(server: Server) -> None:
        answer = await server.ask(
            "/menu?utm_source=poster&utm_medium=qr",
            user_agent="Phone/1.0",
            accept_language="hi-IN,en;q=0.5",
            referer="https://user:secret@search.example/find?q=private",
        )
        assert (answer.status, answer.headers["location"]) == (302, TARGET)
        assert answer.headers["cache-control"] == "no-store" and answer.body == b""
        (scan,) = server.journal()
        assert (scan.outcome, scan.agent, scan.language) == (Outcome.REDIRECT, "Phone/1.0", "hi-in")
        assert (scan.referrer, scan.source, scan.medium) == ("search.example/find", "poster", "qr")
        assert scan.visitor != NOBODY

    tell(story, tmp_path)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"192.0.2.7" not in everything and b"secret" not in everything and b"private" not in everything


def test_only_what_a_visitor_opens_is_recorded(tmp_path: Path):
    async def story(server: Server) -> None:
        assert (await server.ask("/menu", "HEAD")).headers["location"] == TARGET
        for path in ("/menu/", "//menu", "/menu+", "/menu.svg", "/unknown", "/healthz", "/MENU"):
            await server.ask(path)
        assert (await server.ask("/menu", "POST")).status in (404, 405)
        assert server.journal() == []
        assert (await server.ask("/%6Denu")).status == 302
        assert (await server.ask("/gone")).status == 410
        await server.ask("/menu", sec_purpose="prefetch;prerender")
        assert [scan.outcome for scan in server.journal()] == [
            Outcome.REDIRECT,
            Outcome.CLOSED,
            Outcome.REDIRECT,
        ]
        assert [scan.flags for scan in server.journal()] == [0, 0, PREFETCH_FLAG]

    tell(story, tmp_path)


@pytest.mark.parametrize(
    ("host", "status", "location"),
    [
        ("go.example.com", 302, TARGET),
        ("GO.Example.COM.:443", 302, TARGET),
        ("127.0.0.1:8000", 302, TARGET),
        ("[::1]:8000", 302, TARGET),
        ("shop.example", 302, "https://target.example/"),
        ("SHOP.example:8443", 302, "https://target.example/"),
        ("go.example.com.evil.example", 421, None),
        ("evil.example", 421, None),
        ("go.example.com@evil.example", 400, None),
        ("go.example.com/", 400, None),
        ("", 400, None),
        ("go.example.com, evil.example", 400, None),
    ],
)
def test_a_host_is_ours_in_every_spelling_or_refused(
    tmp_path: Path, host: str, status: int, location: str | None
):
    async def story(server: Server) -> None:
        answer = await server.ask("/menu", host=host)
        assert (answer.status, answer.headers.get("location")) == (status, location)
        assert len(server.journal()) == (status == 302)

    tell(story, tmp_path)


def test_no_host_and_two_hosts_are_refused(tmp_path: Path):
    async def story(server: Server) -> None:
        one = (b"host", b"go.example.com")
        for headers in ([], [one, (b"host", b"evil.example")], [one, one]):
            assert (await ask(server.front, "/menu", raw_headers=headers)).status == 400
        doubled = [one, (b"accept", b"text/html"), (b"accept", b"image/png")]
        assert (await ask(server.front, "/menu", raw_headers=doubled)).status == 302

    tell(story, tmp_path)


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.9", "198.51.100.1"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "198.51.100.1, unknown", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_a_forwarded_address_is_believed_from_trusted_proxies_only(
    tmp_path: Path, peer: str, forwarded: str, visitor: str
):
    """The visitor's number tells whose address was used."""

    async def story(server: Server) -> None:
        await server.ask("/menu", client=peer, x_forwarded_for=forwarded, user_agent="Phone")
        await server.ask("/menu", client=visitor, user_agent="Phone")
        claimed, direct = server.journal()
        assert claimed.visitor == direct.visitor

    tell(story, tmp_path, trusted_proxies=["10.0.0.0/8"])


def test_a_workspace_that_tells_nobody_apart_records_nobody(tmp_path: Path):
    async def story(server: Server) -> None:
        workspace = await choose_first(server.app)
        await edit_workspace(server.app.call(), workspace.id, {"privacy": "none"})
        while not server.journal() or server.journal()[-1].visitor != NOBODY:
            await server.ask("/menu")
            await asyncio.sleep(0.02)

    tell(story, tmp_path)


@pytest.mark.parametrize(
    ("asked", "counted"),
    [
        ("/table-7", ("qr", "print", "menu")),
        ("/table-7?utm_source=newsletter", ("newsletter", "", "")),
        ("/table-7?fbclid=1", ("qr", "print", "menu")),
    ],
)
def test_a_scan_says_its_host_its_campaign_and_the_words_that_brought_it(
    tmp_path: Path, asked: str, counted: tuple[str, ...]
):
    async def story(server: Server) -> None:
        workspace = await choose_first(server.app)
        terms = Terms(utm={"source": "qr", "medium": "print", "campaign": "menu"})
        draft = LinkDraft(TARGET, "table-7", "shop.example", campaign="Diwali 2026", terms=terms)
        await add_link(server.app.call(), workspace.id, draft, printed_host="go.example.com")
        assert (await server.ask(asked, host="shop.example")).status == 302
        (scan,) = server.journal()
        assert (scan.source, scan.medium, scan.campaign) == counted
        assert (scan.host, scan.drive, scan.period) == ("shop.example", "Diwali 2026", 0)
        assert 0 <= scan.hour < 24
        await server.ask("/menu")
        assert (server.journal()[-1].host, server.journal()[-1].drive) == ("", "")

    tell(story, tmp_path)


@pytest.mark.parametrize(
    ("peer", "told", "country"),
    [
        ("10.0.0.2", "IN", "IN"),
        ("10.0.0.2", "in", "IN"),
        ("10.0.0.2", "XX", ""),
        ("10.0.0.2", "ZZ", ""),
        ("10.0.0.2", "T1", ""),
        ("10.0.0.2", "IND", ""),
        ("10.0.0.2", "ıN", ""),
        ("10.0.0.2", "", ""),
        ("203.0.113.5", "IN", ""),
    ],
)
def test_a_country_is_believed_from_trusted_proxies_only(tmp_path: Path, peer: str, told: str, country: str):
    async def story(server: Server) -> None:
        await server.ask("/menu", client=peer, x_forwarded_for="198.51.100.1", cf_ipcountry=told)
        assert server.journal()[-1].country == country

    tell(story, tmp_path, trusted_proxies=["10.0.0.0/8"], country_header="CF-IPCountry")


def test_no_country_is_believed_unless_its_header_is_set(tmp_path: Path):
    async def story(server: Server) -> None:
        await server.ask("/menu", client="10.0.0.2", x_forwarded_for="198.51.100.1", cf_ipcountry="IN")
        assert server.journal()[-1].country == ""

    tell(story, tmp_path, trusted_proxies=["10.0.0.0/8"])


@pytest.mark.parametrize("told", ["weekly", "monthly"])
def test_a_longer_window_begins_with_the_next_scan(tmp_path: Path, told: str):
    async def story(server: Server) -> None:
        workspace = await choose_first(server.app)
        await server.ask("/menu")
        await edit_workspace(server.app.call(), workspace.id, {"privacy": told})
        await server.ask("/menu")
        daily, longer = server.journal()
        assert (daily.period, longer.period) == (0, longer.day // WINDOW_DAYS[told] * WINDOW_DAYS[told])
        assert daily.visitor != longer.visitor

    tell(story, tmp_path)


def test_figures_are_for_this_machine_only(tmp_path: Path):
    async def story(server: Server) -> None:
        local = {"client": "127.0.0.1", "host": "localhost:8000"}
        await server.ask("/menu")
        await server.ask("/nothing")
        shown = await server.ask("/metrics", **local)
        assert shown.status == 200
        assert b'scanly_redirects_total{node="000",outcome="redirect"} 1.0' in shown.body
        assert b'scanly_not_found_total{node="000"} 1.0' in shown.body
        for hidden in (
            {"client": "192.0.2.7", "host": "localhost"},
            {"client": "127.0.0.1", "host": "go.example.com"},
            local | {"x_forwarded_for": "192.0.2.7"},
            local | {"forwarded": "for=192.0.2.7"},
        ):
            assert (await server.ask("/metrics", **hidden)).status == 404

    tell(story, tmp_path)


def test_readiness_says_why_scans_cannot_be_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def story(server: Server) -> None:
        assert (await server.ask("/readyz")).status == 200
        monkeypatch.setattr("os.write", full)
        assert (await server.ask("/menu")).status == 302
        monkeypatch.undo()
        answer = await server.ask("/readyz")
        report = msgspec.json.decode(answer.body)
        assert answer.status == 503 and "No space left" in report["reasons"][0]
        assert report["scans_dropped"] == 1
        while (await server.ask("/readyz")).status == 503:
            assert (await server.ask("/menu")).status == 302
            await asyncio.sleep(0.02)

    tell(story, tmp_path)


def full(*_: object) -> int:
    raise OSError(28, "No space left on device")


def test_every_page_carries_the_security_headers_and_an_id(tmp_path: Path):
    async def story(server: Server) -> None:
        for path in ("/", "/nothing", "/menu+", "/healthz", "/readyz", "/robots.txt"):
            headers = (await server.ask(path)).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff" and len(headers["x-request-id"]) == 13

    tell(story, tmp_path)

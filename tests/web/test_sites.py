"""Sites over HTTP: what is answered at which address, to whom, from memory, and what is recorded of it."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import brotli
import html5lib
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.app import App, open_app
from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId, show
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft, check_target
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.model import PREFETCH_FLAG, Outcome, Scan
from scanly.scans.segments import nodes_of, read
from scanly.sites import actions
from scanly.sites import render as drawing
from scanly.sites.actions import Order, Shown
from scanly.sites.answers.guard import HONEYPOT, READING_MS
from scanly.sites.model import Site
from scanly.web.redirect import RedirectFront
from scanly.web.server import choose_first, prepare, running
from scanly.web.sites.cache import Cache
from scanly.web.sites.encoding import Body, Packed, pack
from tests.sites.sketches import block, site
from tests.web.asking import Answer, ask

BASE = "https://go.example.com"
SHOP = "shop.example"
PHONE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/121.0.0.0 Mobile Safari/537.36"
# A Tuesday, 10:00 in India.
TUESDAY_MS = 1_795_494_600_000
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BOARD = block("name-board", {"name": {"en": "Asha Kirana", "hi": "आशा किराना"}, "line": "Since 1987"})
LINKS = block("links", {"items": [{"words": "Recipes", "to": "https://example.com/recipes?a=1&b=é"}]})
HOURS = block("opening-hours", {"hours": {"mon-sat": "09:00-21:00", "sun": "closed"}})
QUESTION = block("question")
OFFER = block("offer", {"headline": "10 % off", "code": "SPICE10", "supply": 10})
PLAIN = site(BOARD, LINKS)


@dataclass
class Desk:
    """A running application whose clock is moved by hand."""

    app: App
    front: RedirectFront
    workspace_id: WorkspaceId
    clock: list[int]

    async def publish(self, made: Site = PLAIN, **order: Any) -> Shown:
        return await actions.publish(self.app.call(), self.workspace_id, Order(made, "", **order))

    async def get(
        self, path: str, method: str = "GET", *, client: str = "192.0.2.7", **headers: str
    ) -> Answer:
        sent = {"user_agent": PHONE, "accept_language": "hi-IN,hi;q=0.9"} | headers
        return await ask(self.front, path, method, sent, client=client)

    async def front_is_known(self) -> None:
        """Until a change of hosts was followed; with SQLite it is seen at once."""
        await asyncio.sleep(0.3 if self.app.settings.database_url else 0)

    async def post(self, path: str, body: str, **headers: str) -> Answer:
        sent = {"user-agent": PHONE, "content-type": "application/x-www-form-urlencoded"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await ask(self.front, path, "POST", sent | named, body=body.encode())

    def journal(self) -> list[Scan]:
        """Every scan on disk, in the order of writing."""
        folder, found = self.app.folder.journal, list[Scan]()
        for node in nodes_of(folder):
            for segment in segments_of(folder, node):
                found += read(segment_path(folder, node, segment), 0, 1_000, closed=False).scans
        return found


@asynccontextmanager
async def serving(root: Path, **settings: object) -> AsyncGenerator[Desk]:
    clock = [TUESDAY_MS]
    chosen = msgspec.convert({"base_url": BASE, "host": "127.0.0.1"} | settings, Settings)
    async with open_app(DataFolder(root / "data"), chosen, lambda: clock[0]) as app:
        await prepare(app, with_demo=False)
        workspace = await choose_first(app)
        async with running(app, with_demo=False) as (front, *_):
            yield Desk(app, front, workspace.id, clock)


Story = Callable[[Desk], Awaitable[None]]


def tell(story: Story, root: Path, **settings: object) -> None:
    async def main() -> None:
        async with serving(root, **settings) as one:
            await story(one)

    asyncio.run(main())


def words_of(answer: Answer) -> str:
    tree = html5lib.parse(answer.body, namespaceHTMLElements=False)
    return " ".join(" ".join(tree.find("body").itertext()).split())


def test_a_page_is_the_same_in_every_encoding_and_each_has_its_own_etag(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish()
        plain = await one.get("/s/asha")
        packed = await one.get("/s/asha", accept_encoding="gzip")
        small = await one.get("/s/asha", accept_encoding="gzip, deflate, br, zstd")
        assert plain.body == gzip.decompress(packed.body) == brotli.decompress(small.body)
        assert len(small.body) < len(packed.body) < len(plain.body)
        encodings = [each.headers.get("content-encoding") for each in (plain, packed, small)]
        assert encodings == [None, "gzip", "br"]
        assert len({each.headers["etag"] for each in (plain, packed, small)}) == 3
        for each, accepted in ((plain, ""), (packed, "gzip"), (small, "br;q=1.0, gzip")):
            assert each.headers["vary"] == "accept-encoding"
            assert each.headers["cache-control"] == "public, max-age=60"
            assert int(each.headers["content-length"]) == len(each.body)
            etag = each.headers["etag"]
            for known in (etag, f'"other", W/{etag}', "*"):
                again = await one.get("/s/asha", accept_encoding=accepted, if_none_match=known)
                assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
                assert "content-length" not in again.headers
            other = await one.get("/s/asha", accept_encoding=accepted, if_none_match='"other"')
            assert other.status == 200
            head = await one.get("/s/asha", "HEAD", accept_encoding=accepted)
            assert (head.headers, head.body) == (each.headers, b"")
        assert (await one.get("/s/asha", accept_encoding="br;q=0, gzip;q=0")).body == plain.body

    tell(story, tmp_path)


def test_a_page_may_do_nothing_but_what_its_policy_says(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish()
        headers = (await one.get("/s/asha")).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none';") and "script-src" not in policy
        assert "frame-ancestors 'self'" in policy and "base-uri 'none'" in policy and "sha256-" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "set-cookie" not in headers
        assert headers["content-type"] == "text/html; charset=utf-8"

    tell(story, tmp_path)


def test_a_view_is_on_disk_before_the_page_is_answered(tmp_path: Path):
    async def story(one: Desk) -> None:
        shown = await one.publish()
        await one.get("/s/asha?utm_source=poster", referer="https://search.example/find?q=private")
        await one.get("/s/asha/hi", sec_purpose="prefetch")
        etag = (await one.get("/s/asha", client="192.0.2.8")).headers["etag"]
        await one.get("/s/asha", if_none_match=etag)
        await one.get("/s/asha", "HEAD")
        for unseen in (
            "/s/asha/",
            "/s/asha/fr",
            "/s/asha/icon.svg",
            "/s/asha/manifest.webmanifest",
            "/s/nobody",
        ):
            await one.get(unseen)
        views = one.journal()
        assert [view.outcome for view in views] == [Outcome.VIEW] * 4
        assert {view.link_id for view in views} == {shown.site.id}
        first, prefetched, other, again = views
        assert (first.source, first.referrer, first.language) == ("poster", "search.example/find", "hi-in")
        assert prefetched.flags == PREFETCH_FLAG
        assert first.visitor == again.visitor != other.visitor
        assert one.front.metrics.answers[Outcome.VIEW] == 4

    tell(story, tmp_path)


MOVED = {
    "/s/asha/": "/s/asha",
    "/s/asha/en": "/s/asha",
    "/s/asha/EN/": "/s/asha",
    "/s/asha/HI": "/s/asha/hi",
    "/s/asha/hi/": "/s/asha/hi",
    "/s/asha/?a=1&b=%20": "/s/asha?a=1&b=%20",
}
NOWHERE = (
    *("/s/asha/fr", "/s/asha/hi/en", "/s/asha/contact.vcf", "/s/asha/nothing.ics", "/s/asha/index.html"),
    *(
        "/s/nobody",
        "/s/nobody/hi",
        "/s/",
        "/s",
        "/S/asha",
        "/s/asha%2Fhi",
        "/s/../s/asha",
        "/s//asha",
        "//s/asha",
    ),
    *(
        "/s/asha/go/links",
        "/s/asha/go/links/0",
        "/s/asha/..%2f",
        "/s/asha%00",
        "/s/asha//",
        "/hi",
        "/s/asha/forms",
    ),
)


def test_every_address_leads_to_one_page_or_to_none(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish()
        for path, to in MOVED.items():
            answer = await one.get(path)
            assert (answer.status, answer.headers["location"], answer.body) == (308, to, b""), path
        for path in NOWHERE:
            for method in ("GET", "HEAD"):
                assert (await one.get(path, method)).status == 404, path
        for path in ("/s/asha", "/s/asha/hi", "/s/asha/card.png"):
            assert (await one.post(path, "password=x")).status in (404, 405), path
            assert (await one.get(path, "DELETE")).status in (404, 405), path
        missing = await one.get("/s/asha/fr")
        assert "यहाँ" in words_of(missing) or "पते" in words_of(missing)
        assert one.journal() == []

    tell(story, tmp_path)


def test_each_language_has_its_address_and_nobody_is_led_to_another(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish()
        english, hindi = await one.get("/s/asha"), await one.get("/s/asha/hi", accept_language="en")
        assert (english.status, hindi.status) == (200, 200)
        for answer, tag, name in ((english, "en", "Asha Kirana"), (hindi, "hi", "आशा किराना")):
            tree = html5lib.parse(answer.body, namespaceHTMLElements=False)
            assert tree.get("lang") == tag
            assert name in " ".join(tree.find("body").itertext())
            addresses = {
                each.get("hreflang"): each.get("href") for each in tree.iter("link") if each.get("hreflang")
            }
            assert addresses["hi"] == f"{BASE}/s/asha/hi" and addresses["x-default"] == f"{BASE}/s/asha"

    tell(story, tmp_path)


def test_what_strangers_send_along_changes_nothing_for_the_next_visitor(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish()
        odd = dict.fromkeys(
            ("x_forwarded_host", "x_forwarded_proto", "x_original_url", "x_rewrite_url", "forwarded"),
            "evil.example",
        )
        odd |= {
            "cookie": "a=<script>",
            "accept": "text/css",
            "range": "bytes=0-9",
            "origin": "https://evil.example",
        }
        odd |= {"accept_language": "<b>", "user_agent": "<img>", "referer": "https://evil.example/<i>"}
        first = await one.get("/s/asha?evil=<u>&for=<s>", **odd)
        clean = await one.get("/s/asha")
        assert (first.status, first.body, first.headers) == (200, clean.body, clean.headers)
        assert b"evil" not in clean.body
        local = await one.get("/s/asha", host="localhost:8000")
        assert local.body == clean.body

    tell(story, tmp_path)


def test_what_is_published_is_seen_at_once(tmp_path: Path, database_url: str):
    async def story(one: Desk) -> None:
        call = one.app.call
        names: list[str] = []
        for name in ("First", "Second"):
            await one.publish(site(block("name-board", {"name": name})))
            names.append(words_of(await one.get("/s/asha")))
        assert "First" in names[0] and "Second" in names[1] and "First" not in names[1]
        await actions.roll_back(call(), one.workspace_id, host="", slug="asha")
        assert "First" in words_of(await one.get("/s/asha"))
        await actions.unpublish(call(), one.workspace_id, host="", slug="asha")
        for path in ("/s/asha", "/s/asha/hi", "/s/asha/card.png"):
            assert (await one.get(path)).status == 410, path
        assert "First" not in words_of(await one.get("/s/asha"))

    tell(story, tmp_path, database_url=database_url)


def test_nothing_old_is_answered_from_memory(tmp_path: Path):
    async def story(one: Desk) -> None:
        pages = one.front.inner
        address = b"go.example.com", b"/s/asha"

        def now() -> str:
            ready = pages.at_once(*address, one.clock[0])
            return ready.packed.body(b"").data.decode() if ready else ""

        async def asked() -> str:
            """What is in memory after a visit; any commit, such as a lease's, has it looked up once more."""
            for _ in range(20):
                await one.get("/s/asha")
                if found := now():
                    return found
            return ""

        for name in ("First", "Second"):
            await one.publish(site(block("name-board", {"name": name}), HOURS))
            assert now() == ""
            assert name in await asked()
            assert pages.at_once(b"shop.example", b"/s/asha", one.clock[0]) is None
        one.clock[0] += 1_000  # what another machine did is seen within a second
        assert now() == ""
        one.clock[0] = TUESDAY_MS + 11 * HOUR_MS - 500  # half a second before it closes
        assert "Second" in await asked()
        one.clock[0] += 500
        assert now() == ""
        await actions.unpublish(one.app.call(), one.workspace_id, host="", slug="asha")
        assert now() == ""

    tell(story, tmp_path)


def test_a_planned_release_is_there_at_its_moment(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish(site(block("name-board", {"name": "Summer"})))
        order = Order(site(block("name-board", {"name": "Winter"})), "")
        await actions.schedule(one.app.call(), one.workspace_id, order, one.clock[0] + HOUR_MS)
        for after_ms, name in ((0, "Summer"), (HOUR_MS - 1, "Summer"), (HOUR_MS, "Winter")):
            one.clock[0] = TUESDAY_MS + after_ms
            assert name in words_of(await one.get("/s/asha")), after_ms

    tell(story, tmp_path)


def test_a_page_that_grows_old_is_drawn_again_and_only_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drawn: list[int] = []
    render = drawing.render
    monkeypatch.setattr(drawing, "render", lambda *given: (drawn.append(1), render(*given))[1])

    async def story(one: Desk) -> None:
        await one.publish(site(BOARD, HOURS))
        said = [words_of(await one.get("/s/asha"))]
        for hours in (1, 2, 3):
            one.clock[0] = TUESDAY_MS + hours * HOUR_MS
            said.append(words_of(await one.get("/s/asha")))
        by_day = len(drawn)
        one.clock[0] = TUESDAY_MS + 12 * HOUR_MS  # 22:00
        night = words_of(await one.get("/s/asha"))
        assert "Open now" in said[0]
        assert said[1:] == said[:1] * 3 and by_day == 1
        assert "Open now" not in night and len(drawn) == 2

    tell(story, tmp_path)


def test_a_page_is_drawn_once_however_many_ask_for_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drawn: list[int] = []
    render = drawing.render
    monkeypatch.setattr(drawing, "render", lambda *given: (drawn.append(1), render(*given))[1])

    async def story(one: Desk) -> None:
        await one.publish()
        answers = await asyncio.gather(*(one.get("/s/asha") for _ in range(40)))
        assert {answer.status for answer in answers} == {200}
        assert len({answer.body for answer in answers}) == 1
        assert len(drawn) == 1
        assert len(one.journal()) == 40

    tell(story, tmp_path)


def test_a_page_that_cannot_be_drawn_is_said_to_be_so_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    async def story(one: Desk) -> None:
        await one.publish()
        with monkeypatch.context() as patched:
            patched.setattr(drawing, "render", fail)
            broken = await one.get("/s/asha")
            assert broken.status == 503 and b"secret" not in broken.body
        assert (await one.get("/s/asha")).status == 200

    tell(story, tmp_path)


def address_of(answer: Answer) -> str:
    """The counted address of the only link of the block with links."""
    (found,) = set(re.findall(rb'href="([^"]*/go/links/[^"]+)"', answer.body))
    return found.decode()


def test_a_click_leads_to_what_the_live_page_has_and_nowhere_else(tmp_path: Path):
    async def story(one: Desk) -> None:
        shown = await one.publish()
        address = address_of(await one.get("/s/asha"))
        key = address.removeprefix("/s/asha/go/")
        to = await one.get(f"{address}?to=https://evil.example&x=1", referer=f"{BASE}/s/asha")
        assert (to.status, to.headers["location"]) == (302, "https://example.com/recipes?a=1&b=%C3%A9")
        assert to.headers["cache-control"] == "no-store"
        assert (await one.get(address, "HEAD")).status == 302
        ping = await one.post(address, "PING")
        assert (ping.status, ping.body) == (204, b"")
        clicks = [scan for scan in one.journal() if scan.outcome is Outcome.CLICK]
        assert [(click.link_id, click.part) for click in clicks] == [(shown.site.id, key)] * 2
        for wrong in (
            f"/s/asha/go/text/{key.partition('/')[2]}",
            f"{address}x",
            f"{address}/",
            "/s/nobody/go/a/b",
        ):
            assert (await one.get(wrong)).status == 404, wrong
            assert (await one.post(wrong, "PING")).status in (404, 405), wrong
        await one.publish(site(BOARD))
        assert (await one.get(address)).status == 404
        assert len([scan for scan in one.journal() if scan.outcome is Outcome.CLICK]) == 2

    tell(story, tmp_path)


VIEWS = (
    *("/s/asha", "/s/asha/hi", "/s/asha/", "/s/asha?for=nonsense", "/s/asha/card.png", "/s/asha/icon.svg"),
    *("/s/asha/manifest.webmanifest", "/s/asha/contact.vcf", "/s/asha/event.ics", "/s/asha/go/links/abc"),
    *("/s/asha/forms/question", "/s/asha/forms/question?thanks=1", "/sitemap.xml", "/robots.txt"),
)
SECRET = "Fritillary"


async def assert_nothing_is_told(one: Desk, statuses: set[int], go: str, *, cookie: str = "") -> None:
    for view in (*VIEWS, go):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = await one.get(view, method, cookie=cookie, range="bytes=0-99", accept_encoding="")
            assert SECRET not in f"{answer.headers} {answer.body.decode('utf-8', 'replace')}", (view, method)
            if view.startswith("/s/") and method != "OPTIONS":
                assert answer.status in statuses, (view, method, answer.status)
                assert "no-store" in answer.headers["cache-control"], view
    posted = await one.post("/s/asha/forms/question", "name=a&message=b&consent=yes", cookie=cookie)
    assert posted.status in statuses and SECRET.encode() not in posted.body


SECRETIVE = site(
    block("name-board", {"name": SECRET}),
    block("links", {"items": [{"words": SECRET, "to": f"https://{SECRET}.example/"}]}),
    block("contact", {"name": SECRET, "phone": "+91 98765 43210"}),
    QUESTION,
    title=SECRET,
)


async def go_of(one: Desk) -> str:
    """The counted address of the only link of the secretive page, as it was when everybody saw it."""
    await one.publish(SECRETIVE)
    return address_of(await one.get("/s/asha"))


def test_a_password_stands_before_everything_that_a_site_has(tmp_path: Path):
    async def story(one: Desk) -> None:
        go = await go_of(one)
        await one.publish(SECRETIVE, password="open sesame")
        await assert_nothing_is_told(one, {200, 403}, go)
        form = await one.get("/s/asha")
        assert form.status == 200 and b'name="password"' in form.body and "set-cookie" not in form.headers
        right = await one.post("/s/asha/hi", "password=open+sesame")
        assert (right.status, right.headers["location"]) == (303, "/s/asha/hi")
        cookie, _, rest = right.headers["set-cookie"].partition(";")
        assert {"HttpOnly", "SameSite=Lax", "Path=/s/asha", "Secure"} <= {
            each.strip() for each in rest.split(";")
        }
        page = await one.get("/s/asha", cookie=cookie)
        assert page.status == 200 and SECRET in words_of(page)
        assert page.headers["cache-control"] == "private, no-store"
        assert (await one.get(go, cookie=cookie)).status == 302
        await one.publish(SECRETIVE, password="another one")
        await assert_nothing_is_told(one, {200, 403}, go, cookie=cookie)
        await one.publish(SECRETIVE, password="")
        assert SECRET in words_of(await one.get("/s/asha"))

    tell(story, tmp_path)


def test_a_proof_for_one_site_opens_no_other(tmp_path: Path):
    async def story(one: Desk) -> None:
        for slug in ("asha", "other"):
            made = msgspec.structs.replace(SECRETIVE, slug=slug)
            await one.publish(made, password="open sesame")
        right = await one.post("/s/asha", "password=open+sesame")
        value = right.headers["set-cookie"].partition(";")[0].partition("=")[2]
        (name,) = re.findall(r"scanly_\w+", right.headers["set-cookie"])
        other = await actions.show_site(one.app.call(), one.workspace_id, host="", slug="other")
        for forged in (f"{name}={value}", f"scanly_{show(other.site.id)}={value}"):
            assert SECRET not in words_of(await one.get("/s/other", cookie=forged))

    tell(story, tmp_path)


def test_passwords_are_tried_five_times_a_minute(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish(SECRETIVE, password="open sesame")
        tries = [(await one.post("/s/asha", f"password=wrong{number}")).status for number in range(7)]
        assert tries == [403] * 5 + [429] * 2
        assert (await one.post("/s/asha", "password=open+sesame")).status == 429
        one.clock[0] += 2 * MINUTE_MS
        assert (await one.post("/s/asha", "password=open+sesame")).status == 303

    tell(story, tmp_path)


def test_a_site_that_has_expired_is_closed_in_the_visitors_language(tmp_path: Path):
    async def story(one: Desk) -> None:
        go = await go_of(one)
        await one.publish(msgspec.structs.replace(SECRETIVE, expires="2026-11-24"))
        # The day is over at midnight in India, 14 hours after ten o'clock.
        one.clock[0] = TUESDAY_MS + 14 * HOUR_MS - 1
        assert (await one.get("/s/asha")).status == 200
        one.clock[0] += 1
        await assert_nothing_is_told(one, {410}, go)
        closed = await one.get("/s/asha", accept_language="de")
        tree = html5lib.parse(closed.body, namespaceHTMLElements=False)
        assert (closed.status, tree.get("lang")) == (410, "de")

    tell(story, tmp_path)


def test_an_invitation_opens_a_page_that_is_for_one_person(tmp_path: Path):
    async def story(one: Desk) -> None:
        go = await go_of(one)
        await one.publish(msgspec.structs.replace(SECRETIVE, invited=True))
        token, late = [
            await actions.invite(
                one.app.call(), one.workspace_id, host="", slug="asha", name=name, expires_ms=ends_ms
            )
            for name, ends_ms in (("Meera Shah", None), ("Ravi", TUESDAY_MS + DAY_MS))
        ]
        await assert_nothing_is_told(one, {403}, go)
        came = await one.get(f"/s/asha/hi?for={token}")
        assert (came.status, came.headers["location"]) == (303, "/s/asha/hi")
        cookie = came.headers["set-cookie"].partition(";")[0]
        assert token not in cookie
        page = await one.get("/s/asha", cookie=cookie)
        assert "Meera Shah" in words_of(page) and SECRET in words_of(page)
        assert (
            page.headers["cache-control"] == "private, no-store" and page.headers["x-robots-tag"] == "noindex"
        )
        guests = await actions.list_guests(one.app.call(), one.workspace_id, host="", slug="asha")
        views = [scan for scan in one.journal() if scan.outcome is Outcome.VIEW and scan.part]
        assert [view.part for view in views] == [show(guests[0].id)]
        ravi = (await one.get(f"/s/asha?for={late}")).headers["set-cookie"].partition(";")[0]
        assert "Ravi" in words_of(await one.get("/s/asha", cookie=ravi))
        forged = f"{cookie.partition('=')[0]}={show(guests[1].id)}.{cookie.partition('.')[2]}"
        await assert_nothing_is_told(one, {403}, go, cookie=forged)
        one.clock[0] += DAY_MS
        assert (await one.get("/s/asha", cookie=ravi)).status == 403
        assert (await one.get(f"/s/asha?for={late}")).status == 403
        await actions.uninvite(one.app.call(), one.workspace_id, host="", slug="asha", name="Meera Shah")
        await assert_nothing_is_told(one, {403}, go, cookie=cookie)

    tell(story, tmp_path)


def test_a_guest_of_an_open_page_is_greeted_and_others_are_not(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish()
        await one.get("/s/asha")
        invited = {"host": "", "slug": "asha", "name": "Meera Shah", "expires_ms": None}
        token = await actions.invite(one.app.call(), one.workspace_id, **invited)
        cookie = (await one.get(f"/s/asha?for={token}")).headers["set-cookie"].partition(";")[0]
        for _ in range(2):
            assert "Meera Shah" not in words_of(await one.get("/s/asha"))
            assert one.front.inner.at_once(b"go.example.com", b"/s/asha", one.clock[0]) is None
            assert "Meera Shah" in words_of(await one.get("/s/asha", cookie=cookie))

    tell(story, tmp_path)


def locations(answer: Answer) -> list[str]:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    return [each.text or "" for each in ElementTree.fromstring(answer.body).iter(f"{space}loc")]


def test_the_map_of_a_host_has_its_pages_and_none_that_is_not_for_everybody(tmp_path: Path):
    async def story(one: Desk) -> None:
        hidden = {
            "hidden": {"unlisted": True},
            "locked": {},
            "old": {"expires": "2026-11-23"},
        }
        for slug, facts in hidden.items():
            password = "open sesame" if slug == "locked" else None
            await one.publish(msgspec.structs.replace(PLAIN, slug=slug, **facts), password=password)
        await one.publish()
        await one.publish(PLAIN, host=SHOP, front=True)
        listed = await one.get("/sitemap.xml")
        assert listed.headers["content-type"] == "application/xml; charset=utf-8"
        assert locations(listed) == [f"{BASE}/s/asha", f"{BASE}/s/asha/hi", f"{BASE}/s/asha/ar"]
        shop = await one.get("/sitemap.xml", host=SHOP)
        assert locations(shop) == [f"https://{SHOP}/", f"https://{SHOP}/hi", f"https://{SHOP}/ar"]
        assert (
            f"Sitemap: https://{SHOP}/sitemap.xml".encode() in (await one.get("/robots.txt", host=SHOP)).body
        )
        unlisted = await one.get("/s/hidden")
        assert unlisted.status == 200
        assert unlisted.headers["x-robots-tag"] == "noindex"
        assert unlisted.headers["cache-control"] == "private, no-store"

    tell(story, tmp_path)


def test_the_schema_of_a_sites_file_has_an_address(tmp_path: Path):
    async def story(one: Desk) -> None:
        answer = await one.get("/schemas/site.json")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/schema+json")
        assert "blocks" in msgspec.json.decode(answer.body)["properties"]

    tell(story, tmp_path)


def test_a_site_is_the_front_of_its_host_and_is_nowhere_else(tmp_path: Path, database_url: str):
    async def story(one: Desk) -> None:
        assert (await one.get("/", host=SHOP)).status == 421
        await one.publish(PLAIN, host=SHOP, front=True)
        await one.front_is_known()
        for path, tag in (("/", "en"), ("/hi", "hi")):
            page = await one.get(path, host=f"{SHOP.upper()}:443")
            assert page.status == 200 and f'lang="{tag}"'.encode() in page.body, path
            assert f"https://{SHOP}/hi".encode() in page.body
        for path, to in (("/s/asha", "/"), ("/s/asha/hi", "/hi"), ("/hi/", "/hi"), ("/en", "/")):
            moved = await one.get(path, host=SHOP)
            assert (moved.status, moved.headers["location"]) == (308, to), path
        for path in ("/fr", "/s/other", "/s/asha/fr"):
            assert (await one.get(path, host=SHOP)).status == 404, path
        assert (await one.get("/s/asha")).status == 404
        assert (await one.get("/card.png", host=SHOP)).headers["content-type"] == "image/png"
        address = address_of(await one.get("/", host=SHOP))
        assert address.startswith("/go/")
        assert (await one.get(address, host=SHOP)).status == 302
        draft = LinkDraft("https://example.com/", "hi", SHOP)
        await add_link(one.app.call(), one.workspace_id, draft, printed_host="go.example.com")
        await one.front_is_known()
        assert (await one.get("/hi", host=SHOP)).headers["location"] == "https://example.com/"

    tell(story, tmp_path, database_url=database_url)


def test_a_link_leads_to_a_site(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish()
        for code, target in (("menu", "site:asha"), ("hindi", "/s/asha/hi?table=7")):
            draft = LinkDraft(target, code)
            await add_link(one.app.call(), one.workspace_id, draft, printed_host="go.example.com")
        led = await one.get("/menu")
        assert (led.status, led.headers["location"]) == (302, "/s/asha")
        assert (await one.get("/hindi")).headers["location"] == "/s/asha/hi?table=7"
        assert (await one.get((await one.get("/hindi")).headers["location"])).status == 200
        assert f"{BASE.partition('://')[2]}" in words_of(await one.get("/menu+"))

    tell(story, tmp_path)


@pytest.mark.parametrize(
    "target",
    ["site:", "site:a/../b", "/s/", "/s/a b", "/s/asha\r\nx: y", "//s/asha", "/s/asha/../..", "/t/asha"],
)
def test_a_link_leads_to_nothing_that_is_no_site(target: str):
    with pytest.raises(Invalid):
        check_target(target)


def test_a_form_goes_to_the_inbox_of_its_site(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish(site(BOARD, QUESTION))
        assert (await one.get("/s/asha")).status == 200
        one.clock[0] += READING_MS
        typed = "name=Meera&phone=%2B919876543210&message=Rice%3F&consent=yes&language=en"
        sent = await one.post("/s/asha/forms/question", typed)
        assert sent.status == 303, sent.body
        thanks = await one.get(sent.headers["location"])
        assert thanks.status == 200 and "no-store" in thanks.headers["cache-control"]
        never_seen = await ask(
            one.front,
            "/s/asha/forms/question",
            "POST",
            {"content-type": "application/x-www-form-urlencoded"},
            client="203.0.113.9",
            body=typed.encode(),
        )
        assert never_seen.status == 200 and b"Meera" in never_seen.body
        assert (await one.post("/s/asha/forms/question", "x" * 70_000)).status in (400, 413)
        assert (await one.post("/s/asha/forms/nothing", "a=b")).status == 404

    tell(story, tmp_path)


KEPT_BY = {
    "question": "name=Meera&phone=%2B919876543210&message=Rice%3F&consent=yes&language=en",
    "offer": "language=en",
}


@pytest.mark.parametrize("durability", ["normal", "strict"])
@pytest.mark.parametrize("kind", KEPT_BY)
def test_what_a_form_kept_is_a_lead_of_its_block_and_only_once(tmp_path: Path, kind: str, durability: str):
    async def story(one: Desk) -> None:
        form, typed = f"/s/asha/forms/{kind}", KEPT_BY[kind]
        shown = await one.publish(site(BOARD, QUESTION, OFFER))
        assert (await one.get("/s/asha")).status == 200
        one.clock[0] += READING_MS
        assert (await one.post(form, f"{typed}&{HONEYPOT}=x")).status == 303, "a robot that hears nothing"
        if kind == "question":
            assert (await one.post(form, "name=Meera&language=en")).status == 422
        assert [scan.outcome for scan in one.journal()] == [Outcome.VIEW]
        for _ in range(3):
            assert (await one.post(form, typed)).status == 303
        view, *leads = one.journal()
        assert [(lead.outcome, lead.part, lead.link_id) for lead in leads] == [
            (Outcome.LEAD, kind, shown.site.id)
        ]
        assert (leads[0].visitor, leads[0].day, leads[0].agent) == (view.visitor, view.day, PHONE)
        if kind == "question":
            await one.post(form, typed.replace("Rice", "Dal"))
            assert [scan.outcome for scan in one.journal()[2:]] == [Outcome.LEAD]
        assert one.front.metrics.answers[Outcome.LEAD] == len(one.journal()) - 1

    tell(story, tmp_path, durability=durability)


def test_what_is_kept_of_nobody_is_no_lead(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish(site(BOARD, block("loyalty"), block("order")))
        started = await one.post("/s/asha/forms/loyalty", "language=en")
        assert started.status == 303
        assert (await one.post("/s/asha/forms/order", "n1=2&way=pickup&language=en")).status in (200, 422)
        assert one.journal() == []

    tell(story, tmp_path)


def test_a_page_on_a_host_of_its_own_says_so_in_its_scans(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.publish(host=SHOP)
        await one.front_is_known()
        for _ in range(2):
            assert (await one.get("/s/asha", host=SHOP)).status == 200
        assert [(scan.host, scan.hour) for scan in one.journal()] == [
            (SHOP, 4)
        ] * 2  # the workspace lives by UTC

    tell(story, tmp_path)


def body_of(size: int) -> Packed:
    return Packed({"": Body(b"x" * size, b"", (), (), b"", b"")})


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40_000)), max_size=60))
def test_what_is_kept_never_exceeds_its_room_but_for_the_newest(asked: list[tuple[int, int]]):
    async def fill() -> None:
        cache = Cache(most_bytes=100_000)
        for key, size in asked:

            async def make(size: int = size) -> Packed:
                return body_of(size)

            made = await cache.make(key, make)
            kept = [found for one in range(10) if (found := cache.get(one, 0)) is not None]
            assert cache.get(key, 0) is made
            assert sum(each.size_bytes for each in kept) == cache.size_bytes <= max(100_000, made.size_bytes)

    asyncio.run(fill())


def test_what_is_kept_is_over_at_its_moment():
    async def fill() -> None:
        cache = Cache()

        async def make() -> Packed:
            return msgspec.structs.replace(body_of(1), until_ms=1_000)

        await cache.make("key", make)
        assert cache.get("key", 999) is not None
        assert cache.get("key", 1_000) is None

    asyncio.run(fill())


PACKED = pack(b"<p>" + b"word " * 200, b"text/html", ())


@given(st.binary(max_size=60))
def test_whatever_is_accepted_an_answer_is_found(accepted: bytes):
    body = PACKED.body(accepted)
    coded = dict(body.headers).get(b"content-encoding", b"")
    assert coded == b"" or coded in accepted.lower()

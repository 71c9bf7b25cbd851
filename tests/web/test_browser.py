"""What people see, in a real browser on a real server: looks, width, messages, numbers that move."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn

from scanly.accounts.model import Workspace
from scanly.analytics.events.sqlite import SqliteEvents
from scanly.analytics.ingest import Ingester
from scanly.app import open_app
from scanly.core.ids import WorkspaceId
from scanly.core.paths import DataFolder, asset
from scanly.core.settings import Settings
from scanly.links.address import Address
from scanly.links.changes import remove_link
from scanly.web.public import pages
from scanly.web.server import choose_first, prepare, running

pytestmark = pytest.mark.browser

PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"
MAY_3_MS = 1_777_779_000_000
MUSEUM = Workspace(WorkspaceId(1), "Museum am Markt (Köln)", time_zone="Europe/Berlin", accent="#1b4d8f")
# Pages that no link of the café leads to: the browser gets them with the café's headers and style sheet.
MADE = {
    "/_made/expired": pages.closed(MUSEUM, "hi", reason="expired", at_ms=MAY_3_MS, now_ms=MAY_3_MS),
    "/_made/not-yet": pages.closed(MUSEUM, "ar", reason="not_yet", at_ms=MAY_3_MS, now_ms=MAY_3_MS - 1),
    "/_made/broken": pages.closed(MUSEUM, "ta", reason="broken"),
    "/_made/confirm": pages.confirm(MUSEUM, "bn", action="/_made/confirm"),
    "/_made/password": pages.password(MUSEUM, "en", action="/_made/password"),
    "/_made/wrong": pages.password(MUSEUM, "de", action="/_made/password", problem="wrong"),
    "/_made/wait": pages.password(MUSEUM, "ur", action="/_made/password", problem="wait"),
}
PAGES = ("/", "/table-7+", "/table-12+", "/nobody", *MADE)
SCHEMES = ("light", "dark")
every_page = pytest.mark.parametrize("path", PAGES)
both_schemes = pytest.mark.parametrize("scheme", SCHEMES)


@dataclass(frozen=True)
class Cafe:
    """The sample café behind a socket, with an ingester; table 12 is removed."""

    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def scan(self, code: str) -> int:
        """A person's phone opens a code; the status it got."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", f"/{code}", headers={"User-Agent": PHONE})
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cafe]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        ready, stop = threading.Event(), threading.Event()
        folder = DataFolder(tmp_path_factory.mktemp("cafe"))
        thread = threading.Thread(target=lambda: asyncio.run(_serve(folder, listening, ready, stop)))
        thread.start()
        assert ready.wait(20)
        with _ingesting(folder):
            yield Cafe(port)
        stop.set()
        thread.join(20)
        assert not thread.is_alive(), "an open stream kept the server from stopping"


async def _serve(
    folder: DataFolder, listening: socket.socket, ready: threading.Event, stop: threading.Event
) -> None:
    settings = Settings(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", host="127.0.0.1")
    async with open_app(folder, settings) as app:
        await prepare(app, with_demo=True)
        workspace = await choose_first(app)
        await remove_link(app.call(), workspace.id, Address.parse("table-12"))
        async with running(app, with_demo=True) as (front, stopping, _):
            server = uvicorn.Server(uvicorn.Config(front, lifespan="off", log_level="error", ws="none"))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            ready.set()  # the socket listens already
            await asyncio.to_thread(stop.wait)
            stopping.set()
            server.should_exit = True
            await serving


@contextmanager
def _ingesting(folder: DataFolder) -> Iterator[None]:
    stop = threading.Event()

    def ingest() -> None:
        store = SqliteEvents(folder.events_db)
        ingester = Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=lambda: 0)
        while not stop.wait(0.1):
            ingester.step()
        store.close()

    thread = threading.Thread(target=ingest)
    thread.start()
    yield
    stop.set()
    thread.join()


@contextmanager
def opened(chromium: Any, url: str, **options: Any) -> Iterator[Any]:
    """A page in a context of its own; console messages are collected in ``page.heard``."""
    context = chromium.new_context(
        **{"viewport": {"width": 360, "height": 760}, "reduced_motion": "reduce", "locale": "en-GB"} | options
    )
    page = context.new_page()
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.route("**/_made/*", _hand_out)
    page.goto(url)
    yield page
    context.close()


def _hand_out(route: Any) -> None:
    """A made page, as the server would send it."""
    address = urlsplit(route.request.url)
    served = route.fetch(url=f"{address.scheme}://{address.netloc}/nobody", method="GET")
    assert "form-action 'self'" in served.headers["content-security-policy"]
    route.fulfill(response=served, status=200, body=MADE[address.path])


def sideways_px(page: Any) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@every_page
@both_schemes
def test_a_page_fits_a_narrow_phone_and_the_browser_has_nothing_to_say(
    chromium: Any, cafe: Cafe, path: str, scheme: str
) -> None:
    with opened(
        chromium, cafe.url(path), viewport={"width": 320, "height": 640}, color_scheme=scheme
    ) as page:
        page.wait_for_timeout(150)
        assert sideways_px(page) == 0
        assert [text for text in page.heard if not re.search(r"status of 4(04|10) ", text)] == []
        hosts = page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).host)")
        assert set(hosts) == {f"127.0.0.1:{cafe.port}"}
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(255, 249, 238)" if scheme == "light" else "rgb(28, 22, 16)")


@every_page
def test_a_page_follows_a_reader_who_needs_text_twice_as_large(chromium: Any, cafe: Cafe, path: str) -> None:
    with opened(chromium, cafe.url(path), bypass_csp=True) as page:
        page.add_style_tag(content="html { font-size: 212.5% }")
        assert sideways_px(page) == 0


@every_page
@both_schemes
def test_axe_finds_nothing_to_mend(chromium: Any, cafe: Cafe, path: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with opened(chromium, cafe.url(path), bypass_csp=True, color_scheme=scheme) as page:
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@every_page
def test_what_is_tapped_is_large_enough(chromium: Any, cafe: Cafe, path: str) -> None:
    with opened(chromium, cafe.url(path)) as page:
        heights = page.locator("a, button, input").evaluate_all(
            "tapped => tapped.map(one => one.getBoundingClientRect().height)"
        )
        assert [height for height in heights if height < 44] == []


def test_a_password_is_typed_and_sent_with_the_keyboard_alone(chromium: Any, cafe: Cafe) -> None:
    from playwright.sync_api import expect

    for keys in (("Enter",), ("Tab", "Space")):
        with opened(chromium, cafe.url("/_made/wrong"), java_script_enabled=False) as page:
            expect(page.locator("#password")).to_be_focused()  # a moment after loading
            page.keyboard.type("Maß & Krug")
            with page.expect_request("**/_made/password") as sent:
                for key in keys:
                    page.keyboard.press(key)
            assert sent.value.method == "POST"
            assert parse_qs(sent.value.post_data) == {"password": ["Maß & Krug"]}
            page.wait_for_url("**/_made/password")
            assert page.heard == []


def test_what_was_wrong_belongs_to_the_field_that_one_is_in(chromium: Any, cafe: Cafe) -> None:
    from playwright.sync_api import expect

    with opened(chromium, cafe.url("/_made/wrong")) as page:
        field = page.get_by_label("Passwort", exact=True)
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(re.compile("Das Passwort stimmt nicht"))
        expect(page.get_by_role("alert")).to_be_visible()


def test_from_right_to_left_the_mark_stands_right_of_the_name(chromium: Any, cafe: Cafe) -> None:
    for path, to_the_right in (("/_made/not-yet", True), ("/_made/expired", False)):
        with opened(chromium, cafe.url(path)) as page:
            mark, name = (page.locator(one).bounding_box() for one in (".mark", ".who bdi"))
            assert (mark["x"] > name["x"]) == to_the_right
            gap = (
                mark["x"] - name["x"] - name["width"]
                if to_the_right
                else name["x"] - mark["x"] - mark["width"]
            )
            assert 0 < gap < 24


def test_trying_again_asks_for_the_same_address(chromium: Any, cafe: Cafe) -> None:
    with opened(chromium, cafe.url("/_made/broken")) as page:
        with page.expect_request("**/_made/broken") as sent:
            page.locator("a").click()
        assert sent.value.method == "GET"


def test_no_title_in_any_language_is_cut_within_a_word_on_a_narrow_phone(chromium: Any, cafe: Cafe) -> None:
    words = json.loads(asset("public", "words.json").read_text(encoding="utf-8"))
    with opened(chromium, cafe.url("/_made/broken"), viewport={"width": 320, "height": 640}) as page:
        page.evaluate("document.body.style.overflowWrap = 'normal'")
        cut = """([language, title]) => {
            document.documentElement.lang = language;
            document.querySelector("h1").textContent = title;
            return document.documentElement.scrollWidth > document.documentElement.clientWidth;
        }"""
        assert page.evaluate(cut, ["en", "Donaudampfschifffahrtsgesellschaft"])
        titles = [(name, said[key]) for name, said in words.items() for key in said if key.endswith("_title")]
        assert len(titles) > 100
        assert [one for one in titles if page.evaluate(cut, one)] == []


def test_the_count_moves_after_a_scan_without_loading_the_page_again(chromium: Any, cafe: Cafe) -> None:
    from playwright.sync_api import expect

    with opened(chromium, cafe.url("/")) as page, opened(chromium, cafe.url("/")) as other:
        before = int(page.locator("#total").inner_text())
        of_counter = int(page.locator("#row-counter td >> nth=1").inner_text())
        page.evaluate("window.same = 'still here'")
        page.locator("#row-counter a").focus()
        assert cafe.scan("counter") == 302
        for each in (page, other):
            expect(each.locator("#total")).to_have_text(str(before + 1), timeout=5_000)
        expect(page.locator("#row-counter td >> nth=1")).to_have_text(str(of_counter + 1))
        assert page.evaluate("window.same") == "still here"
        assert page.evaluate("document.activeElement.closest('tr').id") == "row-counter"
        assert page.heard == []


def test_the_count_is_live_however_slowly_the_scripts_arrive(chromium: Any, cafe: Cafe) -> None:
    def late(route: Any) -> None:
        time.sleep(0.4)
        route.continue_()

    with opened(chromium, "about:blank") as page:
        page.route("**/hx-sse.js*", late)
        with page.expect_request("**/_live", timeout=5_000):
            page.goto(cafe.url("/"))


def test_without_javascript_it_is_a_plain_table(chromium: Any, cafe: Cafe) -> None:
    with opened(chromium, cafe.url("/"), java_script_enabled=False) as page:
        assert page.locator("tbody tr").count() == 15
        assert page.locator("noscript p").is_visible()
        assert not page.locator(".live").is_visible()
        before = int(page.locator("#total").inner_text())
        page.locator("#row-table-7 a").click()
        assert page.locator("h1").inner_text() == "Chai Corner"
        assert page.url == cafe.url("/s/chai-corner")
        page.wait_for_timeout(600)
        page.goto(cafe.url("/"))
        assert (
            int(page.locator("#total").inner_text()) == before
        )  # a browser that says it is headless is a robot


def test_a_page_prints_without_what_only_a_screen_can_do(chromium: Any, cafe: Cafe) -> None:
    with opened(chromium, cafe.url("/")) as page:
        page.emulate_media(media="print")
        assert not page.locator(".live").is_visible()
        assert page.locator("tbody tr >> nth=0").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

"""Codes that are closed, limited or behind a password: what visitors get, and what they never learn."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from scanly.accounts.actions import edit_workspace
from scanly.app import App, open_app
from scanly.core.errors import Unavailable
from scanly.core.ids import WorkspaceId
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links import changes
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.model import LinkDraft
from scanly.links.passwords import keep
from scanly.links.terms import Rule, Terms
from scanly.scans.gate import TRIES_A_MINUTE
from scanly.web.redirect import RedirectFront
from scanly.web.server import choose_first, prepare, running
from tests.web.asking import Answer, ask

TARGET = "https://secret.example/target"
NOW_MS = 1_795_400_000_000
DAY_MS = 86_400_000
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
)
SECRET = keep("open sesame")


@dataclass
class Desk:
    """A server without sockets, at a moment that the test sets."""

    app: App
    front: RedirectFront
    workspace: WorkspaceId
    clock: list[int]

    async def add(self, code: str, **terms: Any) -> None:
        draft = LinkDraft(TARGET, code, terms=Terms(**terms))
        await add_link(self.app.call(), self.workspace, draft, printed_host="go.example.com")
        await self.front.table.source.follow()

    async def edit(self, code: str, **wanted: object) -> None:
        await changes.edit_link(self.app.call(), self.workspace, Address.parse(code), wanted)
        await self.front.table.source.follow()

    async def get(
        self, path: str, method: str = "GET", *, client: str = "192.0.2.7", **headers: str
    ) -> Answer:
        return await ask(self.front, path, method, {"user_agent": PHONE} | headers, client=client)

    async def post(self, path: str, *, client: str = "192.0.2.7", cookie: str = "", **fields: str) -> Answer:
        headers = {"user_agent": PHONE} | ({"cookie": cookie} if cookie else {})
        return await ask(self.front, path, "POST", headers, client=client, body=urlencode(fields).encode())


@asynccontextmanager
async def desk(root: Path, database_url: str = "") -> AsyncGenerator[Desk]:
    clock = [NOW_MS]
    settings = Settings(base_url="https://go.example.com", host="127.0.0.1", database_url=database_url)
    async with open_app(DataFolder(root / "data"), settings, lambda: clock[0]) as app:
        await prepare(app, with_demo=False)
        workspace = await choose_first(app)
        async with running(app, with_demo=False) as (front, *_):
            yield Desk(app, front, workspace.id, clock)


def tell(story: Callable[[Desk], Awaitable[None]], root: Path, database_url: str = "") -> None:
    async def main() -> None:
        async with desk(root, database_url) as one:
            await story(one)

    asyncio.run(main())


CLOSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "paused": ({"paused_ms": NOW_MS}, "paused", "रोका"),
    "ended": ({"expires_ms": NOW_MS - 10 * DAY_MS}, "ended on 13 November", "13 नवंबर"),
    "later": ({"opens_ms": NOW_MS + 10 * DAY_MS}, "opens on 3 December", "3 दिसंबर"),
    "by-rule": ({"rules": (Rule(1, "closed", {"device": "phone"}, closed=True),)}, "Not available", "अभी"),
}


@pytest.mark.parametrize("code", CLOSED)
def test_a_closed_code_says_which_it_is_in_the_visitors_language_or_leads_to_its_fallback(
    tmp_path: Path, code: str
):
    terms, english, hindi = CLOSED[code]

    async def story(one: Desk) -> None:
        await one.add(code, **terms)
        for language, said in (("en-GB", english), ("hi-IN,en;q=0.5", hindi)):
            answer = await one.get(f"/{code}", accept_language=language)
            assert answer.status == 410
            page = answer.body.decode()
            assert said in re.sub(r"\s+", " ", page), page
            assert "not found" not in page.lower() and TARGET not in page
        await one.edit(code, fallback="https://example.com/instead")
        answer = await one.get(f"/{code}")
        assert (answer.status, answer.headers["location"]) == (302, "https://example.com/instead")

    tell(story, tmp_path)


def test_a_code_opens_and_ends_by_itself_and_a_planned_change_is_made_in_time(
    tmp_path: Path, database_url: str
):
    async def story(one: Desk) -> None:
        await one.add("menu", opens_ms=NOW_MS + 1_000, expires_ms=NOW_MS + 9_000)
        plan = {"target": "https://example.com/later"}
        await changes.plan_change(one.app.call(), one.workspace, Address.parse("menu"), NOW_MS + 5_000, plan)
        await one.front.table.source.follow()
        seen: list[tuple[int, str]] = []
        for ms in (999, 1_000, 4_999, 5_000, 8_999, 9_000):
            one.clock[0] = NOW_MS + ms
            answer = await one.get("/menu")
            seen.append((answer.status, answer.headers.get("location", "")))
        assert seen == [
            (410, ""),
            (302, TARGET),
            (302, TARGET),
            (302, "https://example.com/later"),
            (302, "https://example.com/later"),
            (410, ""),
        ]
        assert await changes.make_due_changes(one.app.call()) == 1
        made, planned = await changes.list_history(one.app.call(), one.workspace, Address.parse("menu"))
        assert [(change.what, change.at_ms, change.who) for change in made] == [
            ("planned", NOW_MS + 5_000, "planned by command line")
        ]
        assert planned == []
        assert await changes.make_due_changes(one.app.call()) == 0

    tell(story, tmp_path, database_url)


def test_a_limit_is_for_people_and_no_robot_preview_or_prefetch_uses_it_up(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.add("twice", max_scans=2)
        for agent in ("Googlebot/2.1", "WhatsApp/2.24", "curl/8", ""):
            answer = await one.get("/twice", user_agent=agent)
            assert (answer.status, TARGET in answer.body.decode()) == (200, False)
            assert "location" not in answer.headers
        ahead = await one.get("/twice", sec_purpose="prefetch")
        assert (ahead.status, TARGET in ahead.body.decode()) == (503, False)
        head = await one.get("/twice", "HEAD")
        assert (head.status, "location" in head.headers) == (200, False)
        assert (await one.get("/twice")).status == 302
        # Somebody with a browser that looks like a robot's says so.
        insisting = await one.post("/twice", confirm="yes")
        assert (insisting.status, insisting.headers["location"]) == (303, TARGET)
        for agent in (PHONE, "Googlebot/2.1"):
            answer = await one.get("/twice", user_agent=agent)
            assert answer.status == 410 and TARGET not in answer.body.decode()
        await one.edit("twice", max_scans=3)
        assert [(await one.get("/twice")).status for _ in range(2)] == [302, 410]

    tell(story, tmp_path)


def test_a_limit_that_is_set_later_counts_those_who_came_before(tmp_path: Path, database_url: str):
    async def story(one: Desk) -> None:
        await one.add("menu")
        for number in range(3):
            await one.get("/menu", client=f"192.0.2.{number}")
        await one.get("/menu", user_agent="Googlebot/2.1")
        await one.edit("menu", max_scans=4)
        assert [(await one.get("/menu")).status for _ in range(2)] == [302, 410]

    tell(story, tmp_path, database_url)


def test_a_password_is_asked_for_and_its_proof_opens_only_this_code_and_only_for_a_while(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.add("locked", password=SECRET)
        await one.add("other", password=SECRET)
        form = await one.get("/locked")
        assert form.status == 200 and b'type="password"' in form.body and TARGET not in form.body.decode()
        assert "form-action http: https:" in form.headers["content-security-policy"]
        wrong = await one.post("/locked", password="sesame")
        assert wrong.status == 403 and "set-cookie" not in wrong.headers
        right = await one.post("/locked?table=7", password="open sesame")
        assert (right.status, right.headers["location"]) == (303, "/locked?table=7")
        cookie = right.headers["set-cookie"]
        for part in ("Path=/locked", "HttpOnly", "SameSite=Lax", "Max-Age=1800", "Secure"):
            assert part in cookie
        proof = cookie.partition(";")[0]
        opened = await one.get("/locked", cookie=proof)
        assert (opened.status, opened.headers["location"]) == (302, TARGET)
        name, _, value = proof.partition("=")
        others = (await one.post("/other", password="open sesame")).headers["set-cookie"].partition("=")[0]
        for stolen in (
            f"{others}={value}",
            f"{name}={value}x",
            f"{name}=9{value}",
            f"{name}=",
            "nonsense=;;;=",
        ):
            assert (await one.get("/other", cookie=stolen)).status == 200
        one.clock[0] += 30 * 60_000
        assert (await one.get("/locked", cookie=proof)).status == 200
        one.clock[0] -= 30 * 60_000
        await one.edit("locked", password=keep("another"))
        assert (await one.get("/locked", cookie=proof)).status == 200

    tell(story, tmp_path)


def test_passwords_can_be_tried_five_times_a_minute_by_an_address(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.add("locked", password=SECRET)
        statuses = [(await one.post("/locked", password=str(number))).status for number in range(7)]
        assert statuses == [403] * TRIES_A_MINUTE + [429] * 2
        # Another browser of the same address is the same address, and the right password comes too late.
        assert (await one.post("/locked", password="open sesame")).status == 429
        assert (await one.post("/locked", client="192.0.2.8", password="open sesame")).status == 303
        one.clock[0] += 2 * 60_000
        assert (await one.post("/locked", password="open sesame")).status == 303

    tell(story, tmp_path)


GATES: dict[str, dict[str, Any]] = {
    "password": {"password": SECRET},
    "limit": {"max_scans": 5},
    "ended": {"expires_ms": NOW_MS - 1},
    "later": {"opens_ms": NOW_MS + DAY_MS},
    "paused": {"paused_ms": NOW_MS},
}
VIEWS = (
    "/{}",
    "/{}+",
    "/{}.svg",
    "/{}.png",
    "/{}.pdf",
    "/{}.json",
    "/{}/",
    "/%7B{}",
    "/{}?format=json",
    "//{}",
)


@pytest.mark.parametrize("gate", GATES)
def test_no_view_of_a_gated_code_tells_where_it_leads(tmp_path: Path, gate: str):
    async def story(one: Desk) -> None:
        await one.add("gated", **GATES[gate])
        for view in VIEWS:
            for method in ("GET", "HEAD", "OPTIONS", "PROPFIND"):
                if gate == "limit" and method == "GET" and view in ("/{}", "/{}?format=json"):
                    continue  # a person is let through
                answer = await one.get(view.format("gated"), method, range="bytes=0-9")
                assert "secret.example" not in f"{answer.headers} {answer.body!r}", (view, method)
        for view in ("/sitemap.xml", "/robots.txt", "/metrics", "/readyz"):
            assert "secret.example" not in (await one.get(view)).body.decode("utf-8", "replace")

    tell(story, tmp_path)


def test_somebody_is_new_to_a_code_once_a_day_and_the_nth_of_all_is_counted(
    tmp_path: Path, database_url: str
):
    rules = (
        Rule(1, "third", {"nth": 3}, "https://example.com/third"),
        Rule(2, "again", {"visit": "repeat"}, "https://example.com/again"),
    )

    async def story(one: Desk) -> None:
        await one.add("menu", rules=rules)
        came = [("a", PHONE), ("b", PHONE), ("x", "Googlebot/2.1"), ("a", PHONE), ("a", PHONE), ("c", PHONE)]
        addresses = {"a": "192.0.2.1", "b": "192.0.2.2", "c": "192.0.2.3", "x": "192.0.2.9"}
        led = [
            (await one.get("/menu", client=addresses[who], user_agent=agent))
            .headers["location"]
            .rpartition("/")[2]
            for who, agent in came
        ]
        assert led == ["target", "target", "target", "third", "again", "target"]
        one.clock[0] += DAY_MS
        assert (await one.get("/menu", client=addresses["a"])).headers["location"] == TARGET

    tell(story, tmp_path, database_url)


def test_who_comes_again_within_a_longer_window_is_not_new_to_a_code(tmp_path: Path):
    async def story(one: Desk) -> None:
        await edit_workspace(one.app.call(), one.workspace, {"privacy": "weekly"})
        rule = Rule(1, "again", {"visit": "repeat"}, "https://example.com/again")
        await one.add("menu", rules=(rule,))
        one.clock[0] += -(one.clock[0] // DAY_MS) % 7 * DAY_MS  # to the first day of a window
        led: list[str] = []
        for _ in range(15):
            led.append((await one.get("/menu", client="192.0.2.1")).headers["location"].rpartition("/")[2])
            one.clock[0] += DAY_MS
        assert led == (["target"] + ["again"] * 6) * 2 + ["target"]

    tell(story, tmp_path)


def test_a_writer_that_holds_the_database_keeps_nobody_from_being_led_on(tmp_path: Path):
    async def story(one: Desk) -> None:
        await one.add("menu")
        await one.add("limited", max_scans=1)
        with closing(sqlite3.connect(tmp_path / "data" / "scanly.db", isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            assert [(await one.get(path)).status for path in ("/menu", "/limited", "/limited", "/none")] == [
                302,
                302,
                410,
                404,
            ]
            holder.execute("ROLLBACK")

    tell(story, tmp_path)


def test_a_database_that_cannot_be_read_is_a_wish_to_come_again_and_not_a_missing_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise Unavailable("The database cannot be read.")

    async def story(one: Desk) -> None:
        await one.add("menu")
        await one.add("other")
        assert (await one.get("/menu")).status == 302
        monkeypatch.setattr(one.front.table.source, "find", broken)
        assert (await one.get("/menu")).status == 302, "what was asked for lately stands in memory"
        assert (await one.get("/other")).status == 503

    tell(story, tmp_path)

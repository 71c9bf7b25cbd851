"""Forms over HTTP, asked as the front of pages asks them."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from scanly.app import App
from scanly.core.secrets import Signer
from scanly.scans.visitor import Salts
from scanly.sites.answers import store
from scanly.sites.answers.actions import set_pin
from scanly.sites.answers.guard import READING_MS, Guard
from scanly.sites.answers.model import Answer
from scanly.sites.answers.slots import free
from scanly.sites.page import Setting
from scanly.web.sites.forms import STAMPS_APART_MS, FormReply, FormRequest, Forms
from scanly.web.unlock import Unlocker
from tests.conftest import NOW_MS, Installation, imported
from tests.sites.answers.shop import Shop, opened

T = TypeVar("T")
PHONE, OTHER = "203.0.113.7", "203.0.113.8"
HEADERS = {
    b"host": b"go.example.com",
    b"content-type": b"application/x-www-form-urlencoded",
    b"sec-fetch-site": b"same-origin",
    b"user-agent": b"Mozilla/5.0",
}
ASKED = {"name": "Meera", "message": "Do you have <rice>?", "consent": "yes"}


@dataclass
class Desk:
    """One worker's forms, at a moment that can be moved on."""

    app: App
    shop: Shop
    now_ms: int = NOW_MS
    forms: Forms = field(init=False)

    def __post_init__(self) -> None:
        key = self.app.folder.root / "secret.key"
        guard = Guard(Signer(key, "forms"))
        unlocker = Unlocker(Signer(key, "pins"), secure=True)
        self.forms = Forms(self.call, guard, unlocker, Salts(self.app.folder.salts))

    def call(self):
        return replace(self.app.call(), now_ms=self.now_ms)

    async def post(
        self,
        block: str,
        given: dict[str, str] | list[tuple[str, str]] | bytes,
        *,
        address: str = PHONE,
        has_read: bool = True,
        headers: dict[bytes, bytes] | None = None,
    ) -> FormReply:
        if has_read:
            self.forms.seen.note(address, self.now_ms - READING_MS)
        body = given if isinstance(given, bytes) else urlencode(given).encode()
        sent = HEADERS | (headers or {})
        refused = self.forms.refuse(sent, address, "en")
        return refused or await self.forms.answer(self.request("POST", block, sent, address, body=body))

    async def get(self, block: str, query: str = "", headers: dict[bytes, bytes] | None = None) -> FormReply:
        return await self.forms.answer(self.request("GET", block, HEADERS | (headers or {}), PHONE, query))

    async def follow(self, reply: FormReply) -> FormReply:
        """Where a 303 leads."""
        assert reply.status == 303
        where = urlsplit(dict(reply.headers)[b"location"].decode())
        assert where.path.startswith("/s/asha/forms/")
        return await self.get(where.path.rpartition("/")[2], where.query)

    def request(
        self,
        method: str,
        block: str,
        headers: dict[bytes, bytes],
        address: str,
        query: str = "",
        body: bytes = b"",
    ) -> FormRequest:
        setting = Setting("en", self.now_ms, "https://go.example.com", "/s/asha")
        return FormRequest(
            method,
            self.shop.published,
            setting,
            block,
            address,
            query.encode(),
            headers,
            body,
            nameless=False,
        )

    async def inbox(self) -> list[Answer]:
        async with self.app.main.read() as connection:
            leads = await store.list_leads(connection, self.shop.published.workspace_id, store.Wanted())
        return [lead.answer for lead in leads]


Run = Callable[[Callable[[Desk], Awaitable[T]]], T]


@pytest.fixture
def at_desk(installation: Installation) -> Run:
    """Runs a story at a desk of the shop."""
    shop = opened(installation)

    def run(story: Callable[[Desk], Awaitable[T]]) -> T:
        async def work(app: App) -> T:
            return await story(Desk(app, shop))

        return shop.run(work)

    return run


def text(reply: FormReply) -> str:
    return reply.body.decode()


def field_of(reply: FormReply, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text(reply))
    assert found is not None
    return found[1]


def test_a_form_is_kept_and_loading_the_thanks_again_sends_nothing(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        sent = await desk.post("question", ASKED | {"language": "hi"})
        thanks = await desk.follow(sent)
        await desk.follow(sent)
        assert (thanks.status, 'lang="hi"' in text(thanks)) == (200, True)
        (answer,) = await desk.inbox()
        assert (answer.fields["message"], answer.language) == ("Do you have <rice>?", "hi")

    at_desk(story)


def test_what_is_wrong_comes_back_with_everything_typed_beside_its_fault(at_desk: Run) -> None:
    html5lib = imported("html5lib")

    async def story(desk: Desk) -> None:
        reply = await desk.post(
            "question", {"name": 'Me"era <script>', "phone": "no", "message": "</textarea>x"}
        )
        assert reply.status == 422
        page = html5lib.parse(text(reply), namespaceHTMLElements=False)
        assert page.find(".//title").text.startswith("Error: ")
        named = {each.get("name"): each for each in page.iter() if each.get("name")}
        assert named["name"].get("value") == 'Me"era <script>'
        assert named["message"].text == "</textarea>x"
        for name in ("phone", "consent"):
            assert named[name].get("aria-invalid") == "true"
            told = page.find(f".//*[@id='{named[name].get('aria-describedby')}']")
            assert told is not None
        assert named["name"].get("aria-invalid") is None
        assert page.find(".//script") is None
        assert await desk.inbox() == []
        mended = ASKED | {"proof": field_of(reply, "proof")}
        assert (await desk.post("question", mended)).status == 303

    at_desk(story)


def test_a_visitor_never_seen_presses_send_once_more(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        again = await desk.post("question", ASKED, has_read=False)
        assert again.status == 200
        assert "Please press Send once more." in text(again)
        assert "Do you have &lt;rice&gt;?" in text(again)
        assert 'aria-invalid="true"' not in text(again)
        proof = {"proof": field_of(again, "proof")}
        at_once = await desk.post("question", ASKED | proof, has_read=False)
        assert field_of(at_once, "proof") == proof["proof"]
        assert await desk.inbox() == []
        desk.now_ms += READING_MS
        assert (await desk.post("question", ASKED | proof, has_read=False)).status == 303
        assert len(await desk.inbox()) == 1

    at_desk(story)


def test_what_was_typed_comes_back_with_its_lines_as_they_were(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        typed = "Do you have:\n\nrice\ntea?"
        again = await desk.post("question", ASKED | {"message": typed}, has_read=False)
        assert typed in text(again)

    at_desk(story)


def test_a_robot_is_thanked_and_nothing_is_kept(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        person = await desk.post("question", ASKED)
        robot = await desk.post("question", ASKED | {"homepage": "https://spam.example"}, address=OTHER)
        assert (robot.status, robot.headers, robot.body) == (person.status, person.headers, person.body)
        assert len(await desk.inbox()) == 1

    at_desk(story)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({b"sec-fetch-site": b"cross-site"}, 403),
        ({b"sec-fetch-site": b"same-site"}, 403),
        ({b"sec-fetch-site": b"none"}, 303),
        ({b"origin": b"https://evil.example"}, 303),  # a browser that says same-origin knows better
        ({b"content-type": b"multipart/form-data; boundary=x"}, 415),
        ({b"content-type": b"application/json"}, 415),
        ({b"content-type": b"text/plain"}, 415),
        ({b"content-type": b""}, 415),
        ({b"content-type": b"Application/X-WWW-Form-Urlencoded; charset=UTF-8"}, 303),
    ],
)
def test_only_the_page_itself_sends_its_form(at_desk: Run, headers: dict[bytes, bytes], status: int) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.post("question", ASKED, headers=headers)).status == status

    at_desk(story)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (b"https://go.example.com", 303),
        (b"https://GO.example.com:443", 303),
        (b"https://evil.example", 403),
        (b"https://go.example.com.evil.example", 403),
        (b"null", 403),
        (b"", 403),
    ],
)
def test_an_old_browser_is_asked_for_its_origin(at_desk: Run, origin: bytes, status: int) -> None:
    async def story(desk: Desk) -> None:
        desk.forms.seen.note(PHONE, desk.now_ms - READING_MS)
        sent = {name: each for name, each in HEADERS.items() if name != b"sec-fetch-site"} | {
            b"origin": origin
        }
        refused = desk.forms.refuse(sent, PHONE, "en")
        body = urlencode(ASKED).encode()
        reply = refused or await desk.forms.answer(desk.request("POST", "question", sent, PHONE, body=body))
        assert reply.status == status

    at_desk(story)


def test_too_many_posts_are_told_to_wait(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        statuses = [
            (await desk.post("question", ASKED | {"message": str(number)})).status for number in range(200)
        ]
        assert Counter(statuses) == {303: 20, 429: 180}
        assert len(await desk.inbox()) == 20
        assert (await desk.post("question", ASKED, address=OTHER)).status == 303

    at_desk(story)


def test_a_crowd_that_never_looked_at_the_page_is_not_drawn_for_without_end(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        crowd = [f"10.0.{number >> 8}.{number & 255}" for number in range(320)]
        replies = [await desk.post("question", ASKED, address=each, has_read=False) for each in crowd]
        assert Counter(reply.status for reply in replies) == {200: 300, 429: 20}
        assert (await desk.post("question", ASKED)).status == 303

    at_desk(story)


def test_of_doubled_fields_the_first_counts_and_strange_bodies_are_refused(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        await desk.post(
            "question", [*ASKED.items(), ("message", "the second"), ("status", "done"), ("id", "1")]
        )
        (answer,) = await desk.inbox()
        assert answer.fields == {"name": "Meera", "message": "Do you have <rice>?"}
        assert answer.status == "new"
        many = urlencode([(f"f{number}", "x") for number in range(65)]).encode()
        assert (await desk.post("question", many)).status == 400
        assert (await desk.post("question", b"a" * 65_537)).status == 400
        assert (await desk.post("question", b"\xff\x00=%FF%00&&&==;;name")).status == 422

    at_desk(story)


def test_what_is_no_form_of_the_page_is_not_found(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        for block in ("nothing", "question-2", "question/x"):
            assert (await desk.post(block, ASKED)).status == 404
            desk.now_ms += 60_000
        assert (await desk.get("question")).status == 303
        for query in (
            "coupon=" + "0" * 32,
            "booking=" + "0" * 32,
            "card=x",
            "card=" + "0" * 32,
            "staff=../x",
        ):
            assert (await desk.get("question", query)).status == 404

    at_desk(story)


def test_a_taken_time_comes_back_with_the_free_ones_and_all_that_was_typed(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        form = desk.shop.form("ask-for-a-time")
        assert form.timetable is not None
        first, second = free(form.timetable, NOW_MS, form.page.zone, {})[0].starts_ms[:2]
        wanted = {
            "name": "Meera",
            "phone": "98765 43210",
            "note": "Hair",
            "consent": "yes",
            "slot": str(first),
        }
        booked = [
            await desk.post("ask-for-a-time", wanted, address=f"203.0.113.{number}") for number in range(3)
        ]
        assert [reply.status for reply in booked] == [303, 303, 409]
        assert f'value="{first}"' not in text(booked[2])
        assert f'value="{second}"' in text(booked[2])
        assert ">Hair</textarea>" in text(booked[2])
        shown = await desk.follow(booked[0])
        assert "This time is yours now." in text(shown)
        location = urlsplit(dict(booked[0].headers)[b"location"].decode())
        file = await desk.get("ask-for-a-time", location.query + "&file=ics")
        event = imported("vobject").readOne(file.body.decode()).vevent
        assert event.dtstart.value.timestamp() * 1000 == first
        assert (event.dtend.value - event.dtstart.value).total_seconds() == 1800

    at_desk(story)


def test_a_coupon_is_shown_to_whom_it_was_given(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        given = await desk.post("offer", {"language": "ar"})
        shown = await desk.follow(given)
        assert ("SPICE10" in text(shown), 'dir="rtl"' in text(shown)) == (True, True)
        for number in range(9):
            await desk.post("offer", {}, address=f"198.51.100.{number}")
        late = await desk.post("offer", {}, address="198.51.100.99")
        assert (late.status, "SPICE10" in text(late)) == (410, False)

    at_desk(story)


def test_an_order_is_shown_as_a_message_and_kept_nowhere(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        order = {"n1": "2", "way": "delivery", "place": "12 <MG> Road"}
        reply = await desk.post("order", order, has_read=False)
        assert reply.status == 200
        assert "12 &lt;MG&gt; Road" in text(reply)
        whatsapp = re.search(r'href="(https://wa\.me/919876543210\?text=[^"]+)"', text(reply))
        assert whatsapp is not None
        said = parse_qs(urlsplit(whatsapp[1].replace("&amp;", "&")).query)["text"][0]
        assert "2 × Milk (1 l) – ₹112" in said
        assert (await desk.post("order", {"n1": "1", "way": "pickup"})).status == 422
        assert await desk.inbox() == []

    at_desk(story)


async def pin(desk: Desk, digits: str = "246810") -> None:
    published = desk.shop.published
    options = {"host": published.host, "slug": published.slug, "block_id": "loyalty"}
    await set_pin(desk.call(), published.workspace_id, **options, pin=digits)


def test_a_card_is_stamped_by_the_staff_and_by_nobody_else(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        started = await desk.post("loyalty", {}, has_read=False)
        token = parse_qs(urlsplit(dict(started.headers)[b"location"].decode()).query)["card"][0]
        assert "0 of 3 stamps" in text(await desk.follow(started))
        stamp = {"staff": token, "act": "stamp"}
        assert (await desk.post("loyalty", stamp | {"pin": "246810"})).status == 403  # none is set
        await pin(desk)
        assert (await desk.post("loyalty", stamp | {"pin": "135791"})).status == 403
        assert (await desk.post("loyalty", stamp)).status == 403
        stamped = await desk.post("loyalty", stamp | {"pin": "246810"})
        assert (stamped.status, "1 of 3 stamps" in text(stamped)) == (200, True)
        cookie = dict(stamped.headers)[b"set-cookie"]
        assert b"HttpOnly; SameSite=Lax; Secure" in cookie
        known = {b"cookie": cookie.partition(b";")[0]}
        assert 'name="pin"' not in text(await desk.get("loyalty", f"staff={token}", known))
        at_once = await desk.post("loyalty", stamp, headers=known, address=OTHER)
        assert "1 of 3 stamps" in text(at_once)
        for number in (2, 3):
            desk.now_ms += STAMPS_APART_MS
            shown = await desk.post("loyalty", stamp, headers=known, address=f"203.0.113.{number}")
            assert f"{number} of 3 stamps" in text(shown)
        desk.now_ms += STAMPS_APART_MS
        assert "3 of 3 stamps" in text(await desk.post("loyalty", stamp, headers=known))
        rewarded = await desk.post("loyalty", {"staff": token, "act": "reward"}, headers=known)
        assert "0 of 3 stamps" in text(rewarded)
        await pin(desk, "135791")
        assert (await desk.post("loyalty", stamp, headers=known)).status == 403  # another PIN, another proof

    at_desk(story)


def test_stamps_marked_at_the_same_moment_are_one(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        await pin(desk)
        stamp = {"staff": "0" * 32, "act": "stamp", "pin": "246810"}
        first = await desk.post("loyalty", stamp)
        known = {b"cookie": dict(first.headers)[b"set-cookie"].partition(b";")[0]}
        del stamp["pin"]
        desk.now_ms += STAMPS_APART_MS
        posts = [desk.post("loyalty", stamp, headers=known, address=f"203.0.113.{n}") for n in range(10)]
        said = Counter("One stamp is marked." in text(reply) for reply in await asyncio.gather(*posts))
        assert said == {True: 1, False: 9}
        assert "2 of 3 stamps" in text(await desk.get("loyalty", "card=" + "0" * 32))

    at_desk(story)


def test_a_pin_cannot_be_guessed_from_many_addresses(at_desk: Run) -> None:
    async def story(desk: Desk) -> None:
        await pin(desk)
        tries = [
            {"staff": "0" * 32, "act": "stamp", "pin": "246810" if number == 5 else "000000"}
            for number in range(7)
        ]
        posts = [await desk.post("loyalty", given, address=f"203.0.113.{n}") for n, given in enumerate(tries)]
        assert [reply.status for reply in posts] == [403] * 5 + [429] * 2
        desk.now_ms += 60_000
        assert (await desk.post("loyalty", tries[5])).status == 200

    at_desk(story)


def test_no_address_of_a_visitor_is_kept(at_desk: Run, installation: Installation) -> None:
    async def story(desk: Desk) -> None:
        await desk.post("question", ASKED, address="198.51.100.77")
        await desk.post("offer", {}, address="198.51.100.77")

    at_desk(story)
    files = [path for path in installation.folder.root.rglob("*") if path.is_file()]
    assert any(b"Meera" in path.read_bytes() for path in files)
    assert not [path for path in files if b"198.51.100.77" in path.read_bytes()]


@pytest.fixture
def pages(installation: Installation) -> dict[str, bytes]:
    """Every page that answers a form, by what it says, in three languages."""

    async def story(desk: Desk) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        await pin(desk)
        for number, language in enumerate(("en", "hi", "ar")):
            spoken, address = {"language": language}, f"203.0.113.{number}"
            kinds = ("question", "ask-for-a-time", "feedback", "order")
            replies = {
                kind: await desk.post(kind, {"phone": "x"} | spoken, address=address) for kind in kinds
            }
            desk.now_ms += 60_000
            sent = await desk.post("question", ASKED | spoken, address=address)
            replies["thanks"] = await desk.follow(sent)
            replies["prepared"] = await desk.post(
                "order", spoken | {"n1": "2", "way": "pickup"}, address=address
            )
            replies["coupon"] = await desk.follow(await desk.post("offer", spoken, address=address))
            desk.now_ms += 60_000
            replies["again"] = await desk.post(
                "feedback", spoken | {"score": "4"}, address=OTHER, has_read=False
            )
            replies["card"] = await desk.get("loyalty", f"card={'1' * 32}&l={language}")
            replies["staff"] = await desk.get("loyalty", f"staff={'1' * 32}&l={language}")
            found |= {f"{language} {name}": reply.body for name, reply in replies.items()}
        return found

    def made() -> dict[str, bytes]:
        shop = opened(installation)
        return shop.run(lambda app: story(Desk(app, shop)))

    # In a thread of its own: a browser brings its own event loop.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(made).result()


@pytest.mark.browser
def test_every_answer_is_accessible_and_fits_the_smallest_phone(pages: dict[str, bytes], chromium) -> None:
    axe = imported("axe_playwright_python.sync_playwright").Axe()
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    faults = {}
    for name, html in pages.items():
        page.set_content(html.decode())
        found = [f"{each['id']}: {each['nodes'][0]['html']}" for each in axe.run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            found.append("scrolls sideways")
        if found:
            faults[name] = found
    page.close()
    assert not faults


def test_every_answer_is_parsed_without_a_fault(pages: dict[str, bytes]) -> None:
    html5lib = imported("html5lib")
    assert len(pages) == 30
    for html in pages.values():
        html5lib.HTMLParser(strict=True).parse(html)

"""What is found where links lead: judged in a table, visited gently, kept on both engines."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import Counter
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import msgspec
import pytest

from scanly.core.errors import Conflict, NotFound
from scanly.core.outbound import Fetched, Limits, Outbound, Refused, Unreachable
from scanly.links import changes
from scanly.links.actions import show_link
from scanly.links.address import Address
from scanly.links.store import last_change_anywhere
from scanly.links.terms import Rule, Terms
from scanly.links.watching import round as rounds
from scanly.links.watching import store, visit
from scanly.links.watching.actions import Chosen, choose_links, keep_findings, read_links
from scanly.links.watching.judge import (
    LOOP,
    Finding,
    Kind,
    Verdict,
    doubted,
    failing_since,
    judge,
    leads_of,
)
from scanly.links.watching.visit import AT_ONCE, PER_HOST, USER_AGENT, Scout
from scanly.scans import bots
from scanly.scans.model import Kind as VisitorKind
from scanly.work.store import facts_anywhere

URL = "https://menu.example/a"
OURS = frozenset({"go.example.com"})
OK, BROKEN, UNSURE = Verdict.OK, Verdict.BROKEN, Verdict.UNSURE
DAY_MS = 86_400_000


def answer(status: int, *chain: str) -> Fetched:
    return Fetched((chain or (URL,))[-1], status, {}, b"", chain or (URL,))


def silent(reason: str, url: str = URL) -> Unreachable:
    return Unreachable(url, reason)


@pytest.mark.parametrize(
    ("outcome", "verdict", "status", "problem"),
    [
        (answer(200), OK, 200, ""),
        (answer(204), OK, 204, ""),
        (answer(206), OK, 206, ""),
        (answer(304), OK, 304, ""),
        (answer(200, URL, "https://menu.example/login"), OK, 200, ""),
        (answer(404), BROKEN, 404, "it answers 404 Not Found"),
        (answer(410), BROKEN, 410, "it answers 410 Gone"),
        (answer(500), BROKEN, 500, "it answers 500 Internal Server Error"),
        (answer(503), BROKEN, 503, "it answers 503 Service Unavailable"),
        (answer(522), BROKEN, 522, "it answers 522"),
        (answer(400), UNSURE, 400, "it answers 400 Bad Request, maybe to robots only"),
        (answer(401), UNSURE, 401, "it answers 401 Unauthorized, maybe to robots only"),
        (answer(403), UNSURE, 403, "it answers 403 Forbidden, maybe to robots only"),
        (answer(429), UNSURE, 429, "it answers 429 Too Many Requests, maybe to robots only"),
        (answer(451), UNSURE, 451, "it answers 451 Unavailable For Legal Reasons, maybe to robots only"),
        (answer(999), UNSURE, 999, "it answers 999, maybe to robots only"),
        (silent("the name does not exist"), BROKEN, 0, "the name does not exist"),
        (silent("the connection is refused"), BROKEN, 0, "the connection is refused"),
        (silent("it does not answer within 10 s"), BROKEN, 0, "it does not answer within 10 s"),
        (silent("the certificate has expired"), BROKEN, 0, "the certificate has expired"),
        (silent("there is no way to its network"), UNSURE, 0, "there is no way to its network"),
        (
            Refused(URL, "it leads into a private network"),
            UNSURE,
            0,
            "it was not looked at: it leads into a private network",
        ),
        (Refused(URL, "port 22 is not allowed"), UNSURE, 0, "it was not looked at: port 22 is not allowed"),
        # Back to ourselves, at whatever place of the chain and however that visit ended.
        (answer(200, URL, "https://go.example.com/menu"), BROKEN, 0, LOOP),
        (answer(404, URL, "https://GO.example.com:8443/x", "https://b.example/"), BROKEN, 0, LOOP),
        (silent("the name does not exist", "http://go.example.com/menu"), BROKEN, 0, LOOP),
        (Refused("http://go.example.com:99/", "port 99 is not allowed"), BROKEN, 0, LOOP),
    ],
    ids=str,
)
def test_an_outcome_means(outcome, verdict, status, problem):
    assert judge(URL, outcome, OURS) == Finding(URL, status, problem, verdict)


def test_an_address_of_our_own_is_a_loop_before_anybody_is_asked():
    assert judge("https://go.example.com/x", answer(200), OURS).problem == LOOP
    assert judge("https://xgo.example.com/x", answer(200), OURS).verdict is OK


def test_every_address_outside_is_visited_as_visitors_are_sent_there(installation, furnish):
    terms = Terms(
        fallback="https://other.example/f",
        utm={"source": "poster"},
        rules=(
            Rule(1, "Hindi", {"language": "hi"}, "https://menu.example/hi?a=1"),
            Rule(2, "the target again", {"language": "de"}, URL),
            Rule(3, "closed", {"language": "fr"}, closed=True),
            Rule(4, "a page of ours", {"language": "it"}, "/_page"),
            Rule(5, "the fallback", {"language": "es"}, "https://other.example/f?utm_source=poster"),
        ),
    )

    async def work(app):
        return await show_link(app.call(), await furnish(app, "menu"), Address("", "menu"))

    link = replace(installation.run(work), target=URL, terms=terms)
    assert leads_of(link) == (
        (Kind.TARGET, f"{URL}?utm_source=poster"),
        (Kind.FALLBACK, "https://other.example/f"),
        (Kind.RULE, "https://menu.example/hi?a=1&utm_source=poster"),
        (Kind.RULE, "https://other.example/f?utm_source=poster"),
    )
    assert leads_of(replace(link, target="/_page", terms=Terms())) == ()


def found(host: str, problem: str = "", status: int = 0) -> Finding:
    verdict = BROKEN if problem else OK
    return Finding(f"https://{host}/", status, problem, verdict)


REFUSED = "the connection is refused"
JUST_NOW = "the name cannot be looked up just now"


@pytest.mark.parametrize(
    ("findings", "left"),
    [
        ([found("a", REFUSED)], ["a"]),
        ([found("a", REFUSED), found("b", REFUSED)], ["a", "b"]),
        ([found("a", REFUSED), found("b", REFUSED), found("c", REFUSED)], []),
        ([found("a", JUST_NOW)], []),
        ([found("a", "the name is not found within 5 s"), found("b", REFUSED)], ["b"]),
        ([found("a", LOOP), *(found(host, REFUSED) for host in "bcd")], ["a"]),
        ([found("a", LOOP), found("b", REFUSED), found("c", REFUSED)], ["a", "b", "c"]),
    ],
)
def test_where_nobody_answered_this_machine_may_be_the_one_that_fails(findings, left):
    judged = doubted({each.url: each for each in findings})
    broken = [each.url for each in judged.values() if each.verdict is BROKEN]
    assert broken == [f"https://{host}/" for host in left]
    for each in judged.values():
        assert (each.verdict is UNSURE) == each.problem.endswith("the connection of this machine may be down")


def test_many_addresses_of_one_host_are_not_a_crowd():
    findings = {f"{URL}/{n}": Finding(f"{URL}/{n}", 0, REFUSED, BROKEN) for n in range(9)}
    assert doubted(findings) == findings


def test_the_reasons_that_are_doubted_are_those_that_the_client_gives():
    async def gives(error: Exception | None) -> str:
        async def resolve(name: str):
            if error is not None:
                raise error
            await asyncio.sleep(5)

        outbound = Outbound(resolve=resolve, limits=Limits(connect_s=0.01))
        with pytest.raises(Unreachable) as failed:
            await outbound.get(URL)
        return failed.value.reason

    reasons = [asyncio.run(gives(error)) for error in (socket.gaierror(socket.EAI_AGAIN, ""), None)]
    for reason in reasons:
        assert doubted({URL: judge(URL, silent(reason), OURS)})[URL].verdict is UNSURE, reason
    gone = asyncio.run(gives(socket.gaierror(socket.EAI_NONAME, "")))
    assert doubted({URL: judge(URL, silent(gone), OURS)})[URL].verdict is BROKEN
    no_way = (
        Outbound()._reason(OSError(errno.ENETUNREACH, "")),
        Outbound()._reason(OSError(errno.EHOSTUNREACH, "")),
    )
    assert {judge(URL, silent(reason), OURS).verdict for reason in no_way} == {UNSURE}


@pytest.mark.parametrize(
    ("verdict", "status", "before_ms", "since_ms"),
    [
        (BROKEN, 0, None, 9),
        (BROKEN, 404, 5, 5),
        (OK, 200, None, None),
        (OK, 200, 5, None),
        (UNSURE, 403, 5, None),
        (UNSURE, 403, None, None),
        (UNSURE, 0, 5, 5),
        (UNSURE, 0, None, None),
    ],
)
def test_an_address_fails_from_the_first_failure_until_somebody_answers(verdict, status, before_ms, since_ms):
    assert failing_since(Finding(URL, status, "", verdict), before_ms, 9) == since_ms


class FakeWeb:
    """Answers by path, after a moment; counts who is asked and how many at once."""

    def __init__(self, **statuses: list[int]) -> None:
        self.statuses = statuses
        self.asked: Counter[str] = Counter()
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.lasting_s = 0.01

    async def get(self, url: str) -> Fetched:
        host, path = url.removeprefix("https://").split("/")
        self.asked[url] += 1
        for name in (host, "all"):
            self.now[name] += 1
            self.most[name] = max(self.most[name], self.now[name])
        await asyncio.sleep(self.lasting_s)
        self.now.subtract([host, "all"])
        statuses = self.statuses.get(path, [200])
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        if status == 0:
            raise ZeroDivisionError(url)
        return answer(status, url)


@pytest.fixture
def at_once(monkeypatch):
    """No pause before the second visit."""
    monkeypatch.setattr(visit, "AGAIN_AFTER_S", 0.0)


def visited(web: FakeWeb, *urls: str) -> dict[str, Finding]:
    seen: list[Finding] = []
    asyncio.run(Scout(web, OURS).visit(urls, seen.append))
    assert len({each.url for each in seen}) == len(seen) == len(urls)
    return {each.url.rpartition("/")[2]: each for each in seen}


def test_addresses_are_visited_eight_at_once_and_two_on_a_host(at_once):
    web = FakeWeb()
    visited(web, *(f"https://host-{host}.example/{page}" for page in range(6) for host in range(7)))
    assert web.most.pop("all") == AT_ONCE == 8
    assert set(web.most.values()) == {PER_HOST} == {2}
    assert set(web.asked.values()) == {1}
    alone = FakeWeb()
    visited(alone, *(f"https://host.example/{page}" for page in range(9)))
    assert alone.most["all"] == 2


def test_what_fails_is_visited_once_more_and_the_second_answer_counts(at_once):
    web = FakeWeb(mended=[500, 200], broken=[500, 404, 200], refuses=[403, 200], good=[200, 500])
    findings = visited(
        web, *(f"https://a.example/{path}" for path in ("mended", "broken", "refuses", "good"))
    )
    assert {path: each.status for path, each in findings.items()} == {
        "mended": 200,
        "broken": 404,
        "refuses": 403,
        "good": 200,
    }
    assert web.asked == Counter({f"https://a.example/{path}": 1 for path in findings}) + Counter(
        ["https://a.example/mended", "https://a.example/broken"]
    )


def test_the_second_visit_comes_a_few_seconds_later(monkeypatch):
    waited: list[float] = []
    sleep = asyncio.sleep

    async def remember(delay_s: float) -> None:
        waited.append(delay_s)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", remember)
    visited(FakeWeb(a=[404], b=[500]), "https://a.example/a", "https://a.example/b")
    assert [delay_s for delay_s in waited if delay_s > 1] == [visit.AGAIN_AFTER_S]
    assert 2 <= visit.AGAIN_AFTER_S <= 10


def test_one_odd_address_ends_no_look_at_the_others(at_once):
    findings = visited(FakeWeb(odd=[0]), "https://a.example/odd", "https://a.example/good")
    assert (findings["odd"].verdict, findings["good"].verdict) == (UNSURE, OK)


def test_our_own_hosts_are_never_asked(at_once, monkeypatch):
    web = FakeWeb()
    assert visited(web, "https://go.example.com/menu")["menu"].problem == LOOP
    assert not web.asked

    looked_up: list[str] = []

    async def look_up(name: str) -> list[str]:
        looked_up.append(name)
        return ["10.0.0.1"]

    async def redirected() -> None:
        async with visit.scouting((), OURS) as scout:
            for url, error in (("http://go.example.com/menu", Unreachable), ("http://a.example/", Refused)):
                with pytest.raises(error):
                    await scout.outbound.get(url)

    # A redirect cannot be foreseen; it ends where the name would be looked up.
    monkeypatch.setattr(visit, "look_up", look_up)
    asyncio.run(redirected())
    assert looked_up == ["a.example"]


def test_statistics_take_a_look_for_a_robot():
    assert bots.judge(USER_AGENT) is VisitorKind.BOT


def findings_of(*each: tuple[str, int]) -> dict[str, Finding]:
    """What a look finds at ``https://example.com/<path>``; status 0 is a refusal to look."""
    judged = (
        (
            f"https://example.com/{path}",
            answer(status)
            if status > 0
            else (silent(REFUSED) if status == 0 else Refused(URL, "it leads into a private network")),
        )
        for path, status in each
    )
    return {url: judge(url, outcome, OURS) for url, outcome in judged}


class Story:
    """A workspace whose link is looked at again and again, on one day after the other."""

    def __init__(self, app, here) -> None:
        self.app, self.here, self.day = app, here, 0

    async def link(self, code="menu"):
        return await show_link(self.app.call(), self.here, Address("", code))

    def now(self):
        return replace(self.app.call(), now_ms=self.app.clock() + self.day * DAY_MS)

    async def look(self, *found):
        """What was told to the followers and to the outbox, and the link as it is then."""
        self.day += 1
        chosen = await choose_links(self.now(), self.here)
        async with self.app.main.read() as connection:
            seq = await last_change_anywhere(connection)
            known = len(await facts_anywhere(connection, "test", 99))
        looked = await keep_findings(self.now(), self.here, chosen.ids, findings_of(*found))
        async with self.app.main.read() as connection:
            told = [fact.event for fact in (await facts_anywhere(connection, "test", 99))[known:]]
            noted = await last_change_anywhere(connection) - seq
        return looked, told, noted, (await self.link()).broken_ms


def test_a_link_is_broken_from_the_first_failure_until_somebody_answers_and_each_turn_is_told_once(
    either, furnish
):
    async def work(app):
        story = Story(app, await furnish(app, "menu"))
        before = await story.link()
        days = [
            (await story.look(("menu", status)))[1:] for status in (200, 404, 0, -1, 500, 200, -1, 404, 403)
        ]
        history = (await changes.list_history(app.call(), story.here, Address("", "menu")))[0]
        return days, before, await story.link(), history

    days, before, after, history = either.run(work)
    second, eighth = either.now_ms + 2 * DAY_MS, either.now_ms + 8 * DAY_MS
    assert days == [
        ([], 0, None),
        (["link.broken"], 1, second),
        ([], 0, second),
        ([], 0, second),
        ([], 0, second),
        (["link.mended"], 1, None),
        ([], 0, None),
        (["link.broken"], 1, eighth),
        (["link.mended"], 1, None),
    ]
    assert after == before and history == []


def test_only_the_target_breaks_a_link_and_every_address_is_remembered(either, furnish):
    rules = (Rule(1, "Hindi", {"language": "hi"}, "https://example.com/hindi"),)
    terms = Terms(fallback="https://example.com/closed", rules=rules)

    async def work(app):
        story = Story(app, await furnish(app, "menu", terms=terms))
        await furnish(app, "elsewhere", name="Somebody else")
        looked, told, _, broken_ms = await story.look(("menu", 200), ("closed", 404), ("hindi", 0))
        assert (told, broken_ms) == ([], None)
        assert [(each.kind, each.finding.verdict, each.failing_since_ms) for each in looked] == [
            ("target", OK, None),
            ("fallback", BROKEN, story.now().now_ms),
            ("rule", BROKEN, story.now().now_ms),
        ]
        first_ms = story.now().now_ms
        looked = (await story.look(("menu", 200), ("closed", 410), ("hindi", 200)))[0]
        assert [each.failing_since_ms for each in looked] == [None, first_ms, None]
        async with app.main.read() as connection:
            link = await story.link()
            kept = await store.list_checks(connection, story.here, [link.id])
            assert await store.list_checks(connection, story.here + 1, [link.id]) == []
            assert await store.sum_up_anywhere(connection) == (story.now().now_ms, 0)
        return (
            {each.target.rpartition("/")[2]: msgspec.to_builtins(each) for each in kept},
            link,
            story.now().now_ms,
        )

    kept, link, now_ms = either.run(work)
    shared = {"link_id": link.id, "checked_ms": now_ms}
    place = "https://example.com/"
    assert kept == {
        "menu": shared | {"target": f"{place}menu", "status": 200, "problem": "", "failing_since_ms": None},
        "hindi": shared | {"target": f"{place}hindi", "status": 200, "problem": "", "failing_since_ms": None},
        "closed": shared
        | {
            "target": f"{place}closed",
            "status": 410,
            "problem": "it answers 410 Gone",
            "failing_since_ms": now_ms - DAY_MS,
        },
    }


def test_a_link_that_was_changed_meanwhile_is_not_judged_by_where_it_led_before(either, furnish):
    async def work(app):
        story = Story(app, await furnish(app, "menu", "gone"))
        await story.look(("menu", 404), ("gone", 404))
        broken = await story.link(), await story.link("gone")
        await changes.edit_link(
            story.now(), story.here, Address("", "menu"), {"target": "https://example.com/new"}
        )
        await changes.remove_link(story.now(), story.here, Address("", "gone"))
        ids = [link.id for link in broken]
        looked = await keep_findings(story.now(), story.here, ids, findings_of(("menu", 404), ("gone", 404)))
        async with app.main.read() as connection:
            kept = await store.list_checks(connection, story.here, ids)
        async with app.main.write() as connection:
            stale = await store.set_broken(connection, story.here, broken[0], 5)
        return broken, looked, kept, stale, await story.link()

    broken, looked, kept, stale, after = either.run(work)
    assert all(link.broken_ms for link in broken)
    assert looked == kept == [], "what was found before says nothing of what is there now"
    assert (stale, after.broken_ms) == (False, None)


def test_links_are_chosen_that_were_looked_at_longest_ago(either, furnish):
    async def work(app):
        story = Story(app, await furnish(app, "a", "b", "c", "gone"))
        other = await furnish(app, "other", name="Somebody else")
        await changes.remove_link(app.call(), story.here, Address("", "gone"))

        async def codes(call):
            links = await read_links(call, story.here, (chosen := await choose_links(call, story.here)).ids)
            by_id = {link.id: link.code for link in links}
            return [by_id[each] for each in chosen.ids], chosen.ours

        orders = [await codes(app.call())]
        for code in ("b", "a"):
            story.day += 1
            link = await story.link(code)
            await keep_findings(story.now(), story.here, [link.id], findings_of((code, 200)))
            orders.append(await codes(app.call()))
        assert await read_links(app.call(), other, [link.id]) == []
        assert await keep_findings(app.call(), other, [link.id], findings_of(("a", 404))) == []
        named = await choose_links(app.call(), story.here, [Address("", code) for code in ("c", "a", "c")])
        with pytest.raises(NotFound, match="other"):
            await choose_links(app.call(), story.here, [Address("", "other")])
        with pytest.raises(Conflict, match="gone is removed"):
            await choose_links(app.call(), story.here, [Address("", "gone")])
        return orders, named.ids == ((await story.link("c")).id, (await story.link("a")).id)

    orders, in_order = either.run(work)
    assert [codes for codes, _ in orders] == [["a", "b", "c"], ["a", "c", "b"], ["c", "b", "a"]]
    assert in_order and orders[0][1] == {"go.example.com"}


@pytest.fixture
def web(monkeypatch, at_once) -> FakeWeb:
    """Stands for the internet in a look of two links at a time."""
    fake = FakeWeb()

    @asynccontextmanager
    async def scouting(networks, ours):
        yield Scout(fake, ours)

    monkeypatch.setattr(rounds, "scouting", scouting)
    monkeypatch.setattr(rounds, "AT_ONCE", 2)
    return fake


def test_every_address_is_visited_once_however_many_links_share_it(installation, furnish, web):
    web.statuses = {"shared": [404]}
    told: list[tuple[int, int]] = []

    async def work(app):
        here = await furnish(app, *"abcde", terms=Terms(fallback="https://other.example/shared"))
        chosen = await choose_links(app.call(), here)
        return [each async for each in rounds.look(app.call(), here, chosen, (), lambda *at: told.append(at))]

    batches = installation.run(work)
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert [each.finding.status for batch in batches for each in batch] == [200, 404] * 5
    assert web.asked == Counter(f"https://example.com/{code}" for code in "abcde") + Counter(
        {"https://other.example/shared": 2}
    )
    assert told == sorted(told) and told[-1] == (5, 5)


def test_a_look_ends_with_what_is_begun_when_its_time_is_over(installation, furnish, web):
    async def work(app):
        here = await furnish(app, *"abcde")
        chosen = await choose_links(app.call(), here)
        looks = rounds.look(app.call(), here, chosen, (), in_time=lambda: web.asked.total() < 3)
        async with aclosing(looks) as kept:
            return [each.link.code async for batch in kept for each in batch]

    assert installation.run(work) == ["a", "b", "c", "d"]


def test_an_interrupted_look_keeps_what_it_has_found(installation, furnish, web, monkeypatch):
    monkeypatch.setattr(rounds, "AT_ONCE", 9)
    web.statuses = {"bad": [404]}
    get, hanging = web.get, asyncio.Event()

    async def slowly(url: str) -> Fetched:
        if url.endswith("slow"):
            hanging.set()
            await asyncio.sleep(60)
        return await get(url)

    web.get = slowly

    async def work(app):
        here = await furnish(app, "good", "bad", "slow")

        async def look() -> None:
            chosen = await choose_links(app.call(), here)
            async for _ in rounds.look(app.call(), here, chosen, ()):
                raise AssertionError("the slow address was not waited for")

        looking = asyncio.create_task(look())
        await asyncio.wait_for(hanging.wait(), 5)
        await asyncio.sleep(0.1)
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        chosen = await choose_links(app.call(), here)
        async with app.main.read() as connection:
            kept = await store.list_checks(connection, here, chosen.ids)
        return [each.target for each in kept], (
            await show_link(app.call(), here, Address("", "bad"))
        ).broken_ms

    kept, broken_ms = installation.run(work)
    assert kept == ["https://example.com/good"] and web.asked["https://example.com/bad"] == 1
    assert broken_ms is None, "one failure does not count yet"


def test_a_look_without_any_answer_breaks_no_link(installation, furnish, web):
    async def refuse(url: str) -> Fetched:
        raise silent(REFUSED, url)

    web.get = refuse

    async def work(app):
        here = await furnish(app, "menu", terms=Terms(fallback="https://other.example/"))
        address = Address("", "menu")
        found = []
        for fallback in ("https://other.example/", "https://third.example/"):
            rule = (Rule(1, "x", {"language": "hi"}, "https://fourth.example/"),)
            edits = {"fallback": fallback, "rules": rule if fallback.startswith("https://third") else ()}
            await changes.edit_link(app.call(), here, address, edits)
            chosen = Chosen(((await show_link(app.call(), here, address)).id,), frozenset())
            (batch,) = [each async for each in rounds.look(app.call(), here, chosen, ())]
            found.append({each.finding.verdict for each in batch})
        return found

    assert installation.run(work) == [{BROKEN}, {UNSURE}]

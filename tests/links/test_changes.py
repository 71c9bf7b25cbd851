import asyncio
import itertools
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import NOW_MS, Installation

from scanly.core.errors import Conflict, Invalid, NotFound
from scanly.links import actions, changes, passwords, store
from scanly.links.address import Address
from scanly.links.model import Link, LinkDraft, as_values
from scanly.links.terms import Rule, Terms
from scanly.work.store import facts_anywhere

MENU = Address.parse("menu")
HOST = "go.example.com"
DAY_MS = 86_400_000
KEPT = passwords.keep("secret")
HINDI = Rule(7, "Hindi", {"language": "hi"}, "https://example.com/hi")

EDIT = """
import asyncio, sys
from pathlib import Path
from scanly.accounts.actions import choose_workspace
from scanly.app import open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.address import Address
from scanly.links.changes import edit_link, make_due_changes

async def main():
    async with open_app(DataFolder(Path(sys.argv[1])), Settings(database_url=sys.argv[2])) as app:
        workspace = await choose_workspace(app.call(), None)
        print("ready", flush=True)
        sys.stdin.readline()
        if sys.argv[3] == "due":
            print(await make_due_changes(app.call()))
            return
        for number in range(1, 16):
            await edit_link(app.call(), workspace.id, Address.parse("menu"), {sys.argv[3]: number})

asyncio.run(main())
"""


def at(app, at_ms: int):
    """A call at another moment."""
    return replace(app.call(), now_ms=at_ms)


async def shown(app, here) -> Link:
    return await actions.show_link(app.call(), here, MENU)


async def facts(app) -> list[str]:
    async with app.main.read() as connection:
        return [fact.event for fact in await facts_anywhere(connection, "test", 99)]


def state(link: Link) -> dict[str, object]:
    """What a person can change of a link."""
    return as_values(link) | {"removed_ms": link.removed_ms}


# A change of every kind, and what it was before.
EDITS: list[tuple[dict[str, object], dict[str, object]]] = [
    ({"target": "https://EXAMPLE.com/new"}, {"target": "https://example.com/menu"}),
    ({"title": " Menu ", "campaign": "spring", "placement": "window"}, {"title": "", "campaign": "", "placement": ""}),
    ({"tags": ["b", "a", "b"]}, {"tags": []}),
    ({"opens_ms": 5, "expires_ms": 10}, {"opens_ms": None, "expires_ms": None}),
    ({"max_scans": 10}, {"max_scans": None}),
    ({"password": KEPT}, {"password": ""}),
    ({"paused_ms": NOW_MS}, {"paused_ms": None}),
    ({"fallback": "https://example.com/closed", "fallback_when_broken": True},
     {"fallback": "", "fallback_when_broken": False}),
    ({"pass_query": True}, {"pass_query": False}),
    ({"utm": {"source": "poster"}}, {"utm": {}}),
    ({"rules": (HINDI,), "zone": "Europe/Berlin", "calendars": {"festival": ("12-25",)}},
     {"rules": [], "zone": "", "calendars": {}}),
]  # fmt: skip


def test_every_kind_of_change_is_remembered_and_taken_back(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        states = [state(await shown(app, here))]
        for number, (wanted, _) in enumerate(EDITS):
            await changes.edit_link(at(app, NOW_MS + number), here, MENU, wanted)
            states.append(state(await shown(app, here)))
        made, planned = await changes.list_history(app.call(), here, MENU)
        undone = []
        for number in range(len(EDITS)):
            link, taken = await changes.undo_change(at(app, NOW_MS + 100 + number), here, MENU)
            assert state(link) == state(await shown(app, here))
            undone.append((state(link), taken.id))
        with pytest.raises(Conflict, match="Nothing of menu is left to be undone"):
            await changes.undo_change(app.call(), here, MENU)
        after, _ = await changes.list_history(app.call(), here, MENU)
        return states, made, planned, undone, after, await facts(app)

    states, made, planned, undone, after, told = either.run(work)
    assert planned == []
    assert [each.before for each in reversed(made)] == [was for _, was in EDITS]
    assert [set(each.after) for each in reversed(made)] == [set(wanted) for wanted, _ in EDITS]
    assert [(each.what, each.at_ms, each.undoes) for each in reversed(made)] == [
        ("edit", NOW_MS + number, None) for number in range(len(EDITS))
    ]
    assert len({each.who for each in made}) == 1
    assert [each for each, _ in undone] == states[-2::-1]
    assert [each for _, each in undone] == [each.id for each in made]
    assert [each.undoes for each in after[: len(EDITS)]] == [each.id for each in reversed(made)]
    assert {each.what for each in after[: len(EDITS)]} == {"undo"}
    assert told.count("link.edited") == 2 * len(EDITS)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "target": st.sampled_from(["https://a.example", "https://b.example/", "/_demo/x"]),
        "title": st.sampled_from(["", "Menu", "Karte"]),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "expires_ms": st.sampled_from([None, 50, 60]),
        "max_scans": st.sampled_from([None, 1, 2]),
        "utm": st.sampled_from([{}, {"source": "poster"}]),
        "rules": st.sampled_from([(), (HINDI,)]),
    },
)
NUMBERS = itertools.count(1)
STEPS = st.lists(VALUES | st.sampled_from(["remove", "restore", "undo"]), max_size=10)


class Person:
    """Changes a link, and expects of every undo what was before the newest change."""

    def __init__(self, app, here, link: Link) -> None:
        self.app, self.here, self.address = app, here, Address(link.host, link.code)
        self.past = [state(link)]

    async def now(self) -> dict[str, object]:
        return state(await actions.show_link(self.app.call(), self.here, self.address))

    async def change(self, step) -> None:
        if step in ("remove", "restore"):
            act = changes.remove_link if step == "remove" else changes.restore_link
            await act(self.app.call(), self.here, self.address)
        elif self.past[-1]["removed_ms"] is not None:
            with pytest.raises(Conflict, match="is removed"):
                await changes.edit_link(self.app.call(), self.here, self.address, step)
        else:
            await changes.edit_link(self.app.call(), self.here, self.address, step)
        if await self.now() != self.past[-1]:
            self.past.append(await self.now())

    async def undo(self) -> None:
        await changes.undo_change(self.app.call(), self.here, self.address)
        self.past.pop()
        assert await self.now() == self.past[-1]


@settings(
    max_examples=12,
    deadline=timedelta(seconds=20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_any_sequence_of_changes_is_taken_back_one_by_one(installation, furnish, runs):
    number = next(NUMBERS)

    async def work(app):
        here = await furnish(app, name=f"Café {number}")
        drafts = [LinkDraft("https://example.com/menu") for _ in runs]
        links = await actions.add_links(app.call(), here, drafts, printed_host=HOST)
        for steps, link in zip(runs, links, strict=True):
            person = Person(app, here, link)
            for step in steps:
                if step != "undo":
                    await person.change(step)
                elif len(person.past) > 1:
                    await person.undo()
            while len(person.past) > 1:
                await person.undo()
            with pytest.raises(Conflict, match="Nothing"):
                await changes.undo_change(app.call(), here, person.address)

    # Ids are made of moments: each run has its own.
    replace(installation, now_ms=NOW_MS + number * DAY_MS).run(work)


def test_removing_and_restoring_are_taken_back(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        await changes.remove_link(at(app, NOW_MS + 1), here, MENU)
        opened, taken = await changes.undo_change(at(app, NOW_MS + 2), here, MENU)
        assert (opened.removed_ms, taken.what) == (None, "remove")
        await changes.remove_link(at(app, NOW_MS + 3), here, MENU)
        await changes.restore_link(at(app, NOW_MS + 4), here, MENU)
        closed, taken = await changes.undo_change(at(app, NOW_MS + 5), here, MENU)
        assert (closed.removed_ms, taken.what) == (NOW_MS + 3, "restore")
        assert (await shown(app, here)).removed_ms == NOW_MS + 3
        opened, taken = await changes.undo_change(at(app, NOW_MS + 6), here, MENU)
        assert (opened.removed_ms, taken.what) == (None, "remove")
        made, _ = await changes.list_history(app.call(), here, MENU)
        return [(each.what, each.undoes is None) for each in reversed(made)], await facts(app)

    made, told = either.run(work)
    assert made == [("remove", True), ("restore", False), ("remove", True), ("restore", True), ("remove", False),
                    ("restore", False)]  # fmt: skip
    assert told[1:] == ["link.removed", "link.restored"] * 3


def test_a_planned_change_is_made_at_its_moment_and_taken_back(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        plan = await changes.plan_change(
            app.call(), here, MENU, NOW_MS + DAY_MS, {"title": " Summer ", "expires_ms": NOW_MS + 9 * DAY_MS}
        )
        assert plan.changes == {"title": "Summer", "expires_ms": NOW_MS + 9 * DAY_MS}
        assert await changes.make_due_changes(at(app, NOW_MS + DAY_MS - 1)) == 0
        assert (await shown(app, here)).title == ""
        _, planned = await changes.list_history(app.call(), here, MENU)
        assert planned == [plan]
        assert await changes.make_due_changes(at(app, NOW_MS + 3 * DAY_MS)) == 1
        assert await changes.make_due_changes(at(app, NOW_MS + 3 * DAY_MS)) == 0
        made, planned = await changes.list_history(app.call(), here, MENU)
        (change,) = made
        assert planned == []
        assert (change.what, change.at_ms, change.after) == ("planned", NOW_MS + DAY_MS, plan.changes)
        assert change.who == f"planned by {plan.who}"
        link, _ = await changes.undo_change(app.call(), here, MENU)
        assert (link.title, link.terms.expires_ms) == ("", None)

    either.run(work)


def test_plans_of_one_link_are_each_about_what_it_will_be_by_then(either, furnish):
    """Elsewhere at six, and back at ten."""

    async def work(app):
        here = await furnish(app, "menu")
        before = await shown(app, here)
        with pytest.raises(Invalid, match="changes nothing"):
            await changes.plan_change(app.call(), here, MENU, NOW_MS + 1, {"target": before.target})
        elsewhere = {"target": "https://example.com/happy"}
        await changes.plan_change(app.call(), here, MENU, NOW_MS + 6, elsewhere)
        with pytest.raises(Invalid, match="changes nothing"):
            await changes.plan_change(app.call(), here, MENU, NOW_MS + 7, elsewhere)
        await changes.plan_change(app.call(), here, MENU, NOW_MS + 10, {"target": before.target})
        assert await changes.make_due_changes(at(app, NOW_MS + 6)) == 1
        assert (await shown(app, here)).target == "https://example.com/happy"
        assert await changes.make_due_changes(at(app, NOW_MS + 99)) == 1
        assert (await shown(app, here)).target == before.target

    either.run(work)


BAD_PLANS: list[tuple[int, Mapping[str, object], str]] = [
    (0, {"title": "x"}, "not in the future"),
    (-5, {"title": "x"}, "not in the future"),
    (1, {"title": ""}, "changes nothing"),
    (1, {}, "changes nothing"),
    (1, {"code": "x"}, "cannot be changed"),
    (1, {"target": "javascript:x"}, "target"),
    (1, {"max_scans": 0}, "max_scans"),
    (1, {"fallback_when_broken": True}, "needs a fallback"),
]


def test_what_cannot_be_planned_is_refused_and_plans_have_a_limit(installation, furnish, monkeypatch):
    monkeypatch.setattr(changes, "_MAX_PLANS", 3)

    async def work(app):
        here = await furnish(app, "menu", "gone")
        for after_ms, wanted, said in BAD_PLANS:
            with pytest.raises(Invalid, match=said):
                await changes.plan_change(app.call(), here, MENU, NOW_MS + after_ms, wanted)
        await changes.remove_link(app.call(), here, Address.parse("gone"))
        with pytest.raises(Conflict, match="gone is removed"):
            await changes.plan_change(app.call(), here, Address.parse("gone"), NOW_MS + 1, {"title": "x"})
        with pytest.raises(NotFound):
            await changes.plan_change(app.call(), here, Address.parse("nobody"), NOW_MS + 1, {"title": "x"})
        for number in range(3):
            await changes.plan_change(app.call(), here, MENU, NOW_MS + 1 + number, {"title": str(number)})
        with pytest.raises(Invalid, match="menu has 3 planned changes"):
            await changes.plan_change(app.call(), here, MENU, NOW_MS + 9, {"title": "x"})
        assert await changes.drop_plans(app.call(), here, MENU) == 3
        assert await changes.drop_plans(app.call(), here, MENU) == 0
        assert (await changes.list_history(app.call(), here, MENU)) == ([], [])
        assert await changes.make_due_changes(at(app, NOW_MS + DAY_MS)) == 0

    installation.run(work)


def test_a_plan_that_cannot_be_made_is_dropped_and_logged_and_stops_no_other(either, furnish, caplog):
    async def work(app):
        here = await furnish(app, "menu", "gone", "limited")
        limited = Address.parse("limited")
        await changes.plan_change(app.call(), here, Address.parse("gone"), NOW_MS + 1, {"title": "x"})
        await changes.plan_change(app.call(), here, limited, NOW_MS + 2, {"expires_ms": NOW_MS + 50})
        await changes.plan_change(app.call(), here, MENU, NOW_MS + 3, {"title": "x"})
        await changes.remove_link(app.call(), here, Address.parse("gone"))
        await changes.edit_link(app.call(), here, limited, {"opens_ms": NOW_MS + 60})
        assert await changes.make_due_changes(at(app, NOW_MS + 9)) == 3
        assert (await shown(app, here)).title == "x"
        assert (await actions.show_link(app.call(), here, limited)).terms.expires_ms is None
        async with app.main.read() as connection:
            assert await store.all_plans_anywhere(connection) == []

    either.run(work)
    told = [record for record in caplog.records if "planned change could not be made" in record.message]
    assert len(told) == 2


def start(place: Installation, what: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", EDIT, str(place.folder.root), place.settings.database_url, what]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def at_once(place: Installation, *what: str) -> list[str]:
    """What processes said that began at the same time."""
    processes = [start(place, each) for each in what]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * len(processes)
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return said


def test_two_processes_make_every_due_plan_exactly_once(either, furnish):
    async def prepared(app):
        codes = ["menu", *(f"code-{number}" for number in range(20))]
        here = await furnish(app, *codes)
        past = at(app, 1_000)
        for number, code in enumerate(codes):
            await changes.plan_change(past, here, Address.parse(code), 2_000 + number, {"title": "planned"})
        return here, codes

    async def looked(app):
        made = {}
        for code in codes:
            history, planned = await changes.list_history(app.call(), here, Address.parse(code))
            made[code] = [(each.what, each.after) for each in history], planned
        return made, await facts(app)

    here, codes = either.run(prepared)
    said = at_once(either, "due", "due")
    made, told = either.run(looked)
    assert sum(map(int, said)) == len(codes)
    assert set(map(str, made.values())) == {str(([("planned", {"title": "planned"})], []))}
    assert told.count("link.edited") == len(codes)


def test_two_processes_that_change_different_terms_lose_none_and_each_history_fits(either, furnish):
    async def prepared(app):
        return await furnish(app, "menu")

    async def looked(app):
        made, _ = await changes.list_history(app.call(), here, MENU)
        return await shown(app, here), made

    here = either.run(prepared)
    at_once(either, "max_scans", "expires_ms")
    link, made = either.run(looked)
    assert (link.terms.max_scans, link.terms.expires_ms) == (15, 15)
    assert len(made) == 30
    for name in ("max_scans", "expires_ms"):
        chain = [(each.before[name], each.after[name]) for each in reversed(made) if name in each.after]
        assert chain == [(number - 1 or None, number) for number in range(1, 16)]


def test_two_turns_in_one_process_make_a_plan_once(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        await changes.plan_change(app.call(), here, MENU, NOW_MS + 1, {"title": "x"})
        later = at(app, NOW_MS + 2)
        made = await asyncio.gather(changes.make_due_changes(later), changes.make_due_changes(later))
        history, _ = await changes.list_history(app.call(), here, MENU)
        return made, len(history)

    made, remembered = either.run(work)
    assert (sum(made), remembered) == (1, 1)


OWN = (f"https://{HOST}/window", "https://QR.example.org:8443/x", f"http://{HOST}./")
ELSEWHERE = ("http://localhost:3000/x", "http://127.0.0.1:8000/x", "http://192.168.1.10/x", "https://x.example.com/",
             "http://app.localhost/", "http://[::1]:8000/")  # fmt: skip


def ways(address: str) -> list[dict[str, object]]:
    return [
        {"target": address},
        {"fallback": address},
        {"rules": (Rule(7, "Hindi", {"language": "hi"}, address),)},
    ]


async def tried(app, here, wanted: dict[str, object], at_ms: int) -> list[bool]:
    """Whether a link that leads there can be added, planned and had."""
    terms = Terms(**{name: each for name, each in wanted.items() if name != "target"})
    draft = LinkDraft(str(wanted.get("target", "https://a.example")), terms=terms)
    ways = (
        actions.add_link(app.call(), here, draft, printed_host=HOST),
        changes.plan_change(app.call(), here, MENU, at_ms, wanted),
        changes.edit_link(app.call(), here, MENU, wanted),
    )
    done = []
    for way in ways:
        try:
            await way
        except Invalid as refused:
            assert "leads to a short address of this installation" in refused.message  # noqa: PT017
            done.append(False)
        else:
            done.append(True)
    return done


def test_no_link_may_lead_to_a_public_host_of_this_installation(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        bound = [LinkDraft("https://a.example", host=host) for host in ("qr.example.org", "192.168.1.20", "")]
        # Beside a server of one machine or house there may be others, on other ports.
        for draft, printed in zip(bound, (HOST, "127.0.0.1", "localhost"), strict=True):
            await actions.add_link(app.call(), here, draft, printed_host=printed)
        before, number = await shown(app, here), 0
        for address in (*OWN, *ELSEWHERE):
            for wanted in ways(address):
                number += 1
                expected = [address not in OWN] * 3
                assert await tried(app, here, wanted, NOW_MS + number) == expected, (address, wanted)
                if expected[0]:
                    await changes.undo_change(app.call(), here, MENU)
                    await changes.drop_plans(app.call(), here, MENU)
        assert state(await shown(app, here)) == state(before)

    either.run(work)


def test_a_target_that_became_ours_is_not_gone_back_to(installation, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        await changes.edit_link(app.call(), here, MENU, {"target": "https://later.example.com/x"})
        await changes.edit_link(app.call(), here, MENU, {"target": "https://example.com/"})
        await changes.plan_change(
            app.call(), here, MENU, NOW_MS + 1, {"target": "https://later.example.com/y"}
        )
        await actions.add_link(
            app.call(), here, LinkDraft("https://a.example"), printed_host="later.example.com"
        )
        with pytest.raises(Invalid, match="short address of this installation"):
            await changes.undo_change(app.call(), here, MENU)
        assert await changes.make_due_changes(at(app, NOW_MS + 2)) == 1
        assert (await shown(app, here)).target == "https://example.com/"

    installation.run(work)


def test_another_workspace_sees_and_changes_nothing(either, furnish):
    async def work(app):
        here, there = await furnish(app, "menu"), await furnish(app, name="There")
        await changes.edit_link(app.call(), here, MENU, {"title": "x"})
        for act in (changes.list_history, changes.undo_change, changes.drop_plans):
            with pytest.raises(NotFound):
                await act(app.call(), there, MENU)
        with pytest.raises(NotFound):
            await changes.plan_change(app.call(), there, MENU, NOW_MS + 1, {"title": "y"})
        assert (await shown(app, here)).title == "x"

    either.run(work)


def test_a_new_target_is_not_broken_because_the_old_one_was(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        link = await shown(app, here)
        async with app.main.write() as connection:
            await store.edit_link(connection, here, link.id, {"broken_ms": 5, "changed_ms": 6})
        assert (await changes.edit_link(app.call(), here, MENU, {"title": "x"})).broken_ms == 5
        assert (
            await changes.edit_link(app.call(), here, MENU, {"target": "https://b.example"})
        ).broken_ms is None
        assert (await shown(app, here)).broken_ms is None

    either.run(work)


@pytest.mark.parametrize("password", ["  sp ace é🙂  ", "x" * 200])
def test_a_password_is_kept_as_a_hash_that_only_it_fits(password):
    kept, again = passwords.keep(password), passwords.keep(password)
    assert kept != again
    assert password.strip() not in kept
    assert passwords.fits(password, kept)
    for other in (f"{password} ", f"{password}x", password[:-1], ""):
        assert not passwords.fits(other, kept)


def test_a_password_fits_however_a_keyboard_writes_its_accents_but_not_what_stands_for_nothing():
    kept = passwords.keep("caf\u00e9")
    assert passwords.fits("cafe\u0301", kept)
    assert not passwords.fits("cafe", kept)
    assert not passwords.fits("\udcff", passwords.keep("?"))
    for wrong in ("", "   ", "x" * 201, "a\nb", "a\0b", "\udcff"):
        with pytest.raises(Invalid, match="password"):
            passwords.keep(wrong)

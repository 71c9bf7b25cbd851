import subprocess
import sys
from dataclasses import replace

import pytest

from scanly.core.errors import Conflict, Invalid, NotFound, ScanlyError
from scanly.links import actions, changes, hosts
from scanly.links.address import Address
from scanly.links.model import Link, LinkDraft
from scanly.links.store import Filter, default_hosts_anywhere
from scanly.work.store import facts_anywhere

HOST = "go.example.com"
TARGET = "https://example.com/"

ADD = """
import asyncio, sys
from pathlib import Path
from scanly.accounts.actions import choose_workspace
from scanly.app import open_app
from scanly.core.errors import Conflict
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft

async def main():
    won = []
    async with open_app(DataFolder(Path(sys.argv[1])), Settings(database_url=sys.argv[2])) as app:
        workspace = await choose_workspace(app.call(), None)
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(25):
            draft = LinkDraft("https://example.com/" + sys.argv[3], f"code-{number}")
            try:
                await add_link(app.call(), workspace.id, draft, printed_host="go.example.com")
                won.append(number)
            except Conflict:
                pass
    print(*won)

asyncio.run(main())
"""


async def facts(app) -> list[tuple[str, object]]:
    async with app.main.read() as connection:
        return [(fact.event, fact.payload) for fact in await facts_anywhere(connection, "test", 99)]


def test_one_bad_draft_stops_no_other(either, furnish):
    drafts = [
        LinkDraft(TARGET, "menu"),
        LinkDraft("javascript:alert(1)", "bad"),
        LinkDraft(TARGET, "taken"),
        LinkDraft(TARGET, "menu"),
        LinkDraft(TARGET, "login"),
        LinkDraft(TARGET),
        LinkDraft(TARGET, "menu", host="qr.example.org"),
        LinkDraft(TARGET, "Menu"),
        LinkDraft(TARGET),
    ]

    async def work(app):
        await furnish(app, "taken", name="Somebody else")
        here = await furnish(app)
        made = await actions.add_links(app.call(), here, drafts, printed_host=HOST)
        return made, await actions.list_links(app.call(), here, Filter()), await facts(app)

    made, listed, told = either.run(work)
    problems = [str(each) for each in made if isinstance(each, ScanlyError)]
    good = [each for each in made if isinstance(each, Link)]
    assert len(problems) == 4
    assert "Only http:// and https://" in problems[0]
    for taken, problem in (("taken", problems[1]), ("menu", problems[2])):
        assert (
            problem == f'code: "{taken}" is taken. Choose another one, or leave it empty to have one drawn.'
        )
    assert "is reserved" in problems[3]
    assert [(link.host, link.code) for link in good if len(link.code) < 7] == [
        ("", "menu"),
        ("qr.example.org", "menu"),
        ("", "Menu"),
    ]
    assert len({(link.host, link.code) for link in good}) == 5
    assert listed == good == sorted(good, key=lambda link: link.id)
    assert told[1:] == [
        ("link.added", {"link_id": link.id, "host": link.host, "code": link.code, "target": TARGET})
        for link in good
    ]


def test_a_second_draft_of_the_same_origin_yields_the_same_link(either, furnish):
    async def work(app):
        here, there = await furnish(app), await furnish(app, name="There")
        drafts = [LinkDraft(TARGET, origin=f"row-{number}") for number in range(3)]
        first = await actions.add_links(app.call(), here, drafts, printed_host=HOST)
        again = await actions.add_links(
            app.call(),
            here,
            [replace(draft, target="https://other.example") for draft in drafts],
            printed_host=HOST,
        )
        elsewhere = await actions.add_links(app.call(), there, drafts, printed_host=HOST)
        return first, again, elsewhere, len(await facts(app))

    first, again, elsewhere, told = either.run(work)
    assert first == again
    assert not {link.code for link in first} & {link.code for link in elsewhere}
    assert told == 6


def test_two_processes_that_want_the_same_codes_share_them(either, furnish):
    async def work(app):
        return await furnish(app)

    async def listed(app):
        return await actions.list_links(app.call(), here, Filter())

    here = either.run(work)
    common = [sys.executable, "-c", ADD, either.folder.root, either.settings.database_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([*common, name], **pipes) for name in ("one", "two")]
    assert [process.stdout.readline() for process in both] == ["ready\n"] * 2
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    won = [process.communicate(timeout=30)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(map(int, won[0] + won[1])) == list(range(25))
    kept = {link.code: link.target for link in either.run(listed)}
    for codes, name in zip(won, ("one", "two"), strict=True):
        assert all(kept[f"code-{number}"] == f"https://example.com/{name}" for number in codes)


def test_an_edit_changes_what_it_names_and_tells_it_once(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        at = Address.parse("menu")
        before = await actions.show_link(app.call(), here, at)
        wanted = {"target": "https://EXAMPLE.com/new", "tags": ("b", "a")}
        after = await changes.edit_link(app.call(), here, at, wanted)
        same = await changes.edit_link(app.call(), here, at, wanted)
        shown = await actions.show_link(app.call(), here, at)
        return before, after, same, shown, await facts(app)

    before, after, same, shown, told = either.run(work)
    assert after == replace(before, target="https://example.com/new", tags=("b", "a"))
    assert same == shown == after
    assert [event for event, _ in told] == ["link.added", "link.edited"]
    assert told[1][1]["changed"] == ["target", "tags"]


@pytest.mark.parametrize(
    "wanted",
    [{"code": "other"}, {"host": "a.com"}, {"target": "ftp://a.com"}, {"title": "\0", "campaign": "a"}],
)
def test_a_bad_edit_changes_nothing(installation, furnish, wanted):
    async def work(app):
        here = await furnish(app, "menu")
        before = await actions.show_link(app.call(), here, Address.parse("menu"))
        with pytest.raises(Invalid, match=next(iter(wanted))):
            await changes.edit_link(app.call(), here, Address.parse("menu"), wanted)
        return before, await actions.show_link(app.call(), here, Address.parse("menu")), len(await facts(app))

    before, after, told = installation.run(work)
    assert (before, told) == (after, 1)


def test_a_removed_link_keeps_its_code_and_comes_back(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        at = Address.parse("menu")
        removed = [await changes.remove_link(app.call(), here, at) for _ in range(2)]
        with pytest.raises(
            Conflict, match=r"menu is removed\. Bring it back first: scanly link restore menu"
        ):
            await changes.edit_link(app.call(), here, at, {"title": "x"})
        with pytest.raises(Conflict, match='"menu" is taken'):
            await actions.add_link(app.call(), here, LinkDraft(TARGET, "menu"), printed_host=HOST)
        gone = await actions.list_links(app.call(), here, Filter())
        kept = await actions.list_links(app.call(), here, Filter(removed=True))
        restored = [await changes.restore_link(app.call(), here, at) for _ in range(2)]
        return removed, gone, kept, restored, [event for event, _ in await facts(app)]

    removed, gone, kept, restored, told = either.run(work)
    assert removed[0].removed_ms == either.now_ms
    assert removed[0] == removed[1] == kept[0]
    assert gone == []
    assert [link.removed_ms for link in restored] == [None, None]
    assert told == ["link.added", "link.removed", "link.restored"]


UNKNOWN = {
    "menue": 'There is no code "menue". Did you mean "menu"?',
    "zzz": 'There is no code "zzz". Run "scanly link list".',
    "qr.example.org/menu": 'There is no code "qr.example.org/menu".',
    "theirs": 'There is no code "theirs".',
    "\udcff": "There is no code",
    "a\0": "There is no code",
    "": "There is no code",
}


def test_an_unknown_code_is_not_found_and_the_nearest_is_named(either, furnish):
    async def work(app):
        here = await furnish(app, "menu", "window")
        await furnish(app, "theirs", name="Somebody else")
        for text, said in UNKNOWN.items():
            for act in (actions.show_link, changes.remove_link, changes.restore_link):
                with pytest.raises(NotFound) as refused:
                    await act(app.call(), here, Address.parse(text))
                assert said in str(refused.value)
                assert 'Did you mean "theirs"' not in str(refused.value)

    either.run(work)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("menu", Address(hosts.DEFAULT, "menu")),
        ("QR.example.org./menu", Address("qr.example.org", "menu")),
        ("[::1]:80/menu", Address("::1", "menu")),
    ],
)
def test_a_link_is_named_by_its_code_or_by_host_and_code(text, address):
    assert Address.parse(text) == address
    assert Address.parse(str(Address("qr.example.org", "menu"))) == Address("qr.example.org", "menu")


def test_a_list_is_narrowed_literally_and_the_same_on_both_engines(either, furnish):
    async def work(app):
        here = await furnish(app, "menu", title="100% Chai", tags=("indoor",), campaign="Spring")
        drafts = [
            LinkDraft("https://example.com/b?x=50%25", "table_1", placement="Window", tags=("Indoor", "10%")),
            LinkDraft("https://example.com/c", "tableX1", host="qr.example.org", title="Chai"),
        ]
        await actions.add_links(app.call(), here, drafts, printed_host=HOST)
        await furnish(app, "theirs", name="Somebody else", tags=("indoor",))

        async def found(**wanted):
            chosen = Filter(**wanted)
            listed = await actions.list_links(app.call(), here, chosen)
            assert await actions.count_links(app.call(), here, replace(chosen, limit=1)) == len(listed)
            return " ".join(link.code for link in listed)

        assert await found() == "menu table_1 tableX1"
        assert await found(search="CHAI") == "menu tableX1"
        assert await found(search="table_1") == "table_1"
        assert await found(search="%") == "menu table_1"
        assert await found(search="window") == "table_1"
        assert await found(tag="indoor") == await found(tag="INDOOR") == "menu table_1"
        assert await found(tag="door") == await found(tag="1_%") == ""
        assert await found(tag="10%") == "table_1"
        assert await found(campaign="Spring") == "menu"
        assert await found(host="qr.example.org") == "tableX1"
        assert await found(host="") == "menu table_1"
        first = await actions.list_links(app.call(), here, Filter(limit=2))
        rest = await actions.list_links(app.call(), here, Filter(limit=2, after=first[-1].id))
        assert [link.code for link in first + rest] == ["menu", "table_1", "tableX1"]

    either.run(work)


def test_every_host_that_was_printed_is_kept_for_ever_but_not_one_a_link_is_bound_to(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        bound = LinkDraft(TARGET, "menu", host="qr.example.org")
        await actions.add_links(app.call(), here, [bound], printed_host="new.example.com")
        await actions.add_link(
            app.call(), here, LinkDraft(TARGET, "window"), printed_host="later.example.com"
        )
        async with app.main.read() as connection:
            return await default_hosts_anywhere(connection)

    assert either.run(work) == {HOST, "later.example.com"}

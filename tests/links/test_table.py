"""The table in memory, against the database it follows."""

from contextlib import asynccontextmanager

import pytest

from scanly.accounts.actions import edit_workspace
from scanly.links import actions, changes
from scanly.links.address import Address
from scanly.links.model import LinkDraft
from scanly.links.terms import Terms
from scanly.scans import table as module
from scanly.scans.source import open_links
from scanly.scans.table import LinkTable

OWN = frozenset({"localhost"})


class Asked:
    """A table as the server asks it: it looks for news first."""

    def __init__(self, app, table: LinkTable) -> None:
        self.app, self.table = app, table

    def find(self, host: bytes, path: bytes, now_ms: int = 0):
        self.table.look()
        return self.table.find(host, path, now_ms or self.app.clock())

    def knows(self, host: bytes) -> bool:
        self.table.look()
        return self.table.knows(host)

    async def follow(self) -> None:
        """What a server does every now and then; SQLite needs it only for commits that told nobody."""
        await self.table.source.follow()


@asynccontextmanager
async def loaded(app):
    source = await open_links(app.main, app.folder.main_db, app.generation)
    yield Asked(app, LinkTable(source, OWN))
    source.close()


def test_the_table_sees_every_change(either, furnish):
    async def work(app):
        here = await furnish(app, "menu", "window")
        async with loaded(app) as table:
            menu = table.find(b"localhost", b"/menu")
            assert (menu.location, menu.removed, menu.workspace.name) == (
                b"https://example.com/menu",
                False,
                "Café",
            )
            version = table.table.version
            table.find(b"localhost", b"/menu")
            assert table.table.version == version

            edit = {"target": "https://example.com/ü"}
            await changes.edit_link(app.call(), here, Address.parse("menu"), edit)
            await changes.remove_link(app.call(), here, Address.parse("window"))
            await actions.add_link(
                app.call(), here, LinkDraft("https://a.example", "new"), printed_host="later.example"
            )
            await table.follow()
            assert table.find(b"localhost", b"/menu").location == b"https://example.com/%C3%BC"
            assert table.find(b"localhost", b"/window").removed
            assert table.find(b"localhost", b"/new").location == b"https://a.example"

            await changes.restore_link(app.call(), here, Address.parse("window"))
            await table.follow()
            assert not table.find(b"localhost", b"/window").removed
            assert table.find(b"localhost", b"/nothing") is None

    either.run(work)


def test_on_sqlite_a_change_is_seen_at_the_very_next_question(installation, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        async with loaded(app) as table:
            for number in range(20):
                target = f"https://example.com/{number}"
                await changes.edit_link(app.call(), here, Address.parse("menu"), {"target": target})
                assert table.find(b"localhost", b"/menu").location == target.encode()

    installation.run(work)


def test_a_link_opens_expires_and_changes_by_plan_at_the_very_moment(either, furnish):
    async def work(app):
        now = app.clock()
        here = await furnish(app, "menu", terms=Terms(opens_ms=now + 1_000, expires_ms=now + 4_000))
        plan = {"target": "https://example.com/later"}
        await changes.plan_change(app.call(), here, Address.parse("menu"), now + 2_000, plan)
        async with loaded(app) as table:

            def at(ms: int) -> tuple[bool, bytes]:
                entry = table.find(b"localhost", b"/menu", now + ms)
                return entry.route is None, entry.location

            assert at(999)[0] is False
            assert [at(ms) for ms in (1_000, 1_999)] == [(True, b"https://example.com/menu")] * 2
            assert [at(ms) for ms in (2_000, 3_999)] == [(True, b"https://example.com/later")] * 2
            assert at(4_000)[0] is False

    either.run(work)


def test_more_links_than_are_kept_in_memory_are_all_found(either, furnish, monkeypatch):
    monkeypatch.setattr(module, "_KEPT", 8)
    codes = [f"code-{number}" for number in range(50)]

    async def work(app):
        await furnish(app, *codes)
        async with loaded(app) as table:
            for _ in range(3):
                for code in codes:
                    entry = table.find(b"localhost", f"/{code}".encode())
                    assert entry.location == f"https://example.com/{code}".encode()
            assert len(table.table._young) + len(table.table._old) <= 16

    either.run(work)


@pytest.mark.parametrize("number", [1, 100, 101, 1_000])
def test_the_same_code_on_many_hosts_is_as_many_links(installation, furnish, number):
    hosts = [f"shop-{n}.example" for n in range(number)]

    async def work(app):
        here = await furnish(app, "menu")
        drafts = [LinkDraft(f"https://target.example/{host}", "menu", host=host) for host in hosts]
        await actions.add_links(app.call(), here, drafts, printed_host="go.example.com")
        async with loaded(app) as table:
            for host in hosts:
                entry = table.find(host.encode(), b"/menu")
                assert entry.location == f"https://target.example/{host}".encode()
                assert table.knows(host.encode())
            assert table.find(b"localhost", b"/menu").location == b"https://example.com/menu"
            assert not table.knows(b"shop-x.example")

    installation.run(work)


def test_the_default_host_is_every_host_that_was_printed_and_a_bound_link_answers_only_on_its_own(
    either, furnish
):
    async def work(app):
        here = await furnish(app, "menu")
        async with loaded(app) as table:
            for host in (b"localhost", b"go.example.com"):
                assert table.knows(host)
                assert table.find(host, b"/menu")
            for host in (b"later.example", b"qr.example.org"):
                assert not table.knows(host)
                assert table.find(host, b"/menu") is None

            bound = LinkDraft("https://bound.example", "menu", host="qr.example.org")
            await actions.add_links(app.call(), here, [bound], printed_host="x")
            later = LinkDraft("https://a.example")
            await actions.add_link(app.call(), here, later, printed_host="later.example")
            await table.follow()
            assert table.knows(b"later.example")
            assert table.find(b"later.example", b"/menu").location == b"https://example.com/menu"
            assert table.knows(b"qr.example.org")
            assert table.find(b"qr.example.org", b"/menu").location == b"https://bound.example"
            assert not table.knows(b"x")
        async with loaded(app) as table:
            assert table.find(b"qr.example.org", b"/menu").location == b"https://bound.example"

    either.run(work)


def test_an_edited_workspace_is_seen_by_its_links_and_no_others(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        await furnish(app, "theirs", name="Somebody else")
        async with loaded(app) as table:
            table.find(b"localhost", b"/menu")
            await edit_workspace(app.call(), here, {"time_zone": "Asia/Kolkata", "privacy": "none"})
            await table.follow()
            menu, theirs = (table.find(b"localhost", path).workspace for path in (b"/menu", b"/theirs"))
            assert (menu.time_zone, menu.privacy) == ("Asia/Kolkata", "none")
            assert (theirs.time_zone, theirs.name) == ("UTC", "Somebody else")

    either.run(work)

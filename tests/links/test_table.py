"""The table in memory, against the database it follows."""

from scanly.accounts.actions import edit_workspace
from scanly.links import actions
from scanly.links.actions import Address
from scanly.links.model import LinkDraft
from scanly.scans.table import LinkTable

OWN = frozenset({"localhost"})


async def loaded(app) -> LinkTable:
    table = LinkTable()
    async with app.main.read() as connection:
        await table.load(connection, OWN)
    return table


async def follow(app, table: LinkTable) -> int:
    async with app.main.read() as connection:
        return await table.follow(connection)


def test_the_table_sees_every_change_once(either, furnish):
    async def work(app):
        here = await furnish(app, "menu", "window")
        table = await loaded(app)
        assert len(table) == 2
        assert await follow(app, table) == 0
        menu = table.find(b"localhost", b"/menu")
        assert (menu.location, menu.removed, menu.workspace.name) == (
            b"https://example.com/menu",
            False,
            "Café",
        )

        await actions.edit_link(app.call(), here, Address.parse("menu"), {"target": "https://example.com/ü"})
        await actions.remove_link(app.call(), here, Address.parse("window"))
        await actions.add_link(
            app.call(), here, LinkDraft("https://a.example", "new"), printed_host="later.example"
        )
        assert table.find(b"localhost", b"/menu").location == b"https://example.com/menu"
        assert await follow(app, table) == 3
        assert await follow(app, table) == 0
        assert table.find(b"localhost", b"/menu").location == b"https://example.com/%C3%BC"
        assert table.find(b"localhost", b"/window").removed
        assert table.find(b"localhost", b"/new").location == b"https://a.example"

        await actions.restore_link(app.call(), here, Address.parse("window"))
        await follow(app, table)
        assert not table.find(b"localhost", b"/window").removed
        assert table.find(b"localhost", b"/nothing") is None

    either.run(work)


def test_the_default_host_is_every_host_that_was_printed_and_a_bound_link_answers_only_on_its_own(
    either, furnish
):
    async def work(app):
        here = await furnish(app, "menu")
        table = await loaded(app)
        for host in (b"localhost", b"go.example.com"):
            assert table.knows(host)
            assert table.find(host, b"/menu")
        for host in (b"later.example", b"qr.example.org", b""):
            assert not table.knows(host)
            assert table.find(host, b"/menu") is None or host == b""

        bound = LinkDraft("https://bound.example", "menu", host="qr.example.org")
        await actions.add_links(app.call(), here, [bound], printed_host="x")
        await actions.add_link(app.call(), here, LinkDraft("https://a.example"), printed_host="later.example")
        await follow(app, table)
        assert table.knows(b"later.example")
        assert table.find(b"later.example", b"/menu").location == b"https://example.com/menu"
        assert table.knows(b"qr.example.org")
        assert table.find(b"qr.example.org", b"/menu").location == b"https://bound.example"
        assert not table.knows(b"x")
        assert (await loaded(app)).find(b"qr.example.org", b"/menu").location == b"https://bound.example"

    either.run(work)


def test_an_edited_workspace_is_seen_by_its_links_and_no_others(either, furnish):
    async def work(app):
        here = await furnish(app, "menu")
        await furnish(app, "theirs", name="Somebody else")
        table = await loaded(app)
        await edit_workspace(app.call(), here, {"time_zone": "Asia/Kolkata", "privacy": "none"})
        assert await follow(app, table) == 0
        menu, theirs = (table.find(b"localhost", path).workspace for path in (b"/menu", b"/theirs"))
        assert (menu.time_zone, menu.privacy) == ("Asia/Kolkata", "none")
        assert (theirs.time_zone, theirs.name) == ("UTC", "Somebody else")

    either.run(work)

"""What people name, and to which page a code leads."""

from __future__ import annotations

import pytest
from tests.analytics.world import furnished

from scanly.analytics.about import EVERYTHING, About, find_about, name_about, named, site_behind
from scanly.core.errors import NotFound
from scanly.core.ids import LinkId, WorkspaceId
from scanly.links.actions import add_links
from scanly.links.address import Address
from scanly.links.changes import remove_link
from scanly.links.model import Link, LinkDraft
from scanly.sites.model import Known

SITES = [Known(1, "", "asha"), Known(2, "shop.example.com", "asha"), Known(3, "", "bela")]


@pytest.mark.parametrize(
    ("host", "target", "site_id"),
    [
        ("", "/s/asha", 1),
        ("", "/s/asha/hi?x=1#map", 1),
        ("shop.example.com", "/s/asha", 2),
        ("shop.example.com", "/s/bela", None),
        ("", "/s/chen", None),
        ("", "/_missing", None),
        ("", "https://example.com/s/asha", None),
    ],
)
def test_a_code_leads_to_the_page_of_that_name_at_its_own_host(host, target, site_id):
    link = Link(LinkId(9), WorkspaceId(1), host, "menu", target, "", (), "", "", 0, 0, None)
    found = site_behind(link, SITES)
    assert (found.id if found else None) == site_id


def test_codes_go_before_pages_and_what_was_removed_is_said_to_be(either):
    async def work(app):
        world = await furnished(app)
        call, here = app.call(), world.workspace.id
        draft = LinkDraft("https://example.com/", "asha")
        await add_links(call, here, [draft], printed_host="go.example.com")
        async with app.main.read() as connection:
            found = [
                await named(connection, here, name) for name in ("", "menu", "asha", "site:asha", "/s/asha")
            ]
            names = [await name_about(connection, here, about) for about in found]
            tagged = await find_about(connection, here, About("tag", text="indoor"))
        await remove_link(call, here, Address("", "menu"))
        async with app.main.read() as connection:
            gone = await name_about(connection, here, found[1])
            with pytest.raises(NotFound, match="was removed"):
                await find_about(connection, here, found[1])
        return found, names, [link.code for link in tagged.links], gone

    found, names, tagged, gone = either.run(work)
    assert found[0] == EVERYTHING
    assert [about.kind for about in found] == ["everything", "code", "code", "site", "site"]
    assert names == ["everything", "menu", "asha", "site asha", "site asha"]
    assert tagged == ["menu"] and gone == "a code that was removed"

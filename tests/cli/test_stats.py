import json
from typing import get_args

import pytest
from tests.cli.conftest import Scanly
from tests.conftest import Installation

from scanly.analytics.report import DIMENSIONS, By
from scanly.cli.stats import Dimension
from scanly.core.clock import now_ms
from scanly.core.ids import IdMaker
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.visitor import Salts
from scanly.sites.leading import key_of

PHONE = b"Mozilla/5.0 (Linux; Android 13; K) Chrome/121 Mobile"
RECIPES = "https://example.com/recipes"
SITE = {
    "site": "asha",
    "title": "Asha Kirana",
    "blocks": [{"links": {"items": [{"words": "Recipes", "to": RECIPES}]}}],
}


def test_the_command_offers_exactly_what_can_be_reported():
    assert tuple(Dimension) == DIMENSIONS == get_args(By)


@pytest.fixture
def visited(scanly: Scanly, installation: Installation) -> Scanly:
    """A site with two views, one of them by a guest, and a click."""
    file = installation.folder.root.parent / "asha.yaml"
    file.write_text(json.dumps(SITE), encoding="utf-8")
    assert scanly("site", "publish", file).status == 0
    assert scanly("site", "invite", "asha", "Meera").status == 0
    (guest,) = scanly("site", "guests", "asha", "--json").json

    async def record(app):
        from scanly.accounts.store import list_workspaces_anywhere
        from scanly.core.ids import show
        from scanly.sites.store import find_site, list_guests

        async with app.main.read() as connection:
            (workspace,) = await list_workspaces_anywhere(connection)
            site = await find_site(connection, workspace.id, "", "asha")
            (invited,) = await list_guests(connection, workspace.id, site.id)
        assert guest["name"] == invited.name
        journal = Journal(app.folder.journal, app.node, now_ms)
        recorder = Recorder(journal, Salts(app.folder.salts), Places(None), IdMaker(app.node, now_ms), now_ms)
        for outcome, part in (
            (Outcome.VIEW, ""),
            (Outcome.VIEW, show(invited.id)),
            (Outcome.CLICK, f"links/{key_of(RECIPES)}"),
        ):
            visit = Visit(site.id, workspace.id, workspace.time_zone, outcome, "192.0.2.7", PHONE, part=part)
            assert recorder.record(visit)
        journal.close()

    installation.run(record)
    return scanly


@pytest.mark.parametrize("named", ["asha", "site:asha", "/s/asha"])
def test_a_site_is_reported_with_its_clicks_and_guests(visited: Scanly, named: str):
    told = visited("stats", named, "--flush", "--since", "1d")
    assert told.status == 0, told.err
    assert "asha: 2 views by 1 visitor, 1 click" in told.out
    assert RECIPES in told.out and "Meera" in told.out
    report = visited("stats", named, "--json").json
    assert (report["site"], report["views"], report["clicks"], report["recorded"]) == ("asha", 2, 1, 3)
    assert [(part["title"], part["number"]) for part in report["parts"]] == [(RECIPES, 1)]
    assert [(part["title"], part["number"]) for part in report["invited"]] == [("Meera", 1)]


def test_a_code_goes_before_a_site_of_its_name(visited: Scanly):
    visited("link", "add", "https://example.com/", "--code", "asha")
    assert "code" in visited("stats", "asha", "--json").json
    assert "site" in visited("stats", "site:asha", "--json").json


def test_a_site_that_is_not_there_is_said_to_be_so(visited: Scanly):
    wrong = visited("stats", "site:ahsa")
    assert wrong.status == 1 and 'Did you mean "asha"?' in wrong.err
    assert "leave out --by" in visited("stats", "site:asha", "--by", "day").err.replace("\n", " ")


def test_a_link_to_a_site_that_is_not_published_is_made_with_a_warning(visited: Scanly):
    fine = visited("link", "add", "site:asha", "--code", "shop", "--json")
    assert (fine.json["target"], fine.err) == ("/s/asha", "")
    early = visited("link", "add", "site:other", "--code", "early")
    assert early.status == 0 and 'no published site "other"' in early.err
    edited = visited("link", "edit", "shop", "--target", "/s/nobody")
    assert edited.status == 0 and 'no published site "nobody"' in edited.err

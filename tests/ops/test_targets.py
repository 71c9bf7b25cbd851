"""What the doctor says about where links lead."""

from __future__ import annotations

import pytest

from scanly.accounts.store import list_workspaces_anywhere
from scanly.core.outbound import Fetched
from scanly.core.settings import Settings
from scanly.links.watching.actions import choose_links, keep_findings
from scanly.links.watching.judge import judge
from scanly.ops.doctor import examine

NOW_MS = 1_795_400_000_000
DAY_MS = 86_400_000
DAILY = Settings(watch_targets="daily")


def said(house, settings=DAILY, after_ms=DAY_MS):
    found = examine(house.folder, settings, lambda: NOW_MS + after_ms)
    return [(each.level, each.sentence, each.hint) for each in found if each.check == "targets"]


def look(house, **statuses):
    async def work(app):
        async with app.main.read() as connection:
            (here,) = await list_workspaces_anywhere(connection)
        chosen = await choose_links(app.call(), here.id)
        urls = {f"https://example.com/{code}": status for code, status in statuses.items()}
        findings = {
            url: judge(url, Fetched(url, status, {}, b"", (url,)), frozenset())
            for url, status in urls.items()
        }
        await keep_findings(app.call(), here.id, chosen.ids, findings)

    house.run(work)


@pytest.mark.parametrize("there", [False, True])
def test_before_the_first_look_it_is_told_who_looks(empty_house, there):
    if there:
        empty_house.furnish(scans=0)
    assert said(empty_house, Settings()) == [
        (
            "ok",
            "Nobody looks where the links lead.",
            '"scanly link check" does; watch_targets = "daily" does every night.',
        )
    ]
    assert said(empty_house) == [("ok", "The server looks where the links lead at the next 03:00 UTC.", "")]


def test_broken_targets_are_counted_with_the_moment_of_the_last_look(empty_house):
    empty_house.furnish(scans=0)
    look(empty_house, menu=200, window=403)
    assert [(level, sentence[:24]) for level, sentence, _ in said(empty_house)] == [
        ("ok", "At the last look, on 202")
    ]
    look(empty_house, menu=404, window=200)
    ((level, sentence, hint),) = said(empty_house)
    assert (level, hint) == ("warning", 'See which: "scanly link check".')
    assert sentence.startswith("1 link leads to a broken target, as of 20")
    look(empty_house, menu=404, window=500)
    assert said(empty_house)[0][1].startswith("2 links lead to a broken target")


def test_a_daily_look_that_did_not_happen_is_told(empty_house):
    empty_house.furnish(scans=0)
    look(empty_house, menu=200, window=200)
    levels = [
        [level for level, _, _ in said(empty_house, settings, 3 * DAY_MS)] for settings in (DAILY, Settings())
    ]
    assert levels == [["ok", "warning"], ["ok"]]

"""Funnels, goals, cohorts and alerts from the command line: what is shown, what machines get, what is refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.analytics.world import CLICK, LEAD, SCAN, VIEW, World
from tests.cli.conftest import Done, Scanly
from tests.conftest import Installation

from scanly.accounts.store import list_workspaces_anywhere
from scanly.analytics.alerts.round import GRACE_MS, judge_everywhere
from scanly.core.clock import now_ms
from scanly.links.store import Filter, list_links
from scanly.sites.store import list_sites


@pytest.fixture
def cafe(scanly: Scanly, installation: Installation) -> Scanly:
    """A page with a code that leads to it; three people scan, two look, one clicks and sends a form."""
    file = installation.folder.root.parent / "asha.yaml"
    file.write_text("site: asha\ntitle: Asha\nblocks:\n  - name-board: {name: Asha}\n", encoding="utf-8")
    assert scanly("site", "publish", file).status == 0
    assert scanly("link", "add", "site:asha", "--code", "menu", "--tag", "indoor").status == 0
    assert scanly("link", "add", "https://example.com/", "--code", "away").status == 0
    assert privacy(scanly, "weekly").status == 0

    async def visit(app):
        async with app.main.read() as connection:
            (workspace,) = await list_workspaces_anywhere(connection)
            links = await list_links(connection, workspace.id, Filter())
            (site,) = await list_sites(connection, workspace.id)
        world = World(replace(app, clock=now_ms), workspace, {link.code: link for link in links}, site)
        for who in (1, 2, 3):
            world.visit(who, SCAN, world.today, "menu", period=world.today // 7 * 7)
        for who, outcome in ((1, VIEW), (2, VIEW), (1, CLICK), (1, LEAD)):
            world.visit(who, outcome, world.today)
        await world.count()

    installation.run(visit)
    return scanly


def privacy(scanly: Scanly, level: str) -> Done:
    (workspace,) = scanly("workspace", "list", "--json").json
    return scanly("workspace", "edit", workspace["name"], "--privacy", level)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_funnel_is_shown_and_given_to_machines(cafe: Scanly):
    shown = cafe("stats", "funnel", "menu", "--since", "1d", "--flush")
    assert shown.status == 0, shown.err
    assert re.search(r"view +2 +2 +66\.7 % \(20\.8–93\.9\)", shown.out), shown.out
    assert "within one day" in shown.out
    steps = cafe("stats", "funnel", "--since", "1d", "--json").json["steps"]
    assert [(step["name"], step["count"], step["people"]) for step in steps] == [
        ("scan", 3, 3),
        ("view", 2, 2),
        ("click", 1, 1),
        ("lead", 1, 1),
    ]
    assert cafe("stats", "funnel", "away").err.count("\n") == 1


def test_cohorts_are_shown_and_given_to_machines(cafe: Scanly):
    shown = cafe("stats", "cohorts")
    assert shown.status == 0, shown.err
    assert "everything: 3 visitors for the first time, 0 returns" in shown.out
    assert "at most 7 days" in shown.out
    found = cafe("stats", "cohorts", "menu", "--json").json
    assert (found["rows"][-1]["people"], found["followed_days"], found["by"]) == (3, 7, "day")
    assert "Use --by day" in cafe("stats", "cohorts", "--by", "week").err
    privacy(cafe, "daily")
    assert "scanly workspace edit NAME --privacy weekly" in cafe("stats", "cohorts").err


def test_goals_are_made_shown_and_forgotten(cafe: Scanly):
    assert cafe("stats", "goals", "list").err.startswith("There is no goal yet.")
    made = cafe("stats", "goals", "add", "Forms", "--form", "asha", "--json")
    assert made.json == {"name": "Forms", "what": "lead", "block": "", "tag": ""}
    cafe("stats", "goals", "add", "Indoors", "--scan-tag", "indoor")
    assert "form of site asha" in cafe("stats", "goals", "list").out
    shown = cafe("stats", "goals", "show", "forms", "--since", "2d")
    assert "Forms (form of site asha): reached 1 time by 1 visitor" in in_one_line(shown.out)
    assert "Conversion: 50.0 %" in shown.out
    assert cafe("stats", "goals", "show", "Indoors", "--json").json["reached"] == 3
    assert cafe("stats", "goals", "edit", "Forms", "--rename", "Letters").status == 0
    assert cafe("stats", "goals", "remove", "Letters").status == 0
    assert [goal["name"] for goal in cafe("stats", "goals", "list", "--json").json] == ["Indoors"]


def test_rules_are_made_and_what_fired_is_shown(cafe: Scanly, installation: Installation):
    assert cafe("stats", "alerts", "rules").err.startswith("There is no rule yet.")
    assert cafe("stats", "alerts", "add", "Busy", "--more", 2, "--code", "menu").status == 0
    assert cafe("stats", "alerts", "add", "Quiet", "--silent", 3, "--tag", "indoor").status == 0
    assert cafe("stats", "alerts", "add", "Mornings", "--digest", "daily").status == 0
    assert cafe("stats", "alerts", "edit", "quiet", "--number", 4, "--rename", "Calm").status == 0
    assert cafe("stats", "alerts", "remove", "Mornings").status == 0
    rules = cafe("stats", "alerts", "rules").out
    assert "more than 2 scans of menu in a day" in rules
    assert "no scan of tag indoor for 4 days" in rules
    assert cafe("stats", "alerts").out == "No alert.\n"

    async def judge(app):
        at_ms = now_ms()
        return await judge_everywhere(replace(app.call(), now_ms=at_ms), app.events, at_ms + GRACE_MS)

    assert installation.run(judge) == 1
    (alert,) = cafe("stats", "alerts", "--json").json
    assert (alert["rule"], alert["scans"], alert["kind"], alert["every"]) == ("Busy", 3, "more", "day")
    assert f"Busy: 3 scans of menu on {alert['period']}, more than 2" in cafe("stats", "alerts").out
    assert [rule["firing"] for rule in cafe("stats", "alerts", "rules", "--json").json] == [True, False]


WRONG = {
    ("goals", "add", "New"): "Give one of --view, --click, --form, --scan and --scan-tag",
    ("goals", "add", "New", "--view", "asha", "--scan", "menu"): "Give one of --view",
    ("goals", "add", "New", "--view", "ahsa"): 'Did you mean "asha"?',
    ("goals", "show", "Old"): 'There is no goal "Old".',
    ("goals", "show"): "Missing argument",
    ("alerts", "add", "New"): "Give one of --more, --less, --silent and --digest",
    ("alerts", "add", "New", "--more", "1", "--silent", "2"): "Give one of --more",
    ("alerts", "add", "New", "--silent", "2", "--in", "day"): "--in goes with --more or --less",
    ("alerts", "add", "New", "--more", "-1"): "greater than or equal to 0",
    ("alerts", "add", "New", "--less", "3", "--code", "meun"): 'Did you mean "menu"?',
    ("alerts", "add", "New", "--less", "3", "--code", "menu", "--tag", "a"): "only one of them",
    ("alerts", "edit", "Old", "--number", "3"): 'There is no rule "Old".',
    ("alerts", "--since", "2026-02-30"): '"2026-02-30" is not a date.',
    ("funnel", "meun"): 'Did you mean "menu"?',
    ("funnel", "--since", "20y"): "is more than ten years",
    ("cohorts", "--by", "month"): "'month' is not one of 'day', 'week'",
}


def test_what_is_wrong_is_said_in_one_line(cafe: Scanly):
    told: dict[str, str] = {}
    for words, wanted in WRONG.items():
        done = cafe("stats", *words)
        if done.status not in (1, 2) or done.out or done.err.count("\n") != 1 or wanted not in done.err:
            told[" ".join(words)] = done.err or done.out
    assert told == {}

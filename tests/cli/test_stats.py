import csv
import io
import json
from types import SimpleNamespace

import pytest
from tests.cli.conftest import Scanly
from tests.conftest import Installation

from scanly.analytics import dimensions
from scanly.analytics.reports.question import Subject
from scanly.analytics.reports.report import words
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


def test_a_site_is_reported_by_anything(visited: Scanly):
    visited("stats", "asha", "--flush")
    rows = visited("stats", "asha", "--by", "device", "--json").json["rows"]
    assert [(row["key"], row["views"], row["visitors"], row["clicks"]) for row in rows] == [
        ("phone", 2, 1, None)
    ]
    clicked = visited("stats", "--site", "asha", "--by", "clicked", "--json").json
    assert [row["views"] for row in clicked["rows"]] == [1] and clicked["views"] == 2
    days = visited("stats", "asha", "--since", "2d", "--compare", "--json").json
    assert [(row["views"], row["clicks"], row["before"]) for row in days["rows"]] == [(0, 0, 0), (2, 1, 0)]
    assert days["before"]["scans"] == 0
    wrong = visited("stats", "asha", "--by", "code")
    assert (wrong.status, wrong.out) == (2, "") and "of a site" in wrong.err


def test_a_link_to_a_site_that_is_not_published_is_made_with_a_warning(visited: Scanly):
    fine = visited("link", "add", "site:asha", "--code", "shop", "--json")
    assert (fine.json["target"], fine.err) == ("/s/asha", "")
    early = visited("link", "add", "site:other", "--code", "early")
    assert early.status == 0 and 'no published site "other"' in early.err
    edited = visited("link", "edit", "shop", "--target", "/s/nobody")
    assert edited.status == 0 and 'no published site "nobody"' in edited.err


@pytest.fixture
def scanned(scanly: Scanly, installation: Installation) -> Scanly:
    """Three codes, of which two were scanned: one by two people, one of them twice, and one named like a command."""
    for code in ("menu", "watch", "quiet"):
        more = ("--tag", "in", "--placement", "Bar") if code == "menu" else ()
        assert (
            scanly("link", "add", "https://example.com/", "--code", code, "--title", "=1+1", *more).status
            == 0
        )

    async def record(app):
        from scanly.accounts.store import list_workspaces_anywhere
        from scanly.links.store import Filter, list_links

        async with app.main.read() as connection:
            (workspace,) = await list_workspaces_anywhere(connection)
            links = {link.code: link for link in await list_links(connection, workspace.id, Filter())}
        journal = Journal(app.folder.journal, app.node, now_ms)
        recorder = Recorder(journal, Salts(app.folder.salts), Places(None), IdMaker(app.node, now_ms), now_ms)
        for code, address, agent in (
            ("menu", "192.0.2.7", PHONE),
            ("menu", "192.0.2.7", PHONE),
            ("menu", "192.0.2.8", PHONE),
            ("watch", "192.0.2.7", PHONE),
            ("watch", "192.0.2.9", b"Googlebot/2.1"),
        ):
            link = links[code]
            visit = Visit(
                link.id, workspace.id, workspace.time_zone, Outcome.REDIRECT, address, agent, b"hi-IN"
            )
            assert recorder.record(visit)
        journal.close()

    installation.run(record)
    assert scanly("stats", "--flush").status == 0
    return scanly


def test_without_a_name_the_report_is_meant(scanned: Scanly):
    whole = scanned("stats", "--json").json
    assert whole == scanned("stats", "show", "--json").json
    assert (whole["recorded"], whole["scans"], whole["visitors"]) == (5, 4, 2)
    assert [(row["key"], row["scans"], row["visitors"]) for row in whole["rows"]] == [
        ("menu", 3, 2),
        ("watch", 1, 1),
    ]
    assert (whole["links"], whole["silent"]) == (3, 1)
    assert scanned("stats", "--since", "7d", "menu", "--json").json["scans"] == 3
    assert len(scanned("stats", "menu", "--since", "7d", "--json").json["rows"]) == 7


def test_a_code_that_is_named_like_a_command_is_still_reported(scanned: Scanly):
    assert scanned("stats", "show", "watch", "--json").json["scans"] == 1


def test_every_word_is_a_way_to_report_links(scanned: Scanly):
    for word in words(Subject()):
        told = scanned("stats", "--by", word, "--compare")
        assert told.status == 0 and "4 scans by 2 visitors" in told.out, (word, told.err)
        told = scanned("stats", "--by", word, "--json").json
        assert told["by"] == word and sum(row["scans"] for row in told["rows"]) == 4


def test_a_dimension_is_a_word_as_soon_as_its_file_is_there(scanned: Scanly, monkeypatch):
    new = SimpleNamespace(NUMBER=127, PART="device", FIELD="agent", label=lambda value, _: value, value=str)
    monkeypatch.setattr(dimensions, "DIMENSIONS", {**dimensions.DIMENSIONS, "weather": new})
    assert [row["key"] for row in scanned("stats", "--by", "weather", "--json").json["rows"]] == ["unknown"]


NARROWED = [
    (("--tag", "in"), 3),
    (("--tag", "no"), 0),
    (("--placement", "Bar"), 3),
    (("--campaign", "no"), 0),
    (("--host", "go.example.com"), 0),
    (("--tag", "in", "--placement", "Bar"), 3),
    (("--where", "language=hi"), 4),
    (("--where", "language=Hindi", "--where", "device=phone"), 4),
    (("--where", "language=de"), 0),
]


def test_what_is_reported_can_be_narrowed_down(scanned: Scanly):
    for filters, scans in NARROWED:
        assert scanned("stats", *filters, "--json").json["scans"] == scans, filters


def test_what_two_dimensions_say_is_said_to_come_from_raw_scans(scanned: Scanly):
    told = scanned("stats", "--where", "language=hi", "--by", "hour")
    assert "counted from the raw scans" in told.out
    assert "raw" not in scanned("stats", "--where", "language=hi", "--by", "day").out


WRONG = [
    ("--by contry", 2, 'Did you mean "country"?'),
    ("--by clicked", 2, "clicked"),
    ("--where contry=IN", 2, 'Did you mean "country"?'),
    ("--where country", 2, "is not like browser=Safari"),
    ("--where country=IN --by kind", 1, "Leave out --where"),
    ("menu --tag in", 2, "not two of them"),
    ("menu --site asha", 2, "not two of them"),
    ("menuu", 1, 'Did you mean "menu"?'),
    ("--site asha", 1, "site"),
    ("--since 2026-02-30", 1, "not a date"),
    ("--since 11y", 1, "more than ten years"),
    ("--since 2026-11-20 --until 2026-11-10", 1, "is after"),
    ("--compare-to never", 1, "compare-to"),
    ("--limit 0", 2, "limit"),
    ("--host exa_mple/x", 1, "not a host name"),
    ("--csv /no/such/folder/x.csv", 1, "cannot be written"),
]


def test_wrong_use_is_told_in_a_sentence(scanned: Scanly):
    for arguments, status, said in WRONG:
        done = scanned("stats", *arguments.split())
        assert (done.status, done.out) == (status, ""), arguments
        assert said in done.err and done.err.count("\n") == 1, done.err


def test_a_removed_code_is_still_reported(scanned: Scanly):
    assert scanned("link", "remove", "menu").status == 0
    assert scanned("stats", "menu", "--json").json["scans"] == 3
    assert [row["key"] for row in scanned("stats", "--json").json["rows"]] == ["menu", "watch"]
    assert scanned("stats", "--tag", "in", "--json").json["scans"] == 3


def test_ten_years_are_reported_in_one_go(scanned: Scanly):
    for by, rows in (("month", range(120, 122)), ("day", range(3600, 3661)), ("code", range(2, 3))):
        told = scanned("stats", "--since", "10y", "--by", by, "--json").json
        assert told["scans"] == 4 and len(told["rows"]) in rows


def test_rows_are_written_for_spreadsheets(scanned: Scanly, tmp_path):
    out = tmp_path / "codes.csv"
    done = scanned("stats", "--csv", out)
    assert (done.status, done.out) == (0, "") and str(out) in done.err
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [(row["code"], row["title"], row["scans"]) for row in rows] == [
        ("menu", "'=1+1", "3"),
        ("watch", "'=1+1", "1"),
    ]
    piped = scanned("stats", "--by", "language", "--csv", "-")
    assert piped.out == "language,title,scans,visitors\nhi,Hindi,4,2\n" and piped.err == ""


def test_pages_and_workbooks_are_written_whole(scanned: Scanly, tmp_path):
    files = {kind: tmp_path / f"week.{kind}" for kind in ("xlsx", "html", "pdf")}
    options = [part for kind, path in files.items() for part in (f"--{kind}", path)]
    done = scanned("stats", "--since", "7d", *options, "--language", "hi", "--quiet")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert files["xlsx"].read_bytes().startswith(b"PK")
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    page = files["html"].read_text(encoding="utf-8")
    assert '<html lang="hi"' in page and "</html>" in page
    assert sorted(tmp_path.glob("week*")) == sorted(files.values())

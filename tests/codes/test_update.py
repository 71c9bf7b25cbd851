"""Links are changed by a spreadsheet: what would change is told, what is told is done, and can be undone."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanly.accounts.actions import choose_workspace
from scanly.codes import update
from scanly.codes.update import FieldChange, UpdateOrder, UpdatePlan, UpdateSummary
from scanly.core.errors import Conflict, Invalid
from scanly.core.ids import WorkspaceId
from scanly.links.actions import add_links, list_links
from scanly.links.address import Address
from scanly.links.changes import list_history, remove_link, undo_change
from scanly.links.model import Link, LinkDraft
from scanly.links.store import Filter

_SECONDS = itertools.count(1)
DRAFTS = (
    LinkDraft("https://a.example/1", "one", title="First", tags=("menu",)),
    LinkDraft("https://a.example/2", "two", campaign="spring"),
    LinkDraft("https://a.example/3", "three"),
    LinkDraft("https://a.example/4", "four", host="go.other.example"),
    LinkDraft("https://a.example/5", "gone"),
)
TABLE = """code,target,title,tags,campaign,placement,expires,max_scans,caption
one,https://b.example/1,,menu;indoor,,Window,,,Scan
two,https://a.example/2,,,spring,,,,
three,htp:/broken,,,,,soon,x,
go.other.example/four,,Fourth,,,,2027-05-31,50,
nobody,https://b.example/5,,,,,,,
,https://b.example/6,,,,,,,
gone,,Back,,,,,,
three,,Third,,,,,,
"""


@pytest.fixture
def links(either):
    """Five links, one of them removed; works on them with a fresh call each time."""

    async def prepare(app):
        here = await choose_workspace(app.call(), None)
        await add_links(app.call(), here.id, DRAFTS, printed_host="go.example.com")
        await remove_link(app.call(), here.id, Address("", "gone"))

    either.run(prepare)

    def work(action):
        later = replace(either, now_ms=either.now_ms + next(_SECONDS) * 1000)

        async def run(app):
            here = await choose_workspace(app.call(), None)
            return await action(app.call(), here.id)

        return later.run(run)

    return work


def order(folder: Path, table: str = TABLE, **more: object) -> UpdateOrder:
    (folder / "update.csv").write_text(table, encoding="utf-8")
    return UpdateOrder(folder / "update.csv", zone=ZoneInfo("Asia/Kolkata"), **more)


def previewed(links, wanted: UpdateOrder) -> UpdatePlan:
    return links(lambda call, here: update.preview(call, here, wanted))


def applied(links, wanted: UpdateOrder, **more: str) -> UpdateSummary:
    return links(lambda call, here: update.apply(call, here, wanted, lambda done, total: None, **more))


def known(links) -> dict[str, Link]:
    return {link.code: link for link in links(lambda call, here: list_links(call, here, Filter()))}


def test_the_preview_tells_what_changes_and_the_update_does_exactly_that(links, tmp_path: Path):
    before = known(links)
    wanted = order(tmp_path)
    plan = previewed(links, wanted)
    assert known(links) == before
    assert plan.changes == (
        FieldChange(2, "one", "target", "https://a.example/1", "https://b.example/1"),
        FieldChange(2, "one", "tags", "menu", "menu; indoor"),
        FieldChange(2, "one", "placement", "", "Window"),
        FieldChange(5, "go.other.example/four", "title", "", "Fourth"),
        FieldChange(5, "go.other.example/four", "expires", "", "Mon 2027-05-31 24:00"),
        FieldChange(5, "go.other.example/four", "max_scans", "", "50"),
        FieldChange(9, "three", "title", "", "Third"),
    )
    assert (plan.total, plan.links, plan.passed_over) == (8, 3, ("caption",))
    starts = (
        'row 4, target: "htp:/broken" cannot be used',
        'row 6, code: There is no code "nobody".',
        "row 7, code: is empty.",
        "row 8, code: gone is removed.",
    )
    assert len(plan.problems) == 4
    for problem, start in zip(plan.problems, starts, strict=True):
        assert problem.startswith(start)
    assert "row 4, expires" in plan.problems[0] and "row 4, max_scans" in plan.problems[0]

    summary = applied(links, wanted, sha256=plan.sha256)
    assert (summary.total, summary.changed, summary.unchanged, summary.failed) == (8, 3, 1, 4)
    assert summary.problems == plan.problems


def test_an_update_is_history_is_undone_and_does_nothing_the_second_time(links, tmp_path: Path):
    before = known(links)
    wanted = order(tmp_path)
    assert applied(links, wanted).changed == 3
    after = known(links)
    assert (after["one"].target, after["one"].tags) == ("https://b.example/1", ("menu", "indoor"))
    assert (after["one"].title, after["two"]) == ("First", before["two"])
    assert after["four"].terms.max_scans == 50 and after["three"].title == "Third"
    assert applied(links, wanted).changed == 0
    assert known(links) == after and previewed(links, wanted).changes == ()
    changes, _ = links(lambda call, here: list_history(call, here, Address("", "one")))
    assert [change.what for change in changes] == ["edit"]
    links(lambda call, here: undo_change(call, here, Address("", "one")))
    assert known(links)["one"] == replace(before["one"], changed_ms=known(links)["one"].changed_ms)


def test_an_update_that_was_cut_off_is_simply_run_again(
    links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(update, "BATCH", 1)

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    wanted = order(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        links(lambda call, here: update.apply(call, here, wanted, stop))
    assert known(links)["one"].placement == "Window" and known(links)["four"].title == ""
    assert applied(links, wanted).changed == 2


def test_never_takes_an_end_away_and_0_a_limit(links, tmp_path: Path):
    applied(links, order(tmp_path, "code,expires,max_scans\none,2027-05-31,50\n"))
    assert known(links)["one"].terms.max_scans == 50
    plan = previewed(links, order(tmp_path, "code,expires,max_scans\none,Never,0\n"))
    assert [(change.old, change.new) for change in plan.changes] == [("Mon 2027-05-31 24:00", ""), ("50", "")]
    applied(links, order(tmp_path, "code,expires,max_scans\none,Never,0\n"))
    assert known(links)["one"].terms.expires_ms is known(links)["one"].terms.max_scans is None


def test_results_of_a_run_can_be_corrected_and_given_back(links, tmp_path: Path):
    table = (
        "line,status,code,short_url,files,problem,target,utm_source,name\n"
        "2,ok,one,https://go.example.com/one,one.svg,,https://b.example/,table,'=1\n"
    )
    plan = previewed(links, order(tmp_path, table))
    assert [change.new for change in plan.changes] == ["https://b.example/?utm_source=table"]
    assert plan.passed_over == ("line", "status", "short_url", "files", "problem", "name")


def test_the_second_row_of_a_link_and_parameters_without_target_are_refused(links, tmp_path: Path):
    table = (
        "code,host,title,target,utm_source\nfour,go.other.example,A,,\ngo.other.example/four,,B,,\none,,,,x\n"
    )
    summary = applied(links, order(tmp_path, table))
    assert (summary.changed, summary.failed) == (1, 2)
    assert '"go.other.example/four" is in row 2, too.' in summary.problems[0]
    assert "row 4, utm_source: has no effect" in summary.problems[1]
    assert known(links)["four"].title == "A"


def test_a_circle_is_found_by_the_preview_as_well(links, tmp_path: Path):
    wanted = order(tmp_path, "code,target\none,https://go.other.example/four\n")
    told = previewed(links, wanted).problems
    assert "leads to a short address of this installation" in told[0]
    assert applied(links, wanted).problems == told


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("target\nhttps://a.example\n", 'There is no column "code".'),
        ("code,caption\none,x\n", "No column says what to change."),
        ("code,target,url\none,x,y\n", "both mean target"),
    ],
)
def test_a_spreadsheet_that_says_nothing_about_links_is_refused(
    installation, tmp_path: Path, table: str, words: str
):
    async def work(app):
        here = await choose_workspace(app.call(), None)
        return await update.preview(app.call(), here.id, order(tmp_path, table))

    with pytest.raises(Invalid) as caught:
        installation.run(work)
    assert words in str(caught.value)


def test_what_was_changed_after_the_preview_is_not_done(links, tmp_path: Path):
    plan = previewed(links, order(tmp_path))
    with pytest.raises(Conflict, match="changed after the preview"):
        applied(
            links, order(tmp_path, TABLE.replace("First", "Other") + "one,,X,,,,,,\n"), sha256=plan.sha256
        )
    assert known(links)["one"].target == "https://a.example/1"


def test_other_peoples_links_are_out_of_reach(links, tmp_path: Path):
    wanted = order(tmp_path, "code,title\none,Mine\n")
    plan = links(lambda call, here: update.preview(call, WorkspaceId(here + 1), wanted))
    assert plan.changes == () and "no code" in plan.problems[0]
    links(lambda call, here: update.apply(call, WorkspaceId(here + 1), wanted, lambda done, total: None))
    assert known(links)["one"].title == "First"

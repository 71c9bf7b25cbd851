"""Rows of a bulk run that say where their codes hang stand in the register, once."""

from datetime import date

import pytest
from PIL import Image
from tests.codes.runs import order, run, told

from scanly.accounts.actions import choose_workspace
from scanly.codes import bulk, issuing
from scanly.codes.placements.actions import Wish, edit_placement, list_placements, remove_placement
from scanly.codes.placements.details import Details
from scanly.codes.placements.model import Filter
from scanly.core.money import Money
from scanly.links.address import Address

TABLE = """code,target,placement,batch,place,photo,cost,printed on,Replace-By,copies
t1,https://a.example/1,Table 1,May 26,Window,wall.png,"1,20",2026-05-01,2027-05-01,3
t2,https://a.example/2,Table 2,May 26,,,0.80,,,
t3,https://a.example/3,Table 3,,,,,,,
t4,https://a.example/4,,,Bar,lost.png,,,,
t5,https://a.example/5,,,Bar,,cheap,,,
t6,https://a.example/6,,,Bar,,,2026-05-02,2026-05-01,
"""
T1 = Details("May 26", "Window", "wall.png", Money(120, "EUR"), date(2026, 5, 1), date(2027, 5, 1), copies=3)
T2 = Details("May 26", cost=Money(80, "EUR"))


def registered(installation, removed=False):
    async def work(app):
        here = await choose_workspace(app.call(), None)
        found = await list_placements(app.call(), here.id, Filter(removed=removed))
        return {each.code: each.details for each in found}

    return installation.run(work)


@pytest.fixture
def wall(tmp_path):
    Image.new("RGB", (8, 8), "red").save(tmp_path / "wall.png")


@pytest.mark.usefixtures("wall")
def test_rows_that_say_so_are_registered_and_bad_ones_make_neither_code_nor_link(installation, tmp_path):
    summary, links, _ = run(installation, order(tmp_path, TABLE))
    assert registered(installation) == {"t1": T1, "t2": T2}
    assert [link.code for link in links] == ["t1", "t2", "t3"]
    problems = [
        'row 5, photo: "lost.png" is neither a file',
        'row 6, cost: "cheap" is not an amount of money.',
        'row 7, replace_by (column "Replace-By"): 2026-05-01 is before 2026-05-02',
    ]
    assert summary.failed == 3
    for said, problem in zip(summary.problems, problems, strict=True):
        assert said.replace("replace_by:", 'replace_by (column "Replace-By"):').startswith(problem)
    assert [line["status"] for line in told(tmp_path / "out")] == ["ok"] * 3 + ["failed"] * 3


@pytest.mark.usefixtures("wall")
@pytest.mark.parametrize("stop", ["save_codes", "add_placements", "finish"])
def test_a_run_that_was_cut_off_anywhere_goes_on_without_doubles(installation, tmp_path, monkeypatch, stop):
    monkeypatch.setattr(bulk, "BATCH", 2)
    cut = monkeypatch.context

    async def stopped(*_):
        raise KeyboardInterrupt

    with cut() as patch:
        if stop == "finish":
            patch.setattr(bulk.Report, "finish", lambda _: (_ for _ in ()).throw(KeyboardInterrupt()))
        else:
            patch.setattr(issuing, stop, stopped)
        with pytest.raises(KeyboardInterrupt):
            run(installation, order(tmp_path, TABLE))
    _, links, _ = run(installation, order(tmp_path, TABLE, resume=True))
    assert registered(installation) == {"t1": T1, "t2": T2}
    assert len(links) == 3


@pytest.mark.usefixtures("wall")
def test_what_was_corrected_or_removed_since_stays_so_when_a_run_is_resumed(installation, tmp_path):
    run(installation, order(tmp_path, TABLE))

    async def correct(app):
        call, here = app.call(), await choose_workspace(app.call(), None)
        await edit_placement(call, here.id, Wish(Address.parse("t1"), {"place": "Door"}))
        await remove_placement(call, here.id, Address.parse("t2"))

    installation.run(correct)
    again = order(tmp_path, TABLE, resume=True, where=("status=ok",))
    assert run(installation, again)[0].ok == 3
    assert registered(installation)["t1"].place == "Door"
    assert registered(installation, removed=True) == {"t2": T2}


def test_without_links_there_is_nothing_to_register_and_the_columns_are_for_templates(installation, tmp_path):
    table = "target,batch,cost\nhttps://a.example/1,May,cheap\nhttps://a.example/2,June,\n"
    wanted = order(tmp_path, table, dynamic=False, name_template="{batch}-{line}")
    summary, links, _ = run(installation, wanted)
    assert (summary.ok, links, registered(installation)) == (2, [], {})
    assert sorted(path.name for path in (tmp_path / "out").glob("*.svg")) == ["June-3.svg", "May-2.svg"]


def test_a_payload_s_own_place_is_its_own(installation, tmp_path):
    table = "type,title,start,place,target\nevent,Fair,2027-05-01 10:00,Old Town,\nurl,,,Wall,https://a.example/1\n"
    summary, *_ = run(installation, order(tmp_path, table))
    assert summary.problems == ()
    assert [each.place for each in registered(installation).values()] == ["Wall"]


def test_dates_are_read_as_the_run_was_told_and_costs_in_the_workspace_s_currency(installation, tmp_path):
    table = "code,target,printed_on,cost\nt1,https://a.example/1,31.05.2026,₹500\n"
    run(installation, order(tmp_path, table, date_format="%d.%m.%Y", currency="INR"))
    assert registered(installation) == {"t1": Details(cost=Money(50000, "INR"), printed_on=date(2026, 5, 31))}

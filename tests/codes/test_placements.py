"""The register of printed things: what is kept of each, by whom it is seen, and how it travels as a spreadsheet."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text

from scanly.accounts.actions import add_workspace, choose_workspace
from scanly.codes.formulas import as_was
from scanly.codes.placements import actions
from scanly.codes.placements.actions import Wish
from scanly.codes.placements.details import FIELDS, Details, read_details, with_details
from scanly.codes.placements.model import Filter, Placement
from scanly.codes.placements.photos import Photos
from scanly.codes.placements.sheet import Source, import_sheet, lines
from scanly.core.errors import Conflict, Invalid, NotFound
from scanly.core.money import Money
from scanly.links.actions import add_link, show_link
from scanly.links.address import Address
from scanly.links.changes import list_history, remove_link
from scanly.links.model import LinkDraft
from scanly.media.actions import keep, list_media

TODAY = date(2026, 11, 22)
WORDS = st.text("abc =+-@'\";,é€ Ø\u0905", max_size=12).map(str.strip)


async def made(app, *codes, workspace=None):
    """The workspace, with links of these codes."""
    here = workspace or await choose_workspace(app.call(), None)
    for code in codes:
        draft = LinkDraft("https://example.com/menu", code=code, placement=f"On {code}")
        await add_link(app.call(), here.id, draft, printed_host="go.example.com")
    return here


def wish(code, name=None, **said):
    return Wish(Address.parse(code), read_details(said, "INR"), name)


def picture(path, colour="red"):
    Image.new("RGB", (8, 8), colour).save(path)
    return path


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"printed_on": "31.02.2027"}, "printed_on: .* is not a date. Write it like 2027-05-31."),
        ({"printed_on": "2027-02-31"}, "is not a date"),
        ({"printed_on": "20270531"}, "is not a date"),
        ({"replace_by": "2027-W01-1"}, "is not a date"),
        ({"replace_by": "1066-10-14"}, "is not a date"),
        ({"copies": "0"}, "copies: .*from 1 to 1,000,000"),
        ({"copies": "1.5"}, "from 1 to 1,000,000"),
        ({"copies": "9999999"}, "from 1 to 1,000,000"),
        ({"cost": "cheap"}, "cost: .* not an amount"),
        ({"place": "x" * 301}, "place: is longer than 300"),
        ({"batch": "a\u202eb"}, "batch: .*control characters"),
        ({"note": "x" * 2001}, "note: is longer than 2,000"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(said, problem):
    with pytest.raises(Invalid, match=problem):
        read_details(said, "EUR")


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(Invalid) as caught:
        read_details({"cost": "x", "printed_on": "y", "copies": "z", "place": "Window"}, "EUR")
    assert [problem.field for problem in caught.value.problems] == ["cost", "printed_on", "copies"]


def test_nothing_is_replaced_before_it_is_printed():
    changes = read_details({"printed_on": "2027-02-01", "replace_by": "2027-01-31"}, "EUR")
    with pytest.raises(Invalid, match="2027-01-31 is before 2027-02-01, when it was printed"):
        with_details(Details(), changes)
    same_day = read_details({"printed_on": "2027-02-01", "replace_by": "2027-02-01"}, "EUR")
    assert with_details(Details(), same_day).replace_by == date(2027, 2, 1)


@pytest.mark.parametrize("nothing", ["", "none", "NONE"])
def test_costs_dates_and_photos_are_taken_away_by_saying_so(nothing):
    full = Details(photo="a.jpg", cost=Money(1, "EUR"), printed_on=TODAY, replace_by=TODAY)
    said = dict.fromkeys(("photo", "cost", "printed_on", "replace_by"), nothing)
    assert with_details(full, read_details(said, "EUR")) == Details()


def test_a_placement_is_registered_once_changed_removed_and_put_back(either):
    async def work(app):
        call, here = app.call(), await made(app, "t7")
        added = await actions.add_placement(call, here.id, wish("t7", place="Window", cost="120"))
        assert (added.name, added.details.place) == ("On t7", "Window")
        with pytest.raises(
            Conflict, match=r"t7 is in the register already. Change it: scanly placement edit t7"
        ):
            await actions.add_placement(call, here.id, wish("t7"))
        edited = await actions.edit_placement(call, here.id, wish("t7", batch="May", replace_by="2027-05-01"))
        assert edited.details == Details(
            "May", "Window", cost=Money(12000, "INR"), replace_by=date(2027, 5, 1)
        )
        await actions.remove_placement(call, here.id, Address.parse("t7"))
        assert await actions.list_placements(call, here.id, Filter()) == []
        with pytest.raises(Conflict, match="Put it back first: scanly placement restore t7"):
            await actions.edit_placement(call, here.id, wish("t7", batch="June"))
        (removed,) = await actions.list_placements(call, here.id, Filter(removed=True))
        assert removed.removed_ms == call.now_ms
        restored = await actions.restore_placement(call, here.id, Address.parse("t7"))
        assert restored.details == edited.details
        assert (await show_link(call, here.id, Address.parse("t7"))).removed_ms is None

    either.run(work)


def test_its_name_is_the_placement_of_its_link_whose_history_tells_of_it(installation):
    async def work(app):
        call, here = app.call(), await made(app, "t7")
        named = await actions.add_placement(call, here.id, wish("t7", name="Table 7, window"))
        assert named.name == "Table 7, window"
        assert (await show_link(call, here.id, Address.parse("t7"))).placement == "Table 7, window"
        changes, _ = await list_history(call, here.id, Address.parse("t7"))
        assert [change.after for change in changes] == [{"placement": "Table 7, window"}]
        with pytest.raises(Invalid, match="placement: is longer than 300"):
            await actions.edit_placement(call, here.id, wish("t7", name="x" * 301, batch="May"))
        assert (await actions.show_placement(call, here.id, Address.parse("t7"))).details.batch == ""

    installation.run(work)


def test_a_missing_link_is_named_with_the_nearest_and_a_removed_one_with_the_way_back(installation):
    async def work(app):
        call, here = app.call(), await made(app, "table-7", "table-8")
        with pytest.raises(NotFound, match=r'There is no code "table-9". Did you mean "table-'):
            await actions.add_placement(call, here.id, wish("table-9"))
        with pytest.raises(
            NotFound, match=r"not in the register. Put it there: scanly placement add table-7"
        ):
            await actions.show_placement(call, here.id, Address.parse("table-7"))
        await actions.add_placement(call, here.id, wish("table-7", replace_by="2026-12-01"))
        await remove_link(call, here.id, Address.parse("table-7"))
        await remove_link(call, here.id, Address.parse("table-8"))
        with pytest.raises(Conflict, match="Bring it back first: scanly link restore table-8"):
            await actions.add_placement(call, here.id, wish("table-8"))
        said = await actions.edit_placement(call, here.id, wish("table-7", note="Still hangs there"))
        assert said.link_removed_ms == call.now_ms
        with pytest.raises(Conflict, match="The link table-7 is removed"):
            await actions.edit_placement(call, here.id, wish("table-7", name="Elsewhere"))
        assert await actions.list_placements(call, here.id, Filter(due_by=TODAY + timedelta(days=30))) == []

    installation.run(work)


def test_workspaces_never_see_each_other_s(either):
    async def work(app):
        call = app.call()
        here = await made(app, "ours")
        there = await add_workspace(call, "Elsewhere", {})
        await made(app, "theirs", workspace=there)
        await actions.add_placement(call, there.id, wish("theirs", place="Their wall"))
        for ask in (actions.show_placement, actions.remove_placement, actions.restore_placement):
            with pytest.raises(NotFound):
                await ask(call, here.id, Address.parse("theirs"))
        for ask in (actions.add_placement, actions.edit_placement):
            with pytest.raises(NotFound):
                await ask(call, here.id, wish("theirs", place="Ours now"))
        (outcome,) = await actions.keep_placements(call, here.id, [wish("theirs", place="Ours now")])
        assert isinstance(outcome, NotFound)
        assert await actions.list_placements(call, here.id, Filter()) == []
        (kept,) = await actions.list_placements(call, there.id, Filter())
        assert (kept.details.place, kept.removed_ms) == ("Their wall", None)

    either.run(work)


def test_what_is_due_comes_most_urgent_first_and_only_then(either):
    days = {"late": -40, "today": 0, "soon": 30, "later": 31}

    async def work(app):
        call, here = app.call(), await made(app, "later", "soon", "today", "late", "never")
        for code, more in days.items():
            said = {"replace_by": str(TODAY + timedelta(days=more))}
            await actions.add_placement(call, here.id, wish(code, **said))
        await actions.add_placement(call, here.id, wish("never"))
        due = Filter(due_by=TODAY + timedelta(days=30))
        found = await actions.list_placements(call, here.id, due)
        assert [each.code for each in found] == ["late", "today", "soon"]
        assert all(each.is_due(TODAY) for each in found)
        everything = await actions.list_placements(call, here.id, Filter())
        assert [each.code for each in everything if not each.is_due(TODAY)] == ["later", "never"]
        assert await actions.count_placements(call, here.id, Filter(limit=2)) == 5
        assert len(await actions.list_placements(call, here.id, Filter(limit=2))) == 2

    either.run(work)


def test_a_photo_is_a_file_that_is_kept_or_a_picture_that_is_there(installation, tmp_path):
    picture(tmp_path / "window.png")
    (tmp_path / "no.png").write_text("no picture")

    async def work(app):
        call, here = app.call(), await made(app, "t7")
        photos = Photos(app.media, tmp_path)
        assert await photos.kept(call, here.id, "window.png") == "window.png"
        assert [each.name for each in await list_media(call, here.id)] == ["window.png"]
        elsewhere = Photos(app.media, tmp_path / "elsewhere")
        assert await elsewhere.kept(call, here.id, "window.png") == "window.png"
        with pytest.raises(Invalid, match=r'photo: "door.png" is neither a file in .* nor a picture'):
            await photos.kept(call, here.id, "door.png")
        with pytest.raises(Invalid, match=r"photo: no.png: "):
            await photos.kept(call, here.id, "no.png")
        with pytest.raises(Invalid, match="neither a file"):
            await photos.kept(call, here.id, "x" * 300)
        picture(tmp_path / "window.png", "blue")
        with pytest.raises(Invalid, match=r"Another picture of this workspace is named window.png. Rename"):
            await Photos(app.media, tmp_path).kept(call, here.id, "window.png")
        with pytest.raises(Invalid, match=r'"door.png" is no picture of this workspace'):
            await actions.add_placement(call, here.id, wish("t7", photo="door.png"))

    installation.run(work)


def read_back(app, call, here, path, folder):
    return import_sheet(
        call, here.id, Source(path, "INR", Photos(app.media, folder)), lambda done, total: None
    )


@given(
    st.lists(st.fixed_dictionaries({"batch": WORDS, "place": WORDS, "note": WORDS}), min_size=1, max_size=4)
)
def test_no_cell_of_the_register_is_a_formula_and_all_of_them_are_read_as_they_were(texts):
    register = [
        Placement(n, 1, "", f"c{n}", said["place"], Details(**said, cost=Money(5, "EUR")), 1, 1, None, None)
        for n, said in enumerate(texts)
    ]
    header, *rows = lines(register)
    for each, row in zip(register, rows, strict=True):
        assert not any(cell.lstrip(' "')[:1] in ("=", "+", "-", "@") for cell in row)
        told = dict(zip(header, row, strict=True))
        for name in ("batch", "place", "note"):
            kept = getattr(each.details, name)
            assert as_was(told[name]) == kept or kept.startswith("'")


def test_the_register_goes_out_and_comes_back_unchanged(installation, tmp_path):
    async def work(app):
        call, here = app.call(), await made(app, "t1", "t2", "t3")
        await keep(call, here.id, app.media, picture(tmp_path / "w.png"), "w.png")
        full = {
            "batch": "=May",
            "place": "+49 rue, “là”",
            "photo": "w.png",
            "cost": "1,20,000.50",
            "printed_on": "2026-05-01",
            "replace_by": "2027-05-01",
            "copies": "40",
            "note": "@door; left",
        }
        await actions.add_placement(call, here.id, wish("t1", **full))
        await actions.add_placement(call, here.id, wish("t2"))
        euros = Wish(Address.parse("t3"), read_details({"cost": "9.99"}, "EUR"))
        await actions.add_placement(call, here.id, euros)
        before = await actions.list_placements(call, here.id, Filter())
        text_out = io.StringIO(newline="")
        csv.writer(text_out).writerows(lines(before))
        (tmp_path / "register.csv").write_text(text_out.getvalue(), encoding="utf-8-sig", newline="")
        done = await read_back(app, call, here, tmp_path / "register.csv", tmp_path)
        assert (done.total, done.unchanged, done.problems) == (3, 3, ())
        assert await actions.list_placements(call, here.id, Filter()) == before
        async with app.main.write() as connection:
            await connection.execute(text("DELETE FROM placements"))
        done = await read_back(app, call, here, tmp_path / "register.csv", tmp_path)
        assert (done.total, done.added) == (3, 3)
        after = await actions.list_placements(call, here.id, Filter())
        assert [each.details for each in after] == [each.details for each in before]
        assert set(FIELDS) == set(Details.__dataclass_fields__)

    installation.run(work)


IMPORTED = """code;placement;place;cost;currency;replace by;copies;photo;city
t1;Table 1;Window;12,50;;2027-05-01;;;Pune
t2;;;none;;none;3;;Pune
nobody;;Wall;;;;;;
t1;;Door;;;;;;
t3;;Wall;cheap;;31.12.2027;;;
t3;;Wall;5;euro;;;;
;;Wall;;;;;;
t3;;;;;;;lost.png;
"""


def test_an_import_registers_corrects_and_says_what_is_wrong_with_a_row(installation, tmp_path):
    (tmp_path / "rows.csv").write_text(IMPORTED)

    async def work(app):
        call, here = app.call(), await made(app, "t1", "t2", "t3")
        full = {"place": "Door", "cost": "7", "replace_by": "2027-01-01"}
        await actions.add_placement(call, here.id, wish("t2", **full))
        done = await read_back(app, call, here, tmp_path / "rows.csv", tmp_path)
        assert (done.total, done.added, done.changed, done.unchanged, done.failed) == (8, 1, 1, 0, 6)
        t1, t2 = await actions.list_placements(call, here.id, Filter())
        assert (t1.name, t1.details.cost, t1.details.place) == ("Table 1", Money(1250, "INR"), "Window")
        assert t2.details == Details(place="Door", copies=3)
        for problem, said in zip(
            done.problems,
            (
                'row 4, code: There is no code "nobody".',
                'row 5, code: "t1" is in row 2, too.',
                'row 6, cost: "cheap" is not an amount',
                'row 7, code: "t3" is in row 6, too.',
                "row 8, code: is empty.",
                'row 9, code: "t3" is in row 6, too.',
            ),
            strict=True,
        ):
            assert problem.startswith(said)
        later = replace(call, now_ms=call.now_ms + 1000)
        again = await read_back(app, later, here, tmp_path / "rows.csv", tmp_path)
        assert (again.added, again.changed, again.unchanged) == (0, 0, 2)

    installation.run(work)


@pytest.mark.parametrize(
    ("header", "said"), [("place", 'There is no column "code"'), ("code,city", "No column says anything")]
)
def test_a_file_that_says_nothing_of_placements_is_refused_whole(installation, tmp_path, header, said):
    (tmp_path / "rows.csv").write_text(f"{header}\nx,y\n")

    async def work(app):
        here = await made(app)
        with pytest.raises(Invalid, match=said):
            await read_back(app, app.call(), here, tmp_path / "rows.csv", tmp_path)

    installation.run(work)

"""From a spreadsheet to the finished file: what is on which page, what the table says, what is refused."""

import asyncio
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image
from tests.press.pages import METADATA, PLAIN
from tests.press.sheets.orders import STOCK, job, links, printed, table, told

from scanly.core.errors import Invalid, Unavailable
from scanly.press.imposition import Adjustment
from scanly.press.labels.standard import Wishes, blank_of, standard_label
from scanly.press.page import Box
from scanly.press.pdf.document import Finish
from scanly.press.render import opened
from scanly.press.sheets import run
from scanly.press.sheets.layers import Layers
from scanly.press.sheets.run import check_sheet
from scanly.press.stocks import find_stock
from scanly.qr.proof.decoders import installed_decoders
from scanly.qr.style import Style

MM_PX = 300 / 25.4


def read(path, page, box):
    """What zxing-cpp reads in a box (mm) of a page."""
    with opened(path) as sheets:
        image = sheets.image(page, 300, grey=True)
    cut = image.crop(tuple(round(side * MM_PX) for side in (box.x, box.y, box.right, box.bottom)))
    return [content.decode() for content in installed_decoders()["zxing"](cut)]


def places(path, pages=1):
    """The codes that are on each page, by position."""
    found = {}
    for page in range(1, pages + 1):
        for position, slot in enumerate(STOCK.slots, start=1):
            if contents := read(path, page, slot):
                (found[page, position],) = contents
    return found


def test_every_row_is_on_the_label_that_the_table_names(installation, tmp_path):
    order = job(tmp_path, table(30))
    summary = printed(installation, order)
    assert (summary.total, summary.ok, summary.labels, summary.sheets, summary.pages) == (30, 30, 30, 2, 2)
    assert summary.proof.read == 30 and summary.proof.misread == ()
    there = {(int(line["page"]), int(line["position"])): line["short_url"] for line in told(order)}
    assert places(order.out, 2) == there
    assert there[1, 1] == "https://go.example.com/t1" and there[2, 6] == "https://go.example.com/t30"
    assert told(order)[29]["files"] == "labels.pdf#page=2" and told(order)[29]["name"] == "Table 30"
    assert {path.name for path in tmp_path.iterdir()} == {
        "data",
        "rows.csv",
        "labels.pdf",
        "labels.results.csv",
    }


@pytest.mark.parametrize("kind", ["row", "column", "stack"])
def test_order_start_and_copies_agree_with_the_table(installation, tmp_path, kind):
    order = job(tmp_path, table(13), copies=2, layout={"order": kind, "start": 5})
    summary = printed(installation, order)
    assert (summary.labels, summary.sheets) == (26, 2)
    there = {}
    for line in told(order):
        for page, position in zip(line["page"].split("|"), line["position"].split("|"), strict=True):
            there[int(page), int(position)] = line["short_url"]
    assert len(there) == 26
    assert places(order.out, 2) == there
    assert all((1, position) not in there for position in range(1, 5) if kind != "column")


def test_made_again_under_another_name_it_has_the_same_links(installation, tmp_path):
    rows = "target,name\n" + "".join(f"https://a.example/{n},T{n}\n" for n in range(3))
    first = job(tmp_path, rows)
    printed(installation, first)
    codes = [line["code"] for line in told(first)]
    (tmp_path / "again").mkdir()
    again = job(tmp_path / "again", rows)
    printed(installation, again)
    assert [line["code"] for line in told(again)] == codes
    assert len(links(installation)) == 3


def test_links_that_are_there_are_printed_and_not_made_again(installation, tmp_path):
    printed(installation, job(tmp_path, table(3)))
    corrected = table(2) + "https://a.example/other,t3,Table 3\nhttps://a.example/4,t4,Table 4\n"
    order = job(tmp_path, corrected)
    summary = printed(installation, order)
    assert (summary.ok, summary.failed) == (3, 1)
    assert '"t3" is there and leads to https://a.example/3' in summary.problems[0]
    assert "scanly link edit t3" in summary.problems[0]
    assert sorted(link.code for link in links(installation)) == ["t1", "t2", "t3", "t4"]


def test_the_results_of_a_run_are_a_spreadsheet_whose_links_are_printed(installation, tmp_path):
    rows = "target,code,name\nhttps://a.example/1,t1,One\nhttps://a.example/2,,Two\nhtp:/x,,Three\n"
    first = job(tmp_path, rows)
    printed(installation, first)
    results = first.out.with_suffix(".results.csv").read_text(encoding="utf-8")
    again = job(tmp_path, results, text="{name}")
    summary = printed(installation, again)
    assert (summary.ok, summary.failed) == (2, 1)
    assert len(links(installation)) == 2
    assert [line["short_url"] for line in told(again)][:2] == [line["short_url"] for line in told(first)][:2]


def test_a_link_that_was_removed_is_not_printed(installation, tmp_path):
    from scanly.accounts.actions import choose_workspace
    from scanly.links.address import Address
    from scanly.links.changes import remove_link

    printed(installation, job(tmp_path, table(1)))

    async def remove(app):
        here = await choose_workspace(app.call(), None)
        await remove_link(app.call(), here.id, Address("", "t1"))

    installation.run(remove)
    summary = printed(installation, job(tmp_path, table(1) + "https://a.example/2,t2,Two\n"))
    assert (summary.ok, summary.failed) == (1, 1)
    assert "scanly link restore t1" in summary.problems[0]


def test_bad_rows_are_told_and_leave_neither_gap_nor_serial(installation, tmp_path):
    rows = "target,code,name\nhttps://a.example/1,a,One\nhtp:/x,b,Two\nhttps://a.example/3,c," + "W" * 90
    rows += "\nhttps://a.example/4,d,Four\n"
    order = job(tmp_path, rows, text="{name}\\n{serial}", serial_from="A-0007")
    summary = printed(installation, order)
    assert (summary.ok, summary.failed, summary.labels) == (2, 2, 2)
    assert "row 3" in summary.problems[0] and "htp:" in summary.problems[0]
    assert "row 4" in summary.problems[1] and "fit" in summary.problems[1]
    lines = told(order)
    assert [line["status"] for line in lines] == ["ok", "failed", "failed", "ok"]
    assert [line["serial"] for line in lines] == ["A-0007", "", "", "A-0008"]
    assert [line["position"] for line in lines] == ["1", "", "", "2"]
    assert (summary.gaps, summary.repeated) == ((), ())


def test_serials_of_the_spreadsheet_are_looked_through_for_gaps(installation, tmp_path):
    numbers = ["K-01", "K-02", "K-05", "K-02"]
    rows = "target,serial\n" + "".join(
        f"https://a.example/{n},{serial}\n" for n, serial in enumerate(numbers)
    )
    summary = printed(installation, job(tmp_path, rows, text="{serial}"))
    assert (summary.gaps, summary.repeated) == (("K-03 to K-04",), ("K-02",))


def test_when_no_row_can_be_printed_there_is_a_table_and_no_file(installation, tmp_path):
    order = job(tmp_path, "target,name\nhtp:/x,One\n")
    summary = printed(installation, order)
    assert (summary.ok, summary.failed, summary.labels) == (0, 1, 0)
    assert not order.out.exists()
    assert told(order)[0]["status"] == "failed"


def test_the_folder_of_the_file_is_made_and_one_that_cannot_be_is_told(installation, tmp_path):
    order = replace(job(tmp_path, table(1)), out=tmp_path / "new" / "folder" / "labels.pdf")
    assert printed(installation, order).ok == 1 and order.out.exists()
    with pytest.raises(Unavailable, match=r"x.pdf cannot be written: "):
        printed(installation, replace(order, out=tmp_path / "rows.csv" / "x.pdf"))


def test_a_dry_run_says_the_same_and_makes_nothing(installation, tmp_path):
    order = job(tmp_path, table(5) + "htp:/x,z,Bad\n" + "https://a.example/9,y," + "W" * 90 + "\n")
    summary = check_sheet(order, installation.now_ms)
    assert (summary.total, summary.ok, summary.failed, summary.labels, summary.sheets) == (7, 5, 2, 5, 1)
    assert links(installation) == []
    assert {path.name for path in tmp_path.iterdir()} == {"data", "rows.csv"}
    real = printed(installation, order)
    assert real.problems == summary.problems


def test_a_file_whose_codes_cannot_be_trusted_is_not_kept(installation, tmp_path, monkeypatch):
    order = job(tmp_path, table(3), label=_Blank())
    with pytest.raises(Invalid, match=r'3 codes cannot be trusted.*"https://go.example.com/t1".*not kept'):
        printed(installation, order)
    assert not order.out.exists() and not list(tmp_path.glob(".*"))


class _Blank:
    """A label whose code is hidden."""

    width_mm, height_mm, bleed_mm = STOCK.label_width_mm, STOCK.label_height_mm, 0.0
    columns = frozenset()

    def require(self, header):
        return None

    def draw(self, merge):
        from scanly.press.page import Code, Shape
        from scanly.qr.ink import WHITE
        from scanly.qr.outline import box

        code = Code(merge.artwork(25.0), 2, 2, merge.content)
        return code, Shape(box(0, 0, 30, 30), WHITE)


def test_a_cut_off_run_leaves_nothing_behind_and_goes_through_the_next_time(
    installation, tmp_path, monkeypatch
):
    order = job(tmp_path, table(4))
    with monkeypatch.context() as patch:
        patch.setattr(run, "read_back", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            printed(installation, order)
    assert {path.name for path in tmp_path.iterdir()} == {"data", "rows.csv"}
    assert printed(installation, order).ok == 4
    assert len(links(installation)) == 4


def test_a_nudge_and_a_scale_move_every_code_and_the_proof_knows(installation, tmp_path):
    plain = printed(installation, job(tmp_path, table(24)))
    assert plain.proof.read == 24
    order = job(tmp_path, table(24), adjustment=Adjustment((0.4, -0.5), (1.005, 0.99)))
    assert printed(installation, order).proof.read == 24
    with opened(order.out) as sheets:
        image = sheets.image(1, 300, grey=True).point(lambda value: 255 * (value < 128))
    left = image.getbbox()[0] / MM_PX
    order = job(tmp_path, table(24))
    printed(installation, order)
    with opened(order.out) as sheets:
        before = sheets.image(1, 300, grey=True).point(lambda value: 255 * (value < 128)).getbbox()[0] / MM_PX
    assert left == pytest.approx((before - 105) * 1.005 + 105 + 0.4, abs=0.1)


def test_backs_lie_behind_their_fronts(installation, tmp_path):
    from scanly.press.labels.standard import Wishes, blank_of, standard_label

    back = standard_label(blank_of(STOCK), Wishes(text="{name}"))
    order = job(tmp_path, table(4), back=back, text="")
    summary = printed(installation, order)
    assert (summary.sheets, summary.pages, summary.proof.read) == (1, 2, 8)
    fronts, backs = (
        {read(order.out, page, slot)[0]: slot for slot in STOCK.slots if read(order.out, page, slot)}
        for page in (1, 2)
    )
    for content, front in fronts.items():
        behind = Box(210 - front.right, front.y, front.width, front.height)
        assert (backs[content].x, backs[content].y) == pytest.approx((behind.x, behind.y))


def test_white_varnish_and_cut_lines_are_spots_and_lines_of_their_own(installation, tmp_path):
    order = job(tmp_path, table(3), layers=Layers("RDG_WHITE", "Varnish", cut_lines=True))
    printed(installation, order)
    with pikepdf.open(order.out) as document:
        (page,) = document.pages
        spaces = {str(space[1]) for space in page.Resources.ColorSpace.values() if space[0] == "/Separation"}
        operators = [str(one.operator) for one in pikepdf.parse_content_stream(page)]
    assert spaces == {"/RDG_WHITE", "/Varnish"}
    assert operators.count("S") == 1


def test_round_labels_have_round_layers(installation, tmp_path):
    stock = next(
        each
        for each in map(find_stock, ["avery-22807", "avery-94107", "avery-l7780"])
        if each.shape == "round"
    )
    order = job(tmp_path, table(2), stock=stock, text="", layers=Layers(cut_lines=True))
    assert printed(installation, order).proof.read == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "{nam}"}, r'"nam".*name'),
        ({"text": "{serial}"}, r"serial.*--serial-from A-00001"),
        ({"serial_from": "A-1"}, r"No label would show its serial.*\{serial\}"),
        ({"copies": 0}, r"0 copies.*1 to"),
        ({"adjustment": Adjustment((50, 0))}, r"50 mm.*leave the page.*Give"),
        ({"layout": {"start": 25}}, r"no position 25.*1 to 24"),
        ({"bar_reduction": 0.1, "spread": {"style": Style(module_shape="dots")}}, "plain square modules"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_work(installation, tmp_path, change, said):
    with pytest.raises(Invalid, match=said):
        printed(installation, job(tmp_path, table(2), **change))
    assert links(installation) == []


def test_a_logo_in_the_colours_of_a_screen_is_converted_or_refused_where_a_standard_is_kept(
    installation, tmp_path
):
    for name, colour in (("red.png", "red"), ("grey.png", "grey")):
        Image.new("RGB", (80, 80), colour).save(tmp_path / name)
    red = Style(logo=str(tmp_path / "red.png"))
    free = Finish(replace(METADATA, standard=""))
    for converts, finish in ((False, free), (True, PLAIN)):
        order = job(tmp_path, table(1), converts=converts, spread={"style": red}, finish=finish)
        assert printed(installation, order).ok == 1
    order = job(tmp_path, "target,name\nhttps://a.example/9,z\n", converts=False, spread={"style": red})
    with pytest.raises(Invalid, match=r'logo: "red.png" is an RGB picture.*--convert-rgb'):
        printed(installation, order)
    assert [link.code for link in links(installation)] == ["t1"]
    rows = "target,code,logo\nhttps://a.example/1,a,red.png\nhttps://a.example/2,b,grey.png\n"
    summary = printed(installation, job(tmp_path, rows, text="", converts=False))
    assert (summary.ok, summary.failed) == (1, 1)
    assert 'row 2, logo: "red.png"' in summary.problems[0]


def test_a_spreadsheet_without_rows_is_refused(installation, tmp_path):
    with pytest.raises(Invalid, match="has no rows"):
        printed(installation, job(tmp_path, "target,name\n"))


def test_the_size_of_a_row_counts_and_one_that_does_not_fit_is_told(installation, tmp_path):
    rows = "target,name,size\nhttps://a.example/1,One,18mm\nhttps://a.example/2,Two,60mm\n"
    summary = printed(installation, job(tmp_path, rows))
    assert (summary.ok, summary.failed) == (1, 1)
    assert "60 mm does not fit" in summary.problems[0] and "mm fit" in summary.problems[0]


def test_bars_are_thinner_when_ink_spreads(installation, tmp_path):
    dark = []
    for share in (0.0, 0.12):
        order = job(tmp_path, table(1), text="", bar_reduction=share)
        printed(installation, order)
        with opened(order.out) as sheets:
            dark.append(sum(sheets.image(1, 600, grey=True).histogram()[:128]))
    assert 0.6 < dark[1] / dark[0] < 0.95


def test_a_run_that_shall_stop_stops_in_the_midst_of_work_that_never_waits(installation, tmp_path):
    order, stages = job(tmp_path, table(3), spread={"dynamic": False}), []

    def progress(what, done, total):
        stages.append(what)
        asyncio.current_task().cancel()

    with pytest.raises(asyncio.CancelledError):
        printed(installation, order, progress)
    assert stages == ["Labels"]
    assert {path.name for path in tmp_path.iterdir()} == {"data", "rows.csv"}


def test_a_coarse_picture_fails_its_row_and_a_soft_one_is_told(installation, tmp_path):
    for side in (20, 180):
        Image.new("L", (side, side)).save(tmp_path / f"{side}.png")
    rows = "target,photo\nhttps://a.example/1,20.png\nhttps://a.example/2,180.png\n"
    label = standard_label(blank_of(find_stock("avery-l7160")), Wishes(image="{photo}"))
    summary = printed(installation, job(tmp_path, rows, label=label, stock=find_stock("avery-l7160")))
    assert (summary.ok, summary.failed) == (1, 1)
    assert "20 x 20 pixels" in summary.problems[0]
    assert [sentence for sentence in summary.cautions if "180 x 180 pixels" in sentence]


def test_white_and_cut_marks_move_with_the_labels(installation, tmp_path):
    finish = replace(PLAIN, marks=True)
    moved, stock = Adjustment((1.2, -0.8), (1.0, 1.0)), find_stock("avery-l7160")

    def edges(adjustment):
        layers = Layers("White")
        order = job(tmp_path, table(21), stock=stock, finish=finish, layers=layers, adjustment=adjustment)
        printed(installation, order)
        with pikepdf.open(order.out) as document:
            operations = pikepdf.parse_content_stream(document.pages[0])
        points = [one.operands for one in operations if str(one.operator) == "m"]
        return [(float(x), float(y)) for x, y in points]

    before, after = edges(Adjustment()), edges(moved)
    shifts = [
        (round(x2 - x1, 2), round(y2 - y1, 2)) for (x1, y1), (x2, y2) in zip(before, after, strict=True)
    ]
    # The white of 21 labels, drawn first; then marks: corners of the paper stay, cuts go along.
    assert set(shifts[:21]) == {(1.2, -0.8)}
    assert {(1.2, 0.0), (0.0, -0.8)} <= set(shifts[21:])

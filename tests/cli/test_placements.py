import csv
import io

import pytest
from PIL import Image

from scanly.analytics.placements import Cost, Group
from scanly.cli import placement_lines
from scanly.cli.session import Session
from scanly.core.money import Money

BASE = ("--base-url", "https://go.example.com")


@pytest.fixture
def table(scanly):
    """A workspace in rupees with the links t7 and t8."""
    scanly("workspace", "add", "Chai Corner", "--currency", "INR", "--time-zone", "Asia/Kolkata")
    for code in ("t7", "t8"):
        scanly("link", "add", "https://example.com/menu", "--code", code, "--placement", f"Table {code[1]}")


@pytest.mark.usefixtures("table")
def test_a_placement_is_added_shown_changed_removed_and_put_back(scanly, tmp_path):
    Image.new("RGB", (8, 8), "red").save(tmp_path / "window.png")
    said = ("--batch", "May", "--place", "Window", "--photo", tmp_path / "window.png", "--cost", "₹1,20,000")
    more = ("--printed-on", "2026-05-01", "--replace-by", "2001-01-01", "--copies", "3", "--note", "Left")
    with_past = scanly("placement", "add", "t7", *said, *more)
    assert with_past.err == (
        "scanly: replace_by: 2001-01-01 is before 2026-05-01, when it was printed. Correct one of the two dates.\n"
    )
    added = scanly(
        "placement", "add", "t7", *said, *more[:2], "--replace-by", "2027-05-01", *more[4:], "--json"
    ).json
    assert added["cost"] == "120000.00"
    assert {
        name: added[name] for name in ("code", "name", "photo", "currency", "replace_by", "copies", "due")
    } == {
        "code": "t7",
        "name": "Table 7",
        "photo": "window.png",
        "currency": "INR",
        "replace_by": "2027-05-01",
        "copies": 3,
        "due": False,
    }
    shown = scanly("placement", "show", "t7").out
    assert "cost        ₹1,20,000\n" in shown
    assert "short url   http" in shown
    edited = scanly("placement", "edit", "t7", "--cost", "", "--name", "Window seat", "--json").json
    assert (edited["cost"], edited["currency"], edited["name"]) == (None, None, "Window seat")
    assert scanly("link", "show", "t7", "--json").json["placement"] == "Window seat"
    assert "scanly placement restore t7" in scanly("placement", "remove", "t7").err
    assert scanly("placement", "list", "--json").json == []
    assert scanly("placement", "list", "--removed", "--json").json[0]["removed_at"]
    assert scanly("placement", "restore", "t7", "--json").json["removed_at"] is None


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("add", "t9"), 1, 'scanly: There is no code "t9". Run "scanly link list".'),
        (("show", "t7"), 1, "scanly: t7 is not in the register. Put it there: scanly placement add t7."),
        (
            ("add", "t7", "--cost", "cheap"),
            1,
            'scanly: cost: "cheap" is not an amount of money. Write it like',
        ),
        (("add", "t7", "--cost", "$5"), 1, 'scanly: cost: "$5" is not an amount in INR.'),
        (("add", "t7", "--printed-on", "soon"), 1, 'scanly: printed_on: "soon" is not a date. Write it like'),
        (("add", "t7", "--photo", "lost.png"), 1, 'scanly: photo: "lost.png" is neither a file'),
        (("add", "t7", "--copies", "0"), 2, "copies"),
        (("edit", "t7"), 2, "Nothing to change"),
        (("list", "--csv", "-", "--since", "30d"), 2, "leave --since, --by and --json out"),
        (("list", "--since", "soon"), 1, '"soon" is not a date'),
        (("list", "--csv", "/no/such/folder/x.csv"), 1, "/no/such/folder/x.csv cannot be written"),
        (("import", "/no/such/file.csv"), 1, "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(scanly, arguments, status, said):
    done = scanly("placement", *arguments)
    assert done.status == status
    assert said in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.usefixtures("table")
def test_what_is_due_is_listed_and_a_removed_link_is_said(scanly):
    scanly("placement", "add", "t7", "--replace-by", "2020-01-01")
    scanly("placement", "add", "t8", "--replace-by", "2999-01-01")
    due = scanly("placement", "list", "--due")
    assert "t7" in due.out
    assert "replace it" in due.out
    assert "t8" not in due.out
    assert due.err == "1 placement.\n"
    scanly("link", "remove", "t7")
    assert "its link is removed" in scanly("placement", "list").out
    assert scanly("placement", "list", "--due", "--json").json == []
    assert scanly("placement", "list", "--json").json[0]["link_removed"] is True


@pytest.mark.usefixtures("table")
def test_the_register_leaves_as_csv_that_runs_nothing_and_comes_back_corrected(scanly, tmp_path):
    scanly("placement", "add", "t7", "--place", "=HYPERLINK(1)", "--cost", "12.5", "--batch", "May")
    scanly("placement", "add", "t8", "--batch", "June")
    path = tmp_path / "register.csv"
    assert scanly("placement", "list", "--csv", path).err == f"{path}: 2 placements.\n"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfcode,placement,")
    first, second = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    assert (first["place"], first["cost"], first["currency"]) == ("'=HYPERLINK(1)", "12.50", "INR")
    assert scanly("placement", "list", "--csv", "-", "--batch", "June").out == (
        f"{','.join(second)}\r\n{','.join(second.values())}\r\n"
    )
    assert scanly("placement", "import", path).out == "2 rows: 0 added, 0 changed, 2 as they were.\n"
    path.write_text("code,place\nt8,Bar\nt9,Wall\n")
    done = scanly("placement", "import", path)
    assert (done.status, done.out) == (3, "2 rows: 0 added, 1 changed, 0 as they were, 1 failed.\n")
    assert done.err == 'row 3, code: There is no code "t9". Check its spelling; capitals count.\n'
    assert [each["place"] for each in scanly("placement", "list", "--json").json] == ["=HYPERLINK(1)", "Bar"]


@pytest.mark.usefixtures("table")
def test_scans_and_what_one_cost_stand_beside_each_placement_and_batch(scanly):
    scanly("placement", "add", "t7", "--batch", "May", "--cost", "50")
    table = scanly("placement", "list", "--since", "30d").out
    assert "a scan" in table
    assert "₹50" in table
    (one,) = scanly("placement", "list", "--since", "30d", "--json").json
    assert (one["scans"], one["visitors"], one["cost_per_scan"], one["last_scan"]) == (0, 0, None, None)
    (may,) = scanly("placement", "list", "--by", "batch", "--json").json
    cost = {"currency": "INR", "cost": "50.00", "scans": 0, "cost_per_scan": None}
    assert may == {"batch": "May", "placements": 1, "copies": 1, "scans": 0, "visitors": 0, "costs": [cost]}
    assert "May" in scanly("placement", "list", "--by", "batch", "--since", "7d").out


@pytest.mark.parametrize(
    ("minor", "currency", "scans", "shown"),
    [
        (12000, "INR", 7, "₹17.14"),
        (100, "EUR", 3, "€0.3333"),
        (100, "EUR", 4, "€0.25"),
        (300, "EUR", 3, "€1"),
        (500, "JPY", 3, "¥167"),
        (100, "EUR", 0, "–"),
    ],
)
def test_a_cost_per_scan_has_the_digits_that_say_something(capsys, minor, currency, scans, shown):
    group = Group("May", 1, 1, scans, scans, (Cost(Money(minor, currency), scans),))
    placement_lines.show_groups([group], "batch", Session())
    assert capsys.readouterr().out.split()[-1] == shown


@pytest.mark.usefixtures("table")
def test_a_picture_that_the_register_shows_is_not_removed_by_accident(scanly, tmp_path):
    Image.new("RGB", (8, 8), "red").save(tmp_path / "window.png")
    scanly("placement", "add", "t7", "--photo", tmp_path / "window.png")
    refused = scanly("media", "remove", "window.png")
    assert (refused.status, "is shown by the placement t7" in refused.err) == (1, True)
    assert scanly("media", "remove", "window.png", "--force").status == 0


@pytest.mark.usefixtures("table")
def test_a_spreadsheet_of_codes_fills_the_register(scanly, tmp_path):
    Image.new("RGB", (8, 8), "red").save(tmp_path / "wall.png")
    (tmp_path / "rows.csv").write_text(
        "code,target,batch,cost,photo\nb1,https://a.example/1,May,₹12,wall.png\n", encoding="utf-8"
    )
    done = scanly("qr", "bulk", tmp_path / "rows.csv", "-o", tmp_path / "out", "--no-verify", *BASE)
    assert done.status == 0, done.err
    (one,) = scanly("placement", "list", "--json").json
    assert (one["code"], one["batch"], one["cost"], one["currency"], one["photo"]) == (
        "b1",
        "May",
        "12.00",
        "INR",
        "wall.png",
    )

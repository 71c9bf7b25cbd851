import csv
import io
import json

import pytest
from tests.conftest import imported
from tests.sites.answers.shop import opened

from scanly.sites.answers.model import Sender
from scanly.sites.answers.receiving import receive
from scanly.sites.answers.slots import free

HOSTILE = '=HYPERLINK("https://evil.example","Prize")'
QUESTION = {"name": HOSTILE, "message": "Is it\nopen?\x1b[31m", "phone": "+91 98765 43210", "consent": "yes"}


@pytest.fixture
def inbox(installation):
    """Three answers of a shop: a question, feedback and a booking; the ids in the order they came."""
    shop = opened(installation)

    async def work(app):
        form = shop.form("ask-for-a-time")
        slot = free(form.timetable, installation.now_ms, form.page.zone, {})[0].starts_ms[0]
        sent = {
            "question": QUESTION,
            "feedback": {"score": "5", "comment": "Very fresh."},
            "ask-for-a-time": {"name": "Ravi", "phone": "98765 43210", "consent": "yes", "slot": str(slot)},
        }
        for block, given in sent.items():
            await receive(
                app.call(), shop.published.workspace_id, shop.form(block), given, Sender(b"x", "en")
            )

    shop.run(work)
    return shop


def listed(scanly, *arguments):
    return scanly("leads", "list", "--json", *arguments).json


def test_the_inbox_is_listed_newest_first(scanly, inbox):
    assert [(lead["block"], lead["status"]) for lead in listed(scanly)] == [
        ("ask-for-a-time", "new"),
        ("feedback", "new"),
        ("question", "new"),
    ]
    shown = scanly("leads", "list")
    assert shown.err == "3 answers.\n"
    assert "5/5 Very fresh." in shown.out
    assert "Is it open?" in shown.out
    assert "\x1b" not in shown.out
    assert scanly("leads", "list", "--limit", 1).err == (
        "3 answers, the first 1 are shown; --limit shows more.\n"
    )


def test_one_answer_is_shown_with_all_that_was_agreed_to(scanly, inbox):
    question = listed(scanly)[2]
    assert question["fields"] == {
        "name": HOSTILE,
        "phone": "+91 98765 43210",
        "message": "Is it\nopen?[31m",
    }
    assert question["consent"] == "You may use what I write here to answer me."
    shown = scanly("leads", "show", question["id"]).out
    assert "consent" in shown
    assert HOSTILE in shown
    booked = listed(scanly)[0]
    assert booked["booked_at"].endswith("Z")


def test_statuses_are_set_and_listed_by(scanly, inbox):
    ids = [lead["id"] for lead in listed(scanly)]
    assert scanly("leads", "status", ids[0], ids[1], "--to", "done").err == "2 answers marked as done.\n"
    assert [lead["id"] for lead in listed(scanly, "--status", "done")] == ids[:2]
    assert [lead["id"] for lead in listed(scanly, "--status", "new", "--site", "asha")] == ids[2:]
    wrong = scanly("leads", "status", ids[0], "--to", "finished")
    assert (wrong.status, "It is one of new, seen, done, spam." in wrong.err) == (1, True)


def test_all_or_none_are_marked_and_removed(scanly, inbox):
    ids = [lead["id"] for lead in listed(scanly)]
    unknown = scanly("leads", "remove", ids[0], "0123456789abc")
    assert (unknown.status, 'There is no answer "0123456789abc".' in unknown.err) == (1, True)
    assert len(listed(scanly)) == 3
    assert scanly("leads", "remove", ids[0], ids[2]).err == "2 answers removed.\n"
    assert [lead["id"] for lead in listed(scanly)] == [ids[1]]
    assert scanly("leads", "show", ids[0]).status == 1


def test_a_file_for_a_spreadsheet_runs_nothing(scanly, inbox, tmp_path):
    made = tmp_path / "leads.csv"
    assert scanly("leads", "export", "-o", made).err == f"3 answers written to {made}.\n"
    rows = list(csv.DictReader(io.StringIO(made.read_text("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["Ravi", "", f"'{HOSTILE}"]
    assert rows[2]["phone"] == "'+91 98765 43210"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]


def test_a_workbook_holds_texts_only(scanly, inbox, tmp_path):
    made = tmp_path / "leads.xlsx"
    assert scanly("leads", "export", "-o", made).status == 0
    book = imported("python_calamine").load_workbook(str(made))
    sheet = book.get_sheet_by_index(0).to_python()
    names = [row[sheet[0].index("name")] for row in sheet[1:]]
    assert names == ["Ravi", "", HOSTILE]
    import zipfile

    with zipfile.ZipFile(made) as archive:
        drawn = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in drawn
    assert "hyperlink" not in drawn


def test_a_json_file_holds_what_the_list_tells(scanly, inbox, tmp_path):
    made = tmp_path / "leads.json"
    assert scanly("leads", "export", "-o", made, "--json").json == {"file": str(made), "answers": 3}
    assert json.loads(made.read_text()) == listed(scanly)


def test_another_ending_is_refused_and_nothing_is_written(scanly, inbox, tmp_path):
    refused = scanly("leads", "export", "-o", tmp_path / "leads.ods")
    assert (refused.status, "Use .csv, .xlsx or .json." in refused.err) == (1, True)
    assert list(tmp_path.glob("leads*")) == []


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (("asha",), "246810\n", 'The PIN of "loyalty" is set.'),
        (("asha",), "12\n", "has 4 to 12 digits"),
        (("asha",), "", "has 4 to 12 digits"),
        (("asha", "question"), "246810\n", "The published page has: loyalty."),
        (("ahsa",), "246810\n", 'Did you mean "asha"?'),
    ],
)
def test_a_pin_is_read_from_the_input(scanly, inbox, monkeypatch, arguments, typed, words):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    done = scanly("leads", "pin", *arguments)
    assert words in done.err
    assert done.status == (0 if "is set" in words else 1)
    assert "246810" not in done.out + done.err

"""A printer is measured by typing four numbers, and its sheets come out where they should."""

from __future__ import annotations

import pytest

from scanly.press.render import page_image

PLACES = ("--first", "20.4,19.8", "--second", "190.2,277.3")


def kept(scanly, *more):
    return scanly("print", "calibrate", "--printer", "Office", *PLACES, "--json", *more)


@pytest.fixture
def cafe(scanly):
    scanly("workspace", "add", "Café")
    return scanly


def test_a_ruler_page_says_what_to_type_and_that_is_taken(cafe, tmp_path):
    page = tmp_path / "ruler.pdf"
    made = cafe("print", "calibrate", "-o", page, "--printer", "Office", "--paper", "letter")
    assert made.status == 0, made.err
    assert page_image(page, 1, 20).size == (170, 220)
    command = made.out.splitlines()[-1]
    assert command.startswith("scanly print calibrate --printer Office --paper letter --first 20.0,20.0 ")
    assert cafe(*command.split()[1:], "--json").json["nudge_mm"] == [0, 0]
    listed = cafe("print", "calibrate", "-o", page, "--json").json
    assert listed["then"].startswith("scanly print calibrate --printer NAME --paper A4")


@pytest.mark.parametrize("paper", ["A5", "US Letter", "100x150mm", "avery-l7160", "A4:3x8"])
def test_a_ruler_page_is_made_for_papers_and_for_stocks(cafe, tmp_path, paper):
    done = cafe("print", "calibrate", "-o", tmp_path / "ruler.pdf", "--paper", paper)
    assert done.status == 0, done.err


def test_what_was_measured_is_kept_shown_listed_and_forgotten(cafe):
    said = kept(cafe).json
    assert said["name"] == "Office"
    assert (said["nudge_mm"], said["scale"]) == ([-0.3, -0.05], [1.0012, 0.9981])
    assert said["options"] == "--nudge -0.30,-0.05 --scale 1.0012,0.9981"
    assert said["command"].endswith("--printer Office")
    assert cafe("print", "calibrate", "--printer", "office", "--json").json == said
    assert cafe("print", "calibrate", "--json").json == [said]
    shown = cafe("print", "calibrate", "--printer", "office").out
    assert "-0.30 mm across" in shown
    assert said["options"] in shown
    assert "Office" in cafe("print", "calibrate").out
    assert cafe("print", "calibrate", "--printer", "office", "--forget").status == 0
    assert cafe("print", "calibrate", "--json").json == []
    assert "-o ruler.pdf" in cafe("print", "calibrate").err


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        ("--printer p --first 19.8,20.4 --second 277.3,190.2", 1, "swapped"),
        ("--printer p --first 0.8,0.78 --second 7.49,10.92", 1, "inches"),
        ("--printer p --first 20.4 --second 190.2,277.3", 1, "Write them like 20.4,19.8"),
        ("--printer p --first 20.4,19.8", 2, "both crosses"),
        ("--first 20.4,19.8 --second 190.2,277.3", 2, "--printer NAME"),
        ("--forget", 2, "--printer NAME"),
        ("--printer p --forget -o ruler.pdf", 2, "one at a time"),
        ("--printer p", 1, "Measure it"),
        ("-o ruler.png", 1, "ruler.pdf"),
        ("-o ruler.pdf --paper A44", 1, "A4"),
        ("-o ruler.pdf --paper 50x80mm", 1, "100 × 140 mm"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(cafe, arguments, status, word, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    done = cafe("print", "calibrate", *arguments.split())
    assert (done.status, done.out) == (status, "")
    assert word in done.err
    assert done.err.count("\n") == 1
    assert not list(tmp_path.glob("ruler*"))


def edges_mm(pdf):
    """Where the outermost ink of a page begins and ends, across and down, in millimetres."""
    image = page_image(pdf, 1, 600).convert("L").point(lambda level: 255 if level < 128 else 0)
    left, top, right, bottom = image.getbbox()
    return tuple(side / 600 * 25.4 for side in (left, top, right, bottom))


def test_a_sheet_for_a_printer_is_nudged_and_scaled_by_what_was_measured(cafe, tmp_path):
    kept(cafe)
    rows = tmp_path / "rows.csv"
    rows.write_text("target\nhttps://example.com/1\n")
    pages = {}
    options = {
        "plain": (),
        "printer": ("--printer", "office"),
        "typed": ("--nudge", "-0.30,-0.05", "--scale", "1.0012,0.9981"),
    }
    for name, more in options.items():
        out = tmp_path / f"{name}.pdf"
        done = cafe(
            *("print", "sheet", rows, "--static", "--stock", "avery-l7160", "--cut-lines", "--no-verify"),
            *("-o", out, *more),
        )
        assert done.status == 0, done.err
        pages[name] = edges_mm(out)
    assert pages["printer"] == pages["typed"]
    wanted = [
        middle + times * (edge - middle) + nudge
        for edge, middle, times, nudge in zip(
            pages["plain"],
            (105, 148.5, 105, 148.5),
            (1.0012, 0.9981, 1.0012, 0.9981),
            (-0.3, -0.05, -0.3, -0.05),
            strict=True,
        )
    ]
    assert pages["printer"] == pytest.approx(wanted, abs=0.06)


def test_a_printer_has_its_own_nudge(cafe, tmp_path):
    kept(cafe)
    rows = tmp_path / "rows.csv"
    rows.write_text("target\nhttps://example.com/1\n")
    sheet = ("print", "sheet", rows, "--static", "--stock", "l7160", "-o", tmp_path / "out.pdf")
    assert "Leave --nudge" in cafe(*sheet, "--printer", "office", "--nudge", "1,1").err
    assert '"Office"' in cafe(*sheet, "--printer", "offices").err

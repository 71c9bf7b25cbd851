"""Preflight on the command line: what is wrong, where, what to do; 3 when a print shop would send it back."""

from __future__ import annotations

import json

import pytest
from PIL import Image
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

BASE = ("--base-url", "https://go.example.com")


@pytest.fixture
def office(tmp_path):
    """A file as an office program makes it: colours of the screen, a font that is not in it, no bleed."""
    file = tmp_path / "office.pdf"
    canvas = Canvas(str(file), pagesize=(100 * mm, 100 * mm))
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(10 * mm, 10 * mm, 50 * mm, 50 * mm, stroke=0, fill=1)
    canvas.drawString(20 * mm, 80 * mm, "Office")
    canvas.save()
    return file


@pytest.fixture
def labels(scanly, tmp_path):
    """Labels of ours, which a print shop can take."""
    scanly("workspace", "add", "Café")
    rows, file = tmp_path / "rows.csv", tmp_path / "labels.pdf"
    rows.write_text("code,target\nt1,https://example.com/1\nt2,https://example.com/2\n")
    done = scanly("print", "sheet", rows, "--stock", "avery-l7160", "-o", file, "--profile", "x1a", *BASE)
    assert done.status == 0, done.err
    return file


def test_labels_of_ours_pass_and_their_codes_are_told(scanly, labels):
    done = scanly("print", "check", labels, "--standard", "PDF/X-1a")
    assert done.status == 0, done.out
    assert "a print shop can take it" in done.out
    assert "https://go.example.com/t1" in done.out
    assert "1 of 210 × 297 mm" in done.out
    (report,) = scanly("print", "check", labels, "--json").json
    assert [code["content"] for code in report["facts"]["codes"]] == [
        "https://go.example.com/t1",
        "https://go.example.com/t2",
    ]
    (report,) = scanly("print", "check", labels, "--no-codes", "--json").json
    assert report["facts"]["codes"] == []


def test_a_file_of_an_office_is_told_what_to_mend_and_where(scanly, office):
    done = scanly("print", "check", office)
    assert done.status == 3
    assert "error" in done.out
    assert "RGB" in done.out
    assert "Convert it to CMYK" in done.out
    quiet = scanly("print", "check", office, "--quiet")
    assert quiet.status == 3
    assert len(quiet.out) < len(done.out)


def severities(done):
    (report,) = json.loads(done.out)
    return {finding["code"]: finding["severity"] for finding in report["findings"]}


def test_what_is_expected_changes_the_judgement(scanly, office):
    strict = severities(scanly("print", "check", office, "--json"))
    mild = severities(scanly("print", "check", office, "--rgb", "--bleed", "0mm", "--json"))
    assert set(mild) < set(strict)
    standard = severities(scanly("print", "check", office, "--standard", "x4", "--json"))
    assert set(standard) > set(strict) or list(standard.values()).count("error") > list(
        strict.values()
    ).count("error")


def test_the_limit_of_ink_is_what_is_asked_for(scanly, tmp_path):
    file = tmp_path / "ink.pdf"
    canvas = Canvas(str(file), pagesize=(100 * mm, 100 * mm))
    canvas.setFillColorCMYK(0.7, 0.7, 0.6, 0.6)
    canvas.rect(20 * mm, 20 * mm, 50 * mm, 50 * mm, stroke=0, fill=1)
    canvas.save()

    def too_much(*options):
        (report,) = scanly("print", "check", file, "--json", *options).json
        return any("260" in finding["what"] for finding in report["findings"])

    assert not too_much()
    assert too_much("--ink-limit", "240")
    assert not too_much("--ink-limit", "270%")


def test_many_files_are_checked_and_a_broken_one_is_a_finding(scanly, tmp_path, labels):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(labels.read_bytes()[:500])
    picture = tmp_path / "picture.pdf"
    Image.new("RGB", (50, 50)).save(picture, "PNG")
    done = scanly("print", "check", labels, broken, picture, "--json")
    assert done.status == 3
    fine, other = done.json
    assert fine["file"].endswith("labels.pdf")
    assert any(finding["severity"] == "error" for finding in other["findings"])
    assert "picture.pdf is no PDF" in done.err
    assert scanly("print", "check", picture).status == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("nothing.pdf", "nothing.pdf"),
        ("{file} --standard PDF/A", "standard: "),
        ("{file} --ink-limit 500", "0 to 400"),
        ("{file} --bleed much", "3mm"),
    ],
)
def test_what_cannot_be_checked_is_said(scanly, office, arguments, word):
    done = scanly("print", "check", *arguments.format(file=office).split())
    assert done.status in (1, 3)
    assert word in done.err + done.out
    assert "Traceback" not in done.err

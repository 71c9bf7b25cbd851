"""Looks, kinds and proofs on the command line; what cannot be had is said in one sentence, with what would work."""

from __future__ import annotations

import csv
import json
import re

import pytest

from scanly.qr.drawing import FORMATS
from scanly.qr.payloads import types
from scanly.qr.proof import confirm
from scanly.qr.styles import styles

URL = "https://example.com/menu"
BASE = ("--base-url", "https://go.example.com")


@pytest.mark.parametrize("name", types())
def test_the_example_that_is_shown_for_a_kind_can_be_typed(scanly, tmp_path, name):
    fields, text = types()[name].examples[0]
    shown = [argument for pair in fields.items() for argument in ("--set", "=".join(pair))]
    done = scanly(
        "qr", "make", "--type", name, *shown, "--size", "60mm", "-o", tmp_path / "code.svg", "--json"
    )
    assert done.status == 0, done.err
    assert done.json["content"] == text
    # The cross of a QR-bill is the standard's, and too much for zbar.
    assert done.json["grade"] in ("A", "B") or (name, done.json["grade"]) == ("swiss", "C")
    confirm((tmp_path / "code.svg").read_bytes(), "svg", text)
    listed = scanly("qr", "types", name).out
    assert all(field.help.split()[0] in listed for field in types()[name].fields)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", ["ocean", "poster"])
def test_a_named_style_comes_out_of_every_format(scanly, tmp_path, name, format_):
    file = tmp_path / f"code.{format_}"
    done = scanly("qr", "make", URL, "--style", name, "-o", file)
    assert (done.status, done.out) == (0, "")
    assert re.search(rf"code\.{format_}: QR 2-M, grade A, reads as {URL}", done.err)
    (reading,) = scanly("qr", "check", file, "--json").json
    assert (reading["content"], reading["grade"], reading["ok"]) == (URL, "A", True)


def test_options_change_what_a_style_says(scanly, tmp_path):
    brand = tmp_path / "brand.toml"
    brand.write_text('title = "Brand"\ndark = "#003366"\nmodule_shape = "dots"\nframe = "banner"\n')
    file = tmp_path / "code.svg"
    options = ("--dark", "#660033", "--shape", "bars", "--caption", "मेनू", "--look", "frame_colour=#123d2b")
    assert scanly("qr", "make", URL, "--style", brand, *options, "--size", "50mm", "-o", file).status == 0
    drawn = file.read_text()
    assert "#660033" in drawn and "#123d2b" in drawn and "#003366" not in drawn
    assert 'width="50mm"' in drawn


def test_styles_frames_and_fields_are_listed(scanly):
    said = scanly("qr", "styles").out
    assert all(each.about in said for each in styles().values())
    told = scanly("qr", "styles", "--json").json
    assert {each["name"] for each in told["styles"]} == set(styles())
    assert {"banner", "card", "plain"} <= {each["name"] for each in told["frames"]}
    assert told["fields"]["module_shape"]["enum"]


def test_a_compact_code_is_one_size_smaller_and_leads_on(scanly, tmp_path):
    compact = scanly(
        "qr", "make", URL, "--dynamic", "--compact", *BASE, "-o", tmp_path / "c.svg", "--json"
    ).json
    usual = scanly("qr", "make", URL, "--dynamic", *BASE, "-o", tmp_path / "u.svg", "--json").json
    assert re.fullmatch(r"HTTPS://GO\.EXAMPLE\.COM/[2-9A-Z]{7}", compact["content"])
    assert (compact["symbol"], usual["symbol"]) == ("QR 2-M", "QR 3-Q")
    code = compact["content"].rpartition("/")[2]
    assert scanly("link", "show", code, "--json").json["target"] == URL


def test_a_micro_code_is_made_and_checked(scanly, tmp_path):
    done = scanly("qr", "make", "12345", "--micro", "-o", tmp_path / "m.svg", "--json")
    assert done.json["symbol"].startswith("Micro QR M")
    (reading,) = scanly("qr", "check", tmp_path / "m.svg", "--json").json
    assert reading["content"] == "12345"


def test_a_code_too_small_for_the_distance_is_told(scanly, tmp_path):
    scanly("qr", "make", URL, "-o", tmp_path / "c.svg", "--size", "30mm")
    assert scanly("qr", "check", tmp_path / "c.svg", "--distance", "20cm").status == 0
    far = scanly("qr", "check", tmp_path / "c.svg", "--distance", "5m", "--json")
    assert far.status == 3
    assert "distance" in " ".join(far.json[0]["problems"]) or "5 m" in " ".join(far.json[0]["problems"])


def drawing(tmp_path, body: str) -> str:
    path = tmp_path / "own.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{body}</svg>')
    return str(path)


BAD = {
    ("x" * 3000,): "holds 2,331. Shorten it, or put a short link into the code.",
    (URL, "--dark", "#ffcc00"): "phones need 3 or more. Use #",
    (
        URL,
        "--dark",
        "#ffffff",
        "--light",
        "#000000",
    ): "inverted codes. Swap them: dark #000000, light #ffffff.",
    (URL, "--dark", "linear(45, #000000)"): "a gradient has 2 to 8",
    (URL, "--shape", "dot"): 'Did you mean "dots"?',
    (URL, "--style", "ocaen"): 'Did you mean "ocean"?',
    (URL, "--frame", "baner"): 'Did you mean "banner"?',
    (URL, "--look", "logo_ration=0.2"): 'Did you mean "logo_ratio"?',
    (URL, "--look", "logo_ratio=big"): "Write a number.",
    (URL, "--size", "wide"): "Write it like 30mm.",
    (URL, "--size", "8mm"): "Make it at least 8.25 mm",
    (URL, "--logo", "nowhere.png"): "cannot be opened",
    (URL, "--caption", "བོད"): "U+0F56, Tibetan script). Give a font file that has it with --font.",
    (URL, "--caption", "Menu", "--font", __file__): "is not a font. Give a TTF or OTF file.",
    (URL, "--caption", "word " * 60): "caption",
    (URL, "--ecc", "X"): "Use L, M, Q or H.",
    ("--type", "epc", "--set", "iban=DE88370400440532013000", "--set", "name=Max"): "iban",
    ("--type", "gs1", "--set", "gtin=09521234543214"): "gtin",
    (
        "--type",
        "crypto",
        "--set",
        "scheme=bitcoin",
        "--set",
        "address=lnbc20u1pvjluezpp5qqqsyqcyq5rqwzqf",
    ): "expire",
    ("--type", "swis"): 'Did you mean "swiss"?',
}


@pytest.mark.parametrize(("arguments", "said"), BAD.items(), ids=lambda value: str(value)[:40])
def test_what_cannot_be_made_is_answered_in_one_line(scanly, tmp_path, arguments, said):
    done = scanly("qr", "make", *arguments, "-o", tmp_path / "code.svg")
    assert done.status == 1, (done.out, done.err)
    assert said in done.err
    assert (done.out, done.err.count("\n")) == ("", 1)
    assert not (tmp_path / "code.svg").exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<image href="http://example.com/a.png" width="9" height="9"/>', "image"),
        ('<text y="5">Menu</text>', "outlines"),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(scanly, tmp_path, body, said):
    done = scanly("qr", "make", URL, "--logo", drawing(tmp_path, body), "-o", tmp_path / "code.svg")
    assert done.status == 1
    assert said in done.err
    assert not (tmp_path / "code.svg").exists()


def test_force_hands_over_what_is_refused_and_says_what_is_wrong_with_it(scanly, tmp_path):
    refused = scanly("qr", "make", URL, "--dark", "#ffcc00", "-o", tmp_path / "code.svg")
    assert refused.status == 1
    done = scanly("qr", "make", URL, "--dark", "#ffcc00", "--force", "-o", tmp_path / "code.svg")
    assert done.status == 0
    assert "grade F" in done.err and "contrast" in done.err


def test_rows_have_looks_of_their_own(scanly, tmp_path):
    drawing(tmp_path, '<circle cx="4.5" cy="4.5" r="4" fill="#aa0000"/>')
    (tmp_path / "rows.csv").write_text(
        "target,code,style,logo,frame,caption,size\n"
        f"{URL},one,ocean,,,,\n{URL},two,,own.svg,,,40\n{URL},three,,,banner,Menu,\n{URL},four,nosuch,,,,\n"
    )
    done = scanly("qr", "bulk", tmp_path / "rows.csv", "-o", tmp_path / "out", *BASE)
    assert done.status == 3
    assert "row 5" in done.err and 'There is no style "nosuch"' in done.err
    drawn = {path.stem: path.read_text() for path in (tmp_path / "out").glob("*.svg")}
    assert set(drawn) == {"one", "two", "three"}
    assert "linearGradient" in drawn["one"] and "#aa0000" in drawn["two"] and 'width="40mm"' in drawn["two"]
    with (tmp_path / "out" / "manifest.csv").open(newline="") as file:
        assert [row["code"] for row in csv.DictReader(file)] == ["one", "two", "three"]


def test_failed_rows_are_made_again_once_their_cause_is_gone(scanly, tmp_path):
    (tmp_path / "rows.csv").write_text(f"target,code,logo\n{URL},one,\n{URL},two,own.svg\n")
    order = ("qr", "bulk", tmp_path / "rows.csv", "-o", tmp_path / "out", *BASE)
    assert scanly(*order).status == 3
    drawing(tmp_path, '<path d="M0 0h9v9H0z"/>')
    assert scanly(*order, "--resume", "--where", "status=failed").status == 0
    assert len(list((tmp_path / "out").glob("*.svg"))) == 2
    assert len(scanly("link", "list", "--json").json) == 2


def test_an_update_is_shown_then_made_and_can_be_undone(scanly, tmp_path):
    for code in ("one", "two"):
        scanly("link", "add", URL, "--code", code)
    source = tmp_path / "change.csv"
    source.write_text(
        "code,target,title\none,https://example.com/new,\ntwo,,Two\nnine,https://example.com,\n"
    )
    seen = scanly("qr", "bulk", source, "--update", "--dry-run")
    assert seen.status == 3
    assert "https://example.com/new" in seen.out and "2 links of 3 rows would change" in seen.out
    assert "nine" in seen.err
    assert scanly("link", "show", "one", "--json").json["target"] == URL
    assert scanly("qr", "bulk", source, "--update", "--yes").status == 3
    assert scanly("link", "show", "one", "--json").json["target"] == "https://example.com/new"
    assert scanly("link", "show", "two", "--json").json["title"] == "Two"
    again = scanly("qr", "bulk", source, "--update", "--dry-run", "--json")
    assert json.loads(again.out)["links"] == 0
    scanly("link", "undo", "one")
    assert scanly("link", "show", "one", "--json").json["target"] == URL

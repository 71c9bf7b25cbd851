"""What the examples' pages show is what the commands on them print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import html5lib
from tests.conftest import missing

from scanly.qr.proof.decoders import installed_decoders

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_page_about_routing_shows_what_its_last_command_prints(scanly):
    page = (EXAMPLES / "routing" / "README.md").read_text(encoding="utf-8")
    commands, shown = re.findall(r"^```(?:sh|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    *before, last = [shlex.split(line)[1:] for line in commands.splitlines()]
    for arguments in before:
        assert scanly(*arguments).status == 0
    assert scanly(*last).out == shown


def test_the_page_about_codes_shows_what_its_first_command_prints(scanly, tmp_path, monkeypatch):
    page = (EXAMPLES / "codes" / "README.md").read_text(encoding="utf-8")
    first, shown, second = re.findall(r"^```(?:sh|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    done = scanly(*shlex.split(first)[1:])
    assert (done.status, done.err + done.out) == (3, shown)
    for file in sorted((tmp_path / "out").glob("*.svg")):
        (reading,) = scanly("qr", "check", file, "--json").json
        assert reading["grade"] in ("A", "B"), (file.name, reading["problems"])
    assert scanly(*shlex.split(second)[1:]).status == 0
    assert {path.name for path in (tmp_path / "again").iterdir()} == {"menu.svg", "menu.pdf"}


SITES = EXAMPLES / "sites"
# What visitors of the exported pages rely on: words they read, and where buttons lead.
FACTS = {
    "asha-kirana.html": (
        ("Asha Kirana Store", "Toor dal", "₹149.50", "9:00 am – 9:00 pm", "Opposite the Ganesh temple"),
        ("tel:+919876543210", "upi://pay?", "https://wa.me/919876543210", "asha-kirana.hi.html"),
    ),
    "asha-kirana.hi.html": (
        ("आशा किराना स्टोर", "तूर दाल", "₹149.50", "गणेश मंदिर के सामने", "बंद"),
        ("tel:+919876543210", "upi://pay?", "asha-kirana.html"),
    ),
    "chai-corner.html": (("Masala dosa", "₹130", "Pistachio kulfi", "Veg"), ("tel:+919876543210",)),
    "chai-corner.hi.html": (("मसाला डोसा", "₹130", "पिस्ता कुल्फी"), ("chai-corner.ar.html",)),
    "chai-corner.ar.html": (("دوسا ماسالا", "130", "كلفي الفستق"), ("chai-corner.hi.html",)),
    "luz-marin.html": (
        ("Mi disco nuevo", "350 MXN", "Sobre mí"),
        ("https://example.com/disco", "https://www.instagram.com/luz.marin"),
    ),
    "luz-marin.en.html": (("My new record", "Tour shirt", "About me"), ("https://example.com/conciertos",)),
    "rao-traders.html": (("What we understood", "₹24,000", "Meera Joshi"), ("mailto:meera@example.com",)),
}


def test_the_commands_of_the_page_about_sites_do_what_it_says(scanly, tmp_path, monkeypatch):
    page = (SITES / "README.md").read_text(encoding="utf-8")
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    commands = [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    shown = [line for line in commands if " preview " not in line]  # which runs until it is stopped
    assert len(shown) == len(commands) - 1
    for line in shown:
        done = scanly(*shlex.split(line)[1:])
        assert done.status == 0, done.err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "chai-corner.html",
        "chai-corner.hi.html",
        "chai-corner.ar.html",
    }
    assert re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE) == sorted(
        path.name for path in SITES.iterdir() if path.is_dir()
    )


def test_the_sites_leave_nothing_to_mend_and_show_what_visitors_rely_on(scanly, tmp_path):
    for folder in sorted(path for path in SITES.iterdir() if path.is_dir()):
        told = scanly("site", "check", folder / "site.yaml", "--json").json
        assert told["ok"]
        assert told["advice"] == []
        done = scanly("site", "export", folder / "site.yaml", "-o", tmp_path / f"{folder.name}.html")
        assert done.status == 0, done.err
    assert {path.name for path in tmp_path.glob("*.html")} == set(FACTS)
    for name, (words, targets) in FACTS.items():
        tree = html5lib.parse((tmp_path / name).read_bytes(), namespaceHTMLElements=False)
        text = " ".join(" ".join(tree.find("body").itertext()).split())
        links = [link.get("href", "") for link in tree.iter("a")]
        assert [word for word in words if word not in text] == []
        assert [target for target in targets if not any(link.startswith(target) for link in links)] == []


def test_the_menu_has_the_sixty_dishes_that_its_page_speaks_of(scanly, tmp_path):
    assert (
        scanly("site", "export", SITES / "chai-corner" / "site.yaml", "-o", tmp_path / "menu.html").status
        == 0
    )
    for language in ("", ".hi", ".ar"):
        tree = html5lib.parse((tmp_path / f"menu{language}.html").read_bytes(), namespaceHTMLElements=False)
        prices = [element for element in tree.iter() if "price" in element.get("class", "").split()]
        assert len(prices) == 60


LABELS = EXAMPLES / "labels"


def test_the_page_about_labels_shows_what_its_commands_print(scanly, tmp_path, monkeypatch):
    if "zbar" not in installed_decoders():
        missing("zbar (apt-get install libzbar0)")  # the second decoder that the page speaks of
    page = (LABELS / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(sh|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    statuses: list[int] = []
    for (_, commands), (_, shown) in zip(blocks[::2], blocks[1::2], strict=True):
        printed = ""
        for line in commands.splitlines():
            done = scanly(*shlex.split(line)[1:])
            statuses.append(done.status)
            if " check " in line:
                assert "table-23" in done.out
                assert "error" not in done.out
            else:
                printed += done.err + done.out
        assert printed == shown
    assert statuses == [3, 0, 0, 3, 0]
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".pdf", ".csv", ".png"}

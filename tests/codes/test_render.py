"""One row's files: all of them or none, as its type's standard asks."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scanly.codes.manifest import Made
from scanly.codes.render import Drawing, render
from scanly.qr.payloads import FREE, Demands
from scanly.qr.style import Style


def drawing(folder: Path, **said: object) -> Drawing:
    values: dict[str, object] = {
        "content": "https://a.example",
        "style": Style(),
        "demands": FREE,
        "formats": ("svg",),
        "folder": folder,
        "name": "a",
        "verify": True,
    }
    return Drawing(**(values | said))


def test_files_are_told_with_hash_and_size_and_what_makes_the_symbol_again(tmp_path: Path):
    drawn = render(drawing(tmp_path, formats=("svg", "png")))
    for made in drawn.files:
        data = (tmp_path / made.file).read_bytes()
        assert made == Made(f"a.{made.format}", made.format, hashlib.sha256(data).hexdigest(), len(data))
    assert drawn.symbol == f"QR {drawn.version}-{drawn.level}" and drawn.encoder


@pytest.mark.parametrize(
    ("style", "demands"),
    [
        (Style(module_shape="dots"), Demands(plain=True)),
        (Style(), Demands(max_version=1)),
        (Style(size_mm=5), FREE),
    ],
)
def test_what_its_standard_or_the_press_forbids_is_not_made(tmp_path: Path, style: Style, demands: Demands):
    content = "https://a.example/" + "x" * 30
    drawn = render(drawing(tmp_path, content=content, style=style, demands=demands))
    assert drawn.problem and not drawn.files and not list(tmp_path.iterdir())


def test_a_level_that_a_standard_fixes_is_kept(tmp_path: Path):
    assert render(drawing(tmp_path, demands=Demands(level="H"))).level == "H"


def test_one_format_that_cannot_be_read_stops_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from scanly.codes import render as module
    from scanly.core.errors import Invalid

    def confirm(data: bytes, form: str, content: str) -> None:
        if form == "png":
            raise Invalid("The finished PNG was refused.")

    monkeypatch.setattr(module, "confirm", confirm)
    assert render(drawing(tmp_path, formats=("svg", "png"))).problem == "The finished PNG was refused."
    assert not list(tmp_path.iterdir())
    assert render(drawing(tmp_path, formats=("svg", "png"), verify=False)).files

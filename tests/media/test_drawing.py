import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import resvg_py
from PIL import Image, ImageChops

from scanly.core.errors import Invalid
from scanly.media.drawing import clean, is_clean
from tests.media.pictures import drawing

DRAWINGS = sorted((Path(__file__).parents[1] / "fixtures" / "drawings").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
HARMLESS = {f"{SVG}{name}" for name in ("svg", "defs", "linearGradient", "radialGradient", "stop", "path")}


def taken() -> list[Path]:
    found: list[Path] = []
    for path in DRAWINGS:
        try:
            clean(path.read_bytes(), "logo")
        except Invalid:
            continue
        found.append(path)
    return found


def drawn(data: bytes, width: int, height: int) -> Image.Image:
    shown = Image.open(
        io.BytesIO(resvg_py.svg_to_bytes(svg_string=data.decode(), width=width, height=height, dpi=96))
    )
    ground = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(ground, shown.convert("RGBA")).convert("RGB")


@pytest.mark.parametrize("path", taken(), ids=lambda path: path.stem)
def test_a_drawing_looks_the_same_and_holds_nothing_but_fills(path):
    given = path.read_bytes()
    cleaned, width, height = clean(given, "logo")
    assert max(width, height) == 960
    assert is_clean(cleaned)
    root = ET.fromstring(cleaned)
    assert {element.tag for element in root.iter()} <= HARMLESS
    assert all(
        "url(" not in value or value.startswith("url(#")
        for each in root.iter()
        for value in each.attrib.values()
    )
    before, after = (drawn(each, width // 4, height // 4) for each in (given, cleaned))
    assert all(abs(a - b) <= 1 for a, b in zip(before.size, after.size, strict=True)), "rounded"
    apart = (
        ImageChops.difference(before.crop((0, 0, *after.size)), after)
        .convert("L")
        .point(lambda value: 255 * (value > 60))
    )
    assert sum(apart.get_flattened_data()) / 255 <= 0.01 * apart.width * apart.height


def test_enough_drawings_are_taken_for_this_to_prove_something():
    assert len(taken()) >= 10


SHAPE = '<path fill="red" d="M1 1h5v5z"/>'
# Refused, each with the word that its sentence must have; "" where only the harm is left out.
HOSTILE = {
    "a script": ("<script>alert(1)</script>", "is a program"),
    "a script in CDATA": ("<script><![CDATA[alert(1)]]></script>", "is a program"),
    "a handler": ('<path d="M1 1h5v5z" onload="alert(1)"/>', "has a program"),
    "a handler in capitals": ('<path d="M1 1h5v5z" ONCLICK="alert(1)"/>', "has a program"),
    "HTML": ("<foreignObject><body>x</body></foreignObject>", "not SVG"),
    "a picture from elsewhere": ('<image xlink:href="https://evil.example/x.png"/>', "made of pixels"),
    "a picture in a word": ('<image href="data:text/html,x"/>', "made of pixels"),
    "a link that runs": ('<a xlink:href="javascript:alert(1)"><path d="M1 1h5v5z"/></a>', "outside the file"),
    "another file": ('<use href="https://evil.example/x.svg#a"/>', "outside the file"),
    "a fill from elsewhere": ('<path fill="url(https://evil.example/x)" d="M1 1h5v5z"/>', "outside the file"),
    "a style from elsewhere": ("<style>@import url(https://evil.example/x)</style>", "outside the file"),
    "a style with an address": ("<style>path{fill:url(//evil.example/x)}</style>", "outside the file"),
    "animation": ('<animate attributeName="href" to="javascript:alert(1)"/>', "animation"),
    "a change of an attribute": ('<set attributeName="onload" to="alert(1)"/>', "animation"),
    "text": ("<text>Free money</text>", "is text"),
    "an element of HTML": ('<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>', ""),
    "an attribute of another language": ('<g xmlns:x="urn:x" x:onload="alert(1)"/>', ""),
    "a comment": ("<!-- <script>alert(1)</script> -->", ""),
    "notes": ("<metadata>secret: 28.61 N</metadata><title>secret</title><desc>secret</desc>", ""),
    "an id that breaks out": ('<g id="&quot;&gt;&lt;script&gt;"/>', ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_do_harm_is_refused_or_left_out(name):
    inside, said = HOSTILE[name]
    data = drawing(SHAPE + inside)
    assert not is_clean(data)
    if said:
        with pytest.raises(Invalid, match=said):
            clean(data, "logo")
        return
    cleaned = clean(data, "logo")[0]
    assert is_clean(cleaned) and b"red" not in cleaned and b"#ff0000" in cleaned
    assert not any(word in cleaned for word in (b"script", b"onload", b"secret", b"<!--", b"&"))


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY % p SYSTEM "https://evil.example/x.dtd">%p;]>',
        '<?xml-stylesheet href="https://evil.example/x.css"?>',
    ],
    ids=["a file", "a definition", "a style"],
)
def test_a_drawing_may_not_reach_for_anything_before_it_begins(head):
    with pytest.raises(Invalid, match="line 1, logo"):
        clean(drawing(SHAPE, head), "logo")


@pytest.mark.parametrize(
    "changed",
    [
        lambda data: data.replace(b"<path", b'<path onload="alert(1)"', 1),
        lambda data: data.replace(b"</svg>", b"<script>alert(1)</script></svg>"),
        lambda data: data.replace(b'fill="', b'fill="url(https://evil.example)', 1),
        lambda data: data.replace(b'fill="', b'href="', 1),
        lambda data: data + b"<script>alert(1)</script>",
        lambda data: b"<!DOCTYPE svg []>" + data,
        lambda data: data.replace(b'width="', b'width="&#49;', 1),
        lambda data: data[:-20],
    ],
)
def test_a_clean_drawing_that_somebody_changed_is_clean_no_more(changed):
    cleaned = clean(drawing(SHAPE), "logo")[0]
    assert is_clean(cleaned)
    assert changed(cleaned) != cleaned
    assert not is_clean(changed(cleaned))

"""Every stock as a drawing, read by an XML parser and by a renderer that is not ours."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from tests.conftest import imported

from scanly.press.stocks import find_stock, stocks
from scanly.press.stocks.picture import svg_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", [*stocks(), "A4:3x8", "letter:1x1"])
def test_every_drawing_has_each_label_and_its_number_in_its_place(name):
    stock = find_stock(name)
    root = ElementTree.fromstring(svg_of(stock))
    assert float(root.get("width", "").removesuffix("mm")) == pytest.approx(stock.page_width_mm, abs=0.006)
    shape = "rect" if stock.shape == "rect" else "ellipse"
    labels = list(root.iterfind(f"{SVG}g[@id='labels']/{SVG}{shape}"))
    numbers = [text.text for text in root.iter(f"{SVG}text")]
    assert numbers == [str(position) for position in range(1, stock.labels_per_sheet + 1)]
    for label, slot in zip(labels, stock.slots, strict=True):
        x, y = slot.middle if shape == "ellipse" else (slot.x, slot.y)
        at = (label.get("x"), label.get("y")) if shape == "rect" else (label.get("cx"), label.get("cy"))
        assert [float(str(each)) for each in at] == pytest.approx([x, y], abs=0.006)


def test_a_drawing_is_rendered_in_real_size():
    resvg, image = imported("resvg_py"), imported("PIL.Image")
    png = resvg.svg_to_bytes(svg_string=svg_of(find_stock("A4:2x2:80x80")), dpi=254)
    picture = image.open(io.BytesIO(bytes(png))).convert("L")
    assert picture.size == pytest.approx((2100, 2970), abs=2)


def test_a_name_with_markup_stays_text(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('name = "<b>&"\nlabel_width_mm = 9\nlabel_height_mm = 9\n', encoding="utf-8")
    root = ElementTree.fromstring(svg_of(find_stock(str(file))))
    assert root.findtext(f"{SVG}title", "").startswith("<b>&: ")

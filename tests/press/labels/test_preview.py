"""Previews: pictures of the size that was asked for, in which other programs read the symbols."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from tests.conftest import imported

from scanly.press.labels.preview import preview_png
from scanly.press.labels.template import find_template, templates

CODE = "https://go.example.com/k7m2q"


@pytest.mark.parametrize("name", templates())
def test_every_symbol_of_a_template_s_example_is_read_back_from_its_picture(name: str):
    template = find_template(name)
    image = Image.open(io.BytesIO(preview_png(template, template.example, dpi=300)))
    size = image.width / 300 * 25.4, image.height / 300 * 25.4
    assert size == pytest.approx((template.width_mm, template.height_mm), abs=0.2)
    found = {(each.format.name, each.text) for each in imported("zxingcpp").read_barcodes(image)}
    wanted = {("QRCode", CODE)}
    wanted |= {("EAN13", template.example["gtin"])} if name == "product" else set()
    wanted |= {("Code128", template.example["number"])} if name == "event-ticket" else set()
    assert found == wanted


def test_other_cells_give_another_picture():
    template = find_template("table-number")
    one, other = (preview_png(template, {**template.example, "table": table}, dpi=72) for table in "78")
    assert one != other
    assert one == preview_png(template, {**template.example, "table": "7"}, dpi=72)

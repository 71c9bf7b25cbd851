from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.conftest import missing
from tests.qr.sketches import as_picture
from zxingcpp import BarcodeFormat

from scanly.qr.encoding import encode
from scanly.qr.proof import decoders as module
from scanly.qr.proof.decoders import find, installed_decoders


@pytest.fixture(autouse=True)
def _both():
    if "zbar" not in installed_decoders():
        missing("zbar (apt-get install libzbar0)")


@settings(deadline=None, max_examples=80)
@given(st.binary(min_size=1, max_size=120))
def test_every_decoder_hands_over_the_very_bytes(content):
    picture = as_picture(encode(content).rows)
    for decoder in installed_decoders().values():
        assert decoder(picture) == [content]


@pytest.mark.parametrize(
    "content", ["नमस्ते", "Grüße", "日本語", "é".encode("latin-1"), "日本".encode("shift_jis")]
)
def test_no_encoding_is_guessed(content):
    wanted = content if isinstance(content, bytes) else content.encode()
    assert all(
        decoder(as_picture(encode(content).rows)) == [wanted] for decoder in installed_decoders().values()
    )


def test_every_code_of_a_picture_is_read():
    sheet = Image.new("L", (500, 250), 255)
    for place, content in enumerate(("one", "two")):
        sheet.paste(as_picture(encode(content).rows), (250 * place + 20, 20))
    for decoder in installed_decoders().values():
        assert sorted(decoder(sheet)) == [b"one", b"two"]


@pytest.mark.parametrize("decoder", ["zxing", "zbar"])
def test_a_blank_picture_holds_nothing(decoder):
    assert installed_decoders()[decoder](Image.new("L", (100, 80), 255)) == []


@pytest.mark.parametrize(
    ("content", "version"), [("123", "M1"), ("AB12", "M2"), ("hello", "M3"), ("hello you", "M4")]
)
def test_micro_qr_codes_are_read_by_the_decoder_that_knows_them(content, version):
    symbol = encode(content, micro=True, version=int(version[1:]), level="L")
    picture = as_picture(symbol.rows, quiet=2)
    assert list(installed_decoders(micro=True)) == ["zxing"]
    assert installed_decoders(micro=True)["zxing"](picture) == [content.encode()]
    assert [(code.bytes, code.extra["Version"]) for code in find(picture)] == [(content.encode(), version)]
    assert installed_decoders()["zbar"](picture) == []


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=200))
def test_no_small_code_is_seen_within_a_large_one(content):
    assert [code.bytes for code in find(as_picture(encode(content).rows))] == [content.encode()]


def test_the_eye_of_a_code_that_is_covered_in_part_is_no_small_code():
    whole = as_picture(encode("https://go.example.com/gr8nzmy").rows)
    third = whole.width // 3
    for x, y in product(range(0, whole.width, third), repeat=2):
        covered = whole.copy()
        covered.paste(0, (x, y, x + third, y + third))
        assert {code.format for code in find(covered)} <= {BarcodeFormat.QRCode}, (x, y)


def test_without_its_library_zbar_takes_no_part(monkeypatch):
    monkeypatch.setattr(module, "_ZBAR_LIBRARIES", ("libzbar-that-nobody-has.so",))
    module._zbar.cache_clear()
    assert list(installed_decoders()) == ["zxing"]
    module._zbar.cache_clear()

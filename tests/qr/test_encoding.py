import string

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.encoding import capacity, encode
from scanly.qr.symbol import LEVELS, Symbol

# No capitals and no digits: zxing-cpp would switch modes inside the text, which is another way to be right.
BYTES = string.ascii_lowercase + "?=&_~#"
ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def by_zxing(text: str, level: str) -> tuple[bytes, ...]:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    pixels = memoryview(barcode.to_image(scale=1, add_quiet_zones=False))  # pyright: ignore
    side = pixels.shape[0]
    return tuple(bytes(pixels[y, x] == 0 for x in range(side)) for y in range(side))


def mask_in(rows: tuple[bytes, ...]) -> int:
    """The mask as the format information says it (ISO/IEC 18004, 7.9.1)."""
    return (rows[8][2] << 2 | rows[8][3] << 1 | rows[8][4]) ^ 0b101


@settings(max_examples=60, deadline=None)
@given(
    text=st.one_of(
        st.text(BYTES, min_size=1, max_size=330),
        st.text(ALPHANUMERIC, min_size=1, max_size=80),
        st.text(string.digits, min_size=1, max_size=120),
    ),
    level=st.sampled_from(LEVELS),
)
def test_at_equal_version_and_mask_every_module_equals_the_one_of_zxing(text, level):
    theirs = by_zxing(text, level)
    ours = encode(text, level=level, boost=False, version=(len(theirs) - 17) // 4, mask=mask_in(theirs))
    assert ours.rows == theirs


@pytest.mark.parametrize("spare_bytes", range(4))
@pytest.mark.parametrize("level", LEVELS)
def test_padding_is_right_up_to_the_last_byte(level, spare_bytes):
    text = "a" * (capacity("byte", level, 3) - spare_bytes)
    theirs = by_zxing(text, level)
    assert encode(text, level=level, boost=False, version=3, mask=mask_in(theirs)).rows == theirs


def test_segno_alone_still_pads_wrongly_so_the_correction_is_needed():
    ours = encode("https://example.com", boost=False, version=3, mask=0)
    alone = segno.make_qr("https://example.com", error="m", boost_error=False, version=3, mask=0)
    assert tuple(bytes(row) for row in alone.matrix) != ours.rows


def test_symbols_can_be_made_again_from_what_they_remember():
    first = encode("https://go.example.com/AbC1234")
    again = encode(
        "https://go.example.com/AbC1234",
        level=first.level,
        boost=False,
        version=first.version,
        mask=first.mask,
    )
    assert again == first
    assert first.encoder == "segno 1.6.6, ISO padding"
    assert (first.name, first.modules) == ("QR 3-Q", 29)


@pytest.mark.parametrize(
    ("name", "capacity_bytes"),
    [
        ("1-M", 14),
        ("2-L", 32),
        ("2-M", 26),
        ("3-M", 42),
        ("3-Q", 32),
        ("13-M", 331),
        ("25-M", 997),
        ("40-L", 2953),
    ],
)
def test_the_capacity_of_every_symbol_in_the_standards_table_is_used_to_the_last_byte(name, capacity_bytes):
    version, level = int(name.split("-")[0]), name[-1]
    assert capacity("byte", level, version) == capacity_bytes
    assert encode("a" * capacity_bytes, level=level, boost=False).name == f"QR {name}"


@pytest.mark.parametrize(("mode", "character"), [("numeric", "7"), ("alphanumeric", "A"), ("byte", "a")])
@pytest.mark.parametrize("version", [1, 2, 9, 10])
@pytest.mark.parametrize("level", LEVELS)
def test_exactly_the_capacity_fits_in_every_mode(mode, character, version, level):
    limit = capacity(mode, level, version)
    encode(character * limit, level=level, version=version, mask=0)
    with pytest.raises(Invalid, match=f"holds {limit}"):
        encode(character * (limit + 1), level=level, version=version, mask=0)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("HTTPS://GO.EXAMPLE.COM/ABC1234", "QR 2-M"),  # alphanumeric
        ("https://go.example.com/abc1234", "QR 3-M"),  # byte
        ("0" * 63, "QR 2-M"),  # numeric
    ],
)
def test_the_densest_mode_is_chosen(text, name):
    assert encode(text, boost=False).name == name


def test_boost_raises_the_level_but_never_the_version():
    plain, boosted = (
        encode("https://go.example.com/AbC1234", boost=False),
        encode("https://go.example.com/AbC1234"),
    )
    assert (plain.name, boosted.name) == ("QR 3-M", "QR 3-Q")


@pytest.mark.parametrize("text", ["Grüße", "नमस्ते", "点茗", "ｱｲｳ", "😀"])
def test_other_scripts_are_utf_8_without_an_eci_mark(text):
    symbol = encode(text)
    image = pixels(symbol)
    read = zxingcpp.read_barcodes(image)[0]
    assert read.bytes == text.encode()
    assert read.symbology_identifier == "]Q1"  # ]Q2 would be a symbol with ECI


def pixels(symbol: Symbol):
    from PIL import Image

    edge = b"\x00" * 4
    blank = [bytes(symbol.modules + 8)] * 4
    rows = [*blank, *(edge + row + edge for row in symbol.rows), *blank]
    image = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows)).point(
        lambda dark: 0 if dark else 255
    )
    return image.resize((len(rows) * 4, len(rows) * 4), Image.Resampling.NEAREST)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"text": ""}, "nothing to encode"),
        ({"text": "a" * 2332}, "has 2,332 bytes; a QR code at level M holds 2,331."),
        ({"text": "1" * 5597}, "has 5,597 digits; a QR code at level M holds 5,596."),
        ({"text": "a" * 15, "version": 1}, "has 15 bytes; a version 1 symbol at level M holds 14."),
        ({"text": "a", "version": 41}, "no QR version 41. Use 40."),
        ({"text": "a", "level": "X"}, "Use L, M, Q or H."),
        ({"text": "a", "mask": 8}, "no mask 8"),
        ({"text": "\ud800"}, "half of a character"),
    ],
)
def test_what_cannot_be_encoded_is_refused_with_the_limit(options, sentence):
    with pytest.raises(Invalid) as refused:
        encode(**options)
    assert sentence in str(refused.value)

import random

import pytest
import segno
import zxingcpp
from tests.qr.encoding.judges import ALPHANUMERIC, BYTES, DIGITS, by_libqrencode, by_zint, picture

from scanly.core.errors import Invalid
from scanly.qr.encoding import encode

# Table 7: digits, characters and bytes.
CAPACITIES = {
    "M1-L": (5, 0, 0),
    "M2-L": (10, 6, 0),
    "M2-M": (8, 5, 0),
    "M3-L": (23, 14, 9),
    "M3-M": (18, 11, 7),
    "M4-L": (35, 21, 15),
    "M4-M": (30, 18, 13),
    "M4-Q": (21, 13, 9),
}
SYMBOLS = [
    (int(name[1]), name[3], characters, most)
    for name, row in CAPACITIES.items()
    for characters, most in zip((DIGITS, ALPHANUMERIC, BYTES), row, strict=True)
    if most
]


def texts():
    """Every version and level, mode and length."""
    dice = random.Random(4)
    for version, level, characters, most in SYMBOLS:
        for length in range(1, most + 1):
            yield version, level, "".join(dice.choices(characters, k=length))


def test_every_module_equals_the_one_of_zint():
    for at, (version, level, text) in enumerate(texts()):
        ours = encode(text, level=level, boost=False, version=version, mask=at % 4, micro=True)
        assert ours.rows == by_zint(text, level, version, at % 4, micro=True), (ours.name, text)
        assert (ours.version, ours.level, ours.modules) == (version, level, 9 + 2 * version)


def test_libqrencode_makes_the_same_symbol_and_likes_the_same_mask():
    for version, level, text in texts():
        ours = encode(text, level=level, boost=False, version=version, micro=True)
        assert ours.rows == by_libqrencode(text.encode(), level, version, micro=True), (ours.name, text)


@pytest.mark.parametrize("text", ["1234", "ab"])  # M2 that ends on a codeword boundary, and M3
def test_segno_alone_still_pads_wrongly(text):
    ours = encode(text, micro=True, boost=False, mask=0)
    alone = segno.make_micro(text, error="m", version=f"M{ours.version}", boost_error=False, mask=0)
    assert tuple(bytes(row) for row in alone.matrix) != ours.rows


def test_zxing_reads_every_symbol():
    micro = zxingcpp.BarcodeFormat.MicroQRCode
    for version, level, text in list(texts())[::4]:
        symbol = encode(text, level=level, boost=False, version=version, micro=True)
        assert [one.text for one in zxingcpp.read_barcodes(picture(symbol, 6), formats=micro)] == [text]


@pytest.mark.parametrize(("version", "level", "characters", "most"), SYMBOLS)
def test_exactly_the_capacity_of_table_7_fits(version, level, characters, most):
    encode(characters[0] * most, level=level, version=version, micro=True)
    with pytest.raises(Invalid, match=rf"holds {most}\."):
        encode(characters[0] * (most + 1), level=level, version=version, micro=True)


@pytest.mark.parametrize(
    ("text", "options", "name"),
    [
        ("1234", {}, "Micro QR M2-M"),
        ("1234", {"level": "L", "boost": False}, "Micro QR M2-L"),
        ("1234", {"level": "L"}, "Micro QR M2-M"),
        ("1234", {"level": "L", "version": 1}, "Micro QR M1"),
        ("1234567890", {"level": "L"}, "Micro QR M2-L"),
        ("AB-1204", {}, "Micro QR M3-M"),
        ("1234", {"level": "Q"}, "Micro QR M4-Q"),
        ("ab/cd", {"version": 4, "level": "L"}, "Micro QR M4-Q"),
    ],
)
def test_the_smallest_version_is_chosen_and_the_level_raised_in_it(text, options, name):
    symbol = encode(text, micro=True, **options)
    assert (symbol.name, symbol.micro) == (name, True)
    again = encode(
        text, micro=True, level=symbol.level, version=symbol.version, mask=symbol.mask, boost=False
    )
    assert again == symbol


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"text": "a" * 14}, "has 14 bytes; a Micro QR code at level M holds 13. Use level L, or a QR code"),
        ({"text": "a" * 16}, "has 16 bytes; a Micro QR code at level M holds 13. Use a QR code"),
        ({"text": "a" * 8, "version": 3}, "has 8 bytes; Micro QR M3 at level M holds 7. Use a QR code"),
        ({"text": "ab", "version": 2}, "has 2 bytes; Micro QR M2 at level M holds 0."),
        ({"text": "1", "level": "H"}, "Micro QR has no level H. Use L or M or Q, or a QR code."),
        ({"text": "1", "level": "Q", "version": 3}, "Micro QR M3 has no level Q. Use L or M, or a QR code."),
        ({"text": "1", "version": 1}, "Micro QR M1 has no level M. Use L, or a QR code."),
        ({"text": "1", "version": 5}, "no Micro QR version 5. Use 4."),
        ({"text": "1", "mask": 4}, "no mask 4. Use 0 to 3."),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(options, sentence):
    with pytest.raises(Invalid) as refused:
        encode(**options, micro=True)
    assert sentence in str(refused.value)

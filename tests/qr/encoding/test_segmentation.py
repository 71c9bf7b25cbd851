"""Several modes in one symbol: never more bits than any other division, and read back by every judge."""

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.qr.encoding.judges import (
    ALPHANUMERIC,
    BYTES,
    DIGITS,
    by_libqrencode,
    by_zint,
    by_zxing,
    level_in,
    mask_in,
    picture,
    version_of,
)

from scanly.core.errors import Invalid
from scanly.qr.encoding import capacity, encode
from scanly.qr.encoding.message import densest_mode, message_bits
from scanly.qr.encoding.segmentation import fewest_bits
from scanly.qr.payloads import types
from scanly.qr.proof.decoders import installed_decoders
from scanly.qr.symbol import LEVELS

EXAMPLES = [
    pytest.param(text, id=f"{name}-{number}")
    for name, kind in types().items()
    for number, (_, text) in enumerate(kind.examples)
]
MANY_BYTES = "äßéŁ€漢😀"
RANGES = range(3)
# Table 3, and the modes' characters and bits (7.4.3 to 7.4.5).
LENGTH_BITS = {"numeric": (10, 12, 14), "alphanumeric": (9, 11, 13), "byte": (8, 16, 16)}
CHARACTERS = {
    "numeric": DIGITS.encode(),
    "alphanumeric": (DIGITS + ALPHANUMERIC).encode(),
    "byte": bytes(range(256)),
}
CONTENT_BITS = {
    "numeric": lambda length: -(-10 * length // 3),
    "alphanumeric": lambda length: -(-11 * length // 2),
    "byte": lambda length: 8 * length,
}


def mixed(other=BYTES, most=40):
    """Runs of digits, capitals and others, of lengths at which a change of mode begins to pay."""
    lengths = [1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 17, most]
    run = st.tuples(st.sampled_from([DIGITS, ALPHANUMERIC, other]), st.sampled_from(lengths)).flatmap(
        lambda kind: st.text(kind[0], min_size=kind[1], max_size=kind[1])
    )
    return st.lists(run, min_size=1, max_size=9).map("".join)


def divided(data: bytes, versions: int):
    return fewest_bits((densest_mode(data), data))(versions)


def least_bits(data: bytes, versions: int) -> int:
    """The fewest bits of all divisions there are, each end of a segment tried at each byte."""
    least = [0]
    for end in range(1, len(data) + 1):
        found = []
        for mode, characters in CHARACTERS.items():
            start = end
            while start and data[start - 1] in characters:
                start -= 1
                header = 4 + LENGTH_BITS[mode][versions]
                found.append(least[start] + header + CONTENT_BITS[mode](end - start))
        least.append(min(found))
    return least[-1]


@settings(max_examples=250, deadline=None)
@given(data=st.text("019AB:a~é", min_size=1, max_size=24).map(str.encode) | mixed().map(str.encode))
@example(data=b"A1234")
@example(data=b"aaaaaaAAA1111111111AAA")  # lost where parts of bits are not rounded up
@example(data=b"1234a")
@example(data=b"ABCDEFa")
@example(data=b"a12345b123456")
@example(data=b"aABCDEFGHIJ1234567890123a")
def test_no_division_takes_fewer_bits(data):
    for versions in RANGES:
        segments = divided(data, versions)
        assert message_bits(segments, versions) == least_bits(data, versions)


@settings(max_examples=100, deadline=None)
@given(text=mixed(other=MANY_BYTES + "ab"))
def test_segments_are_the_content_and_no_character_is_divided(text):
    for versions in RANGES:
        segments = divided(text.encode(), versions)
        assert "".join([part.decode() for _, part in segments]) == text
        assert all(part and set(part) <= set(CHARACTERS[mode]) for mode, part in segments)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # byte 12 + 8 * 2, numeric 14 + 40 up to version 9: 82 bits of 128; in bytes 124
        ("ab123456789012", {"H": "QR 2-H", "Q": "QR 1-Q", "M": "QR 1-M"}),
        # byte 12 + 8 * 13, numeric 14 + 100, byte 12 + 8 * 2, numeric 14 + 20: 292 bits; in bytes 428
        ("https://a.b/x" + "0" * 30 + "?q" + "1" * 6, {"L": "QR 3-L", "M": "QR 3-M", "Q": "QR 4-Q"}),
        # alphanumeric 13 + 110, numeric 14 + 134: 271 bits; in capitals alone 343
        ("HTTPS://EXAMPLE.COM/" + "7" * 40, {"L": "QR 2-L", "M": "QR 3-M", "Q": "QR 3-Q"}),
    ],
)
def test_the_smallest_version_is_that_of_the_divided_content(text, names):
    assert {level: encode(text, level=level, boost=False).name for level in names} == names


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        mixed(), mixed(most=400), mixed(other=MANY_BYTES), st.text("Ab1", min_size=1, max_size=90)
    ),
    level=st.sampled_from(LEVELS),
)
@example(text="00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678", level="M")
def test_no_other_encoder_makes_a_smaller_symbol_or_one_of_a_higher_level(text, level):
    ours = encode(text, level=level)
    others = [by_zint(text, level)]
    if text.isascii():
        others += [by_zxing(text, level), by_libqrencode(text.encode(), level, 0, mode="any")]
    for theirs in others:
        assert ours.version <= version_of(theirs), (ours.name, version_of(theirs))
        if ours.version == version_of(theirs):
            assert LEVELS.index(ours.level) >= LEVELS.index(level_in(theirs))


@settings(max_examples=60, deadline=None)
@given(text=mixed(other=MANY_BYTES + BYTES, most=120), level=st.sampled_from(LEVELS))
def test_all_is_read_back_byte_by_byte(text, level):
    assert_read_back(text, encode(text, level=level))


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_of_all_types_become_no_larger_than_in_one_mode_and_are_read_back(text):
    for level in LEVELS:
        symbol = encode(text, level=level, boost=False)
        assert symbol.version <= one_mode_version(text, level)
    assert_read_back(text, symbol)


def test_payments_and_gs1_links_become_smaller():
    smaller = {
        name
        for name, kind in types().items()
        for _, text in kind.examples
        if encode(text, boost=False).version < one_mode_version(text, "M")
    }
    assert {"emvco", "epc", "gs1", "paynow", "pix", "promptpay", "swiss"} <= smaller


@settings(max_examples=80, deadline=None)
@given(text=mixed(), level=st.sampled_from(LEVELS))
@example(text="https://go.example.com/1234567", level="M")
@example(text="https://go.example.com/ABCDEFG", level="H")
def test_one_mode_is_kept_where_several_gain_nothing(text, level):
    ours = encode("~" + text, level=level, boost=False)
    theirs = by_libqrencode(b"~" + text.encode(), level, ours.version)
    kept = (
        encode("~" + text, level=level, boost=False, version=ours.version, mask=mask_in(theirs)).rows
        == theirs
    )
    assert kept == (version_of(theirs) == ours.version)


@settings(max_examples=60, deadline=None)
@given(text=mixed(most=200), level=st.sampled_from(LEVELS))
def test_symbols_of_several_modes_can_be_made_again(text, level):
    first = encode(text, level=level)
    assert first == encode(text, level=first.level, boost=False, version=first.version, mask=first.mask)
    assert first == encode(text, level=level)


def test_a_content_that_only_several_modes_can_hold_is_not_refused():
    text = "https://example.com/" + "1" * 5000
    assert len(text) > capacity("byte", "L")
    assert_read_back(text, encode(text))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("https://example.com/" + "1" * 6000, {}),
        ("ab1234567" * 800, {}),
        ("äöü" + "1234567890ABCDEFGH€" * 60, {"level": "Q", "version": 12}),
        ("a" + "1" * 20_000, {}),
    ],
)
def test_a_content_that_is_too_long_is_told_how_much_of_it_fits(text, options):
    with pytest.raises(Invalid) as refused:
        encode(text, **options)
    data = text.encode()
    said, limit = str(refused.value).split(" holds ")
    limit = int(limit.split(". ")[0].replace(",", ""))
    assert f"has {len(data):,} bytes" in said
    encode(data[:limit], **options)
    with pytest.raises(Invalid):
        encode(data[: limit + 1], **options)


def one_mode_version(text: str, level) -> int:
    data = text.encode()
    return next(v for v in range(1, 41) if len(data) <= capacity(densest_mode(data), level, v))


def assert_read_back(text: str, symbol) -> None:
    image = picture(symbol)
    (read,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert (read.bytes, read.text) == (text.encode(), text)
    assert (read.ec_level, read.extra["Version"]) == (symbol.level, str(symbol.version))
    for name, read_by in installed_decoders().items():
        assert read_by(image) == [text.encode()], name

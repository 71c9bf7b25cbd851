import itertools
import tracemalloc
from hashlib import sha256

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import imported
from tests.qr.encoding.judges import ALPHANUMERIC, DIGITS, picture

from scanly.core.errors import Invalid
from scanly.qr.encoding import capacity, composition, encode
from scanly.qr.symbol import LEVELS

ADDRESS = "https://go.example.com/AbC1234"
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
    st.text(ALPHANUMERIC + DIGITS, min_size=1, max_size=500),
    st.text(DIGITS, min_size=1, max_size=900),
)


@settings(max_examples=50, deadline=None)
@given(
    content=st.one_of(st.binary(min_size=1, max_size=800), texts),
    level=st.sampled_from(LEVELS),
    data=st.data(),
)
def test_every_content_is_read_back_as_the_same_bytes(content, level, data):
    mask = data.draw(st.one_of(st.none(), st.integers(0, 7)))
    symbol = encode(content, level=level, mask=mask)
    (read,) = zxingcpp.read_barcodes(picture(symbol), formats=zxingcpp.BarcodeFormat.QRCode)
    assert read.bytes == (content if isinstance(content, bytes) else content.encode())
    assert read.symbology_identifier == "]Q1"  # ]Q2 would be a symbol with ECI
    assert (read.ec_level, read.extra["Version"]) == (symbol.level, str(symbol.version))


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=250))
def test_every_ascii_text_is_read_by_zbar(text):
    zbar = imported("pyzbar.pyzbar")
    (read,) = zbar.decode(picture(encode(text)), symbols=[zbar.ZBarSymbol.QRCODE])
    assert read.data.decode() == text


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", [9, 26, 40])
def test_large_symbols_are_read_back_too(version, level):
    text = "a" * capacity("byte", level, version)
    symbol = encode(text, level=level)
    assert symbol.name == f"QR {version}-{level}"
    assert zxingcpp.read_barcodes(picture(symbol, 3))[0].text == text


def test_symbols_can_be_made_again_from_what_they_remember():
    first = encode(ADDRESS)
    again = encode(ADDRESS, level=first.level, boost=False, version=first.version, mask=first.mask)
    assert again == first
    assert first.encoder == "scanly 1"
    assert (first.name, first.modules) == ("QR 3-Q", 29)


def test_the_encoder_gets_a_new_name_when_it_makes_other_symbols():
    """Reprints rely on it: whoever must change this sum must change the name as well."""
    texts = (ADDRESS, "ABC-123", "0123456789", "a" * 300, "https://example.com/01/09506000134352?10=ABC123")
    symbols = [encode(text, level=level) for text in texts for level in LEVELS]
    rows = b"".join(row for symbol in symbols for row in symbol.rows)
    assert {symbol.encoder for symbol in symbols} == {"scanly 1"}
    assert sha256(rows).hexdigest()[:16] == "3bdbf3f7540d82b4"


@pytest.mark.parametrize(
    ("mode", "name", "length"),
    [
        ("byte", "1-M", 14),
        ("byte", "2-L", 32),
        ("byte", "2-M", 26),
        ("byte", "3-M", 42),
        ("byte", "3-Q", 32),
        ("byte", "13-M", 331),
        ("byte", "25-M", 997),
        ("byte", "40-L", 2953),
        ("alphanumeric", "2-M", 38),
        ("alphanumeric", "3-M", 61),
        ("alphanumeric", "40-L", 4296),
        ("numeric", "2-M", 63),
        ("numeric", "3-M", 101),
        ("numeric", "40-L", 7089),
    ],
)
def test_the_capacities_of_the_standards_table_7_are_used_to_the_last_character(mode, name, length):
    version, level = int(name.split("-")[0]), name[-1]
    assert capacity(mode, level, version) == length
    content = {"byte": "a", "alphanumeric": "A", "numeric": "7"}[mode] * length
    assert encode(content, level=level, boost=False).name == f"QR {name}"


@pytest.mark.parametrize(("mode", "character"), [("numeric", "7"), ("alphanumeric", "A"), ("byte", "a")])
@pytest.mark.parametrize("level", LEVELS)
def test_one_character_more_than_fits_takes_the_next_version(mode, character, level):
    for version in (1, 2, 6, 7, 9, 10, 26, 27, 39):
        limit = capacity(mode, level, version)
        assert encode(character * limit, level=level, boost=False, mask=0).version == version
        assert encode(character * (limit + 1), level=level, boost=False, mask=0).version == version + 1
        with pytest.raises(Invalid, match=f"holds {limit:,}"):
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


@settings(max_examples=60, deadline=None)
@given(text=texts, level=st.sampled_from(LEVELS))
def test_boost_raises_the_level_as_far_as_the_version_allows(text, level):
    plain, boosted = encode(text, level=level, boost=False, mask=0), encode(text, level=level, mask=0)
    assert boosted.version == plain.version
    allowed = []
    for higher in LEVELS[LEVELS.index(level) :]:
        symbol = encode(text, level=higher, boost=False, mask=0)
        allowed += [symbol] * (symbol.version == plain.version)
    assert boosted == allowed[-1]


@pytest.mark.parametrize("mode", ["numeric", "alphanumeric", "byte"])
@pytest.mark.parametrize("version", [1, 9, 10, 26, 27, 40])
def test_boost_stops_where_the_capacity_of_a_level_ends(mode, version):
    content = {"byte": "a", "alphanumeric": "A", "numeric": "7"}[mode]
    for lower, higher in itertools.pairwise(LEVELS):
        limit = capacity(mode, higher, version)
        assert encode(content * limit, level="L", version=version, mask=0).level == higher
        assert encode(content * (limit + 1), level="L", version=version, mask=0).level == lower


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"text": ""}, "nothing to encode"),
        ({"text": b""}, "nothing to encode"),
        ({"text": "a" * 2332}, "has 2,332 bytes; a QR code at level M holds 2,331."),
        ({"text": "1" * 5597}, "has 5,597 digits; a QR code at level M holds 5,596."),
        ({"text": "a" * 15, "version": 1}, "has 15 bytes; a version 1 symbol at level M holds 14."),
        ({"text": "a", "version": 41}, "no QR version 41. Use 40."),
        ({"text": "a", "version": 0}, "no QR version 0. Use 1."),
        ({"text": "a", "level": "X"}, "Use L, M, Q or H."),
        ({"text": "a", "mask": 8}, "no mask 8"),
        ({"text": "\ud800"}, "half of a character"),
    ],
)
def test_what_cannot_be_encoded_is_refused_with_the_limit(options, sentence):
    with pytest.raises(Invalid) as refused:
        encode(**options)
    assert sentence in str(refused.value)


def test_what_is_remembered_stays_below_32_mb():
    """All tables of small versions, and the largest plans that are remembered at the same time."""
    remembered = (composition._small, composition._large)
    for one in remembered:
        one.cache_clear()
    tracemalloc.start()
    for version in (1, 2, 3, 4, 5, 6, 39, 40):
        for level in LEVELS:
            composition.composer(version, level)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    for one in remembered:
        one.cache_clear()
    assert held_bytes < 32e6

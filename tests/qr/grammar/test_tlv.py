import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qr import emv

from scanly.core.errors import Invalid
from scanly.qr.grammar import tlv

# Letters of two, three and four bytes, marks that combine, an emoji of several characters, and figures that
# look like heads of fields.
VALUES = st.text(
    st.sampled_from("aZ09 é最👩\u200d🍳e\u0301") | st.characters(exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=99,
)
FIELDS = st.dictionaries(st.integers(27, 62).map(str), VALUES, max_size=3)
SHOP = "00020101021129370016A000000677010111011300668999999995802TH53037646304FE29"


def test_the_checksum_of_the_nine_digits_is_29b1():
    assert tlv.crc("123456789") == emv.crc("123456789") == "29B1"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_checksum_is_that_of_a_reading_bit_by_bit(text):
    assert tlv.crc(text) == emv.crc(text)


@given(FIELDS)
def test_lengths_are_in_characters_and_no_value_can_add_a_field(fields):
    text = tlv.seal([("00", "01"), *fields.items()])
    assert dict(emv.pairs(text)) == {"00": "01", **fields, "63": text[-4:]}
    assert tlv.unseal(text) == dict(emv.pairs(text))


@given(st.integers(6, len(SHOP) - 1), st.characters(min_codepoint=32, max_codepoint=126))
def test_one_changed_character_is_always_noticed(at, char):
    changed = SHOP[:at] + char + SHOP[at + 1 :]
    if changed != SHOP:
        with pytest.raises(Invalid):
            tlv.unseal(changed)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not a payment string"),
        ("hello", "breaks off at character 1"),
        ("000201010211", "is not a payment string. It begins with 000201"),
        (SHOP[:-1], "breaks off at character 67"),
        (SHOP[:-4] + "fe29", 'has the checksum "fe29", but its characters give FE29'),
        (SHOP.replace("5802TH", "5802TH5802TH"), "has the field 58 twice"),
        (SHOP.replace("5802TH", "5803TH"), "breaks off at character"),
        (SHOP.replace("5802TH", "5800TH"), "breaks off at character"),
        (SHOP.replace("TH", "T\n"), "invisible character"),
        ("٠٠٠٢٠١6304AAAA", "breaks off at character 1"),
    ],
)
def test_what_is_wrong_is_told(text, sentence):
    with pytest.raises(Invalid) as refused:
        tlv.unseal(text)
    assert sentence in str(refused.value)


def test_a_string_has_up_to_512_characters():
    fields = [("00", "01"), *((name, "é" * 99) for name in ("80", "81", "82", "83"))]
    longest = tlv.seal([*fields, ("84", "x" * 82)])
    assert len(longest) == 512
    assert tlv.unseal(longest)
    with pytest.raises(Invalid, match=r"has 513 characters\. A payment string has at most 512"):
        tlv.unseal(tlv.seal([*fields, ("84", "x" * 83)]))


def test_an_amount_stands_before_the_fields_that_usually_follow_it():
    assert [name for name, _ in emv.pairs(tlv.with_amount(SHOP, "5"))] == [
        "00",
        "01",
        "29",
        "54",
        "58",
        "53",
        "63",
    ]
    bare = tlv.seal([("00", "01"), ("53", "764")])
    assert [name for name, _ in emv.pairs(tlv.with_amount(bare, "5"))] == ["00", "01", "53", "54", "63"]


@given(FIELDS, st.sampled_from(["11", "12", ""]), st.sampled_from(["", "7.50"]))
def test_an_amount_changes_nothing_else(fields, method, before):
    own = {name: value for name, value in fields.items() if name != "54"}
    head = [("00", "01"), ("01", method)]
    text = tlv.with_amount(tlv.seal([*head, *own.items(), ("54", before)]), "12.50")
    read = dict(emv.pairs(text))
    assert emv.crc(text[:-4]) == read.pop("63")
    assert read == {"00": "01", "01": "12", **own, "54": "12.50"}
    assert [name for name in read if name in own] == list(own)
    assert tlv.with_amount(text, "12.50") == text

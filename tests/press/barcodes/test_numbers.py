"""What people type, and what they are told about it."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from scanly.core.errors import Invalid, NotFound
from scanly.press.barcodes import BARCODES, find_barcode

LENGTHS = {"ean8": 8, "upca": 12, "ean13": 13, "itf14": 14}


@pytest.mark.parametrize("name", LENGTHS)
@given(data=st.data())
def test_a_missing_check_digit_is_added_and_every_other_one_is_refused(name, data):
    short = data.draw(st.text(string.digits, min_size=LENGTHS[name] - 1, max_size=LENGTHS[name] - 1))
    right = ean.calc_check_digit(short)
    check = BARCODES[name].check
    assert check(short + right) == short + right
    if len(short) not in (12, 13) or not ean.is_valid(short):
        assert check(short) == short + right
    wrong = data.draw(st.sampled_from([digit for digit in string.digits if digit != right]))
    with pytest.raises(Invalid, match=f"After {short} comes {right}"):
        check(short + wrong)


@pytest.mark.parametrize(
    ("name", "typed", "normal"),
    [
        ("ean13", " 4006381-333931 ", "4006381333931"),
        ("ean13", "04006381333931", "4006381333931"),
        ("ean13", "0036000291452", "0036000291452"),
        ("upca", "0036000291452", "036000291452"),
        ("upca", "00036000291452", "036000291452"),
        ("ean8", "00000096385074", "96385074"),
        ("itf14", "0 40 06381 33393 1", "04006381333931"),
        ("ean13", "9783161484100 + 51 299", "9783161484100+51299"),
        ("code128", "  SN 1  ", "SN 1"),
        ("gs1_128", "(01) 0950110153000 (10) A", "(01)09501101530003(10)A"),
    ],
)
def test_spaces_hyphens_and_zeros_of_longer_kinds_do_not_count(name, typed, normal):
    assert BARCODES[name].check(typed) == normal
    assert BARCODES[name].check(normal) == normal


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("ean13", "40O6381333931", 'has "O" at place 3'),
        ("ean13", "٤٠٠٦٣٨١٣٣٣٩٣١", "at place 1"),
        ("ean13", "40063813", "has 8 digits. Give 13, or 12 without the check digit"),
        ("ean13", "14006381333938", "has 14 digits"),
        ("ean13", "", "It is empty"),
        ("ean13", "4006381333931+1234", "has 4 digits. Add 2 digits"),
        ("ean13", "4006381333931+", "It is empty"),
        ("ean13", "4006381333931+1x", 'has "x" at place 2'),
        ("ean8", "96385074+12", 'has "+" at place 9'),
        # As typed it may be a UPC, or an EAN without its check digit: only who typed it knows.
        ("ean13", "036000291452", "Write 0036000291452 for that article, or 0360002914522 if"),
        ("itf14", "4006381333931", "whole number of 13 digits already. Write 04006381333931"),
        ("code128", "Größe", 'has "ö" at place 3'),
        ("code128", "x" * 81, "has 81 characters. 80 are the limit"),
        ("code128", "  ", "It is empty"),
        ("gs1_128", "0109501101530003", "not made of identifiers"),
        ("gs1_128", "(01)09501101530004", "After 0950110153000 comes 3"),
        ("gs1_128", "(17)2701", "There are 6 digits"),
        ("gs1_128", "(10)", "cannot stand behind (10)"),
        ("gs1_128", "(10)ä", "cannot stand behind (10)"),
        ("gs1_128", "(01)09501101530003(21)" + "1" * 31, "has 49 characters. 48 are the limit"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(name, typed, told):
    with pytest.raises(Invalid, match=re.escape(told)) as refused:
        BARCODES[name].check(typed)
    assert refused.value.problems[0].field == "barcode"
    assert refused.value.problems[0].hint


def test_an_unknown_barcode_is_answered_with_the_nearest():
    assert find_barcode("EAN-13") is BARCODES["ean13"]
    assert find_barcode("GS1 128") is BARCODES["gs1_128"]
    with pytest.raises(NotFound, match='"code128"'):
        find_barcode("code12")
    with pytest.raises(NotFound, match="There are code128, ean13"):
        find_barcode("?")

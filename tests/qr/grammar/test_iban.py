import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as judge
from stdnum.iso7064 import mod_97_10

from scanly.core.errors import Invalid
from scanly.qr.grammar.iban import LENGTHS, iban, is_qr_iban

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@st.composite
def numbers(draw, characters=LETTERS):
    country = draw(st.sampled_from(sorted(LENGTHS)))
    size = LENGTHS[country] - 4
    account = draw(st.text(characters, min_size=size, max_size=size))
    return country + mod_97_10.calc_check_digits(account + country) + account


def test_lengths_are_those_of_the_registry():
    registry = files("stdnum").joinpath("iban.dat").read_text(encoding="utf-8")
    lengths = {
        country: 4 + sum(map(int, re.findall(r"([0-9]+)!?[anc]", form)))
        for country, form in re.findall(r'^([A-Z]{2}) .*bban="(.*?)"', registry, re.MULTILINE)
    }
    assert lengths == LENGTHS


@pytest.mark.parametrize(
    "number",
    [
        "DE89 3704 0044 0532 0130 00",
        "GB82 WEST 1234 5698 7654 32",
        "CH93 0076 2011 6238 5295 7",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "FR14 2004 1010 0505 0001 3M02 606",
    ],
)
def test_numbers_of_the_registry_are_taken_as_the_judge_takes_them(number):
    assert iban(number) == iban(number.lower()) == judge.validate(number)


@given(numbers())
def test_sound_numbers_of_every_country_are_taken(number):
    assert iban(number) == number
    assert iban(" ".join(number)) == number


@given(numbers("0123456789"), st.data())
def test_one_wrong_digit_or_two_swapped_are_always_noticed(number, data):
    at = data.draw(st.integers(2, len(number) - 2))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[at]))
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    for wrong in {number[:at] + other + number[at + 1 :], swapped} - {number}:
        with pytest.raises(Invalid):
            iban(wrong)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("DE88370400440532013000", '"DE88370400440532013000" has wrong check digits.'),
        ("DE8937040044053201300", "has 21 characters without spaces. An IBAN that begins with DE has 22."),
        ("US12345678901234567890", '"US" has none'),
        ("532013000", "is not an IBAN. Write it like DE89"),
        ("DE89-3704-0044-0532-0130-00", "is not an IBAN"),
        ("DE٨٩370400440532013000", "is not an IBAN"),
    ],
)
def test_what_is_wrong_is_told(typed, sentence):
    with pytest.raises(Invalid) as refused:
        iban(typed)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("number", "is_qr"),
    [
        ("CH4431999123000889012", True),
        ("LI0030000000000000000", True),
        ("CH0029999000000000000", False),
        ("CH0032000000000000000", False),
        ("DE0030000000000000000000", False),
    ],
)
def test_a_qr_iban_is_known_by_its_institution(number, is_qr):
    assert is_qr_iban(number) == is_qr

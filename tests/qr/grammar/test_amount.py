from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.grammar.amount import decimal, emv_money, money


@pytest.mark.parametrize(
    ("typed", "two_places", "emv"),
    [
        ("120", "120.00", "120"),
        ("120.5", "120.50", "120.50"),
        ("98.73", "98.73", "98.73"),
        (" 007.10 ", "7.10", "7.10"),
        ("0.01", "0.01", "0.01"),
        ("999999999.99", "999999999.99", "999999999.99"),
    ],
)
def test_amounts_are_written_as_the_schemes_want_them(typed, two_places, emv):
    assert money(typed) == two_places
    assert emv_money(typed) == emv


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("12,50", "Write 12.50, with a dot."),
        ("1.234,50", "Write 1234.50, with a dot."),
        ("1 234,5", "Write 1234.5, with a dot."),
        ("3,705", "Write digits alone"),
        ("1,234.50", "Write digits alone"),
        ("12.", "is not an amount"),
        (".5", "is not an amount"),
        ("-5", "is not an amount"),
        ("+5", "is not an amount"),
        ("1e3", "is not an amount"),
        ("€ 5", "is not an amount"),
        ("١٢", "is not an amount"),
        ("12.345", "has 3 decimal places. There are at most 2"),
        ("12.000", "no mark between thousands"),
        ("0", "must be more than 0"),
        ("0.00", "must be more than 0"),
        ("1000000000", "at most 999999999.99"),
        ("5\n6", "is not an amount"),
    ],
)
def test_nothing_is_guessed_and_the_nearest_right_form_is_told(typed, sentence):
    with pytest.raises(Invalid) as refused:
        money(typed)
    assert sentence in str(refused.value)


def test_an_emv_amount_has_at_most_13_characters():
    assert emv_money("9999999999.99") == "9999999999.99"
    with pytest.raises(Invalid):
        emv_money("10000000000")


@given(st.decimals(min_value=Decimal("0.00000001"), max_value=21_000_000, places=8))
def test_the_value_is_never_changed(value):
    written = decimal(places=8, most="21000000")(f"{value:f}")
    assert Decimal(written) == value
    assert "e" not in written.lower()


@given(st.text(max_size=8))
def test_a_rule_gives_its_own_result_again(text):
    for rule in (money, emv_money, decimal(places=8, most="100")):
        try:
            normal = rule(text)
        except Invalid:
            continue
        assert rule(normal) == normal

from decimal import Decimal

import pytest
from babel.numbers import format_decimal, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.core.money import MOST_MINOR, Money, digits_of, read_money

# How people of many places write amounts, none of them as another one.
LOCALES = ("en_US", "en_IN", "hi_IN", "de_DE", "fr_FR", "de_CH", "pt_BR", "sv_SE", "ja_JP")
CURRENCIES = ("EUR", "INR", "USD", "GBP", "JPY", "BRL", "CHF", "SEK")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("120", "INR", 12000),
        ("₹120", "INR", 12000),
        ("₹ 1,20,000", "INR", 12_000_000),
        ("Rs. 120/-", "INR", 12000),
        ("120 inr", "INR", 12000),
        ("1,20", "EUR", 120),
        ("1.20 €", "EUR", 120),
        ("EUR 49.5", "EUR", 4950),
        ("1.200,50 €", "EUR", 120_050),
        ("1,200.50", "EUR", 120_050),
        ("1,200", "EUR", 120_000),
        ("1 200 300", "EUR", 120_030_000),
        ("1'200.05", "CHF", 120_005),
        ("0", "EUR", 0),
        ("0.05", "EUR", 5),
        ("¥1,200", "JPY", 1200),
        ("1,200.500", "KWD", 1_200_500),
        ("1200", "KWD", 1_200_000),
        ("१२०", "INR", 12000),
        ("１２０", "JPY", 120),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, currency, minor):
    assert read_money(text, currency, field="cost") == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "said"),
    [
        ("", "EUR", "is not an amount"),
        ("a lot", "EUR", "is not an amount"),
        ("-5", "EUR", "is not an amount"),
        ("(5)", "EUR", "is not an amount"),
        ("=5", "EUR", "is not an amount"),
        ("5 5 0", "EUR", "in two ways"),
        ("5%", "EUR", "not an amount in EUR"),
        ("1e5", "EUR", "not an amount"),
        ("₹120", "EUR", "not an amount in EUR"),
        ("$5", "EUR", "not an amount in EUR"),
        ("120 USD", "EUR", "not an amount in EUR"),
        ("1.200", "KWD", "in two ways"),
        ("1,23,45", "EUR", "in two ways"),
        ("1,2,3", "EUR", "in two ways"),
        ("1.2.3", "EUR", "in two ways"),
        ("12.5", "JPY", "in two ways"),
        ("1.2345", "EUR", "in two ways"),
        ("9" * 30, "EUR", "more than anything costs"),
    ],
)
def test_what_is_no_amount_of_the_currency_is_refused_with_an_example(text, currency, said):
    with pytest.raises(Invalid, match=said) as caught:
        read_money(text, currency, field="cost")
    (problem,) = caught.value.problems
    assert problem.field == "cost"
    assert problem.hint


@given(
    minor=st.integers(0, MOST_MINOR), currency=st.sampled_from(CURRENCIES), locale=st.sampled_from(LOCALES)
)
def test_what_another_library_writes_for_any_place_is_read_as_the_same_amount(minor, currency, locale):
    money = Money(minor, currency)
    written = f"{format_decimal(money.amount, locale=locale, decimal_quantization=False)} {currency}"
    assert read_money(written, currency, field="cost") == money
    assert read_money(f"{money.amount:f}", currency, field="cost") == money


@pytest.mark.parametrize(
    "currency", ["EUR", "INR", "JPY", "KWD", "BHD", "CLP", "ISK", "XOF", "TND", "CLF", "UYW", "USD"]
)
def test_currencies_have_the_digits_that_another_library_knows(currency):
    assert digits_of(currency) == get_currency_precision(currency)


def test_an_amount_is_written_with_all_its_digits():
    assert str(Money(12050, "EUR")) == "120.50 EUR"
    assert str(Money(5, "KWD")) == "0.005 KWD"
    assert Money(1200, "JPY").amount == Decimal(1200)

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sites.answers.shop import SITE

from scanly.sites.answers.model import Filled, Prepared, Refused
from scanly.sites.answers.orders import MOST_CHARACTERS, prepare
from scanly.sites.model import Block
from scanly.sites.words.language import find_language

ENGLISH = find_language("en", "IN")
BLOCK = SITE.block("order")
assert BLOCK is not None


def prepared(values: dict[str, str], block: Block = BLOCK) -> Prepared | Refused:
    return prepare(SITE, block, Filled(values), ENGLISH)


def test_an_order_is_a_message_with_its_total() -> None:
    made = prepared(
        {"n1": "2", "n2": "1", "way": "delivery", "place": "12 MG Road", "name": "Meera", "note": "Soon"}
    )
    assert isinstance(made, Prepared)
    assert made.text.split("\n") == [
        "Order for Asha Kirana",
        "2 × Milk (1 l) – ₹112",
        "1 × Bread – ₹40.50",
        "Total: ₹152.50",
        "Please deliver it – 12 MG Road",
        "Meera",
        "Soon",
    ]
    assert urlsplit(made.whatsapp).path == "/919876543210"
    assert parse_qs(urlsplit(made.whatsapp).query)["text"] == [made.text]
    assert parse_qs(urlsplit(made.sms).query)["body"] == [made.text]


def test_who_picks_an_order_up_needs_it_brought_nowhere() -> None:
    made = prepared({"n1": "2", "way": "pickup", "place": "12 MG Road"})
    assert isinstance(made, Prepared)
    assert made.text.endswith("\nI pick it up")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Please choose at least one thing."),
        ({"n1": "0"}, "Please choose at least one thing."),
        ({"n2": "2"}, "The smallest order is {amount}."),
        ({"n1": "9", "note": "x" * 1_600}, "This is too much for one message. Please send two."),
    ],
)
def test_an_order_that_cannot_be_sent_says_why(values: dict[str, str], words: str) -> None:
    made = prepared(values)
    assert isinstance(made, Refused)
    assert (made.filled.values, made.filled.wrong[""].words) == (values, words)


def test_numbers_may_be_in_any_script_and_only_the_given_ways_are_offered() -> None:
    only = Block("order", "order", {name: BLOCK.values[name] for name in ("sms", "items")})
    made = prepared({"n1": "२"}, only)
    assert isinstance(made, Prepared)
    assert "2 × Milk" in made.text
    assert (made.whatsapp, made.sms[:18]) == ("", "sms:+919876543210?")


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.decimals("0.01", "9999.99", places=2), st.integers(0, 99)), min_size=1, max_size=30)
)
def test_the_total_is_exact(items: list[tuple[Decimal, int]]) -> None:
    names = [{"name": f"Item {number}", "price": str(price)} for number, (price, _) in enumerate(items)]
    block = Block("order", "order", {"items": names, "sms": "+91 98765 43210"})
    counts = {f"n{number}": str(count) for number, (_, count) in enumerate(items, start=1)}
    total = sum((price * count for price, count in items), Decimal(0))
    made = prepared(counts, block)
    if isinstance(made, Prepared):
        assert f"Total: {ENGLISH.money(total, 'INR')}" in made.text.split("\n")
        assert len(made.text) <= MOST_CHARACTERS
    else:
        assert total == 0 or len(items) > 20

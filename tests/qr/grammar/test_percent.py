from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from scanly.qr.grammar.percent import encoded, query

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_a_value_comes_back_whether_it_is_read_as_an_address_or_as_a_form(value):
    code = encoded(value)
    assert unquote(code) == value
    assert parse_qs(f"x={code}", keep_blank_values=True) == {"x": [value]}
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")


@given(st.dictionaries(st.sampled_from(["cc", "subject", "body"]), TEXT))
def test_a_query_holds_the_values_that_there_are_and_no_others(values):
    given_values = {name: [value] for name, value in values.items() if value}
    found = query({name: encoded(value) for name, value in values.items()})
    assert parse_qs(urlsplit(f"mailto:a@b.example{found}").query) == given_values
    assert bool(found) == bool(given_values)


def test_a_space_is_never_a_plus():
    assert encoded("a b+c") == "a%20b%2Bc"

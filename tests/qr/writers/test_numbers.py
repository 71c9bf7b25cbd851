from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.qr.writers.numbers import number, numbers


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (-0.0004, "0"),
        (100.0, "100"),
        (100.00001, "100"),
        (1200, "1200"),
        (0.5, "0.5"),
        (-2.0606, "-2.061"),
    ],
)
def test_numbers_are_written_without_needless_digits(value, written):
    assert number(value) == written
    assert numbers(value, 7) == f"{written} 7"


@given(st.floats(-1e15, 1e15), st.integers(1, 8))
def test_any_number_is_a_plain_decimal_that_is_near_enough(value, digits):
    written = number(value, digits)
    assert re.fullmatch(r"0|-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", written)
    assert float(written) == pytest.approx(value, abs=10**-digits, rel=1e-15)

"""Rates and how far they can be trusted, judged by what the interval is defined as."""

from __future__ import annotations

from math import isclose, sqrt

from hypothesis import given
from hypothesis import strategies as st

from scanly.analytics.journeys.rates import rate

Z = 1.959963984540054


def test_of_nobody_there_is_no_rate():
    assert rate(0, 0) is None


def test_the_examples_of_the_literature_come_out():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    wanted = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (some, of), (low, high) in wanted.items():
        found = rate(some, of)
        assert found is not None
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 100_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_limits_are_the_rates_that_lie_just_so_far_from_what_was_seen(counted):
    some, of = counted
    found = rate(some, of)
    assert found is not None
    assert 0 <= found.low <= found.ratio <= found.high <= 1
    for limit in (found.low, found.high):
        if 0 < limit < 1:
            spread = sqrt(limit * (1 - limit) / of)
            assert isclose(abs(found.ratio - limit), Z * spread, rel_tol=1e-6, abs_tol=1e-9)

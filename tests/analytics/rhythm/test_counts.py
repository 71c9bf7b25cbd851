"""The distribution of counts, against SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import imported

from scanly.analytics.rhythm.counts import LEAST_DISPERSION, Count, incomplete_beta

stats = imported("scipy.stats")
special = imported("scipy.special")

MEANS = st.floats(0.01, 100_000)
DISPERSIONS = st.floats(LEAST_DISPERSION, 5)


def judge(count):
    size = 1 / count.dispersion
    return stats.nbinom(size, size / (size + count.mean))


@given(mean=MEANS, dispersion=DISPERSIONS, times=st.floats(0, 6))
@settings(max_examples=150, deadline=None)
def test_both_tails_are_those_of_scipy(mean, dispersion, times):
    count, number = Count(mean, dispersion), round(times * mean)
    assert count.at_most(number) == pytest.approx(judge(count).cdf(number), rel=1e-7, abs=1e-12)
    assert count.at_least(number) == pytest.approx(judge(count).sf(number - 1), rel=1e-7, abs=1e-12)


@given(mean=MEANS, dispersion=DISPERSIONS, share=st.sampled_from([0.025, 0.1, 0.5, 0.9, 0.975]))
@settings(max_examples=100, deadline=None)
def test_a_quantile_is_the_smallest_number_that_is_enough(mean, dispersion, share):
    count = Count(mean, dispersion)
    found = count.quantile(share)
    assert count.at_most(found) >= share > count.at_most(found - 1)
    assert found == pytest.approx(judge(count).ppf(share), abs=1)


@given(a=st.floats(0.1, 5_000), b=st.floats(0.1, 5_000), x=st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_the_incomplete_beta_function_is_that_of_scipy(a, b, x):
    assert incomplete_beta(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-6, abs=1e-12)


def test_tails_far_out_are_small_and_not_zero():
    assert 0 < Count(64, 0.01).at_least(1_000) < 1e-50
    assert 0 < Count(500, 0.01).at_most(0) < 1e-50


def test_of_nothing_nothing_comes():
    nothing = Count(0, 0.1)
    assert (nothing.at_most(0), nothing.at_least(0), nothing.at_least(1)) == (1, 1, 0)
    assert nothing.band(0.95) == (0, 0)


def test_the_deviation_is_that_of_scipy():
    count = Count(40, 0.2)
    assert count.deviation == pytest.approx(judge(count).std())

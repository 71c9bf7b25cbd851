"""Contrast as WCAG computes it."""

import pytest

from scanly.core.colour import contrast_ratio, luminance, rgb


def test_contrast_is_the_one_of_wcag():
    assert contrast_ratio(luminance(rgb("#000000")), luminance(rgb("#ffffff"))) == pytest.approx(21)
    assert contrast_ratio(luminance(rgb("#777777")), luminance(rgb("#ffffff"))) == pytest.approx(
        4.48, abs=0.01
    )

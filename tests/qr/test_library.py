"""The engine as a library: what its documentation shows is what happens, and importing it costs nothing."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

from scanly import qr


@pytest.mark.parametrize("function", [qr.encode, qr.draw, qr.verify], ids=lambda function: function.__name__)
def test_the_examples_of_each_function_are_true(function):
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    (example,) = finder.find(function, function.__name__, globs={})
    assert example.examples
    assert runner.run(example).failed == 0


def test_the_example_of_the_package_is_true():
    assert doctest.testmod(qr).attempted >= 3
    assert doctest.testmod(qr).failed == 0


def test_every_name_that_is_offered_is_there_and_others_are_not():
    assert all(getattr(qr, name) for name in qr.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'decode'"):
        _ = qr.decode


def test_importing_it_loads_neither_encoder_nor_renderers():
    heavy = (
        "segno",
        "zxingcpp",
        "PIL",
        "resvg_py",
        "pypdfium2",
        "uharfbuzz",
        "pathops",
        "sqlalchemy",
        "litestar",
    )
    code = f"import sys, scanly.qr; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"

import inspect

import pytest

from scanly.core import errors
from scanly.core.errors import Invalid, NotFound, Problem, ScanlyError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ScanlyError)]


def test_every_kind_has_its_own_code_and_stands_in_the_drawing():
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes) == 7
    assert all(kind.__name__ in str(errors.__doc__) for kind in KINDS)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem("target", "is missing."), "target: is missing."),
        (Problem("target", "is missing.", "Give one."), "target: is missing. Give one."),
        (Problem("target", "is missing.", where="row 24"), "row 24, target: is missing."),
        (Problem("", "The file is empty."), "The file is empty."),
    ],
)
def test_a_problem_says_where_what_and_what_to_do(problem, sentence):
    assert str(problem) == sentence


def test_an_error_is_its_sentence_and_its_hint():
    assert str(NotFound("There is no code.", hint="Look again.")) == "There is no code. Look again."
    assert str(NotFound("There is no code.")) == "There is no code."


def test_an_invalid_value_says_every_problem():
    refused = Invalid(problems=(Problem("a", "is wrong."), Problem("b", "is missing.")))
    assert str(refused) == "a: is wrong. b: is missing."
    assert Invalid.field("a", "is wrong.").problems == (Problem("a", "is wrong."),)

"""What the product says about fields that it refuses."""

import pytest

from scanly.core.errors import Invalid
from scanly.qr.payloads import build


def refusals(type_name: str, fields: dict[str, str]) -> dict[str, str]:
    """The sentence for each field that is wrong."""
    with pytest.raises(Invalid) as refused:
        build(type_name, fields)
    told = {problem.field: str(problem) for problem in refused.value.problems}
    assert all(sentence.endswith((".", "?")) for sentence in told.values())
    return told


def accepted(type_name: str, fields: dict[str, str]) -> str | None:
    """The code's text, or nothing if the fields are refused."""
    try:
        return build(type_name, fields).text()
    except Invalid:
        return None

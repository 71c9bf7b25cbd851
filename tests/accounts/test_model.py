from dataclasses import replace

import pytest

from scanly.accounts.model import Workspace, check_person, check_workspace
from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId

CAFE = Workspace(WorkspaceId(1), "Café")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "आशा किराना"},
        {"time_zone": "Asia/Kathmandu"},
        {"language": "pt-BR"},
        {"currency": "INR"},
        {"accent": "#000000", "background": "#FFFFFF"},
        {"privacy": "none"},
        {"privacy": "weekly"},
        {"privacy": "monthly"},
    ],
)
def test_a_workspace_of_its_own_kind_is_accepted(changes):
    workspace = replace(CAFE, **changes)
    assert check_workspace(workspace) is workspace


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "is empty"),
        ("name", "  ", "is empty"),
        ("name", "a\x1b[31m", "control characters"),
        ("name", "a" * 81, "80 characters"),
        ("time_zone", "Asia/Kolkatta", 'Did you mean "Asia/Kolkata"?'),
        ("time_zone", "", "is not a time zone"),
        ("time_zone", "../../etc/passwd", "is not a time zone"),
        ("time_zone", "/etc/localtime", "is not a time zone"),
        ("time_zone", "zone\0", "is not a time zone"),
        ("time_zone", "Asia", "is not a time zone"),
        ("language", "English", "en or pt-BR"),
        ("currency", "eur", "EUR or INR"),
        ("accent", "red", "#9a4b00"),
        ("accent", "#fff", "#9a4b00"),
        ("accent", "#ffeedd", "is hard to read"),
        ("background", "#12345g", "cannot be used"),
        ("privacy", "some", "Use daily, weekly, monthly or none."),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_do(field, value, said):
    with pytest.raises(Invalid) as refused:
        check_workspace(replace(CAFE, **{field: value}))
    (problem,) = refused.value.problems
    assert problem.field == field
    assert said in str(problem)
    assert problem.hint


def test_every_problem_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        check_workspace(replace(CAFE, name="", time_zone="Mars", currency="1"))
    assert [problem.field for problem in refused.value.problems] == ["name", "time_zone", "currency"]


@pytest.mark.parametrize("email", ["asha@example.com", "a.b+c@sub.example.co", "आशा@example.com"])
def test_an_address_that_can_be_written_to_is_accepted(email):
    check_person("Asha", email)


@pytest.mark.parametrize(
    "email",
    ["", "asha", "asha@", "@example.com", "a b@example.com", "a@b", "a@example.com\n", "<a@example.com>"],
)
def test_an_address_that_cannot_be_written_to_is_refused(email):
    with pytest.raises(Invalid, match="email"):
        check_person("Asha", email)

import asyncio
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import scanly
from scanly.accounts import policy
from scanly.core.actor import Actor, Role, folder_owner
from scanly.core.errors import Forbidden, NotFound
from scanly.core.ids import WorkspaceId
from scanly.work.call import Call

SOURCE = Path(scanly.__file__).parent
# Every file in which actions may be declared.
MODULES = [
    import_module("scanly." + ".".join(path.relative_to(SOURCE).with_suffix("").parts))
    for path in sorted(SOURCE.rglob("*.py"))
    if "permitted(" in path.read_text(encoding="utf-8") and path.name != "policy.py"
]
# What each role may do besides what the roles below it may.
MAY = {
    Role.VIEWER: "workspace.show person.list link.list link.show media.list media.show site.list site.show stats.show"
    " stats.watch"
    " goal.list alert.list placement.list placement.show printer.list printer.show",
    Role.EDITOR: "link.add link.edit link.remove link.restore link.check code.add media.add media.import media.remove"
    " site.publish site.unpublish site.schedule site.invite"
    " lead.list lead.show lead.edit lead.remove lead.pin"
    " goal.add goal.edit goal.remove alert.add alert.edit alert.remove"
    " placement.add placement.edit placement.remove placement.restore printer.keep printer.remove",
    Role.ADMIN: "workspace.edit person.add person.edit person.remove privacy.export privacy.erase"
    " visitor.export visitor.erase",
    Role.OWNER: "",
}
HERE, ELSEWHERE = WorkspaceId(1), WorkspaceId(2)


class Reached(Exception):
    """The action went on to its work."""


class NoDatabase:
    def __getattr__(self, _):
        raise Reached


def outcome(action: str, who: Actor, workspace_id: WorkspaceId) -> str:
    """What happens when somebody calls an action: what it would work on is not there."""
    function = policy.actions[action]
    call = Call(who, 1, NoDatabase(), lambda: 1)
    needed = [
        parameter
        for name, parameter in list(inspect.signature(function).parameters.items())[2:]
        if parameter.default is parameter.empty
    ]
    positional = [None for parameter in needed if parameter.kind is not parameter.KEYWORD_ONLY]
    named = {parameter.name: None for parameter in needed if parameter.kind is parameter.KEYWORD_ONLY}
    try:
        asyncio.run(function(call, workspace_id, *positional, **named))
    except Forbidden:
        return "forbidden"
    except NotFound:
        return "not found"
    except Exception:
        return "allowed"
    return "allowed"


@pytest.mark.parametrize("action", sorted(policy.TABLE))
@pytest.mark.parametrize("role", Role)
def test_an_action_is_open_to_exactly_the_roles_of_the_table(action, role):
    roles = list(Role)
    enough = roles.index(role) <= roles.index(policy.TABLE[action])
    assert outcome(action, Actor(role, HERE), HERE) == ("allowed" if enough else "forbidden")
    assert outcome(action, Actor(role, HERE), ELSEWHERE) == "not found"


@pytest.mark.parametrize("action", sorted(policy.TABLE))
def test_the_owner_of_the_data_folder_may_do_everything_everywhere(action):
    assert {outcome(action, folder_owner(), place) for place in (HERE, ELSEWHERE)} == {"allowed"}


def test_the_table_is_what_was_agreed_and_names_every_action():
    assert {action: role for role, actions in MAY.items() for action in actions.split()} == policy.TABLE
    assert set(policy.actions) == set(policy.TABLE)


def test_every_way_in_asks_the_policy():
    found = {
        f"{module.__name__}.{name}": function
        for module in MODULES
        if module.__name__.endswith((".actions", ".changes"))
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if not name.startswith("_") and function.__module__ == module.__name__
    }
    assert len(found) >= 15
    unasked = [
        name
        for name, function in found.items()
        if not hasattr(function, "__wrapped__")
        and "permit_folder(call.who)" not in inspect.getsource(function)
    ]
    assert unasked == []


@pytest.mark.parametrize(
    "who", [Actor(Role.OWNER, HERE), Actor(Role.ADMIN, None), Actor(Role.VIEWER, HERE)], ids=str
)
def test_the_installation_is_its_owner_s_alone(who):
    with pytest.raises(Forbidden, match="Only the owner of the installation"):
        policy.permit_folder(who)


def test_a_refusal_says_whom_to_ask():
    with pytest.raises(Forbidden, match=r"A viewer may not do this\. Ask somebody who is editor or above\."):
        policy.permit(Actor(Role.VIEWER, HERE), "link.add", HERE)

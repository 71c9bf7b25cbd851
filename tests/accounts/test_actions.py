from dataclasses import replace

import pytest

from scanly.accounts import actions, store
from scanly.core.actor import Actor, Role
from scanly.core.errors import Conflict, Forbidden, Invalid, NotFound

ASHA = "asha@example.com"
BEN = "ben@example.com"


def test_the_first_workspace_is_made_and_later_ones_must_be_named(either):
    async def work(app):
        call = app.call()
        first = await actions.choose_workspace(call, None)
        again = await actions.choose_workspace(call, None)
        with pytest.raises(NotFound, match='Did you mean "My workspace"'):
            await actions.choose_workspace(call, "My workspce")
        cafe = await actions.add_workspace(call, "Élan Café", {"time_zone": "Asia/Kolkata"})
        with pytest.raises(Invalid, match='There are several workspaces: "My workspace", "Élan Café"'):
            await actions.choose_workspace(call, None)
        chosen = [await actions.choose_workspace(call, name) for name in ("Élan Café", "élan CAFÉ")]
        return first, again, cafe, chosen, await actions.list_workspaces(call)

    first, again, cafe, chosen, known = either.run(work)
    assert first == again
    assert first.name == "My workspace"
    assert chosen == [cafe, cafe]
    assert known == [first, cafe]
    assert cafe.time_zone == "Asia/Kolkata"


def test_a_name_is_taken_whatever_its_case(either):
    async def work(app):
        call = app.call()
        await actions.add_workspace(call, "Élan", {})
        other = await actions.add_workspace(call, "Window", {})
        for name in ("Élan", "élan", "ÉLAN"):
            with pytest.raises(Conflict, match=f'There is a workspace named "{name}" already'):
                await actions.add_workspace(call, name, {})
            with pytest.raises(Conflict, match="already"):
                await actions.edit_workspace(call, other.id, {"name": name})
        renamed = await actions.edit_workspace(call, other.id, {"name": "WINDOW"})
        return other, renamed, await actions.show_workspace(call, other.id)

    other, renamed, shown = either.run(work)
    assert shown == renamed == replace(other, name="WINDOW")


@pytest.mark.parametrize(
    "changes", [{"id": "5"}, {"created_ms": "5"}, {"colour": "red"}, {"privacy": "some"}]
)
def test_what_cannot_be_changed_is_refused_before_anything_is(installation, changes):
    async def work(app):
        cafe = await actions.choose_workspace(app.call(), None)
        with pytest.raises(Invalid, match=next(iter(changes))):
            await actions.edit_workspace(app.call(), cafe.id, {"name": "Other"} | changes)
        return cafe, await actions.show_workspace(app.call(), cafe.id)

    before, after = installation.run(work)
    assert before == after


def test_people_of_one_workspace_are_not_seen_in_another(either):
    async def work(app):
        call = app.call()
        here = await actions.add_workspace(call, "Here", {})
        there = await actions.add_workspace(call, "There", {})
        await actions.add_person(call, here.id, name=" Asha ", email="Asha@Example.com", role=Role.OWNER)
        await actions.add_person(call, there.id, name="Asha", email=ASHA, role=Role.VIEWER)
        with pytest.raises(Conflict, match="in this workspace already"):
            await actions.add_person(call, here.id, name="Asha", email="ASHA@example.com", role=Role.VIEWER)
        with pytest.raises(NotFound, match=r'Did you mean "asha@example\.com"'):
            await actions.edit_person(call, here.id, email="asho@example.com", role=Role.VIEWER)
        async with app.main.write() as connection:
            assert not await store.remove_member(connection, there.id, BEN)
        await actions.remove_person(call, there.id, email=ASHA)
        return [
            [(one.name, one.email, one.role) for one in await actions.list_people(call, place.id)]
            for place in (here, there)
        ]

    assert either.run(work) == [[("Asha", ASHA, Role.OWNER)], []]


def test_the_last_owner_stays(either):
    async def work(app):
        call = app.call()
        cafe = await actions.choose_workspace(call, None)
        for email, role in ((ASHA, Role.OWNER), (BEN, Role.ADMIN)):
            await actions.add_person(call, cafe.id, name=email, email=email, role=role)
        for email in (ASHA, ASHA.upper()):
            with pytest.raises(Conflict, match="is the only owner"):
                await actions.remove_person(call, cafe.id, email=email)
            with pytest.raises(Conflict, match="is the only owner"):
                await actions.edit_person(call, cafe.id, email=email, role=Role.EDITOR)
        await actions.edit_person(call, cafe.id, email=ASHA, role=Role.OWNER)
        await actions.edit_person(call, cafe.id, email=BEN, role=Role.OWNER)
        await actions.remove_person(call, cafe.id, email=ASHA)
        return [(one.email, one.role) for one in await actions.list_people(call, cafe.id)]

    assert either.run(work) == [(BEN, Role.OWNER)]


def test_nobody_gives_or_takes_a_role_above_their_own(installation):
    async def work(app):
        cafe = await actions.choose_workspace(app.call(), None)
        for email in (ASHA, BEN):
            await actions.add_person(app.call(), cafe.id, name=email, email=email, role=Role.OWNER)
        admin = app.call(Actor(Role.ADMIN, cafe.id))
        refused = "An owner is made, changed and removed only by an owner"
        with pytest.raises(Forbidden, match=refused):
            await actions.add_person(admin, cafe.id, name="Dev", email="dev@example.com", role=Role.OWNER)
        await actions.add_person(admin, cafe.id, name="Dev", email="dev@example.com", role=Role.ADMIN)
        with pytest.raises(Forbidden, match=refused):
            await actions.edit_person(admin, cafe.id, email="dev@example.com", role=Role.OWNER)
        with pytest.raises(Forbidden, match=refused):
            await actions.edit_person(admin, cafe.id, email=ASHA, role=Role.VIEWER)
        with pytest.raises(Forbidden, match=refused):
            await actions.remove_person(admin, cafe.id, email=BEN)
        return [one.role for one in await actions.list_people(admin, cafe.id)]

    assert sorted(installation.run(work)) == ["admin", "owner", "owner"]

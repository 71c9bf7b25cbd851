import asyncio

import pytest
from tests.sites.test_reading import INDIA, KIRANA

from scanly.accounts.actions import add_workspace, choose_workspace
from scanly.core.errors import Conflict, Invalid, NotFound
from scanly.sites import actions
from scanly.sites.actions import Order
from scanly.sites.blocks import block_macro
from scanly.sites.live.store import find_live_anywhere
from scanly.sites.reading import read_site
from scanly.work.store import facts_anywhere

HERE = {"host": "", "slug": "asha-kirana"}
HOUR_MS = 3_600_000


def order(text: str = KIRANA, **facts) -> Order:
    return Order(read_site(text, INDIA), text, **facts)


NEWER = KIRANA.replace("price: 120", "price: 125")


async def workspace(app):
    return (await choose_workspace(app.call(), None)).id


async def live_price(app, now_ms: int | None = None) -> str | None:
    """What rice costs on the page that visitors see."""
    async with app.main.read() as connection:
        live = await find_live_anywhere(connection, "", "asha-kirana", now_ms or app.clock())
    if live is None or live.release_id is None:
        return None
    shown = await actions.show_site(app.call(), await workspace(app), **HERE)
    release = shown.release
    return release.site.blocks[3].values["items"][0]["price"] if release else None


def test_publish_roll_back_and_take_off_are_what_visitors_see_and_the_history_knows(either):
    async def work(app):
        mine = await workspace(app)
        first = await actions.publish(app.call(), mine, order())
        assert await live_price(app) == "120"
        second = await actions.publish(app.call(), mine, order(NEWER))
        assert await live_price(app) == "125"
        await actions.roll_back(app.call(), mine, **HERE)
        assert await live_price(app) == "120"
        await actions.roll_back(app.call(), mine, **HERE, to=second.release.hash[:6])
        assert await live_price(app) == "125"
        await actions.unpublish(app.call(), mine, **HERE)
        assert await live_price(app) is None
        past = await actions.history(app.call(), mine, **HERE)
        assert [(each.what, each.hash) for each in past] == [
            ("unpublish", ""),
            ("rollback", second.release.hash),
            ("rollback", first.release.hash),
            ("publish", second.release.hash),
            ("publish", first.release.hash),
        ]
        assert [fact.event for fact in await facts(app)] == ["site.published"] * 4 + ["site.unpublished"]

    either.run(work)


async def facts(app):
    async with app.main.read() as connection:
        return await facts_anywhere(connection, "test", 99)


def test_the_same_page_is_the_same_release(either):
    async def work(app):
        mine = await workspace(app)
        one = await actions.publish(app.call(), mine, order())
        again = await actions.publish(app.call(), mine, order("# a note\n" + KIRANA))
        assert (again.release.id, again.release.hash) == (one.release.id, one.release.hash)

    either.run(work)


def test_a_planned_release_takes_the_place_of_the_other_at_its_moment(either):
    async def work(app):
        mine = await workspace(app)
        await actions.publish(app.call(), mine, order())
        at_ms = app.clock() + HOUR_MS
        planned = await actions.schedule(app.call(), mine, order(NEWER), at_ms)
        await actions.unpublish(app.call(), mine, **HERE, at_ms=at_ms + HOUR_MS)
        assert [plan.at_ms for plan in planned.plans] == [at_ms]
        assert await live_price(app) == "120"
        async with app.main.read() as connection:
            before, during, after = [
                await find_live_anywhere(connection, "", "asha-kirana", at_ms + shift)
                for shift in (-1, 0, HOUR_MS)
            ]
        assert (before.until_ms, during.until_ms, after.until_ms) == (at_ms, at_ms + HOUR_MS, None)
        assert before.release_id != during.release_id == planned.plans[0].release_id
        assert after.release_id is None
        with pytest.raises(Invalid, match="in the past"):
            await actions.schedule(app.call(), mine, order(), app.clock())
        assert await actions.drop_plans(app.call(), mine, **HERE) == 2

    either.run(work)


def test_a_plan_that_is_due_is_in_the_history_and_is_where_a_rollback_goes_back_from(installation):
    async def before(app):
        mine = await workspace(app)
        await actions.publish(app.call(), mine, order())
        await actions.schedule(app.call(), mine, order(NEWER), app.clock() + HOUR_MS)

    async def after(app):
        mine = await workspace(app)
        assert await live_price(app) == "125"
        past = await actions.history(app.call(), mine, **HERE)
        assert [each.what for each in past] == ["publish as planned", "publish"]
        await actions.roll_back(app.call(), mine, **HERE)
        assert await live_price(app) == "120"
        assert [each.what for each in await actions.history(app.call(), mine, **HERE)] == [
            "rollback",
            "publish as planned",
            "publish",
        ]

    from dataclasses import replace

    installation.run(before)
    replace(installation, now_ms=installation.now_ms + 2 * HOUR_MS).run(after)


def test_an_address_belongs_to_one_workspace_and_nobody_sees_another_s(either):
    async def work(app):
        mine = await workspace(app)
        other = (await add_workspace(app.call(), "Other", {})).id
        await actions.publish(app.call(), mine, order())
        with pytest.raises(Conflict, match="is taken on this host"):
            await actions.publish(app.call(), other, order())
        for act in (actions.show_site, actions.history, actions.unpublish, actions.roll_back):
            with pytest.raises(NotFound):
                await act(app.call(), other, **HERE)
        assert await actions.list_sites(app.call(), other) == []
        await actions.publish(app.call(), other, order(host="other.example.com"))
        assert len(await actions.list_sites(app.call(), other)) == 1

    either.run(work)


def test_a_host_has_one_front(either):
    async def work(app):
        mine = await workspace(app)
        other = (await add_workspace(app.call(), "Other", {})).id
        host = "shop.example.com"
        await actions.publish(app.call(), mine, order(host=host, front=True))
        second = KIRANA.replace("asha-kirana", "asha-two")
        await actions.publish(app.call(), mine, order(second, host="SHOP.example.com.", front=True))
        fronts = {each.site.slug: each.site.front for each in await actions.list_sites(app.call(), mine)}
        assert fronts == {"asha-kirana": False, "asha-two": True}
        with pytest.raises(Conflict, match="another workspace"):
            await actions.publish(
                app.call(), other, order(KIRANA.replace("asha-kirana", "x"), host=host, front=True)
            )
        with pytest.raises(Invalid, match="--host"):
            await actions.publish(app.call(), mine, order(front=True))

    either.run(work)


def test_a_page_that_cannot_be_drawn_never_takes_the_place_of_one_that_can(installation, monkeypatch):
    async def work(app):
        mine = await workspace(app)
        await actions.publish(app.call(), mine, order())

        def fail(*_):
            raise Invalid("It cannot be drawn.")

        monkeypatch.setattr(actions, "render", fail)
        with pytest.raises(Invalid, match="cannot be drawn"):
            await actions.publish(app.call(), mine, order(NEWER))
        assert await live_price(app) == "120"

    installation.run(work)


def test_two_publish_at_once_and_both_are_in_the_history(either):
    async def work(app):
        mine = await workspace(app)
        texts = [KIRANA.replace("price: 120", f"price: {price}") for price in range(100, 110)]
        await asyncio.gather(*(actions.publish(app.call(), mine, order(text)) for text in texts))
        past = await actions.history(app.call(), mine, **HERE)
        assert len({each.hash for each in past}) == 10
        assert (await actions.show_site(app.call(), mine, **HERE)).release.hash == past[0].hash

    either.run(work)


def test_guests_are_invited_by_name_and_only_a_hash_is_kept(either):
    async def work(app):
        mine = await workspace(app)
        await actions.publish(app.call(), mine, order(KIRANA + "invited: yes\n"))
        token = await actions.invite(app.call(), mine, **HERE, name="Acme", expires_ms=app.clock() + HOUR_MS)
        async with app.main.read() as connection:
            live = await find_live_anywhere(connection, "", "asha-kirana", app.clock())
        assert live.guests_only
        assert live.invited(token, app.clock()).name == "Acme"
        assert live.invited(token, app.clock() + HOUR_MS) is None
        assert live.invited("x" * 22, app.clock()) is None
        assert token not in str(live)
        assert [guest.name for guest in await actions.list_guests(app.call(), mine, **HERE)] == ["Acme"]
        with pytest.raises(NotFound, match='Did you mean "Acme"'):
            await actions.uninvite(app.call(), mine, **HERE, name="Acne")
        await actions.uninvite(app.call(), mine, **HERE, name="Acme")
        assert await actions.list_guests(app.call(), mine, **HERE) == []
        for name, expires_ms in (("", None), ("x" * 81, None), ("A\u202eB", None), ("A", 1)):
            with pytest.raises(Invalid):
                await actions.invite(app.call(), mine, **HERE, name=name, expires_ms=expires_ms)

    either.run(work)


def test_what_there_is_not_is_said_with_the_nearest_name(installation):
    async def work(app):
        mine = await workspace(app)
        await actions.publish(app.call(), mine, order())
        with pytest.raises(NotFound, match='Did you mean "asha-kirana"'):
            await actions.show_site(app.call(), mine, host="", slug="asha-kirna")
        with pytest.raises(NotFound, match="no earlier release"):
            await actions.roll_back(app.call(), mine, **HERE)
        with pytest.raises(NotFound, match="No release"):
            await actions.roll_back(app.call(), mine, **HERE, to="ffff0000")

    installation.run(work)


def test_a_page_is_drawn_before_it_is_live_with_what_it_shows_at_other_times(installation, monkeypatch):
    def broken(*_):
        raise Invalid("It cannot be drawn.")

    draws = "scanly.sites.render.block_macro"
    monkeypatch.setattr(draws, lambda name: broken if name == "pay-me" else block_macro(name))
    later = KIRANA.replace("{upi: asha@upi,", "{show: {from: 2090-01-01}, upi: asha@upi,")

    async def work(app):
        with pytest.raises(Invalid, match="cannot be drawn"):
            await actions.publish(app.call(), await workspace(app), order(later))

    installation.run(work)

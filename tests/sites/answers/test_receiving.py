import asyncio
from collections import Counter
from dataclasses import replace

from tests.conftest import NOW_MS
from tests.sites.answers.shop import Shop

from scanly.app import App
from scanly.core.ids import WorkspaceId
from scanly.sites.answers import store
from scanly.sites.answers.model import (
    SAME_MS,
    Answer,
    Booked,
    Claimed,
    Over,
    Refused,
    Reply,
    Sender,
    Started,
    Thanks,
)
from scanly.sites.answers.receiving import receive
from scanly.sites.answers.slots import free
from scanly.sites.model import Block, State
from scanly.work import store as outbox

ASKED = {"name": "Meera", "message": "Do you have rice?", "consent": "yes"}
BOOKED = {"name": "Meera", "phone": "+91 98765 43210", "consent": "yes"}


def sender(number: int = 0) -> Sender:
    return Sender(b"%032d" % number, "en")


async def send(
    app: App, shop: Shop, block: str, given: dict[str, str], *, by: int = 0, later_ms: int = 0
) -> Reply:
    call = replace(app.call(), now_ms=NOW_MS + later_ms)
    return await receive(call, shop.published.workspace_id, shop.form(block), given, sender(by))


async def inbox(app: App, shop: Shop) -> list[Answer]:
    async with app.main.read() as connection:
        leads = await store.list_leads(connection, shop.published.workspace_id, store.Wanted())
    return [lead.answer for lead in leads]


async def state(app: App, shop: Shop) -> State:
    async with app.main.read() as connection:
        return await store.read_state(connection, shop.published.workspace_id, shop.published.id)


def slot(shop: Shop, number: int = 0) -> str:
    form = shop.form("ask-for-a-time")
    assert form.timetable is not None
    starts = [start for day in free(form.timetable, NOW_MS, form.page.zone, {}) for start in day.starts_ms]
    return str(starts[number])


def test_a_question_is_kept_with_what_was_agreed_to_and_told_to_others(shop: Shop) -> None:
    async def work(app: App) -> None:
        assert await send(app, shop, "question", ASKED) == Thanks()
        (answer,) = await inbox(app, shop)
        assert answer.fields == {"name": "Meera", "message": "Do you have rice?"}
        assert answer.consent == "You may use what I write here to answer me."
        assert (answer.release, answer.status, answer.created_ms) == (shop.published.hash, "new", NOW_MS)
        async with app.main.read() as connection:
            facts = await outbox.facts_anywhere(connection, "test", 100)
        (fact,) = [fact for fact in facts if fact.event == "lead.added"]
        assert fact.payload == {
            "answer_id": answer.id,
            "site_id": shop.published.id,
            "block": "question",
            "type": "question",
        }
        assert "Meera" not in str(fact)

    shop.run(work)


def test_the_same_sent_twice_within_ten_minutes_is_one_answer(shop: Shop) -> None:
    async def work(app: App) -> None:
        both = [send(app, shop, "question", ASKED) for _ in range(5)]
        replies = await asyncio.gather(*both)
        assert set(replies) == {Thanks()}
        assert sorted(reply.again for reply in replies if isinstance(reply, Thanks)) == [False, *[True] * 4]
        assert len(await inbox(app, shop)) == 1
        await send(app, shop, "question", ASKED, by=1)
        await send(app, shop, "question", ASKED | {"message": "And dal?"})
        assert len(await inbox(app, shop)) == 3
        await send(app, shop, "question", ASKED, later_ms=SAME_MS)
        assert len(await inbox(app, shop)) == 4

    shop.run(work)


def test_what_is_wrong_keeps_nothing(shop: Shop) -> None:
    async def work(app: App) -> None:
        reply = await send(app, shop, "question", {"name": "Meera"})
        assert isinstance(reply, Refused)
        assert set(reply.filled.wrong) == {"message", "consent"}
        assert await inbox(app, shop) == []

    shop.run(work)


def test_fifty_who_want_the_same_two_seats_get_two(shop: Shop) -> None:
    async def work(app: App) -> None:
        wanted = BOOKED | {"slot": slot(shop)}
        posts = [send(app, shop, "ask-for-a-time", wanted, by=number) for number in range(50)]
        replies = await asyncio.gather(*posts)
        assert Counter(type(reply) for reply in replies) == {Booked: 2, Refused: 48}
        assert all(reply.taken for reply in replies if isinstance(reply, Refused))
        assert len(await inbox(app, shop)) == 2
        assert (await state(app, shop)).taken == {"ask-for-a-time": {int(slot(shop)): 2}}
        assert {answer.slot_ms for answer in await inbox(app, shop)} == {int(slot(shop))}

    shop.run(work)


def test_a_booking_is_shown_again_to_whom_it_belongs(shop: Shop) -> None:
    async def work(app: App) -> None:
        wanted = BOOKED | {"slot": slot(shop, 3)}
        first = await send(app, shop, "ask-for-a-time", wanted)
        again = await send(app, shop, "ask-for-a-time", wanted)
        assert isinstance(first, Booked)
        assert first == again
        its, workspace_id = shop.form("ask-for-a-time").its, shop.published.workspace_id
        async with app.main.read() as connection:
            found = await store.get_booking(connection, workspace_id, its, first.token)
            nobody = await store.get_booking(connection, workspace_id, its, "0" * 32)
        assert found is not None
        assert found.slot_ms == int(wanted["slot"])
        assert nobody is None

    shop.run(work)


def test_what_the_timetable_does_not_have_cannot_be_booked(shop: Shop) -> None:
    async def work(app: App) -> None:
        for made_up in (str(NOW_MS), str(int(slot(shop)) + 60_000), "0", "999999999999999"):
            reply = await send(app, shop, "ask-for-a-time", BOOKED | {"slot": made_up})
            assert isinstance(reply, Refused)
            assert reply.taken
        assert await inbox(app, shop) == []

    shop.run(work)


def test_a_removed_booking_frees_its_seat_and_the_page_is_made_again(shop: Shop) -> None:
    async def work(app: App) -> None:
        wanted, workspace_id = BOOKED | {"slot": slot(shop)}, shop.published.workspace_id
        before = await _state_number(app, shop)
        for number in range(2):
            assert isinstance(await send(app, shop, "ask-for-a-time", wanted, by=number), Booked)
        assert await _state_number(app, shop) == before + 2
        async with app.main.write() as connection:
            leads = await store.list_leads(connection, workspace_id, store.Wanted())
            await store.remove_leads(connection, workspace_id, leads[:1])
        assert await _state_number(app, shop) == before + 3
        assert isinstance(await send(app, shop, "ask-for-a-time", wanted, by=2), Booked)

    shop.run(work)


async def _state_number(app: App, shop: Shop) -> int:
    from scanly.sites.store import list_sites

    async with app.main.read() as connection:
        return (await list_sites(connection, shop.published.workspace_id))[0].state


def test_five_hundred_who_want_one_of_ten_coupons_get_exactly_ten(shop: Shop) -> None:
    async def work(app: App) -> None:
        before = await _state_number(app, shop)
        replies = await asyncio.gather(*(send(app, shop, "offer", {}, by=number) for number in range(500)))
        assert await _state_number(app, shop) == before + 10
        assert Counter(type(reply) for reply in replies) == {Claimed: 10, Over: 490}
        assert (await state(app, shop)).claimed == {"offer": 10}
        its, workspace_id = shop.form("offer").its, shop.published.workspace_id
        tokens = [reply.token for reply in replies if isinstance(reply, Claimed)]
        async with app.main.read() as connection:
            given = [await store.get_coupon(connection, workspace_id, its, token) for token in tokens]
        assert sorted(coupon.number for coupon in given if coupon) == list(range(1, 11))

    shop.run(work)


def test_who_asks_for_a_coupon_again_gets_the_same(shop: Shop) -> None:
    async def work(app: App) -> None:
        first = await send(app, shop, "offer", {})
        assert await send(app, shop, "offer", {}, later_ms=3_600_000) == first
        assert (await state(app, shop)).claimed == {"offer": 1}

    shop.run(work)


def test_an_offer_that_has_ended_gives_nothing_out(shop: Shop) -> None:
    async def work(app: App) -> None:
        form = shop.form("offer")
        for values in ({"ends": "2026-11-22"}, {"supply": None}):
            ended = replace(form, block=Block("offer", "offer", form.block.values | values))
            reply = await receive(app.call(), shop.published.workspace_id, ended, {}, sender())
            assert reply == Over()
        today = replace(form, block=Block("offer", "offer", form.block.values | {"ends": "2026-11-23"}))
        assert isinstance(
            await receive(app.call(), shop.published.workspace_id, today, {}, sender()), Claimed
        )

    shop.run(work)


def test_every_card_is_another_and_none_is_kept_before_its_first_stamp(shop: Shop) -> None:
    async def work(app: App) -> None:
        cards = [await send(app, shop, "loyalty", {}) for _ in range(20)]
        assert len({card.token for card in cards if isinstance(card, Started)}) == 20

    shop.run(work)


def test_nothing_of_one_workspace_is_seen_or_changed_from_another(shop: Shop) -> None:
    async def work(app: App) -> None:
        other, its = WorkspaceId(shop.published.workspace_id + 1), shop.form("ask-for-a-time").its
        booked = await send(app, shop, "ask-for-a-time", BOOKED | {"slot": slot(shop)})
        assert isinstance(booked, Booked)
        answers = await inbox(app, shop)
        ids = [answer.id for answer in answers]
        async with app.main.write() as connection:
            assert await store.list_leads(connection, other, store.Wanted()) == []
            assert await store.get_leads(connection, other, ids) == []
            assert await store.get_booking(connection, other, its, booked.token) is None
            assert await store.read_state(connection, other, shop.published.id) == State()
            await store.set_status(connection, other, ids, "spam")
            mine = await store.get_leads(connection, shop.published.workspace_id, ids)
            await store.remove_leads(connection, other, mine)
        assert await inbox(app, shop) == answers

    shop.run(work)

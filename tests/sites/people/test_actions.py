"""Everything that is kept of a person is given out, and then it is gone, from the files, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Installation
from tests.sites.answers.shop import Shop, opened

from scanly.core.actor import folder_owner
from scanly.core.secrets import kept
from scanly.db.erasing import settle
from scanly.sites import store as sites
from scanly.sites.answers import store as answers
from scanly.sites.answers.model import Sender
from scanly.sites.answers.receiving import receive
from scanly.sites.answers.slots import free
from scanly.sites.model import Guest
from scanly.sites.people.actions import erase_person, find_person
from scanly.work import store as outbox

RAVI = "ravi.private@example.com"
SECRET = "Ravindranath"
CARD = "card-of-ravindranath"


@pytest.fixture
def shop(either: Installation) -> Shop:
    """Ravi asked, booked, is invited and has a coupon and a card; Meera asked, too."""
    made = opened(either)

    async def work(app: Any) -> None:
        mine = made.published.workspace_id
        form = made.form("ask-for-a-time")
        slot = free(form.timetable, either.now_ms, form.page.zone, {})[0].starts_ms[0]
        sent = [
            ("question", {"name": SECRET, "message": f"Write to {RAVI}", "consent": "yes"}),
            ("ask-for-a-time", {"name": SECRET, "phone": "98765 43210", "consent": "yes", "slot": str(slot)}),
            ("question", {"name": "Meera", "message": "Are you open?", "consent": "yes"}),
        ]
        for block, given in sent:
            await receive(app.call(), mine, made.form(block), given, Sender(b"x", "en"))
        async with app.main.write() as connection:
            guest = Guest(5, f"{SECRET} P.", None, either.now_ms)
            await sites.invite(connection, mine, made.published.id, guest, kept("t"))
            its = answers.Form(made.published.id, "offer")
            assert await answers.claim_coupon(connection, mine, its, answers.Claim(CARD, 10, either.now_ms))
            stamping = answers.Stamping(10, 0, either.now_ms)
            assert await answers.stamp_card(connection, mine, its, CARD, stamping)

    made.run(work)
    return made


def holding(folder: Path, word: str) -> list[str]:
    return [path.name for path in folder.glob("scanly.db*") if word.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("by", "value", "found"),
    [
        ("text", SECRET, (2, 1, 0)),
        ("email", RAVI, (1, 0, 0)),
        ("phone", "+91 9876543210", (1, 0, 0)),
        ("text", CARD, (0, 0, 2)),
        ("text", "Nobody at all", (0, 0, 0)),
    ],
)
def test_what_is_kept_is_found_and_then_gone(shop: Shop, by: Any, value: str, found: Any) -> None:
    async def work(app: Any) -> None:
        mine = shop.published.workspace_id
        before = await find_person(app.call(), mine, by, value)
        assert (len(before.leads), len(before.invited), len(before.gifts)) == found
        assert await erase_person(app.call(), mine, by, value) == before
        after = await find_person(app.call(), mine, by, value)
        assert after.number == 0
        meera = await find_person(app.call(), mine, "text", "Meera")
        assert meera.number == 1, "others stay"
        async with app.main.read() as connection:
            facts = [
                fact for fact in await outbox.facts_anywhere(connection, "t", 100) if "erased" in fact.event
            ]
        assert len(facts) == (1 if any(found) else 0)
        assert all(value not in str(fact) for fact in facts)

    shop.run(work)


def test_nothing_of_it_is_left_in_the_files(shop: Shop, either: Installation) -> None:
    if either.settings.database_url:
        pytest.skip("PostgreSQL overwrites at its next vacuum")
    folder = either.folder.root

    async def work(app: Any) -> None:
        assert holding(folder, SECRET)
        await erase_person(app.call(), shop.published.workspace_id, "text", SECRET)
        assert await settle(app.main)
        assert holding(folder, SECRET) == [] == holding(folder, RAVI)
        assert holding(folder, "Meera")

    shop.run(work)


def test_a_booked_time_is_free_again_and_a_workspace_sees_only_its_own(shop: Shop) -> None:
    async def work(app: Any) -> None:
        mine = shop.published.workspace_id
        call = app.call(folder_owner())
        other = await find_person(call, mine + 1, "text", SECRET)
        assert other.number == 0 and (await erase_person(call, mine + 1, "text", SECRET)).number == 0
        async with app.main.read() as connection:
            assert (await answers.read_state(connection, mine, shop.published.id)).taken
        await erase_person(call, mine, "text", SECRET)
        async with app.main.read() as connection:
            assert not (await answers.read_state(connection, mine, shop.published.id)).taken

    shop.run(work)

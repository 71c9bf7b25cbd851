"""A salon with a page on two releases, and one of everything that visitors can leave on it."""

from __future__ import annotations

import io
import secrets
from typing import Any

from PIL import Image
from tests.ops.conftest import DAY, NOW_MS, PHONE

from scanly.accounts.actions import add_workspace
from scanly.accounts.store import list_workspaces_anywhere
from scanly.app import App
from scanly.core.ids import AnswerId, WorkspaceId
from scanly.media.actions import keep
from scanly.media.model import Picture
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan
from scanly.sites import actions
from scanly.sites.actions import Order
from scanly.sites.answers import actions as leads
from scanly.sites.answers import store
from scanly.sites.answers.model import Answer, Stamping
from scanly.sites.reading import Defaults, read_site

SLOT_MS = 1_795_500_000_000
SALON = """
site: salon
title: {{en: Salon Rani, hi: सैलून रानी}}
languages: [en, hi]
time_zone: Asia/Kolkata
currency: INR
corners: 0
blocks:
  - name-board: {{name: "{name}", cover: {{file: front.png, decorative: true}}}}
  - ask-for-a-time:
      slots: {{mon-sun: "09:00-18:00", every: 30 minutes, seats: 2}}
  - offer: {{headline: Diwali, code: DIWALI, supply: 3}}
  - loyalty: {{stamps: 8, reward: A free cut}}
"""


async def workspace_of(app: App, name: str = "Rani") -> WorkspaceId:
    async with app.main.read() as connection:
        known = {each.name: each.id for each in await list_workspaces_anywhere(connection)}
    return known[name] if name in known else (await add_workspace(app.call(), name, {})).id


async def visit(app: App) -> None:
    """Twelve views by three people and a robot on three days, and five clicks."""
    mine = await workspace_of(app)
    (shown,) = await actions.list_sites(app.call(), mine)
    journal = Journal(app.folder.journal, app.node, lambda: NOW_MS)
    for number in range(12):
        agent = "curl/8.5.0" if number % 4 == 3 else PHONE
        seen = (app.make_id(), shown.site.id, mine, DAY - number % 3, Outcome.VIEW, 0, 1 + number % 4)
        part = "Meera" if number == 0 else ""
        assert journal.append(Scan(*seen, "IN", "Pune", agent, "hi-in", part=part))
        if number < 5:
            done = (app.make_id(), shown.site.id, mine, DAY - number % 3, Outcome.CLICK, 0, 1 + number % 4)
            assert journal.append(Scan(*done, "IN", "Pune", agent, part=f"links/{number % 2}"))
    journal.close()


async def furnish(app: App) -> None:
    """A salon on two releases, with a plan, a guest, and one of everything that visitors can leave."""
    mine = await workspace_of(app)
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    kept = await keep(app.call(), mine, app.media, file.getvalue(), "front.png")
    for name in ("Rani One", "Rani Two"):
        await actions.publish(app.call(), mine, order(name, {"front.png": kept}))
    shown = await actions.publish(app.call(), mine, order("Rani Two", {"front.png": kept}, password="open"))
    await actions.schedule(app.call(), mine, order("Rani Three", {"front.png": kept}), NOW_MS + 9_000_000)
    where = {"host": "", "slug": "salon"}
    await actions.invite(app.call(), mine, **where, name="Meera", expires_ms=None)
    await leads.set_pin(app.call(), mine, **where, block_id="loyalty", pin="123456")
    site_id, hash_ = shown.site.id, shown.release.hash if shown.release else ""
    async with app.main.write() as connection:
        fields = {"name": "Asha\nDevi", "phone": "+91 98765 43210"}
        for _ in range(2):
            booked = Answer(
                *(AnswerId(app.make_id()), site_id, hash_, "ask-for-a-time", "ask-for-a-time"),
                *(fields, "I agree.", "hi", NOW_MS),
            )
            await store.add_answer(connection, mine, booked, secrets.token_hex(16))
            assert await store.take_seat(connection, mine, booked, SLOT_MS, 2)
        claim = store.Claim("a" * 32, 3, NOW_MS)
        assert await store.claim_coupon(connection, mine, store.Form(site_id, "offer"), claim)
        card = store.Form(site_id, "loyalty")
        assert await store.stamp_card(connection, mine, card, "b" * 32, Stamping(8, 0, NOW_MS))


def order(name: str, pictures: dict[str, Picture], **more: Any) -> Order:
    text = SALON.format(name=name)
    return Order(read_site(text, Defaults()), text, dict(pictures), **more)

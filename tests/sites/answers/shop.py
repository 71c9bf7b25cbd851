"""A small shop whose page has every form, for tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.conftest import NOW_MS, Installation

from scanly.accounts.actions import add_workspace
from scanly.app import App
from scanly.sites.actions import Order, publish
from scanly.sites.answers.receiving import Form, find_form
from scanly.sites.model import Block, Published, Site
from scanly.sites.page import Page, Setting

T = TypeVar("T")

BLOCKS = {
    "question": {},
    "ask-for-a-time": {"slots": {"daily": "10:00-12:00", "every": 30, "ahead": 3, "notice": 0, "seats": 2}},
    "feedback": {},
    "offer": {"headline": "10 % off", "code": "SPICE10", "supply": 10},
    "loyalty": {"stamps": 3, "reward": "A free coffee"},
    "order": {
        "whatsapp": "+91 98765 43210",
        "sms": "+91 98765 43210",
        "items": [
            {"name": {"en": "Milk", "hi": "दूध"}, "unit": "1 l", "price": "56"},
            {"name": "Bread", "price": "40.50"},
            {"name": "Paneer", "price": "90", "sold_out": True},
        ],
        "minimum": "90",
        "delivery": True,
        "pickup": True,
    },
}
SITE = Site(
    slug="asha",
    title={"en": "Asha Kirana", "hi": "आशा किराना"},
    languages=("en", "hi", "ar"),
    time_zone="Asia/Kolkata",
    currency="INR",
    country="IN",
    blocks=tuple(Block(kind, kind, values) for kind, values in BLOCKS.items()),
)


@dataclass(frozen=True)
class Shop:
    """A published site on one engine."""

    installation: Installation
    published: Published

    def run(self, work: Callable[[App], Awaitable[T]]) -> T:
        return self.installation.run(work)

    def form(self, block_id: str, language: str = "en", now_ms: int = NOW_MS) -> Form:
        setting = Setting(language, now_ms, "https://go.example.com", "/s/asha")
        form = find_form(self.published, Page(self.published.site, setting), block_id)
        assert form is not None
        return form


def opened(installation: Installation) -> Shop:
    """The shop of these tests, live on an installation."""

    async def work(app: App) -> Published:
        workspace = await add_workspace(app.call(), "Asha", {"time_zone": "Asia/Kolkata"})
        shown = await publish(app.call(), workspace.id, Order(SITE, ""))
        known, release = shown.site, shown.release
        return Published(
            id=known.id,
            workspace_id=workspace.id,
            host=known.host,
            slug=known.slug,
            front=known.front,
            release_id=release.id,
            hash=release.hash,
            state=known.state,
            password="",
            site=release.site,
            pictures={},
        )

    return Shop(installation, installation.run(work))

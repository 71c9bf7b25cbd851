"""The sample café's page: published as any other, from a file that is left in the data folder to be changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scanly.accounts.model import Workspace
from scanly.core.clock import at
from scanly.core.files import write_whole
from scanly.core.ids import AnswerId, show
from scanly.core.paths import asset
from scanly.media.actions import keep
from scanly.media.storage import Storage
from scanly.sites.actions import Order, publish
from scanly.sites.answers.model import Answer
from scanly.sites.answers.store import add_answer
from scanly.sites.leading import key_of
from scanly.sites.model import Site
from scanly.sites.reading import Defaults, read_site
from scanly.work.call import Call

SLUG = "chai-corner"
FILE = f"{SLUG}.yaml"
_COVER = "cafe.svg"
# What is counted on it: the links of its buttons, by what they are for, and its form.
CLICKS: Mapping[str, str] = {
    name: f"quick-buttons/{key_of(address)}"
    for name, address in {
        "call": "tel:+919876543210",
        "whatsapp": "https://wa.me/919876543210",
        "directions": "https://www.google.com/maps/search/?api=1&query=MG%20Road%2C%20Pune",
    }.items()
}
FEEDBACK = "feedback"
# Stands in the file for the day on which the café opens, whose specials it has.
_TODAY = "TODAY"


class Page(NamedTuple):
    """The page that is live."""

    site_id: int
    hash: str


async def open_page(call: Call, workspace: Workspace, media: Storage, folder: Path) -> Page:
    """Publishes the page, whose file is put into ``folder`` with its picture. Takes about 0.4 s of computing."""
    cover = await asyncio.to_thread(asset("starters", "pictures", _COVER).read_bytes)
    today = at(call.now_ms, workspace.zone).date()
    picture, (text, site) = await asyncio.gather(
        keep(call, workspace.id, media, cover, _COVER), asyncio.to_thread(_read, today.isoformat())
    )
    shown = await publish(call, workspace.id, Order(site, text, {_COVER: picture}))
    await asyncio.to_thread(write_whole, folder / _COVER, cover)
    await asyncio.to_thread(write_whole, folder / FILE, text.encode())
    return Page(shown.site.id, shown.release.hash if shown.release else "")


class Note(NamedTuple):
    """How somebody liked it, from 5 (very good) to 1, and why."""

    score: str
    comment: str


async def keep_notes(call: Call, workspace: Workspace, page: Page, notes: Mapping[int, Note]) -> None:
    """Puts what guests said, by the moment at which they did, into the inbox; the older half has been seen."""
    async with call.db.write() as connection:
        for number, (at_ms, note) in enumerate(sorted(notes.items())):
            answer = Answer(
                id=AnswerId(call.make_id()),
                site_id=page.site_id,
                release=page.hash,
                block=FEEDBACK,
                type=FEEDBACK,
                fields={"score": note.score} | ({"comment": note.comment} if note.comment else {}),
                consent="",
                language="en",
                created_ms=at_ms,
                status="seen" if number < len(notes) // 2 else "new",
            )
            await add_answer(connection, workspace.id, answer, show(answer.id))


def _read(today: str) -> tuple[str, Site]:
    text = asset("demo", FILE).read_text(encoding="utf-8").replace(_TODAY, today)
    return text, read_site(text, Defaults())

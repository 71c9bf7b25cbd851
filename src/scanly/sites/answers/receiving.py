"""A visitor's form becomes an answer, a booked seat, a coupon, a stamp card or a prepared order."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec

from scanly.core.events import LeadAdded
from scanly.core.ids import AnswerId, WorkspaceId, show
from scanly.sites.answers import orders, slots, store
from scanly.sites.answers.forms import CONSENT, fields_of, read
from scanly.sites.answers.model import (
    Answer,
    Booked,
    Claimed,
    Filled,
    FormField,
    Over,
    Refused,
    Reply,
    Sender,
    Started,
    Thanks,
    Wrong,
)
from scanly.sites.answers.slots import Timetable
from scanly.sites.model import Block, Published
from scanly.sites.page import Page
from scanly.sites.render import on_page
from scanly.sites.words.language import words
from scanly.work import store as outbox
from scanly.work.call import Call

_TOKEN_BYTES = 16


@dataclass(frozen=True)
class Form:
    """The form of a block that is on the page now, in the page's language."""

    published: Published
    page: Page
    block: Block
    fields: tuple[FormField, ...]

    @property
    def its(self) -> store.Form:
        return store.Form(self.published.id, self.block.id)

    @cached_property
    def timetable(self) -> Timetable | None:
        """The times that can be booked, where the form offers some."""
        from scanly.sites.fields.slots import timetable

        value = self.block.values.get("slots")
        return timetable(value) if value else None

    @property
    def is_over(self) -> bool:
        """Whether an offer has ended."""
        ends = self.block.values.get("ends")
        return bool(ends) and not self.page.lasts(self.page.day(ends))


def find_form(published: Published, page: Page, block_id: str) -> Form | None:
    """None where the page has no such form at this moment."""
    block = next((block for block in on_page(page) if block.id == block_id), None)
    fields = fields_of(block) if block else None
    return Form(published, page, block, fields) if block and fields is not None else None


def reread(form: Form, given: Mapping[str, str]) -> Filled:
    """What was typed, without a word about what is wrong with it."""
    return Filled(read(form.fields, given, form.page.today).values)


async def receive(
    call: Call, workspace_id: WorkspaceId, form: Form, given: Mapping[str, str], sender: Sender
) -> Reply:
    """Reads what came and does what the form is for. Raises Unavailable."""
    filled = read(form.fields, given, form.page.today)
    if filled.wrong:
        return Refused(filled)
    take = _TAKEN_BY.get(form.block.type, _take_answer)
    return await take(call, workspace_id, form, filled, sender)


async def _take_answer(
    call: Call, workspace_id: WorkspaceId, form: Form, filled: Filled, sender: Sender
) -> Reply:
    token = _token(form, filled, sender)
    answer, table = _answer(call, form, filled, sender), form.timetable
    slot_ms = int(filled.values["slot"]) if table else 0
    if table and not slots.is_offered(table, slot_ms, call.now_ms, form.page.zone):
        return _taken(filled)
    done = Booked(token) if table else Thanks()
    async with call.db.write() as connection:
        await store.lock_answers(connection, workspace_id)
        if await store.was_sent(connection, workspace_id, form.its, token, call.now_ms):
            return replace(done, again=True)
        if table and not await store.take_seat(connection, workspace_id, answer, slot_ms, table.seats):
            return _taken(filled)
        await store.add_answer(connection, workspace_id, answer, token)
        fact = LeadAdded(answer.id, answer.site_id, answer.block, answer.type)
        await outbox.put(connection, workspace_id, {show(answer.id): fact}, call.now_ms)
    return done


def _taken(filled: Filled) -> Refused:
    return Refused(
        Filled(filled.values, {"slot": Wrong(words("Somebody was faster. Please choose another time."))}),
        taken=True,
    )


def _answer(call: Call, form: Form, filled: Filled, sender: Sender) -> Answer:
    kept = {name: text for name, text in filled.values.items() if name not in ("consent", "slot")}
    consent = ""
    if "consent" in filled.values:
        own = form.block.values.get("consent")
        consent = str(form.page.phrase(own)) if own else form.page.t(CONSENT)
    return Answer(
        id=AnswerId(call.make_id()),
        site_id=form.published.id,
        release=form.published.hash,
        block=form.block.id,
        type=form.block.type,
        fields=kept,
        consent=consent,
        language=sender.language,
        created_ms=call.now_ms,
    )


async def _claim(call: Call, workspace_id: WorkspaceId, form: Form, _: Filled, sender: Sender) -> Reply:
    supply = form.block.values.get("supply")
    if not supply or form.is_over:
        return Over()
    token = sender.token(str(form.published.id), form.block.id)
    async with call.db.write() as connection:
        await store.lock_answers(connection, workspace_id)
        if await store.get_coupon(connection, workspace_id, form.its, token):
            return Claimed(token, again=True)
        claim = store.Claim(token, supply, call.now_ms)
        given = await store.claim_coupon(connection, workspace_id, form.its, claim)
    return Claimed(token) if given else Over()


async def _start_card(_call: Call, _id: WorkspaceId, _form: Form, _filled: Filled, _sender: Sender) -> Reply:
    """A card is a number that nobody guesses; it is kept when the first stamp is marked on it."""
    return Started(secrets.token_hex(_TOKEN_BYTES))


async def _prepare(_call: Call, _id: WorkspaceId, form: Form, filled: Filled, _sender: Sender) -> Reply:
    return orders.prepare(form.published.site, form.block, filled, form.page.words)


_Taking = Callable[[Call, WorkspaceId, Form, Filled, Sender], Awaitable[Reply]]
_TAKEN_BY: Mapping[str, _Taking] = {"offer": _claim, "loyalty": _start_card, "order": _prepare}
# What is kept of no visitor needs no proof that it is one.
UNGUARDED = frozenset({"loyalty", "order"})


def _token(form: Form, filled: Filled, sender: Sender) -> str:
    return sender.token(str(form.published.id), form.block.id, msgspec.json.encode(filled.values).decode())

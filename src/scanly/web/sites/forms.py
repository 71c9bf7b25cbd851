"""Forms of pages over HTTP: who may send, what is read of it, and the page that answers.

Source: HTML, 4.10.22.7 (URL-encoded form data); Fetch Metadata Request Headers, 2.3 (Sec-Fetch-Site).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple, ParamSpec
from urllib.parse import parse_qsl, urlsplit

from scanly.core.clock import local_day
from scanly.scans.visitor import Salts, Window
from scanly.sites.answers import receiving, replies, store
from scanly.sites.answers.guard import PROOF, Guard, Seen
from scanly.sites.answers.model import (
    Booked,
    Card,
    Claimed,
    Over,
    Prepared,
    Refused,
    Reply,
    Sender,
    Stamping,
    Started,
    Thanks,
)
from scanly.sites.answers.receiving import UNGUARDED, Form
from scanly.sites.answers.slots import LOOK_BACK_MS
from scanly.sites.beside.calendar import MIME as CALENDAR
from scanly.sites.model import Published
from scanly.sites.page import Page, Setting
from scanly.sites.render import Rendered
from scanly.sites.words.language import find_language
from scanly.web import request
from scanly.web.request import Headed, Headers
from scanly.web.unlock import Lock, Unlocker
from scanly.work.call import Call

P = ParamSpec("P")

MAX_BODY_BYTES = 65_536
MAX_FIELDS = 64
_QUERY_LIMIT_BYTES = 4_096
STAMPS_APART_MS = 5 * 60_000
_FORM = b"application/x-www-form-urlencoded"
_PRIVATE = ((b"cache-control", b"private, no-store"), (b"x-robots-tag", b"noindex"))
# As `receiving` makes them.
_TOKEN = re.compile("[0-9a-f]{32}")


class FormRequest(NamedTuple):
    """A request for the form of a block. ``address`` is the visitor's; ``nameless`` where visitors are not told apart.

    ``setting`` is how the page is drawn that the form stands on, in its first language.
    """

    method: str
    published: Published
    setting: Setting
    block_id: str
    address: str
    query: bytes
    headers: Headers
    body: bytes
    nameless: bool


class FormReply(NamedTuple):
    """``kept`` where something new of the visitor was kept: an answer, a booking, a coupon given out."""

    status: int
    headers: Headed
    body: bytes
    kept: bool = False


class Forms:
    """One per worker. ``call`` acts for the installation: whoever sends a form is nobody it knows."""

    def __init__(self, call: Callable[[], Call], guard: Guard, unlocker: Unlocker, salts: Salts) -> None:
        self._call, self._guard, self._unlocker, self._salts = call, guard, unlocker, salts
        self._own_key = os.urandom(32)

    @property
    def seen(self) -> Seen:
        """Who looked at a page, and when; to be told of each view of a page with a form."""
        return self._guard.seen

    def refuse(self, headers: Headers, address: str, language: str) -> FormReply | None:
        """What a post is refused with before anything is read for it. ``language`` is what the visitor may read."""
        t = find_language(language).t
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != _FORM:
            return _plain(415, "A form is sent as application/x-www-form-urlencoded.")
        if _is_foreign(headers):
            return _plain(403, t("This form is sent from its own page alone. Please open the page again."))
        if not self._guard.may_send(address, self._call().now_ms):
            return _wait(language)
        return None

    async def answer(self, asked: FormRequest) -> FormReply:
        """The answer to GET, HEAD or POST. Raises Unavailable."""
        if asked.method == "POST":
            return await self._post(asked)
        return await self._get(asked)

    async def _get(self, asked: FormRequest) -> FormReply:
        wanted = _fields(asked.query[:_QUERY_LIMIT_BYTES]) or {}
        call = self._call()
        form = _form(asked, wanted.get("l", ""), call.now_ms)
        if form is None:
            return _missing(asked)
        shown = next((name for name in ("coupon", "booking", "card", "staff") if name in wanted), "")
        if not shown and "thanks" in wanted:
            return await _page(200, replies.thanks, form)
        if not shown:
            return _lead(f"{asked.setting.path or '/'}#{asked.block_id}")
        token = wanted[shown]
        if not _TOKEN.fullmatch(token):
            return _missing(asked)
        if shown == "coupon":
            return await _coupon(call, asked, form, token)
        if shown == "booking":
            return await _booking(call, asked, form, token, as_file=wanted.get("file") == "ics")
        return await self._card(call, asked, form, token, for_staff=shown == "staff")

    async def _card(
        self, call: Call, asked: FormRequest, form: Form, token: str, *, for_staff: bool
    ) -> FormReply:
        if form.block.type != "loyalty":
            return _missing(asked)
        async with call.db.read() as connection:
            card = await store.get_card(connection, asked.published.workspace_id, form.its, token)
            pin = await store.get_pin(connection, asked.published.workspace_id, form.its)
        if not for_staff:
            return await _page(200, replies.card, form, card, token)
        known = pin is not None and self._knows(asked, form, pin, call.now_ms)
        return await _page(200, replies.staff, form, card, token, known=known)

    async def _post(self, asked: FormRequest) -> FormReply:
        given = _fields(asked.body) if len(asked.body) <= MAX_BODY_BYTES else None
        if given is None:
            return _plain(400, "A form has 64 fields and 64 kB at most.")
        call = self._call()
        form = _form(asked, given.get("language", ""), call.now_ms)
        if form is None:
            return _missing(asked)
        if "staff" in given:
            return await self._stamp(call, asked, form, given)
        about = f"{asked.published.id} {form.block.id}"
        judged = self._guard.judge(given, asked.address, about, call.now_ms)
        if judged == "robot":
            return _lead(replies.address(form, thanks="1", l=form.page.language))
        proof = self._guard.proof(about, call.now_ms, given.get(PROOF, ""))
        if judged == "again" and form.block.type not in UNGUARDED:
            if not self._guard.may_come_back(asked.published.id, form.block.id, call.now_ms):
                return _wait(form.page.language)
            form = await _up_to_date(call, form)
            return await _page(200, replies.again, form, receiving.reread(form, given), proof)
        if not self._guard.may_fill(asked.published.id, form.block.id, call.now_ms):
            return _wait(form.page.language)
        sender = self._sender(asked, form, call.now_ms)
        reply = await receiving.receive(call, asked.published.workspace_id, form, given, sender)
        kept = isinstance(reply, Thanks | Booked | Claimed) and not reply.again
        return (await _answered(call, form, reply, proof))._replace(kept=kept)

    async def _stamp(self, call: Call, asked: FormRequest, form: Form, given: Mapping[str, str]) -> FormReply:
        """The staff marks a stamp, or gives the reward of a full card."""
        token, workspace_id = given["staff"], asked.published.workspace_id
        if form.block.type != "loyalty" or not _TOKEN.fullmatch(token):
            return _missing(asked)
        async with call.db.read() as connection:
            pin = await store.get_pin(connection, workspace_id, form.its)
            card = await store.get_card(connection, workspace_id, form.its, token)
        t = form.page.t
        if pin is None:
            said = t("There is no PIN yet. The owner sets one first.")
            return await _page(403, replies.staff, form, card, token, known=False, said=said)
        known = self._knows(asked, form, pin, call.now_ms)
        if not known:
            tried = "wait"
            if self._guard.may_try(asked.published.id, form.block.id, call.now_ms):
                tried = await self._unlocker.fits(_lock(asked, form, pin), given.get("pin", ""))
            if tried != "right":
                wait = (
                    t("Too many tries. Please wait a minute.") if tried == "wait" else t("This PIN is wrong.")
                )
                status = 429 if tried == "wait" else 403
                return await _page(status, replies.staff, form, card, token, known=False, said=wait)
        said, card = await _marked(call, form, token, reward=given.get("act") == "reward")
        cookie = self._unlocker.proof(_lock(asked, form, pin), call.now_ms)
        shown = await _page(200, replies.staff, form, card, token, known=True, said=said)
        return shown._replace(headers=(*shown.headers, (b"set-cookie", cookie.encode())))

    def _knows(self, asked: FormRequest, form: Form, pin: str, now_ms: int) -> bool:
        cookies = request.text(asked.headers, b"cookie")
        return self._unlocker.is_unlocked(_lock(asked, form, pin), cookies, now_ms)

    def _sender(self, asked: FormRequest, form: Form, now_ms: int) -> Sender:
        salt = self._own_key if asked.nameless else self._salts.of(Window(local_day(now_ms, form.page.zone)))
        agent = asked.headers.get(b"user-agent", b"")
        known = b"\0".join((asked.address.encode("utf-8", "replace"), agent))
        key = hashlib.blake2b(known, key=salt, person=b"scanly forms").digest()
        return Sender(key, form.page.language)


async def _coupon(call: Call, asked: FormRequest, form: Form, token: str) -> FormReply:
    async with call.db.read() as connection:
        coupon = await store.get_coupon(connection, asked.published.workspace_id, form.its, token)
    return await _page(200, replies.coupon, form, coupon) if coupon else _missing(asked)


async def _booking(call: Call, asked: FormRequest, form: Form, token: str, *, as_file: bool) -> FormReply:
    async with call.db.read() as connection:
        booked = await store.get_booking(connection, asked.published.workspace_id, form.its, token)
    if booked is None:
        return _missing(asked)
    if as_file:
        return _file(replies.calendar(form, booked, token))
    return await _page(200, replies.booking, form, booked, token)


async def _answered(call: Call, form: Form, reply: Reply, proof: str) -> FormReply:
    """What stands at an address of its own is led to, so that loading it again sends nothing again."""
    language = form.page.language
    if isinstance(reply, Refused):
        form = await _up_to_date(call, form)
        return await _page(409 if reply.taken else 422, replies.again, form, reply.filled, proof)
    if isinstance(reply, Prepared):
        return await _page(200, replies.order, form, reply)
    if isinstance(reply, Over):
        return await _page(410, replies.over, form)
    if isinstance(reply, Claimed):
        return _lead(replies.address(form, coupon=reply.token, l=language))
    if isinstance(reply, Booked):
        return _lead(replies.address(form, booking=reply.token, l=language))
    if isinstance(reply, Started):
        return _lead(replies.address(form, card=reply.token, l=language))
    return _lead(replies.address(form, thanks="1", l=language))


async def _marked(call: Call, form: Form, token: str, *, reward: bool) -> tuple[str, Card]:
    """What to say to the staff, and the card as it is now."""
    t, full, workspace_id = form.page.t, form.block.values["stamps"], form.published.workspace_id
    async with call.db.write() as connection:
        if reward:
            done = await store.give_reward(connection, workspace_id, form.its, token, full)
            said = t("The reward is given. The card begins anew.") if done else t("This card is not full.")
        else:
            stamping = Stamping(full, STAMPS_APART_MS, call.now_ms)
            done = await store.stamp_card(connection, workspace_id, form.its, token, stamping)
            said = t("One stamp is marked.") if done else t("Not marked: the last stamp is a moment old.")
        return said, await store.get_card(connection, workspace_id, form.its, token)


async def _up_to_date(call: Call, form: Form) -> Form:
    """The form with the seats that are free at this moment."""
    if form.timetable is None:
        return form
    async with call.db.read() as connection:
        state = await store.read_state(
            connection, form.published.workspace_id, form.published.id, call.now_ms - LOOK_BACK_MS
        )
    page = Page(form.page.facts, replace(form.page.setting, state=state))
    return replace(form, page=page)


def _form(asked: FormRequest, language: str, now_ms: int) -> Form | None:
    site = asked.published.site
    tag = language if language in site.languages else site.language
    page = Page(site, replace(asked.setting, language=tag, now_ms=now_ms))
    return receiving.find_form(asked.published, page, asked.block_id)


def _lock(asked: FormRequest, form: Form, pin: str) -> Lock:
    """What the PIN of a block opens: the cards of that block alone."""
    digest = hashlib.blake2b(f"{asked.published.id} {form.block.id}".encode(), digest_size=8).digest()
    return Lock(int.from_bytes(digest, "big") >> 1, replies.address(form), pin)


def _fields(sent: bytes) -> dict[str, str] | None:
    """The first value of each field; None for too many fields."""
    try:
        pairs = parse_qsl(
            sent.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        return None
    return dict(reversed(pairs))


def _is_foreign(headers: Headers) -> bool:
    """Whether another site had the form sent; browsers say so, older ones by their Origin alone."""
    told = headers.get(b"sec-fetch-site")
    if told is not None:
        return told not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    if origin is None:
        return False
    from_host = urlsplit(origin.decode("ascii", "replace")).netloc.encode("ascii", "replace")
    host = request.canonical_host(headers.get(b"host", b""))
    return not from_host or request.canonical_host(from_host) != host


async def _page(status: int, draw: Callable[P, Rendered], *args: P.args, **kwargs: P.kwargs) -> FormReply:
    """Drawn beside the event loop: the first page of a worker loads its templates."""
    drawn = await asyncio.to_thread(draw, *args, **kwargs)
    policy = (b"content-security-policy", drawn.csp.encode())
    kind = (b"content-type", b"text/html; charset=utf-8")
    return FormReply(status, (kind, policy, *_PRIVATE), drawn.html)


def _file(data: bytes) -> FormReply:
    named = (b"content-disposition", b'attachment; filename="booking.ics"')
    return FormReply(200, ((b"content-type", CALENDAR.encode()), named, *_PRIVATE), data)


def _lead(to: str) -> FormReply:
    return FormReply(303, ((b"location", to.encode("ascii", "replace")), *_PRIVATE), b"")


def _plain(status: int, said: str, more: Headed = ()) -> FormReply:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    return FormReply(status, (kind, *_PRIVATE, *more), f"{said}\n".encode())


def _wait(language: str) -> FormReply:
    said = find_language(language).t("This was sent too often. Please wait a minute and send it again.")
    return _plain(429, said, ((b"retry-after", b"60"),))


def _missing(asked: FormRequest) -> FormReply:
    t = find_language(asked.published.site.language).t
    return _plain(404, t("There is no such form any more. Please open the page again."))

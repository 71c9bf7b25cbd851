"""Queries of what visitors sent and were given. Whatever shows on a page makes its site's state a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import AnswerId, WorkspaceId
from scanly.core.secrets import kept
from scanly.db.sequence import in_commit_order
from scanly.db.upsert import insert_new, upsert
from scanly.sites.answers.model import SAME_MS, Answer, Card, Coupon, Lead, Stamping, Status
from scanly.sites.answers.tables import answers, bookings, cards, coupons, pins
from scanly.sites.model import State
from scanly.sites.store import touch_site
from scanly.sites.tables import sites

# Both engines take thousands of parameters; this keeps statements small.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers to list, newest first."""

    site_id: int | None = None
    status: Status | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one block of one site."""

    site_id: int
    block: str


class Claim(NamedTuple):
    """Somebody wants one of a supply."""

    token: str
    supply: int
    now_ms: int


async def read_state(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, since_ms: int = 0
) -> State:
    """What visitors did that shows on a page; slots from ``since_ms`` on."""
    mine = and_(coupons.c.workspace_id == workspace_id, coupons.c.site_id == site_id)
    counted = select(coupons.c.block, func.count().label("number")).where(mine).group_by(coupons.c.block)
    claimed = {row.block: row.number for row in await connection.execute(counted)}
    mine = and_(bookings.c.workspace_id == workspace_id, bookings.c.site_id == site_id)
    seats = (
        select(bookings.c.block, bookings.c.slot_ms, func.count())
        .where(mine, bookings.c.slot_ms >= since_ms)
        .group_by(bookings.c.block, bookings.c.slot_ms)
    )
    taken: dict[str, dict[int, int]] = {}
    for block, slot_ms, number in await connection.execute(seats):
        taken.setdefault(block, {})[slot_ms] = number
    return State(claimed, taken)


async def lock_answers(connection: AsyncConnection, workspace_id: WorkspaceId) -> None:
    """One transaction at a time adds an answer, a booking or a coupon, so that what was free stays free."""
    await in_commit_order(connection, f"{answers.name} {workspace_id}")


async def was_sent(
    connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, token: str, now_ms: int
) -> bool:
    """Whether the same was sent a moment ago."""
    same = and_(answers.c.site_id == form.site_id, answers.c.digest == kept(token))
    lately = and_(answers.c.workspace_id == workspace_id, answers.c.created_ms > now_ms - SAME_MS)
    return (await connection.execute(select(answers.c.id).where(same, lately).limit(1))).first() is not None


async def add_answer(
    connection: AsyncConnection, workspace_id: WorkspaceId, answer: Answer, token: str
) -> None:
    names = (
        "id",
        "site_id",
        "release",
        "block",
        "type",
        "status",
        "fields",
        "consent",
        "language",
        "created_ms",
    )
    row = {name: getattr(answer, name) for name in names}
    await connection.execute(
        answers.insert().values(row | {"workspace_id": workspace_id, "digest": kept(token)})
    )


async def take_seat(
    connection: AsyncConnection, workspace_id: WorkspaceId, answer: Answer, slot_ms: int, seats: int
) -> bool:
    """Books the first free seat of a slot for an answer; False when there is none left."""
    there = and_(bookings.c.site_id == answer.site_id, bookings.c.block == answer.block)
    mine = and_(bookings.c.workspace_id == workspace_id, bookings.c.slot_ms == slot_ms)
    gone = {row.seat for row in await connection.execute(select(bookings.c.seat).where(there, mine))}
    seat = next((seat for seat in range(seats) if seat not in gone), None)
    if seat is None:
        return False
    row = {
        "answer_id": answer.id,
        "workspace_id": workspace_id,
        "site_id": answer.site_id,
        "block": answer.block,
        "slot_ms": slot_ms,
        "seat": seat,
    }
    taken = await insert_new(connection, bookings, row, keys=["site_id", "block", "slot_ms", "seat"])
    if taken:
        await touch_site(connection, workspace_id, answer.site_id)
    return taken


async def get_booking(
    connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, token: str
) -> Answer | None:
    """The booking that a token was given for."""
    mine = and_(answers.c.workspace_id == workspace_id, answers.c.site_id == form.site_id)
    its = and_(
        answers.c.block == form.block, answers.c.digest == kept(token), bookings.c.slot_ms.is_not(None)
    )
    row = (
        await connection.execute(_answers().where(mine, its).order_by(answers.c.id.desc()).limit(1))
    ).first()
    return _answer(row) if row else None


async def claim_coupon(
    connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, claim: Claim
) -> bool:
    """Gives out one more coupon; False when the supply is used up."""
    mine = _of(coupons, workspace_id, form)
    last = (await connection.execute(select(func.max(coupons.c.number)).where(mine))).scalar_one() or 0
    if last >= claim.supply:
        return False
    row = {
        "workspace_id": workspace_id,
        "site_id": form.site_id,
        "block": form.block,
        "number": last + 1,
        "token": kept(claim.token),
        "created_ms": claim.now_ms,
    }
    given = await insert_new(connection, coupons, row, keys=["site_id", "block", "number"])
    if given:
        await touch_site(connection, workspace_id, form.site_id)
    return given


async def get_coupon(
    connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, token: str
) -> Coupon | None:
    query = select(coupons.c.number, coupons.c.created_ms).where(
        _of(coupons, workspace_id, form), coupons.c.token == kept(token)
    )
    row = (await connection.execute(query)).first()
    return Coupon(row.number, row.created_ms) if row else None


async def get_card(connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, token: str) -> Card:
    """An empty one where nothing was stamped yet."""
    query = select(cards.c.stamps, cards.c.rewards, cards.c.stamped_ms).where(
        _of(cards, workspace_id, form), cards.c.token == kept(token)
    )
    row = (await connection.execute(query)).first()
    return Card(row.stamps, row.rewards, row.stamped_ms) if row else Card()


async def stamp_card(
    connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, token: str, stamping: Stamping
) -> bool:
    """One more stamp; False when the last one is too fresh or the card is full."""
    first = {
        "workspace_id": workspace_id,
        "site_id": form.site_id,
        "block": form.block,
        "token": kept(token),
        "stamps": 1,
        "rewards": 0,
        "stamped_ms": stamping.now_ms,
    }
    if await insert_new(connection, cards, first, keys=["token"]):
        return True
    its = and_(_of(cards, workspace_id, form), cards.c.token == kept(token))
    may = and_(cards.c.stamps < stamping.full, cards.c.stamped_ms <= stamping.now_ms - stamping.apart_ms)
    marked = update(cards).where(its, may).values(stamps=cards.c.stamps + 1, stamped_ms=stamping.now_ms)
    return (await connection.execute(marked)).rowcount == 1


async def give_reward(
    connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, token: str, full: int
) -> bool:
    """Empties a full card; False when it is not full."""
    its = and_(_of(cards, workspace_id, form), cards.c.token == kept(token))
    emptied = {"stamps": 0, "rewards": cards.c.rewards + 1}
    return (
        await connection.execute(update(cards).where(its, cards.c.stamps >= full).values(emptied))
    ).rowcount == 1


async def keep_pin(connection: AsyncConnection, workspace_id: WorkspaceId, form: Form, kept_pin: str) -> None:
    row = {"site_id": form.site_id, "block": form.block, "workspace_id": workspace_id, "kept": kept_pin}
    await upsert(connection, pins, row, keys=["site_id", "block"])


async def get_pin(connection: AsyncConnection, workspace_id: WorkspaceId, form: Form) -> str | None:
    query = select(pins.c.kept).where(_of(pins, workspace_id, form))
    return (await connection.execute(query)).scalar_one_or_none()


async def list_leads(connection: AsyncConnection, workspace_id: WorkspaceId, wanted: Wanted) -> list[Lead]:
    """Newest first."""
    query = _leads(workspace_id).where(_wanted(workspace_id, wanted))
    rows = await connection.execute(query.order_by(answers.c.id.desc()).limit(wanted.limit))
    return [_lead(row) for row in rows]


async def count_leads(connection: AsyncConnection, workspace_id: WorkspaceId, wanted: Wanted) -> int:
    """How many there are, whatever the limit."""
    query = select(func.count()).select_from(answers).where(_wanted(workspace_id, wanted))
    return (await connection.execute(query)).scalar_one()


async def get_leads(
    connection: AsyncConnection, workspace_id: WorkspaceId, ids: Sequence[AnswerId]
) -> list[Lead]:
    """Those that are there, in the order asked."""
    found: dict[int, Lead] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = _leads(workspace_id).where(answers.c.id.in_(ids[start : start + _AT_ONCE]))
        found |= {row.id: _lead(row) for row in await connection.execute(query)}
    return [found[wanted] for wanted in ids if wanted in found]


async def set_status(
    connection: AsyncConnection, workspace_id: WorkspaceId, ids: Sequence[AnswerId], status: Status
) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        mine = and_(answers.c.workspace_id == workspace_id, answers.c.id.in_(ids[start : start + _AT_ONCE]))
        await connection.execute(update(answers).where(mine).values(status=status))


async def remove_leads(connection: AsyncConnection, workspace_id: WorkspaceId, leads: Sequence[Lead]) -> None:
    """Removes answers for good, and gives their seats back."""
    ids = [lead.answer.id for lead in leads]
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for table, column in ((bookings, bookings.c.answer_id), (answers, answers.c.id)):
            await connection.execute(
                delete(table).where(table.c.workspace_id == workspace_id, column.in_(some))
            )
    booked = {lead.answer.site_id for lead in leads if lead.answer.slot_ms is not None}
    for site_id in sorted(booked):
        await touch_site(connection, workspace_id, site_id)


async def remove_old_anywhere(connection: AsyncConnection, before_ms: int) -> int:
    """Removes answers that came before ``before_ms``, with their bookings; how many."""
    old = select(answers.c.id).where(answers.c.created_ms < before_ms)
    await connection.execute(delete(bookings).where(bookings.c.answer_id.in_(old)))
    return (await connection.execute(delete(answers).where(answers.c.created_ms < before_ms))).rowcount


def _of(table: Any, workspace_id: WorkspaceId, form: Form) -> Any:
    return and_(
        table.c.workspace_id == workspace_id, table.c.site_id == form.site_id, table.c.block == form.block
    )


def _wanted(workspace_id: WorkspaceId, wanted: Wanted) -> Any:
    conditions = [answers.c.workspace_id == workspace_id]
    if wanted.site_id is not None:
        conditions.append(answers.c.site_id == wanted.site_id)
    if wanted.status:
        conditions.append(answers.c.status == wanted.status)
    return and_(*conditions)


def _answers() -> Select[Any]:
    return select(answers, bookings.c.slot_ms).outerjoin(bookings, bookings.c.answer_id == answers.c.id)


def _leads(workspace_id: WorkspaceId) -> Select[Any]:
    joined = answers.outerjoin(bookings, bookings.c.answer_id == answers.c.id)
    joined = joined.join(sites, sites.c.id == answers.c.site_id)
    query = select(answers, bookings.c.slot_ms, sites.c.slug, sites.c.host).select_from(joined)
    return query.where(answers.c.workspace_id == workspace_id)


def _answer(row: Row[Any]) -> Answer:
    values = dict(row._mapping)  # pyright: ignore[reportPrivateUsage] - public in spite of its name
    return Answer(**{name: values[name] for name in Answer.__struct_fields__})


def _lead(row: Row[Any]) -> Lead:
    return Lead(_answer(row), row.slug, row.host)

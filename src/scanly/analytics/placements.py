"""What printed things brought in: scans, visitors and cost per scan of placements, of their batches and places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from scanly.accounts.policy import permitted
from scanly.analytics.reports.slices import Scope, Slice
from scanly.analytics.store import read_slices
from scanly.codes.placements.model import Filter, Placement
from scanly.codes.placements.store import list_placements
from scanly.core.clock import day_of
from scanly.core.ids import WorkspaceId
from scanly.core.money import Money, digits_of
from scanly.db.engine import Connection, Database
from scanly.work.call import Call

By = Literal["batch", "place"]
GROUPS: Mapping[By, Callable[[Placement], str]] = {
    "batch": lambda placement: placement.details.batch,
    "place": lambda placement: placement.details.place,
}
_AT_ONCE = 500
# Beyond so many days whole months are read, and days only of the month with the last scan.
_MANY_DAYS = 92


@dataclass(frozen=True, slots=True)
class Cost:
    """What printing cost, and the scans of what it was spent on."""

    money: Money
    scans: int

    @property
    def per_scan(self) -> Decimal | None:
        """With two more digits than the currency has; None without a scan."""
        if not self.scans:
            return None
        finest = Decimal(1).scaleb(-digits_of(self.money.currency) - 2)
        return (self.money.amount / self.scans).quantize(finest)


@dataclass(frozen=True, slots=True)
class Counted:
    """A placement with its scans in a period; ``last_scan`` is the last day with one."""

    placement: Placement
    scans: int = 0
    visitors: int = 0
    last_scan: date | None = None

    @property
    def cost(self) -> Cost | None:
        money = self.placement.details.cost
        return None if money is None else Cost(money, self.scans)


@dataclass(frozen=True, slots=True)
class Group:
    """All placements of one batch or place; who was at two of them counts as two visitors.

    ``costs`` has one entry for each currency; its scans are those of placements that have a cost in it.
    """

    key: str
    placements: int
    copies: int
    scans: int
    visitors: int
    costs: tuple[Cost, ...]


@permitted("stats.show")
async def count_scans(
    call: Call,
    workspace_id: WorkspaceId,
    wanted: Filter,
    days: tuple[int, int],
    events: Database,
) -> list[Counted]:
    """The placements that the filter finds, with the scans of their links from the first to the last of ``days``."""
    async with call.db.read() as connection:
        placements = await list_placements(connection, workspace_id, wanted)
    counted: list[Counted] = []
    async with events.read() as connection:
        for start in range(0, len(placements), _AT_ONCE):
            some = placements[start : start + _AT_ONCE]
            counted += await _counted(connection, workspace_id, some, days)
    return counted


def grouped(counted: Iterable[Counted], by: By) -> list[Group]:
    """Batches or places, those with the most scans first."""
    members: dict[str, list[Counted]] = {}
    for each in counted:
        members.setdefault(GROUPS[by](each.placement), []).append(each)
    return sorted(
        (_group(key, some) for key, some in members.items()), key=lambda each: (-each.scans, each.key)
    )


def _group(key: str, some: Sequence[Counted]) -> Group:
    costs: dict[str, Cost] = {}
    for cost in (each.cost for each in some):
        if cost is not None:
            currency = cost.money.currency
            sum_ = costs.get(currency, Cost(Money(0, currency), 0))
            costs[currency] = Cost(
                Money(sum_.money.minor + cost.money.minor, currency), sum_.scans + cost.scans
            )
    return Group(
        key=key,
        placements=len(some),
        copies=sum(each.placement.details.copies for each in some),
        scans=sum(each.scans for each in some),
        visitors=sum(each.visitors for each in some),
        costs=tuple(costs[currency] for currency in sorted(costs)),
    )


async def _counted(
    connection: Connection, workspace_id: WorkspaceId, some: Sequence[Placement], days: tuple[int, int]
) -> list[Counted]:
    scopes = [Scope("link", each.link_id) for each in some]
    long = days[1] - days[0] >= _MANY_DAYS
    slices = await read_slices(connection, workspace_id, scopes, days, months=long)
    by_link: dict[int | str, list[Slice]] = {}
    for each in slices:
        by_link.setdefault(each.scope.key, []).append(each)
    last = await _last_days(connection, workspace_id, slices)
    return [
        Counted(
            each,
            scans=sum(slice_.scans for slice_ in by_link.get(each.link_id, ())),
            visitors=sum(slice_.visitors for slice_ in by_link.get(each.link_id, ())),
            last_scan=last.get(each.link_id),
        )
        for each in some
    ]


async def _last_days(
    connection: Connection, workspace_id: WorkspaceId, slices: Iterable[Slice]
) -> dict[int | str, date]:
    """The last day with a scan, of everything that has one; months are looked into."""
    latest: dict[int | str, Slice] = {}
    for each in slices:
        known = latest.get(each.scope.key)
        if each.scans and (known is None or each.first > known.first):
            latest[each.scope.key] = each
    within: dict[tuple[int, int], list[Scope]] = {}
    for each in latest.values():
        if each.first < each.last:
            within.setdefault((each.first, each.last), []).append(each.scope)
    found = {key: each.last for key, each in latest.items() if each.first == each.last}
    for days, scopes in within.items():
        for each in await read_slices(connection, workspace_id, scopes, days):
            if each.scans:
                found[each.scope.key] = max(each.first, found.get(each.scope.key, 0))
    return {key: day_of(day) for key, day in found.items()}

"""Placements and what they brought in, as lines of a table and as objects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from scanly.cli import output
from scanly.core import clock
from scanly.core.money import digits_of

if TYPE_CHECKING:
    from scanly.analytics.placements import Cost, Counted, Group
    from scanly.cli.session import Session
    from scanly.codes.placements.model import Placement
    from scanly.core.money import Money
    from scanly.links.hosts import BaseUrl

_REGISTER = ("code", "name", "batch", "place", "copies", "cost", "printed on", "replace by", "state")
_SCANS = ("code", "name", "batch", "place", "scans", "visitors", "cost", "a scan", "last scan", "state")
_NUMBERS = ("copies", "placements", "scans", "visitors", "cost", "a scan")


def show(
    found: Sequence[Placement],
    counted: Sequence[Counted] | None,
    base: BaseUrl,
    today: date,
    session: Session,
) -> None:
    """The lines of the register, with their scans where they were counted."""
    if session.json:
        objects = [as_object(each, base, today) for each in found]
        for told, each in zip(objects, counted or (), strict=False):
            told |= _scans(each)
        output.as_json(objects)
    elif counted is None:
        output.table(_REGISTER, [_register_line(each, today) for each in found], numbers=_NUMBERS)
    else:
        output.table(_SCANS, [_scans_line(each, today) for each in counted], numbers=_NUMBERS)


def show_groups(groups: Sequence[Group], by: str, session: Session) -> None:
    """Totals of batches or places."""
    if session.json:
        output.as_json([_group(each, by) for each in groups])
        return
    rows = [
        (
            each.key or "(none)",
            each.placements,
            each.copies,
            each.scans,
            each.visitors,
            " + ".join(_money(cost.money) for cost in each.costs),
            " + ".join(_per_scan(cost) for cost in each.costs),
        )
        for each in groups
    ]
    output.table((by, "placements", "copies", "scans", "visitors", "cost", "a scan"), rows, numbers=_NUMBERS)


def show_one(placement: Placement, base: BaseUrl, today: date, session: Session) -> None:
    """One line of the register, a field a line."""
    shown = as_object(placement, base, today)
    if not session.json:
        cost = placement.details.cost
        shown |= {"cost": _money(cost) if cost else "", "currency": "", "state": _state(placement, today)}
        for name in ("link_removed", "due"):
            del shown[name]
    (output.as_json if session.json else output.fields)(shown)


def as_object(placement: Placement, base: BaseUrl, today: date) -> dict[str, object]:
    """A line of the register in JSON; ``cost`` is a decimal number as text, so that it stays exact."""
    details = placement.details
    removed_ms = placement.removed_ms
    return {
        "code": placement.code,
        "host": placement.host or base.host,
        "short_url": base.short_url(placement.host, placement.code),
        "name": placement.name,
        "batch": details.batch,
        "place": details.place,
        "photo": details.photo,
        "cost": _amount(details.cost),
        "currency": details.cost.currency if details.cost else None,
        "printed_on": details.printed_on,
        "replace_by": details.replace_by,
        "copies": details.copies,
        "note": details.note,
        "due": placement.is_due(today),
        "link_removed": placement.link_removed_ms is not None,
        "created_at": clock.iso(placement.created_ms),
        "changed_at": clock.iso(placement.changed_ms),
        "removed_at": None if removed_ms is None else clock.iso(removed_ms),
    }


def _scans(each: Counted) -> dict[str, object]:
    per_scan = each.cost.per_scan if each.cost else None
    return {
        "scans": each.scans,
        "visitors": each.visitors,
        "cost_per_scan": None if per_scan is None else f"{per_scan:f}",
        "last_scan": each.last_scan,
    }


def _group(group: Group, by: str) -> dict[str, object]:
    costs = [
        {
            "currency": cost.money.currency,
            "cost": _amount(cost.money),
            "scans": cost.scans,
            "cost_per_scan": None if cost.per_scan is None else f"{cost.per_scan:f}",
        }
        for cost in group.costs
    ]
    return {
        by: group.key,
        "placements": group.placements,
        "copies": group.copies,
        "scans": group.scans,
        "visitors": group.visitors,
        "costs": costs,
    }


def _register_line(placement: Placement, today: date) -> tuple[object, ...]:
    details = placement.details
    return (
        *_names(placement),
        details.copies,
        _money(details.cost) if details.cost else "",
        details.printed_on or "",
        details.replace_by or "",
        _state(placement, today),
    )


def _scans_line(each: Counted, today: date) -> tuple[object, ...]:
    return (
        *_names(each.placement),
        each.scans,
        each.visitors,
        _money(each.cost.money) if each.cost else "",
        _per_scan(each.cost) if each.cost else "",
        each.last_scan or "",
        _state(each.placement, today),
    )


def _names(placement: Placement) -> tuple[str, str, str, str]:
    return str(placement.address), placement.name, placement.details.batch, placement.details.place


def _state(placement: Placement, today: date) -> str:
    """What somebody should know before going there."""
    replace_by = placement.details.replace_by
    said = {
        "removed": placement.removed_ms is not None,
        "its link is removed": placement.link_removed_ms is not None,
        "replace it": replace_by is not None and replace_by <= today,
        "to be replaced soon": replace_by is not None and replace_by > today and placement.is_due(today),
    }
    return ", ".join(words for words, true in said.items() if true)


def _amount(money: Money | None) -> str | None:
    return None if money is None else f"{money.amount:f}"


def _money(money: Money) -> str:
    return _written(money.amount, money.currency)


def _per_scan(cost: Cost) -> str:
    """Rounded as the currency is, but for less than one unit of it; a dash where nothing was scanned."""
    per_scan, currency = cost.per_scan, cost.money.currency
    if per_scan is None:
        return "–"
    return _written(round(per_scan, digits_of(currency)) if per_scan >= 1 else per_scan, currency)


def _written(amount: Decimal, currency: str) -> str:
    from scanly.sites.words.figures import prices

    return prices("en", currency).write(amount)

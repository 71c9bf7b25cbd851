"""Scans and cost per scan by placement, batch and place: equal to what a hand computes."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert, text

from scanly.accounts.actions import add_workspace
from scanly.analytics.placements import GROUPS, Cost, count_scans, grouped
from scanly.analytics.tables import rollups, subjects
from scanly.cli.placements import Grouping
from scanly.codes.placements.actions import Wish, add_placement
from scanly.codes.placements.details import read_details
from scanly.codes.placements.model import Filter
from scanly.core.clock import day_number
from scanly.core.money import Money
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.model import LinkDraft

LAST = day_number(date(2026, 11, 22))
# Code -> what its line says, and people's scans and visitors by days before the last.
HOUSE = {
    "t1": ({"batch": "May", "place": "Window", "cost": "3"}, {0: (4, 3), 5: (2, 2), 40: (9, 9)}),
    "t2": ({"batch": "May", "place": "Bar", "copies": "2"}, {29: (5, 1)}),
    "t3": ({"batch": "June", "place": "Bar", "cost": "10"}, {30: (7, 7)}),
    "t4": ({}, {}),
}


async def furnish(app, name="Café", house=HOUSE, currency="EUR"):
    """A workspace with placements, and their days in the rollups."""
    call = app.call()
    workspace = await add_workspace(call, name, {})
    for code, (said, days) in house.items():
        draft = LinkDraft("https://example.com", code=code)
        link = await add_link(call, workspace.id, draft, printed_host="go.example.com")
        wish = Wish(Address.parse(code), read_details(said, currency))
        await add_placement(call, workspace.id, wish)
        async with app.events.write() as connection:
            number = (
                await connection.execute(text("SELECT coalesce(max(number), 0) + 1 FROM subjects"))
            ).scalar_one()
            subject = {"number": number, "link_id": link.id, "workspace_id": workspace.id}
            await connection.execute(insert(subjects).values(subject))
            for back, (scans, visitors) in days.items():
                await connection.execute(insert(rollups).values(rollup(number, LAST - back, scans, visitors)))
    return workspace


def rollup(number, day, scans, visitors):
    kinds = {"person": scans, "bot": 50, "preview": 0, "prefetch": 0, "test": 0}
    return {"scope": 1, "number": number, "day": day, "scans": scans, "visitors": visitors, **kinds}


def test_each_placement_has_its_scans_and_what_one_of_them_cost(either):
    async def work(app):
        here = await furnish(app)
        found = await count_scans(app.call(), here.id, Filter(), (LAST - 29, LAST), app.events)
        told = {
            each.placement.code: (each.scans, each.visitors, each.last_scan, each.cost and each.cost.per_scan)
            for each in found
        }
        assert told == {
            "t1": (6, 5, date(2026, 11, 22), Decimal("0.5000")),
            "t2": (5, 1, date(2026, 10, 24), None),
            "t3": (0, 0, None, None),
            "t4": (0, 0, None, None),
        }
        only = await count_scans(app.call(), here.id, Filter(batch="June"), (LAST - 30, LAST), app.events)
        assert [(each.placement.code, each.scans) for each in only] == [("t3", 7)]

    either.run(work)


def test_batches_and_places_are_the_sums_of_theirs_and_share_the_cost_among_scans_of_what_cost(installation):
    async def work(app):
        here = await furnish(app)
        found = await count_scans(app.call(), here.id, Filter(), (LAST - 40, LAST), app.events)
        may, june, none = grouped(found, "batch")
        assert (may.key, may.placements, may.copies, may.scans, may.visitors) == ("May", 2, 3, 20, 15)
        assert may.costs == (Cost(Money(300, "EUR"), 15),)
        assert may.costs[0].per_scan == Decimal("0.2000")
        assert (june.key, june.scans, june.costs[0].per_scan) == ("June", 7, Decimal("1.4286"))
        assert (none.key, none.scans, none.costs) == ("", 0, ())
        assert [(each.key, each.scans) for each in grouped(found, "place")] == [
            ("Window", 15),
            ("Bar", 12),
            ("", 0),
        ]

    installation.run(work)


def test_amounts_of_two_currencies_are_never_added(installation):
    async def work(app):
        house = {
            "a": ({"batch": "May", "cost": "3"}, {0: (2, 2)}),
            "b": ({"batch": "May", "cost": "3"}, {0: (1, 1)}),
        }
        here = await furnish(app, house=house)
        async with app.main.write() as connection:
            await connection.execute(
                text(
                    "UPDATE placements SET currency = 'JPY' WHERE link_id ="
                    " (SELECT max(link_id) FROM placements)"
                )
            )
        found = await count_scans(app.call(), here.id, Filter(), (LAST, LAST), app.events)
        (may,) = grouped(found, "batch")
        assert [(str(cost.money), str(cost.per_scan)) for cost in may.costs] == [
            ("3.00 EUR", "1.5000"),
            ("300 JPY", "300.00"),
        ]

    installation.run(work)


def test_a_year_is_read_by_months_and_the_last_day_is_still_exact(installation):
    days = {0: (1, 1), 20: (2, 2), 60: (4, 4), 61: (8, 8), 300: (16, 16)}

    async def work(app):
        here = await furnish(app, house={"t1": ({}, {**days}), "t2": ({}, {60: (3, 3), 61: (1, 1)})})
        async with app.events.write() as connection:
            await fold(connection)
            # Only its month tells of that day.
            await connection.execute(text("DELETE FROM rollups WHERE scans = 16"))
        found = await count_scans(app.call(), here.id, Filter(), (LAST - 364, LAST), app.events)
        assert [(each.scans, each.visitors, each.last_scan) for each in found] == [
            (31, 31, date(2026, 11, 22)),
            (4, 4, date(2026, 9, 23)),
        ]

    installation.run(work)


async def fold(connection):
    """Adds up the days of months that are over, as the ingester does."""
    from scanly.analytics.counting.packed import COUNTERS
    from scanly.core.clock import day_of

    rows = (await connection.execute(text("SELECT * FROM rollups"))).mappings().all()
    months = {}
    for row in rows:
        day = day_of(row["day"])
        month = day.year * 12 + day.month - 1
        if month < 2026 * 12 + 10:
            sums = months.setdefault((row["number"], month), dict.fromkeys(COUNTERS, 0))
            for name in COUNTERS:
                sums[name] += row[name]
    names = ", ".join(COUNTERS)
    for (number, month), sums in months.items():
        values = ", ".join(str(sums[name]) for name in COUNTERS)
        await connection.execute(
            text(
                f"INSERT INTO rollup_months (scope, number, month, {names}) VALUES (1, {number}, {month}, {values})"
            )
        )
    await connection.execute(text(f"INSERT INTO states (name, value) VALUES ('folded', {2026 * 12 + 9})"))


def test_workspaces_never_see_each_other_s(installation):
    async def work(app):
        here = await furnish(app, house={"ours": ({"batch": "May"}, {0: (1, 1)})})
        there = await furnish(app, "Elsewhere", {"theirs": ({"batch": "May"}, {0: (9, 9)})})
        for workspace, scans in ((here, 1), (there, 9)):
            found = await count_scans(app.call(), workspace.id, Filter(), (LAST, LAST), app.events)
            assert [each.scans for each in found] == [scans]

    installation.run(work)


@pytest.mark.parametrize("scans", [1, 3, 7, 1000])
def test_a_cost_per_scan_has_two_more_digits_than_its_currency(scans):
    assert Cost(Money(100, "EUR"), scans).per_scan == (Decimal(1) / scans).quantize(Decimal("0.0001"))
    assert Cost(Money(100, "JPY"), scans).per_scan == (Decimal(100) / scans).quantize(Decimal("0.01"))
    assert Cost(Money(100, "EUR"), 0).per_scan is None


def test_the_command_line_knows_every_grouping():
    assert {each.value for each in Grouping} == set(GROUPS)

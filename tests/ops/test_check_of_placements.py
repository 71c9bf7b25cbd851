"""The doctor says what is to be printed anew."""

import asyncio
from datetime import date, timedelta

from tests.conftest import NOW_MS

from scanly.accounts.actions import add_workspace
from scanly.codes.placements.actions import Wish, add_placement, remove_placement
from scanly.codes.placements.details import read_details
from scanly.core.clock import at
from scanly.core.settings import Settings
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.model import LinkDraft
from scanly.ops.checks import Site, placements

TODAY = at(NOW_MS).date()


async def registered(app, **by_code):
    here = await add_workspace(app.call(), "Café", {})
    for code, said in by_code.items():
        draft = LinkDraft("https://example.com", code=code)
        await add_link(app.call(), here.id, draft, printed_host="go.example.com")
        await add_placement(app.call(), here.id, Wish(Address.parse(code), read_details(said, "INR")))
    return here


def examined(installation):
    return asyncio.run(placements.run(Site(installation.folder, installation.settings, NOW_MS)))


def on(day: date) -> dict[str, str]:
    return {"replace_by": day.isoformat()}


def test_the_doctor_says_what_is_to_be_printed_anew(either):
    (nothing,) = examined(either)
    assert (nothing.level, nothing.sentence) == (
        "ok",
        "No printed thing in the register has to be replaced soon.",
    )
    late = {f"late{number}": on(TODAY - timedelta(days=4 - number)) for number in range(6)}
    soon = {"soon": on(TODAY + timedelta(days=30)), "later": on(TODAY + timedelta(days=31))}

    async def work(app):
        here = await registered(app, **late, **soon)
        await remove_placement(app.call(), here.id, Address.parse("late5"))

    either.run(work)
    warning, note = examined(either)
    assert (warning.level, note.level) == ("warning", "ok")
    assert warning.sentence == (
        "5 printed things were to be replaced by now: late0, late1, late2, late3, late4."
    )
    assert warning.hint == 'See which: "scanly placement list --due".'
    assert note.sentence == "1 printed thing to be replaced within 30 days: soon."


def test_the_doctor_needs_no_database(folder):
    (finding,) = asyncio.run(placements.run(Site(folder, Settings(), NOW_MS)))
    assert finding.level == "ok"

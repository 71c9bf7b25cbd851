"""What is kept of printers, on both engines."""

import pytest

from scanly.accounts.actions import add_workspace
from scanly.core.errors import Invalid, NotFound
from scanly.press.printers.actions import forget_printer, keep_printer, list_printers, show_printer
from scanly.press.printers.model import Correction

OFF = Correction((0.31, -0.22), (1.0012, 0.9981))


def test_a_printer_is_kept_exactly_measured_anew_and_forgotten(either):
    async def work(app):
        here = (await add_workspace(app.call(), "Café", {})).id
        assert await list_printers(app.call(), here) == []
        kept = await keep_printer(app.call(), here, " Office ", "A4", OFF)
        assert (kept.name, kept.correction, kept.measured_ms) == ("Office", OFF, either.now_ms)
        assert await show_printer(app.call(), here, "office") == kept
        again = await keep_printer(app.call(), here, "OFFICE", "letter", Correction())
        await keep_printer(app.call(), here, "Kitchen", "A5", OFF)
        found = await list_printers(app.call(), here)
        assert [(each.name, each.paper, each.correction) for each in found] == [
            ("Kitchen", "A5", OFF),
            ("Office", "letter", Correction()),
        ]
        assert await forget_printer(app.call(), here, "office") == again
        assert [each.name for each in await list_printers(app.call(), here)] == ["Kitchen"]

    either.run(work)


def test_printers_belong_to_their_workspace(either):
    async def work(app):
        here = (await add_workspace(app.call(), "Café", {})).id
        there = (await add_workspace(app.call(), "Salon", {})).id
        await keep_printer(app.call(), here, "Office", "A4", OFF)
        await keep_printer(app.call(), there, "Office", "A4", Correction())
        await forget_printer(app.call(), there, "Office")
        assert [each.correction for each in await list_printers(app.call(), here)] == [OFF]
        with pytest.raises(NotFound):
            await show_printer(app.call(), there, "Office")

    either.run(work)


def test_an_unknown_printer_is_answered_with_the_nearest_name(installation):
    async def work(app):
        here = (await add_workspace(app.call(), "Café", {})).id
        with pytest.raises(NotFound, match="scanly print calibrate -o"):
            await show_printer(app.call(), here, "office")
        await keep_printer(app.call(), here, "Office", "A4", OFF)
        with pytest.raises(NotFound, match='"Office"'):
            await show_printer(app.call(), here, "Ofice")

    installation.run(work)


@pytest.mark.parametrize(
    ("name", "correction"),
    [
        ("", OFF),
        ("a" * 81, OFF),
        ("a\x1bb", OFF),
        ("Office", Correction((5.01, 0))),
        ("Office", Correction((0, -5.01))),
        ("Office", Correction(scale=(1.0201, 1))),
        ("Office", Correction(scale=(1, 0.9799))),
    ],
)
def test_what_no_printer_has_is_not_kept(installation, name, correction):
    async def work(app):
        here = (await add_workspace(app.call(), "Café", {})).id
        with pytest.raises(Invalid):
            await keep_printer(app.call(), here, name, "A4", correction)
        assert await list_printers(app.call(), here) == []

    installation.run(work)

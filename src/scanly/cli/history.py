"""``scanly link history`` and ``undo``: what was changed of a link, what is planned, and how to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session
from scanly.core import clock
from scanly.core.text import count

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scanly.accounts.model import Workspace
    from scanly.app import App

Code = Annotated[str, Argument(help="The code, or host/code for a link bound to a host.", metavar="CODE")]
_MOMENTS = ("opens_ms", "paused_ms", "removed_ms")


def history(
    context: typer.Context,
    code: Code,
    drop_plans: Annotated[bool, Option("--drop-plans", help="Forget what is planned.")] = False,
) -> None:
    """Show every change of a link, and what is planned."""
    from scanly.links import changes
    from scanly.links.address import Address

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        address = Address.parse(code)
        if drop_plans:
            dropped = await changes.drop_plans(app.call(), workspace.id, address)
            output.tell(f"{count(dropped, 'planned change')} forgotten.")
        made, planned = await changes.list_history(app.call(), workspace.id, address)
        if session.json:
            output.as_json(
                {
                    "changes": [_change_object(each) for each in made],
                    "planned": [
                        {"at": clock.iso(plan.at_ms), "who": plan.who, "changes": _safe(plan.changes)}
                        for plan in planned
                    ],
                }
            )
            return
        zone = workspace.zone
        undone = {each.undoes for each in made}
        rows = [
            (_when(plan.at_ms, zone), plan.who, "planned", "", _told(plan.changes, zone))
            for plan in reversed(planned)
        ]
        rows += [
            (
                _when(each.at_ms, zone),
                each.who,
                f"{each.what} (undone)" if each.id in undone else each.what,
                _told(each.before, zone),
                _told(each.after, zone),
            )
            for each in made
        ]
        output.table(("when", "who", "what", "from", "to"), rows)
        hint = f", newest first. Take the newest back: scanly link undo {code}" if made else "."
        output.tell(f"{count(len(made), 'change')}{hint}")

    session.run_in_workspace(work)


def undo(context: typer.Context, code: Code) -> None:
    """Take back the newest change of a link; once more takes back the one before it."""
    from scanly.links.address import Address
    from scanly.links.changes import undo_change

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        _, taken_back = await undo_change(app.call(), workspace.id, Address.parse(code))
        if session.json:
            output.as_json(_change_object(taken_back))
            return
        zone = workspace.zone
        output.tell(f"Taken back: {taken_back.what} of {_when(taken_back.at_ms, zone)} by {taken_back.who}.")
        output.table(
            ("was changed to", "is again"), [(_told(taken_back.after, zone), _told(taken_back.before, zone))]
        )

    session.run_in_workspace(work)


def _change_object(change: Any) -> dict[str, object]:
    from scanly.core.ids import show

    return {
        "id": show(change.id),
        "at": clock.iso(change.at_ms),
        "who": change.who,
        "what": change.what,
        "before": _safe(change.before),
        "after": _safe(change.after),
        "undoes": None if change.undoes is None else show(change.undoes),
    }


def _safe(values: dict[str, Any]) -> dict[str, Any]:
    """Without what nobody is to see, and with ids as they are shown elsewhere."""
    from scanly.core.ids import show

    safe = dict(values)
    if "password" in safe:
        safe["password"] = "set" if safe["password"] else ""
    if "rules" in safe:
        safe["rules"] = [rule | {"id": show(rule["id"])} for rule in safe["rules"]]
    return safe


def _told(values: dict[str, Any], zone: ZoneInfo) -> str:
    return "; ".join(
        f"{name.removesuffix('_ms')} {_value(name, value, zone)}" for name, value in _safe(values).items()
    )


def _value(name: str, value: Any, zone: ZoneInfo) -> str:
    from scanly.links.moments import shown_end
    from scanly.links.values import as_list, as_mapping

    if name == "expires_ms" and value is not None:
        return shown_end(value, zone)
    if name in _MOMENTS and value is not None:
        return _when(value, zone)
    if name == "rules":
        return ", ".join(str(rule["name"]) for rule in as_list(value) or []) or "none"
    if (listed := as_list(value)) is not None:
        return ", ".join(map(str, listed)) or "none"
    if (pairs := as_mapping(value)) is not None:
        return ", ".join(f"{key}={each}" for key, each in pairs.items()) or "none"
    return str(value) if value not in ("", None, False) else "none"


def _when(ms: int, zone: ZoneInfo) -> str:
    from scanly.links.moments import shown

    return shown(ms, zone)

"""``scanly link rules`` and ``scanly link test``: who is led where, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session
from scanly.core.errors import Invalid, Unavailable
from scanly.core.text import count

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.links.model import Link
    from scanly.links.place import Place
    from scanly.links.routing import Decision, Route
    from scanly.links.simulation import Simulated

Code = Annotated[str, Argument(help="The code, or host/code for a link bound to a host.", metavar="CODE")]
_HOLDS, _FAILS = "yes", "no"


def rules(
    context: typer.Context,
    code: Annotated[str, Argument(help="The code, or host/code.", metavar="CODE", show_default=False)] = "",
    file: Annotated[
        str,
        Argument(help="A YAML file with the new rules, or - for stdin.", metavar="FILE", show_default=False),
    ] = "",
    check: Annotated[bool, Option("--check", help="Only say whether the file is right.")] = False,
    clear: Annotated[bool, Option("--clear", help="Take all rules away.")] = False,
    example: Annotated[
        bool, Option("--example", help="Show every condition that there is, as YAML.")
    ] = False,
) -> None:
    """Show a link's routing rules as YAML, or set them from a file. The first rule that holds decides."""
    if example:
        output.say(_example().rstrip())
        return
    if not code:
        raise typer.BadParameter("Give a code, or --example")
    if (clear and file) or (check and not file):
        raise typer.BadParameter("Give a file for --check, and none for --clear")
    from scanly.links.actions import show_link
    from scanly.links.address import Address
    from scanly.links.changes import edit_link
    from scanly.links.rules import read_rules, write_rules

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        address = Address.parse(code)
        link = await show_link(app.call(), workspace.id, address)
        if file:
            given = read_rules(_text_of(file), link.terms, workspace.time_zone, app.make_id)
            if check:
                output.tell(f"{count(len(given.rules), 'rule')}, all right. Nothing was changed.")
                return
            link = await edit_link(app.call(), workspace.id, address, given._asdict())
            output.tell(f"{code} has {count(len(link.terms.rules), 'rule')}.")
        elif clear:
            nothing: dict[str, object] = {"rules": (), "calendars": {}, "zone": ""}
            link = await edit_link(app.call(), workspace.id, address, nothing)
            output.tell(f"{code} leads everybody to {link.target}.")
        if session.json:
            output.as_json([_rule_object(rule) for rule in _in_order(link)])
        elif not file and not clear:
            output.say(write_rules(link.terms).rstrip())

    session.run_in_workspace(work)


def _in_order(link: Link) -> list[Any]:
    from scanly.links.rules import in_order

    return list(in_order(link.terms.rules))


def _rule_object(rule: Any) -> dict[str, object]:
    from scanly.core.ids import show

    return {
        "id": show(rule.id),
        "name": rule.name,
        "priority": rule.priority,
        "when": rule.when,
        "target": rule.target or None,
        "closed": rule.closed,
    }


def _text_of(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Unavailable(f"{file} cannot be read: {reason}.") from error


def _example() -> str:
    from scanly.core.document import write
    from scanly.links.conditions import examples

    conditions = [{name: value} for name, value in examples()]
    rules: list[dict[str, object]] = [
        {"name": f"by {name}", "when": {name: value}, "target": "https://example.com/"}
        for name, value in examples()
    ]
    joined = {"all": conditions[:1], "any": conditions[1:3], "not": conditions[3]}
    rules.append({"name": "joined", "priority": 10, "when": joined, "closed": True})
    days_off = {"festival": ["2026-11-08", "12-25"]}
    return write({"zone": "Asia/Kolkata", "calendars": days_off, "rules": rules})


def simulate(
    context: typer.Context,
    code: Code,
    at: Annotated[
        str, Option(metavar="WHEN", help='When, such as "sunday 21:00" or "2026-12-24 18:00".')
    ] = "now",
    device: Annotated[
        str,
        Option(metavar="DEVICE", help="android-9, iphone, ipad, windows, instagram-ios, … or a User-Agent."),
    ] = "",
    place: Annotated[
        str, Option(metavar="PLACE", help="A city, region or country, or latitude,longitude.")
    ] = "",
    language: Annotated[str, Option(help="The language that is liked best, such as hi or pt-br.")] = "",
    referrer: Annotated[str, Option(metavar="URL", help="The page that leads here.")] = "",
    query: Annotated[str, Option(help="The address's query, such as utm_source=poster&ref=7.")] = "",
    visit: Annotated[str, Option(metavar="first|repeat", help="Whether somebody was here before.")] = "first",
    nth: Annotated[int | None, Option(min=1, help="Which scan it is; the next one when left out.")] = None,
    visitor: Annotated[str, Option(metavar="NAME", help="Who draws lots for shares.")] = "somebody",
) -> None:
    """Say where a visitor would land, and why. Nothing is recorded or counted."""
    from scanly.links.actions import show_link
    from scanly.links.address import Address
    from scanly.links.changes import list_history
    from scanly.links.moments import find_zone, parse_moment
    from scanly.links.routing import Known, Route, as_of
    from scanly.links.simulation import Simulated

    session = Session.of(context)
    if visit not in ("first", "repeat"):
        raise typer.BadParameter(f'"{visit}" is neither first nor repeat')

    async def work(app: App, workspace: Workspace) -> None:
        call, address = app.call(), Address.parse(code)
        link = await show_link(call, workspace.id, address)
        _, plans = await list_history(call, workspace.id, address)
        zone = find_zone(link.terms.zone or workspace.time_zone)
        now_ms = parse_moment(at, zone, call.now_ms, field="at")
        link, _ = as_of(link, plans, now_ms, _raise)
        route = Route.of(link, workspace.time_zone)
        led_on = _led_on(app, route)
        who = Simulated(
            now_ms,
            _agent(device),
            _place(app, place, route),
            language.strip().lower().replace("_", "-"),
            _referrer(referrer),
            visit == "repeat",
            nth or (led_on + 1 if route.counted else 0),
            _pairs(query),
            visitor,
        )
        known = Known(person=True, led_on=led_on if nth is None else nth - 1)
        decision = route.decide(who, known)
        asks = decision.answer.name == "PASSWORD"
        if asks:
            decision = route.decide(who, known._replace(unlocked=True))
        told = Told(route, who, decision, query, asks)
        if session.json:
            output.as_json(told.as_object(code))
        else:
            told.tell(code, zone)

    session.run_in_workspace(work)


def _raise(error: Invalid) -> None:
    raise error


def _led_on(app: App, route: Route) -> int:
    """How many people the link has led on until now."""
    if not route.counted:
        return 0
    from scanly.analytics.led import led_on
    from scanly.core.shared import SharedCounts

    tallies = SharedCounts(app.folder.tallies)
    try:
        count = tallies.get(route.link.id)
    finally:
        tallies.close()
    return led_on(app.folder, app.settings.database_url, route.link.id) if count is None else count


def _agent(device: str) -> Any:
    from scanly.links.agent import example_agent, read_agent

    if not device:
        return read_agent("")
    return read_agent(device if "/" in device else example_agent(device))


def _place(app: App, name: str, route: Route) -> Place:
    """By coordinates, by the place database, or by a name that a rule uses. Raises Invalid."""
    from scanly.links.place import UNKNOWN, Place, parse_point
    from scanly.links.simulation import place_in_rules

    if not name:
        return UNKNOWN
    if name.strip()[:1] in "+-0123456789":
        latitude, longitude = parse_point(name, field="place")
        return Place(latitude=latitude, longitude=longitude)
    from scanly.scans.geoip.shelf import file_in_use
    from scanly.scans.place import Places

    places = Places(file_in_use(app.folder, app.settings))
    try:
        found = places.named(name)
    finally:
        places.close()
    found = found or place_in_rules(name, route.rules)
    if found is None:
        raise Invalid.field(
            "place",
            f'"{name[:60]}" is known neither to the rules of this link nor to a place database.',
            hint="Give latitude,longitude; or a place database: scanly geoip use FILE.",
        )
    return found


def _referrer(url: str) -> str:
    from scanly.scans.recorder import without_query

    return without_query(url if "://" in url else f"https://{url}") if url else ""


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    from urllib.parse import parse_qsl

    return tuple(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


class Told:
    """How a decision is told to people and to machines."""

    def __init__(
        self, route: Route, who: Simulated, decision: Decision, query: str, asks_password: bool
    ) -> None:
        self._route, self._who, self._decision = route, who, decision
        self._query, self._asks_password = query.removeprefix("?"), asks_password

    @property
    def _rule(self) -> Any:
        return next((each.rule for each in self._route.rules if each.rule.id == self._decision.rule), None)

    @property
    def _lands(self) -> str | None:
        """The whole address, with campaign words and query; None when the visitor is told something."""
        from scanly.links.destination import location, with_query
        from scanly.links.routing import Answer

        decision, terms = self._decision, self._route.link.terms
        if not decision.target:
            return None
        usual = decision.answer is Answer.REDIRECT
        address = location(decision.target, terms.utm if usual else {})
        passes = usual and terms.pass_query and self._query
        return (with_query(address, self._query.encode()) if passes else address).decode()

    def as_object(self, code: str) -> dict[str, object]:
        from scanly.core.clock import iso
        from scanly.core.ids import show

        rule, decision = self._rule, self._decision
        return {
            "code": code,
            "at": iso(self._who.now_ms),
            "answer": decision.answer.name.lower(),
            "target": self._lands,
            "asks_password": self._asks_password,
            "reason": decision.reason.value if decision.reason else None,
            "rule": {"id": show(rule.id), "name": rule.name} if rule else None,
            "rules": [
                {
                    "name": each.rule.name,
                    "holds": steps[0].holds,
                    "conditions": [step._asdict() for step in steps],
                }
                for each, steps in self._route.explain(self._who, decision)
            ],
        }

    def tell(self, code: str, zone: ZoneInfo) -> None:
        from scanly.links.moments import shown

        agent, place = self._who.agent, self._who.place
        version = ".".join(map(str, agent.os_version))
        facts = {
            "when": f"{shown(self._who.now_ms, zone)} ({zone.key})",
            "device": " ".join(
                part for part in (agent.device, agent.os, version, agent.app or agent.browser) if part
            ),
            "place": ", ".join(
                part for part in (place.city, place.region_name or place.region, place.country) if part
            )
            or (f"{place.latitude},{place.longitude}" if place.point else ""),
            "language": self._who.language,
        }
        output.fields({"code": code, **facts})
        output.say()
        if self._asks_password:
            output.say("  a form asks for the password first; whoever has it")
        output.say(f"  {self._outcome()}")
        output.say(f"  {self._because(zone)}")
        self._tell_rules()

    def _outcome(self) -> str:
        if self._lands is not None:
            return f"-> {self._lands}"
        return "-> a page that says why it does not lead on"

    def _because(self, zone: ZoneInfo) -> str:
        from scanly.links.moments import shown, shown_end
        from scanly.links.routing import Reason

        decision, rule = self._decision, self._rule
        if rule is not None:
            end = "closes it" if rule.closed else "leads there"
            return f'because rule "{rule.name}" holds and {end}'
        at_ms = decision.at_ms
        moment, end = ("", "") if at_ms is None else (shown(at_ms, zone), shown_end(at_ms, zone))
        reasons = {
            Reason.REMOVED: f"because the link is removed since {moment}",
            Reason.PAUSED: f"because the link is paused since {moment}",
            Reason.NOT_YET: f"because it opens on {moment}",
            Reason.EXPIRED: f"because it ended on {end}",
            Reason.USED_UP: f"because it has led on {self._route.link.terms.max_scans} people, its limit",
            Reason.BROKEN: f"because its target does not answer since {moment}",
        }
        if decision.reason is not None:
            return reasons.get(decision.reason, "because a rule closes it")
        return "because no rule holds" if self._route.rules else "because it has no rules"

    def _tell_rules(self) -> None:
        asked = list(self._route.explain(self._who, self._decision))
        for number, (each, steps) in enumerate(asked, 1):
            output.say()
            output.say(f"{number}. {each.rule.name}: {_HOLDS if steps[0].holds else _FAILS}")
            for step in steps:
                mark = _HOLDS if step.holds else _FAILS
                output.say(f"   {'  ' * step.depth}{mark:3}  {step.name}: {step.fact}")
        for each in self._route.rules[len(asked) :]:
            output.say()
            output.say(f"   {each.rule.name}: not asked")

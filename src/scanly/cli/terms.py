"""The options about a link's terms, the same for making a link and for changing one."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from typer import Option

from scanly.core.errors import Invalid

if TYPE_CHECKING:
    from scanly.app import App
    from scanly.links.model import Link
    from scanly.links.terms import Terms

NEVER = "never"

Opens = Annotated[
    str | None,
    Option(metavar="WHEN", help='Open from then on, such as "2026-12-01 09:00"; "never" takes it away.'),
]
Expires = Annotated[
    str | None,
    Option(metavar="WHEN", help='Closed from then on; a date alone is open to its end. "never": no end.'),
]
MaxScans = Annotated[
    int | None,
    Option(
        min=0, max=2**31 - 1, metavar="N", help="Leads on so many people, then it is closed; 0: no limit."
    ),
]
Password = Annotated[
    bool | None,
    Option(
        "--password/--no-password", help="Ask visitors for a password; it is read from the terminal or stdin."
    ),
]
Fallback = Annotated[
    str | None,
    Option(metavar="URL", help='Where visitors go instead of being told that it is closed; "" for none.'),
]
WhenBroken = Annotated[
    str | None, Option(metavar="report|fallback", help="What to do while the target does not answer.")
]
PassQuery = Annotated[
    bool | None, Option("--pass-query/--no-pass-query", help="Add the visitor's own query to the target.")
]
Utm = Annotated[
    list[str] | None,
    Option(
        metavar="NAME=VALUE",
        help="Added to the target: source, medium, campaign, term, content. Replaces all.",
    ),
]
Ios = Annotated[str | None, Option(metavar="URL", help='Where iPhones and iPads are led; "" takes it away.')]
Android = Annotated[str | None, Option(metavar="URL", help='Where Android phones are led; "" takes it away.')]


@dataclass(frozen=True, slots=True)
class TermOptions:
    """What was given; None for what was not."""

    opens: str | None = None
    expires: str | None = None
    max_scans: int | None = None
    password: bool | None = None
    fallback: str | None = None
    when_broken: str | None = None
    pass_query: bool | None = None
    utm: list[str] | None = None
    ios: str | None = None
    android: str | None = None

    @property
    def given(self) -> bool:
        return any(getattr(self, name) is not None for name in self.__dataclass_fields__)

    def changes(self, app: App, zone: ZoneInfo, before: Terms) -> dict[str, Any]:
        """Fields of `Terms` to be changed. Asks for the password. Raises Invalid."""
        from scanly.links.moments import parse_moment
        from scanly.links.rules import app_rules

        found: dict[str, Any] = {}
        now_ms = app.clock()
        for name, text in (("opens", self.opens), ("expires", self.expires)):
            if text is not None:
                whole_day, never = name == "expires", text.strip().lower() in (NEVER, "")
                found[f"{name}_ms"] = (
                    None if never else parse_moment(text, zone, now_ms, field=name, whole_day=whole_day)
                )
        if self.max_scans is not None:
            found["max_scans"] = self.max_scans or None
        if self.password is not None:
            found["password"] = _asked_password() if self.password else ""
        if self.fallback is not None:
            found["fallback"] = self.fallback
        if self.when_broken is not None:
            found["fallback_when_broken"] = _is_fallback(self.when_broken)
        if self.pass_query is not None:
            found["pass_query"] = self.pass_query
        if self.utm is not None:
            found["utm"] = dict(_pair(text) for text in self.utm if text)
        if self.ios is not None or self.android is not None:
            known = {rule.name: rule.target for rule in before.rules}
            ios = known.get("App Store", "") if self.ios is None else self.ios
            android = known.get("Google Play", "") if self.android is None else self.android
            found["rules"] = app_rules(ios, android, before, app.make_id)
        return found


def _is_fallback(text: str) -> bool:
    if text not in ("report", "fallback"):
        raise Invalid.field("when-broken", f'"{text[:40]}" is not known.', hint="It is report or fallback.")
    return text == "fallback"


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name = name.strip().lower().removeprefix("utm_")
    if not equals or not value.strip():
        raise Invalid.field("utm", f'"{text[:60]}" is no pair.', hint="Write it like source=poster.")
    return name, value.strip()


def _asked_password() -> str:
    """As it is kept. Read from the terminal without showing it, or as the first line of stdin."""
    from scanly.links.passwords import keep

    if sys.stdin.isatty():
        given: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise Invalid.field(
            "password", "was not given.", hint="Type it, or pipe it in: echo secret | scanly link …"
        )
    return keep(given)


def as_lines(link: Link, zone: ZoneInfo) -> dict[str, object]:
    """The terms of a link as people read them; empty for what is not agreed."""
    from scanly.links.moments import shown, shown_end

    terms = link.terms

    def moment(ms: int | None) -> str:
        return "" if ms is None else shown(ms, zone)

    return {
        "opens": moment(terms.opens_ms),
        "expires": "" if terms.expires_ms is None else shown_end(terms.expires_ms, zone),
        "max_scans": terms.max_scans or "",
        "password": "yes" if terms.password else "",
        "paused_since": moment(terms.paused_ms),
        "fallback": terms.fallback,
        "when_broken": "fallback" if terms.fallback_when_broken else "",
        "pass_query": "yes" if terms.pass_query else "",
        "utm": "; ".join(f"{name}={value}" for name, value in terms.utm.items()),
        "rules": "; ".join(rule.name for rule in terms.rules),
        "target_broken_since": moment(link.broken_ms),
    }


def state(link: Link, now_ms: int) -> str:
    """In a few words, what is different about a link; empty for one that leads everybody to its target."""
    terms = link.terms
    said = {
        "removed": link.removed_ms is not None,
        "paused": terms.paused_ms is not None,
        "not open yet": terms.opens_ms is not None and now_ms < terms.opens_ms,
        "ended": terms.expires_ms is not None and now_ms >= terms.expires_ms,
        "broken": link.broken_ms is not None,
        f"at most {terms.max_scans}": terms.max_scans is not None,
        "password": bool(terms.password),
        f"{len(terms.rules)} rules": bool(terms.rules),
    }
    return ", ".join(word for word, holds in said.items() if holds)


def as_json(link: Link) -> dict[str, object]:
    """The terms of a link for machines; the password is never told."""
    from scanly.core.clock import iso

    terms = link.terms

    def moment(ms: int | None) -> str | None:
        return None if ms is None else iso(ms)

    return {
        "opens_at": moment(terms.opens_ms),
        "expires_at": moment(terms.expires_ms),
        "max_scans": terms.max_scans,
        "has_password": bool(terms.password),
        "paused_at": moment(terms.paused_ms),
        "fallback": terms.fallback or None,
        "when_broken": "fallback" if terms.fallback_when_broken else "report",
        "pass_query": terms.pass_query,
        "utm": terms.utm,
        "rules": [rule.name for rule in terms.rules],
        "broken_at": moment(link.broken_ms),
    }

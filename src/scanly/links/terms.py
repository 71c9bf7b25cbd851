"""The terms of a link: when it is open, for how many, behind what, and which visitor is sent where."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from scanly.core.address import web_address
from scanly.core.errors import Invalid, Problem
from scanly.core.text import has_control
from scanly.links import passwords

MAX_RULES = 100
MAX_RULE_NAME = 80
MAX_UTM = 128
UTM = ("source", "medium", "campaign", "term", "content")

# The end of the year 9999, beyond which there are no dates.
_Moment = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """Sends the visitors for whom ``when`` holds to ``target``, or tells them that it is closed.

    ``id`` is never used for another rule: scans name it. ``when`` is a checked condition in plain values
    (`conditions.parse`). Of two rules the one with the higher ``priority`` is asked first, then the earlier.
    """

    id: int
    name: str
    when: dict[str, Any]
    target: str = ""
    closed: bool = False
    priority: int = 0


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything about a link that is more than "this code leads there"; moments are Unix, UTC.

    ``opens_ms`` is the first moment at which it is open, ``expires_ms`` the first at which it no longer is.
    ``max_scans`` counts people who were led to a target. ``password`` is what `passwords.keep` made.
    ``fallback`` is where visitors go instead of being told that it is closed. ``utm`` and the visitor's own
    query (``pass_query``) are added to the target. ``zone`` is the IANA zone of the rules, the workspace's when
    empty; ``calendars`` are the owner's own days off, ``2026-12-24`` or ``12-24`` for every year.
    """

    opens_ms: _Moment | None = None
    expires_ms: _Moment | None = None
    max_scans: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    password: str = ""
    paused_ms: _Moment | None = None
    fallback: str = ""
    fallback_when_broken: bool = False
    pass_query: bool = False
    utm: dict[str, str] = {}
    rules: tuple[Rule, ...] = ()
    zone: str = ""
    calendars: dict[str, tuple[str, ...]] = {}


PLAIN = Terms()
decode_terms = msgspec.json.Decoder(Terms).decode
NAMES = Terms.__struct_fields__


def _out_of_range(terms: Terms) -> list[Problem]:
    """What cannot be read back once it is stored."""
    try:
        msgspec.convert(msgspec.to_builtins(terms), Terms)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        name = path.rstrip("`").removesuffix("_ms")
        return [Problem(name or "terms", f"cannot be used: {message}.", "Give another value.")]
    return []


def check_terms(terms: Terms) -> Terms:
    """The terms with addresses in their normal spelling; rules were checked when they were read. Raises Invalid."""
    problems = _out_of_range(terms)
    if terms.opens_ms is not None and terms.expires_ms is not None and terms.opens_ms >= terms.expires_ms:
        problems.append(Problem("expires", "is not after the opening.", "Give a later moment."))
    unknown = [name for name in terms.utm if name not in UTM]
    if unknown:
        problems.append(Problem("utm", f'"{unknown[0]}" is not known.', f"There are {', '.join(UTM)}."))
    for name, value in terms.utm.items():
        if len(value) > MAX_UTM or has_control(value):
            problems.append(
                Problem(f"utm {name}", f"is longer than {MAX_UTM} characters or has control ones.")
            )
    if terms.password and not passwords.is_kept(terms.password):
        problems.append(Problem("password", "is not kept as a password is.", "Set it with --password."))
    if terms.fallback_when_broken and not terms.fallback:
        problems.append(Problem("when-broken", "needs a fallback.", "Give --fallback URL, too."))
    if problems:
        raise Invalid(problems=tuple(problems))
    if not terms.fallback:
        return terms
    return msgspec.structs.replace(terms, fallback=web_address(terms.fallback, field="fallback"))

"""What an answer, or none, says about an address to which a link leads: pure, the same for a person and a duty.

In doubt an address is not called broken: visitors may be led elsewhere because of that word.

Source: RFC 9110 (status codes).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from scanly.core.outbound import Fetched, Refused, Unreachable
from scanly.links.destination import location
from scanly.links.loops import leads_to
from scanly.links.model import Link

Outcome = Fetched | Refused | Unreachable

LOOP = "it leads back to a short address of this installation, in a circle"
_PHRASES = {each.value: each.phrase for each in HTTPStatus}
_GONE = frozenset({404, 410})
# One server of a machine without IPv6, or behind a broken route, is well for everybody else.
_NO_WAY = "there is no way to its network"
# The resolver is at fault, or the name's own servers: only whether others are found tells which.
_NOT_FOUND_JUST_NOW = ("the name cannot be looked up just now", "the name is not found within")
_ALONE = "nobody else answered either, so the connection of this machine may be down"
# So many hosts do not fail at once by themselves.
_CROWD = 3


class Verdict(StrEnum):
    """UNSURE says nothing against the address: a server may refuse robots, or a network may be closed to us."""

    OK = "ok"
    BROKEN = "broken"
    UNSURE = "unsure"


class Kind(StrEnum):
    """What an address is to its link."""

    TARGET = "target"
    FALLBACK = "fallback"
    RULE = "rule"


class Lead(NamedTuple):
    """An address to which a link leads, as its visitors are sent to it."""

    kind: Kind
    url: str


@dataclass(frozen=True, slots=True)
class Finding:
    """``status`` is 0 when nobody answered; ``problem`` is empty when all is well, and holds no address."""

    url: str
    status: int
    problem: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one address of a link, and since when it has been failing."""

    link: Link
    kind: Kind
    finding: Finding
    failing_since_ms: int | None


def leads_of(link: Link) -> tuple[Lead, ...]:
    """Every address outside to which a link leads, once; what is both target and rule is the target."""
    utm = link.terms.utm
    named: list[tuple[Kind, str, dict[str, str]]] = [
        (Kind.TARGET, link.target, utm),
        (Kind.FALLBACK, link.terms.fallback, {}),
    ]
    named += [(Kind.RULE, rule.target, utm) for rule in link.terms.rules]
    found: dict[str, Kind] = {}
    for kind, address, words in named:
        if address and not address.startswith("/"):  # a page of our own
            found.setdefault(location(address, words).decode(), kind)
    return tuple(Lead(kind, url) for url, kind in found.items())


def judge(url: str, outcome: Outcome, ours: frozenset[str]) -> Finding:
    """What came of visiting ``url`` says this about it. ``ours`` are the hosts at which links are answered."""
    asked = outcome.chain if isinstance(outcome, Fetched) else (outcome.url,)
    if any(leads_to(each, ours) for each in (url, *asked)):
        return Finding(url, 0, LOOP, Verdict.BROKEN)
    match outcome:
        case Fetched(status=status):
            return Finding(url, status, *_of_status(status))
        case Refused(reason=reason):
            return Finding(url, 0, f"it was not looked at: {reason}", Verdict.UNSURE)
        case Unreachable(reason=reason):
            return Finding(url, 0, reason, Verdict.UNSURE if reason == _NO_WAY else Verdict.BROKEN)


def _of_status(status: int) -> tuple[str, Verdict]:
    if status < 400:
        return "", Verdict.OK
    said = f"it answers {status} {_PHRASES.get(status, '')}".rstrip()
    if status in _GONE or 500 <= status < 600:
        return said, Verdict.BROKEN
    return f"{said}, maybe to robots only", Verdict.UNSURE


def doubted(findings: Mapping[str, Finding]) -> Mapping[str, Finding]:
    """The findings of a look in which nobody at all answered: then this machine may be the one that fails."""
    silent = {url: each for url, each in findings.items() if _is_silent(each)}
    if len(_hosts(silent)) < _CROWD:
        silent = {url: each for url, each in silent.items() if each.problem.startswith(_NOT_FOUND_JUST_NOW)}
    unsure = {
        url: replace(each, problem=f"{each.problem}; {_ALONE}", verdict=Verdict.UNSURE)
        for url, each in silent.items()
    }
    return {**findings, **unsure}


def _is_silent(finding: Finding) -> bool:
    return finding.verdict is Verdict.BROKEN and not finding.status and finding.problem != LOOP


def _hosts(urls: Iterable[str]) -> set[str]:
    return {host_of(url) for url in urls}


def host_of(url: str) -> str:
    """The host that is asked first."""
    return urlsplit(url).hostname or ""


def failing_since(finding: Finding, before_ms: int | None, now_ms: int) -> int | None:
    """Since when an address is failing, if it is, after what was known before.

    Who answers, if only to send robots away, is there; what could not be looked at stays as it was.
    """
    if finding.verdict is Verdict.BROKEN:
        return now_ms if before_ms is None else before_ms
    return None if finding.status else before_ms

"""A rule of alerts, and what is told when it fires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from scanly.analytics.about import EVERYTHING, About
from scanly.core.errors import Invalid
from scanly.core.text import count, has_control

AlertKind = Literal["more", "less", "silent", "digest"]
KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
Every = Literal["hour", "day", "week"]
EVERY: tuple[Every, ...] = get_args(Every)
MOST_SCANS = 1_000_000_000
MOST_SILENT_DAYS = 366
MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Rule:
    """More or less than ``number`` scans in an hour, a day or a week; silent for ``number`` days; or a digest.

    ``every`` is the length of the periods that are judged: days for silence. Up to ``judged`` (the number of a
    period, `periods`) that is done; ``firing`` since it came true and until it is not true any more.
    """

    id: int
    name: str
    kind: AlertKind
    number: int
    every: Every
    about: About = EVERYTHING
    judged: int = 0
    firing: bool = False
    created_ms: int = 0


class Told(msgspec.Struct, frozen=True):
    """What an alert said when it fired, as it was known then.

    ``period`` is ``2026-11-22``, ``2026-11-22 19:00`` or, of a week and of silence, ``2026-11-16 to 2026-11-22``.
    ``visitors``, ``before`` (scans of as many days before) and ``sentences`` are a digest's.
    """

    rule: str
    kind: AlertKind
    number: int
    every: Every
    subject: str
    period: str
    since: str
    until: str
    hour: int
    scans: int
    visitors: int = 0
    before: int = 0
    sentences: Sequence[str] = ()


class Alert(msgspec.Struct, frozen=True):
    """Something that fired, and when that was found out."""

    at_ms: int
    told: Told


def check_rule(rule: Rule) -> Rule:
    """The rule itself. Raises Invalid."""
    name = rule.name.strip()
    if not name or len(name) > MAX_NAME or has_control(name):
        raise Invalid.field("name", f"has to be 1 to {MAX_NAME} plain characters.", hint="Shorten it.")
    lowest, most = {
        "more": (0, MOST_SCANS),
        "less": (1, MOST_SCANS),
        "silent": (1, MOST_SILENT_DAYS),
        "digest": (0, 0),
    }[rule.kind]
    if not lowest <= rule.number <= most:
        raise Invalid.field(rule.kind, f"{rule.number} is not between {lowest:,} and {most:,}.")
    if (rule.kind == "silent" and rule.every != "day") or (rule.kind == "digest" and rule.every == "hour"):
        raise Invalid.field(
            "in", f"a rule of the kind {rule.kind} has no {rule.every}.", hint="Leave it out."
        )
    if rule.kind == "digest" and rule.about != EVERYTHING:
        raise Invalid("A digest is of the whole workspace.", hint="Leave out the code, tag or campaign.")
    return rule


def in_words(rule: Rule, subject: str) -> str:
    """``more than 50 scans of menu in a day``."""
    of = "" if rule.about == EVERYTHING else f" of {subject}"
    if rule.kind == "digest":
        return "daily digest" if rule.every == "day" else "weekly digest"
    if rule.kind == "silent":
        return f"no scan{of} for {count(rule.number, 'day')}"
    article = "an" if rule.every == "hour" else "a"
    return f"{rule.kind} than {count(rule.number, 'scan')}{of} in {article} {rule.every}"


def told_in_words(told: Told) -> str:
    """``64 scans of menu on 2026-11-22, more than 50``; of a digest its sentences."""
    if told.kind == "digest":
        return " ".join(told.sentences)
    of = "" if told.subject == "everything" else f" of {told.subject}"
    if told.kind == "silent":
        return f"no scan{of} for {count(told.number, 'day')}, {told.period}"
    when = {"hour": "in the hour from", "day": "on", "week": "in the week"}[told.every]
    return f"{count(told.scans, 'scan')}{of} {when} {told.period}, {told.kind} than {told.number:,}"

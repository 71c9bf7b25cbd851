"""Counts raw scans the plain way, row by row, as the judge of the packed rollups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from scanly.analytics.agents import Agent
from scanly.analytics.counting.packed import PARTS
from scanly.analytics.dimensions import DIMENSIONS
from scanly.scans.model import LANDED, OF_SITES, Kind, Outcome

Ask = Callable[[str], list[tuple[Any, ...]]]
RAW = (
    "scans.id, subject, day, hour, scans.kind, outcome, visitor, agents.device, agents.model, agents.system,"
    " agents.browser, agents.app, country, city, language, referrer, source, medium, campaign, term, content,"
    " rule, part, drive, link_id, workspace_id, host"
)
WORDS = ("country", "city", "language", "referrer", "source", "medium", "campaign", "term", "content", "rule")
NAMES = {1: "moment", 2: "outcome", 3: "link", 4: "clicked", 5: "invited", 6: "sent"}


def counted(ask: Ask, order: Sequence[int] = ()) -> dict[tuple[int, int, int], dict[str, Any]]:
    """What rollups must hold, from the raw scans: numbers, and counts by dimension and text.

    ``order`` are ids as they were counted, else they are in order of time: ``repeats`` are told by it.
    """
    words = dict(ask("SELECT number, text FROM words")) | {0: ""}
    groups = {(kind, owner, name): number for number, kind, owner, name in ask(
        "SELECT number, kind, workspace_id, name FROM groups")}  # fmt: skip
    found: dict[tuple[int, int, int], dict[str, Any]] = defaultdict(
        lambda: {
            "scans": 0, "people": set(), "kinds": Counter(),
            "counts": defaultdict(Counter), "repeats": defaultdict(Counter),
        }
    )  # fmt: skip
    query = (
        f"SELECT {RAW} FROM scans JOIN subjects ON subjects.number = subject"
        " JOIN agents ON agents.number = agent ORDER BY scans.id"
    )
    rows = ask(query)
    if order:
        turn = {identifier: number for number, identifier in enumerate(order)}
        rows.sort(key=lambda row: turn[row[0]])
    for row in rows:
        fields = dict(zip([name.strip().rpartition(".")[2] for name in RAW.split(",")], row, strict=True))
        _count(fields, words, groups, found)
    return found


def _count(row: Mapping[str, Any], words: Mapping[int, str], groups: Mapping[Any, int], found: Any) -> None:
    subject, day, kind, outcome = row["subject"], row["day"], row["kind"], row["outcome"]
    of_all = (3, groups["workspace", row["workspace_id"], ""], day)
    of_site = outcome in OF_SITES
    scopes = [(2, subject, day)] if of_site else [(1, subject, day), of_all]
    if row["host"] and not of_site:
        scopes.append((4, row["host"], day))
    if row["drive"] and not of_site:
        scopes.append((5, row["drive"], day))
    for scope in dict.fromkeys([*scopes, of_all]):
        found[scope]["counts"]["outcome"][kind * 8 + outcome] += 1
    met_one = row["visitor"] in found[scopes[0]]["people"]
    for scope in scopes:
        found[scope]["kinds"][kind] += 1
        if kind != Kind.PERSON:
            continue
        if of_site and row["part"]:
            name = {Outcome.CLICK: "clicked", Outcome.VIEW: "invited", Outcome.LEAD: "sent"}[outcome]
            found[scope]["counts"][name][words[row["part"]]] += 1
        if outcome in LANDED or outcome == Outcome.VIEW:
            _meet(found[scope], row, words)
            if scope[0] in (3, 4, 5):
                found[scope]["counts"]["link"][row["subject"]] += 1
                found[scope]["repeats"]["link"][row["subject"]] += met_one or not row["visitor"]


def _meet(rollup: dict[str, Any], row: Mapping[str, Any], words: Any) -> None:
    rollup["scans"] += 1
    again = row["visitor"] in rollup["people"] or not row["visitor"]
    if row["visitor"]:
        rollup["people"].add(row["visitor"])
    if row["hour"] != 24:
        moment = (row["day"] + 3) % 7 * 24 + row["hour"]
        rollup["counts"]["moment"][moment] += 1
        rollup["repeats"]["moment"][moment] += again
    agent = Agent(*(row[name] for name in ("device", "model", "system", "browser", "app")))
    for name, dimension in DIMENSIONS.items():
        value = dimension.value(agent if dimension.FIELD == "agent" else words[row[dimension.FIELD]])
        if value:
            rollup["counts"][name][value] += 1
            rollup["repeats"][name][value] += again


def assert_rollups_are_those_of(ask: Ask, order: Sequence[int] = ()) -> None:
    """Whether who of a day came first is told exactly is only looked at where the ``order`` of counting is known."""
    wanted = counted(ask, order)
    words = dict(ask("SELECT number, text FROM words"))
    profiles = {number: msgspec.msgpack.decode(counted, strict=False) for number, counted in ask(
        "SELECT number, counted FROM profiles")}  # fmt: skip
    names = NAMES | {dimension.NUMBER: name for name, dimension in DIMENSIONS.items()}
    rows = ask(
        "SELECT scope, number, day, scans, visitors, person, bot, preview, prefetch, test,"
        f" {', '.join(PARTS)} FROM rollups"
    )
    assert {row[:3] for row in rows} == set(wanted)
    for row in rows:
        truth = wanted[row[:3]]
        assert row[3:10] == (
            truth["scans"], len(truth["people"]), *(truth["kinds"][kind] for kind in range(5))
        )  # fmt: skip
        counts = _decoded(row[10:], words, names, profiles)
        plain = {name: dict(values) for name, values in truth["counts"].items()}
        assert {name: values for name, values in counts.items() if not name.startswith("-")} == plain
        if order:
            repeats = {name: +values for name, values in truth["repeats"].items() if +values}
            assert {name[1:]: values for name, values in counts.items() if name.startswith("-")} == repeats
        for name, repeats in counts.items():
            if name.startswith("-"):
                assert all(0 < number <= plain[name[1:]][value] for value, number in repeats.items())
                visitors = sum(plain[name[1:]].values()) - sum(repeats.values())
                if name != "-link":  # somebody is a visitor of each link
                    assert visitors <= len(truth["people"])


def _decoded(
    blobs: Iterable[bytes | None], words: Mapping[int, str], names: Mapping[int, str], profiles: Any
) -> Any:
    """Counts by dimension and text; those of repeated visits under the name with a minus."""
    found: dict[str, Counter[Any]] = defaultdict(Counter)
    for blob in blobs:
        for number, values in (msgspec.msgpack.decode(blob, strict=False) if blob else {}).items():
            for value, n in values.items():
                dimension, minus = number % 128, "-" if number > 128 else ""
                if dimension == 7:
                    for each, word in profiles[value].items():
                        found[minus + names[each]][words[word]] += n
                else:
                    found[minus + names[dimension]][value if dimension in (1, 2, 3) else words[value]] += n
    return {name: dict(values) for name, values in found.items()}

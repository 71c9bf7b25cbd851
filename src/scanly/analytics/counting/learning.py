"""Learns from the database what a process must know to count raw scans: who owns links, what texts count for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from scanly.analytics.agents import Agent
from scanly.analytics.counting.names import Names, Texts
from scanly.analytics.counting.rows import COLUMN, FIELDS, KIND, SUBJECT, Row
from scanly.analytics.counting.statements import Sql
from scanly.analytics.counting.tally import Owner
from scanly.scans.model import Kind

_AT_ONCE = 500


def learn_owners(sql: Sql, names: Names, rows: Sequence[Row]) -> None:
    """The groups of the links of rows."""
    unknown = {row[SUBJECT] for row in rows} - names.owners.keys()
    found = list(_among(sql, "SELECT number, workspace_id, host FROM subjects WHERE number", unknown))
    workspaces = {workspace for _, workspace, _ in found}
    query = "SELECT workspace_id, number FROM groups WHERE kind = 'workspace' AND workspace_id"
    groups = dict(_among(sql, query, workspaces))
    for number, workspace, host in found:
        names.owners[number] = Owner(groups[workspace], host)


def learn_meanings(sql: Sql, names: Names, rows: Sequence[Row]) -> None:
    """What the texts of rows count for."""
    people = [row for row in rows if row[KIND] == Kind.PERSON]
    texts: dict[str, dict[int, str | Agent]] = {}
    for name in FIELDS:
        known = names.meanings[name]
        unknown = {row[COLUMN[name]] for row in people} - known.keys()
        texts[name] = dict(_agents_of(sql, unknown) if name == "agent" else texts_of(sql, "words", unknown))
    give_meanings(sql, names, texts)


def give_meanings(sql: Sql, names: Names, texts: Texts) -> None:
    """Gives numbers to all that texts of fields, by number, count for."""
    for unknown in names.values(texts):
        sql.number(unknown)
    for unknown in names.profiled(texts):
        sql.number(unknown)
    names.mean(texts)


def texts_of(sql: Sql, table: str, numbers: Collection[int]) -> dict[int, str]:
    """Texts of words or agents by their numbers; 0 is none."""
    found: dict[int, str] = {0: ""}
    query = f"SELECT number, text FROM {table} WHERE number"  # noqa: S608 - a name of our own
    found.update((number, text) for number, text in _among(sql, query, numbers))
    return {number: found[number] for number in numbers}


def _agents_of(sql: Sql, numbers: Collection[int]) -> dict[int, Agent]:
    query = "SELECT number, device, model, system, browser, app FROM agents WHERE number"
    return {number: Agent(*told) for number, *told in _among(sql, query, numbers)}


def _among(sql: Sql, query: str, values: Collection[int]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query that ends with the column whose value is one of these."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        yield from sql.rows(f"{query} IN ({', '.join('?' * len(some))})", *some)

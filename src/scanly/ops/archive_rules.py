"""What every row of an archive must keep, whoever made it: the same rules as for what people type."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from scanly.accounts.model import Workspace, check_person, check_workspace
from scanly.analytics.about import About
from scanly.analytics.alerts.model import AlertKind, Every, Rule, Told, check_rule
from scanly.analytics.counting.packed import SCOPES
from scanly.analytics.goals.model import WHATS, Goal, check_goal
from scanly.codes.placements.details import FIELDS, Details, read_details, with_details
from scanly.core.actor import Role
from scanly.core.clock import day_number
from scanly.core.errors import Invalid, Problem
from scanly.core.money import MOST_MINOR
from scanly.links import codes, hosts
from scanly.links.model import LinkDraft, check_draft, check_target
from scanly.links.rules import compiled
from scanly.links.terms import PLAIN, Terms, decode_terms
from scanly.media.files import kind_of
from scanly.media.model import Variant, check_name
from scanly.ops import archive_site_rules
from scanly.ops.archive_counted import read_counted
from scanly.ops.archive_file import TABLES, Reader, picture
from scanly.ops.archive_rows import (
    AgentRow,
    AlertRow,
    AlertRuleRow,
    GoalRow,
    HostRow,
    KeptRow,
    LinkRow,
    MediaRow,
    PersonRow,
    PictureRow,
    PlacementRow,
    PrinterRow,
    QrCodeRow,
    RollupRow,
    ScanRow,
    WorkspaceRow,
)
from scanly.ops.archive_site_rules import check_variants
from scanly.press.printers.model import Correction, check_correction
from scanly.press.printers.model import check_name as check_name_of_printer
from scanly.qr.style import Style
from scanly.scans.model import Kind, Outcome

_MOST_PROBLEMS = 100


def check(archive: Reader) -> None:
    """Reads all of it once. Raises Invalid with the first hundred problems."""
    problems: list[Problem] = []
    for kind_of_row in TABLES.values():
        rule = _RULES.get(kind_of_row)
        for number, row in enumerate(archive.rows(kind_of_row), 1):
            try:
                if rule is not None:
                    rule(row)
            except Invalid as error:
                where = f"{kind_of_row.__name__.removesuffix('Row').lower()} {number}"
                found = error.problems or (Problem("", error.message, error.hint),)
                problems += [Problem(one.field, one.message, one.hint, where) for one in found]
            if len(problems) >= _MOST_PROBLEMS:
                raise Invalid(problems=tuple(problems))
    if problems:
        raise Invalid(problems=tuple(problems))


def draft(row: LinkRow) -> LinkDraft:
    """The link in the spelling that is kept. Raises Invalid."""
    try:
        tags = msgspec.json.decode(row.tags, type=tuple[str, ...])
    except msgspec.MsgspecError as error:
        raise Invalid.field("tags", f"is not a list of words: {error}.") from error
    link = check_draft(
        LinkDraft(
            target=row.target,
            code=codes.check(row.code),
            host=row.host,
            title=row.title,
            tags=tags,
            campaign=row.campaign,
            placement=row.placement,
            origin=row.origin,
            terms=_terms(row.terms),
        )
    )
    if link.host != row.host:
        raise Invalid.field("host", f'"{row.host[:80]}" is not in its normal spelling.')
    return link


def _terms(text: str | None) -> Terms:
    """Terms whose rules this version can read. Raises Invalid."""
    if text is None:
        return PLAIN
    try:
        terms = decode_terms(text)
    except msgspec.MsgspecError as error:
        raise Invalid.field("terms", f"cannot be used: {error}.") from error
    compiled(terms, "UTC")
    for rule in terms.rules:
        if not rule.closed:
            check_target(rule.target)
    return terms


def day(text: str) -> int:
    """A local date as its number. Raises Invalid."""
    try:
        number = day_number(date.fromisoformat(text))
    except ValueError as error:
        raise Invalid.field("day", f'"{text[:20]}" is not a date.') from error
    if number < 0:
        raise Invalid.field("day", f'"{text}" is before 1970.')
    return number


def kind(word: str) -> Kind:
    """Who came, by its word. Raises Invalid."""
    for each in Kind:
        if each.word == word:
            return each
    raise Invalid.field("kind", f'"{word[:20]}" is not known.')


def outcome(word: str) -> Outcome:
    """What the visitor got, by its word. Raises Invalid."""
    for each in Outcome:
        if each.word == word:
            return each
    raise Invalid.field("outcome", f'"{word[:20]}" is not known.')


def _workspace(row: WorkspaceRow) -> None:
    values: dict[str, Any] = msgspec.structs.asdict(row)
    check_workspace(Workspace(**values))
    if row.logo and (Path(row.logo).name != row.logo or row.logo.startswith(".")):
        raise Invalid.field("logo", f'"{row.logo[:80]}" is not the name of a picture.')


def _person(row: PersonRow) -> None:
    check_person(row.name, row.email)
    if row.role not in set(Role):
        raise Invalid.field("role", f'"{row.role[:20]}" is not known.')


def _host(row: HostRow) -> None:
    if hosts.canonical(row.host) != row.host:
        raise Invalid.field("host", f'"{row.host[:80]}" is not in its normal spelling.')


def _code(row: QrCodeRow) -> None:
    try:
        msgspec.json.decode(row.style, type=Style)
    except msgspec.MsgspecError as error:
        raise Invalid.field("style", f"cannot be used: {error}.") from error


def _placement(row: PlacementRow) -> None:
    said = {name: str(getattr(row, name) or "") for name in FIELDS if name != "cost"}
    details = with_details(Details(), read_details(said, row.currency))
    if any(str(getattr(details, name) or "") != text for name, text in said.items()):
        raise Invalid("A line of the register is not in its normal spelling.")
    if (row.cost_minor is None) != (row.currency == "") or not re.fullmatch("([A-Z]{3})?", row.currency):
        raise Invalid.field("currency", f'"{row.currency[:20]}" does not go with the cost.')
    if row.cost_minor is not None and row.cost_minor > MOST_MINOR:
        raise Invalid.field("cost_minor", "is more than anything costs.")


def _picture(row: PictureRow) -> None:
    check_name(row.name)
    try:
        variants = msgspec.json.decode(row.variants, type=tuple[Variant, ...])
    except msgspec.MsgspecError as error:
        raise Invalid.field("variants", f"cannot be used: {error}.") from error
    check_variants(variants)
    if not row.width or not row.height:
        raise Invalid.field("variants", "has no size.")


def _goal(row: GoalRow) -> None:
    values: dict[str, Any] = msgspec.structs.asdict(row)
    del values["workspace_id"]
    if check_goal(Goal(**values)).what not in WHATS:
        raise Invalid.field("what", f'"{row.what[:20]}" is nothing that is counted.')


def _alert_rule(row: AlertRuleRow) -> None:
    try:
        about = msgspec.convert((row.about, row.about_id, row.about_text), About)
        kind_of_rule, every = msgspec.convert((row.kind, row.every), tuple[AlertKind, Every])
    except msgspec.ValidationError as error:
        raise Invalid(f"A rule of alerts cannot be used: {error}.") from error
    check_rule(Rule(row.id, row.name, kind_of_rule, row.number, every, about))


def _alert(row: AlertRow) -> None:
    try:
        msgspec.convert(row.every, Every)
        msgspec.json.decode(row.told, type=Told)
    except msgspec.MsgspecError as error:
        raise Invalid.field("told", f"cannot be used: {error}.") from error


def _printer(row: PrinterRow) -> None:
    if check_name_of_printer(row.name) != row.name:
        raise Invalid.field("name", f'"{row.name[:80]}" is not in its normal spelling.')
    check_correction(
        Correction.of_whole((row.nudge_x_um, row.nudge_y_um), (row.scale_x_ppm, row.scale_y_ppm))
    )


def _agent(row: AgentRow) -> None:
    kind(row.kind)


def _scan(row: ScanRow) -> None:
    day(row.day)
    kind(row.kind)
    outcome(row.outcome)
    if row.period is not None:
        day(row.period)


def _kept(row: KeptRow) -> None:
    day(row.since)


def _rollup(row: RollupRow) -> None:
    day(row.day)
    if row.scope not in SCOPES:
        raise Invalid.field("scope", f'"{row.scope[:20]}" is not known.')
    if row.visitors > row.scans:
        raise Invalid.field("visitors", "are more than scans.")
    read_counted(row.counted)


def _media(row: MediaRow) -> None:
    """A picture by content, under the name that its content gives."""
    name, data = picture(row)
    if hashlib.sha256(data).hexdigest()[:32] != name.partition(".")[0]:
        raise Invalid.field(row.name, "is not the picture that its name says.")
    if kind_of(data) != name.partition(".")[2]:
        raise Invalid.field(row.name, "is a picture of another kind.")


_RULES: Mapping[type[msgspec.Struct], Callable[[Any], object]] = {
    WorkspaceRow: _workspace,
    PersonRow: _person,
    HostRow: _host,
    LinkRow: draft,
    QrCodeRow: _code,
    PlacementRow: _placement,
    PictureRow: _picture,
    **archive_site_rules.RULES,
    GoalRow: _goal,
    AlertRuleRow: _alert_rule,
    AlertRow: _alert,
    PrinterRow: _printer,
    AgentRow: _agent,
    ScanRow: _scan,
    KeptRow: _kept,
    RollupRow: _rollup,
    MediaRow: _media,
}

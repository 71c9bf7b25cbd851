"""A link: a short address and where it leads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from scanly.core.address import web_address
from scanly.core.errors import Invalid, Problem
from scanly.core.ids import LinkId, WorkspaceId
from scanly.core.text import has_control
from scanly.links import codes, hosts
from scanly.links.terms import NAMES, PLAIN, Terms, check_terms

DESCRIBED = ("target", "title", "tags", "campaign", "placement")
EDITABLE = (*DESCRIBED, *NAMES)
MAX_TEXT = 300
MAX_TAGS = 30
# No code begins with "_" or has a slash, so a link to such a page can never lead to itself.
_OWN_PAGE = re.compile(
    r"/_[A-Za-z0-9/_?=&.-]{1,200}"
    r"|/s/[a-z0-9][a-z0-9-]{0,63}(?:/[A-Za-z-]{2,11})?(?:\?[A-Za-z0-9_=&.%+-]{1,200})?(?:#[A-Za-z0-9-]{1,64})?"
)
_SITE = "site:"


@dataclass(frozen=True, slots=True)
class Link:
    """``host`` is `hosts.DEFAULT` unless the link is bound to one; ``removed_ms`` is None while it works.

    ``broken_ms`` says since when its target has been found not to answer.
    """

    id: LinkId
    workspace_id: WorkspaceId
    host: str
    code: str
    target: str
    title: str
    tags: tuple[str, ...]
    campaign: str
    placement: str
    created_ms: int
    changed_ms: int
    removed_ms: int | None
    terms: Terms = PLAIN
    broken_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed of a link, by whom, from what to what; ``undoes`` is the change it took back.

    ``before`` and ``after`` hold the fields that changed, as plain values.
    """

    id: int
    link_id: LinkId
    at_ms: int
    who: str
    what: str
    before: dict[str, Any]
    after: dict[str, Any]
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes (fields of `EDITABLE`, as plain values) that a link makes by itself at a moment."""

    id: int
    link_id: LinkId
    at_ms: int
    who: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """A link to be made. Without ``code`` one is drawn, for ``compact`` addresses in capitals.

    ``origin`` names where it comes from: a second draft of the same origin yields the link that is there. One that
    ``reuses`` yields the workspace's link of that code, if it leads to the same target.
    """

    target: str
    code: str = ""
    host: str = hosts.DEFAULT
    title: str = ""
    tags: tuple[str, ...] = ()
    campaign: str = ""
    placement: str = ""
    origin: str | None = None
    terms: Terms = PLAIN
    compact: bool = False
    reuses: bool = False


def check_draft(draft: LinkDraft) -> LinkDraft:
    """The draft with its target and host in their normal spelling. Raises Invalid."""
    texts = _text_problems(title=draft.title, campaign=draft.campaign, placement=draft.placement)
    if texts:
        raise Invalid(problems=texts)
    return LinkDraft(
        target=check_target(draft.target),
        code=_check_code(draft),
        host=hosts.canonical(draft.host) if draft.host else hosts.DEFAULT,
        title=draft.title.strip(),
        tags=check_tags(draft.tags),
        campaign=draft.campaign.strip(),
        placement=draft.placement.strip(),
        origin=draft.origin,
        terms=check_terms(draft.terms),
        compact=draft.compact,
        reuses=draft.reuses,
    )


def _check_code(draft: LinkDraft) -> str:
    if draft.code and draft.compact:
        codes.check_compact(draft.code)
    return codes.check(draft.code) if draft.code else ""


def as_values(link: Link) -> dict[str, Any]:
    """Everything that can be changed of a link, as plain values."""
    described = {name: getattr(link, name) for name in DESCRIBED}
    terms = {name: getattr(link.terms, name) for name in NAMES}
    return msgspec.json.decode(msgspec.json.encode(described | terms))


def difference(before: Link, after: Link) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields in which two states of a link differ, as plain values: what they were, what they are."""
    was, now = as_values(before), as_values(after)
    names = [name for name in was if was[name] != now[name]]
    return {name: was[name] for name in names}, {name: now[name] for name in names}


def with_changes(link: Link, changes: Mapping[str, Any]) -> Link:
    """The link after changes of fields in `EDITABLE`, in their normal form. Raises Invalid."""
    described = {name: value for name, value in changes.items() if name in DESCRIBED}
    if "target" in described:
        described["target"] = check_target(str(described["target"]))
    if "tags" in described:
        described["tags"] = check_tags(tuple(described["tags"]))
    texts = {
        name: str(described[name]).strip() for name in ("title", "campaign", "placement") if name in described
    }
    problems = _text_problems(**texts)
    if problems:
        raise Invalid(problems=problems)
    after = replace(link, **(described | texts))
    bargained = {name: value for name, value in changes.items() if name in NAMES}
    if not bargained:
        return after
    plain = msgspec.to_builtins(link.terms) | msgspec.to_builtins(bargained)
    try:
        terms = msgspec.convert(plain, Terms)
    except msgspec.ValidationError as error:
        raise Invalid.field(" and ".join(bargained), f"cannot be used: {error}.") from error
    return replace(after, terms=check_terms(terms))


def check_target(target: str) -> str:
    """Where a link may lead: a web address, a site of this installation, or a page of ours (``/_…``). Raises Invalid.

    A site is ``site:asha`` or ``/s/asha``, at the link's own host.
    """
    if target.startswith(_SITE):
        target = f"/s/{target.removeprefix(_SITE)}"
    if _OWN_PAGE.fullmatch(target):
        return target
    try:
        return web_address(target)
    except Invalid as error:
        problems = tuple(Problem("target", each.message, each.hint) for each in error.problems)
        raise Invalid(problems=problems or (Problem("target", error.message, error.hint),)) from error


def check_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tags without blanks and doubles, in the order given. Raises Invalid."""
    wanted = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    for tag in wanted:
        if len(tag) > 60 or "|" in tag or has_control(tag):
            raise Invalid.field(
                "tags", f'"{tag[:80]}" cannot be a tag.', hint='At most 60 characters, without "|".'
            )
    if len(wanted) > MAX_TAGS:
        raise Invalid.field("tags", f"there are {len(wanted)}.", hint=f"{MAX_TAGS} are the limit.")
    return wanted


def _text_problems(**texts: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(name, f"is longer than {MAX_TEXT} characters or holds control characters.", "Shorten it.")
        for name, text in texts.items()
        if len(text) > MAX_TEXT or has_control(text)
    )

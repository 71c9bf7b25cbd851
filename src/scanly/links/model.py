"""A link: a short address and where it leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from scanly.core.address import web_address
from scanly.core.errors import Invalid, Problem
from scanly.core.ids import LinkId, WorkspaceId
from scanly.core.text import has_control
from scanly.links import codes, hosts

MAX_TEXT = 300
MAX_TAGS = 30
# No code begins with "_", so a link to such a page can never lead to itself.
_OWN_PAGE = re.compile(r"/_[A-Za-z0-9/_?=&.-]{1,200}")


@dataclass(frozen=True, slots=True)
class Link:
    """``host`` is `hosts.DEFAULT` unless the link is bound to one; ``removed_ms`` is None while it works."""

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


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """A link to be made. Without ``code`` one is drawn.

    ``origin`` names where it comes from: a second draft of the same origin yields the link that is there.
    """

    target: str
    code: str = ""
    host: str = hosts.DEFAULT
    title: str = ""
    tags: tuple[str, ...] = ()
    campaign: str = ""
    placement: str = ""
    origin: str | None = None


def check_draft(draft: LinkDraft) -> LinkDraft:
    """The draft with its target and host in their normal spelling. Raises Invalid."""
    texts = _text_problems(title=draft.title, campaign=draft.campaign, placement=draft.placement)
    if texts:
        raise Invalid(problems=texts)
    return LinkDraft(
        target=check_target(draft.target),
        code=codes.check(draft.code) if draft.code else "",
        host=hosts.canonical(draft.host) if draft.host else hosts.DEFAULT,
        title=draft.title.strip(),
        tags=check_tags(draft.tags),
        campaign=draft.campaign.strip(),
        placement=draft.placement.strip(),
        origin=draft.origin,
    )


def check_changes(changes: dict[str, object]) -> dict[str, object]:
    """Changes of a link in their normal form. Raises Invalid."""
    checked = dict(changes)
    if "target" in checked:
        checked["target"] = check_target(str(checked["target"]))
    if "tags" in checked:
        checked["tags"] = check_tags(cast(tuple[str, ...], checked["tags"]))
    texts = {
        name: str(checked[name]).strip() for name in ("title", "campaign", "placement") if name in checked
    }
    problems = _text_problems(**texts)
    if problems:
        raise Invalid(problems=problems)
    return checked | texts


def check_target(target: str) -> str:
    """Where a link may lead: a web address, or one of our own pages (``/_…``). Raises Invalid."""
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

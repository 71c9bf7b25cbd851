"""Workspaces and people as values, with the rules for what they may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from scanly.core.actor import Role
from scanly.core.colour import contrast_ratio, luminance, rgb
from scanly.core.errors import Invalid, Problem
from scanly.core.ids import PersonId, WorkspaceId
from scanly.core.text import has_control, nearest

Privacy = Literal["daily", "weekly", "monthly", "none"]
PRIVACY: dict[Privacy, str] = {
    "daily": "visitors are told apart within one day, then the key to do so is destroyed",
    "weekly": "who comes again is known within windows of 7 days, then the key is destroyed",
    "monthly": "who comes again is known within windows of 30 days, then the key is destroyed",
    "none": "visitors are not told apart at all",
}
# The local days through which somebody stays the same visitor; without visitors, a password's tries are still counted.
WINDOW_DAYS: dict[Privacy, int] = {"daily": 1, "weekly": 7, "monthly": 30, "none": 1}
MAX_NAME = 80
# Source: WCAG 2.2, 1.4.3.
READABLE_CONTRAST = 4.5


@dataclass(frozen=True, slots=True)
class Workspace:
    """One tenant. ``logo`` is a file name in the media folder; colours are ``#rrggbb``."""

    id: WorkspaceId
    name: str
    time_zone: str = "UTC"
    language: str = "en"
    currency: str = "EUR"
    logo: str = ""
    accent: str = "#9a4b00"
    background: str = "#fff9ee"
    privacy: Privacy = "daily"
    created_ms: int = field(default=0, compare=False)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in one workspace."""

    id: PersonId
    name: str
    email: str
    role: Role


def check_workspace(workspace: Workspace) -> Workspace:
    """The workspace itself. Raises Invalid with every problem found."""
    problems = [
        *_name_problems("name", workspace.name),
        *_zone_problems(workspace.time_zone),
        *_pattern("language", workspace.language, r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "en or pt-BR"),
        *_pattern("currency", workspace.currency, r"[A-Z]{3}", "EUR or INR"),
        *_pattern("accent", workspace.accent, r"#[0-9a-fA-F]{6}", "#9a4b00"),
        *_pattern("background", workspace.background, r"#[0-9a-fA-F]{6}", "#fff9ee"),
    ]
    if workspace.privacy not in PRIVACY:
        *levels, last = PRIVACY
        hint = f"Use {', '.join(levels)} or {last}."
        problems.append(Problem("privacy", f'"{workspace.privacy}" is not a level.', hint))
    if not problems and _contrast(workspace) < READABLE_CONTRAST:
        problems.append(
            Problem(
                "accent", f"{workspace.accent} on {workspace.background} is hard to read.", "Make one darker."
            )
        )
    if problems:
        raise Invalid(problems=tuple(problems))
    return workspace


def check_person(name: str, email: str) -> None:
    """Raises Invalid unless both can be shown and written to."""
    problems = _name_problems("name", name)
    problems += _pattern(
        "email", email, r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,190}\.[^\s@<>,;\".]{2,}", "asha@example.com"
    )
    if problems:
        raise Invalid(problems=tuple(problems))


def _contrast(workspace: Workspace) -> float:
    return contrast_ratio(luminance(rgb(workspace.accent)), luminance(rgb(workspace.background)))


def _name_problems(field_name: str, name: str) -> list[Problem]:
    if not name.strip():
        return [Problem(field_name, "is empty.", "Give it a name.")]
    if len(name) > MAX_NAME or has_control(name):
        return [
            Problem(
                field_name,
                f"is longer than {MAX_NAME} characters or holds control characters.",
                "Shorten it.",
            )
        ]
    return []


def _zone_problems(zone: str) -> list[Problem]:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = nearest(zone, available_timezones()) or "Use a name such as Asia/Kolkata."
        return [Problem("time_zone", f'"{zone}" is not a time zone.', hint)]
    return []


def _pattern(field_name: str, value: str, pattern: str, example: str) -> list[Problem]:
    if re.fullmatch(pattern, value):
        return []
    return [Problem(field_name, f'"{value}" cannot be used.', f"Write it like {example}.")]

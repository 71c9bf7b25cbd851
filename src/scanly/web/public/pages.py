"""Pages as bytes: pure functions of what they show. Templates hold the layout, these decide what is said."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple, get_args
from urllib.parse import urljoin, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scanly.accounts.model import Workspace
from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.ops.demo_page import FILE
from scanly.web.public import static, words
from scanly.web.public.words import language as language

Reason = Literal[
    "removed", "paused", "expired", "used_up", "not_yet", "rule", "broken", "unrecorded", "uninvited"
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a code does not lead on: taken out of use, paused, ended, at its number of uses, not open yet, closed to this
visitor right now; where it leads does not answer; the visit could not be recorded; only for those invited."""
PasswordProblem = Literal["", "wrong", "wait"]
# What may be over by the time one has read about it.
_PASSING: frozenset[Reason] = frozenset({"broken", "unrecorded"})
_WEB_ADDRESS = re.compile(r"(https?://)([^/?#]+)(.*)", re.DOTALL)


class Command(NamedTuple):
    """Something to type, and what it does."""

    command: str
    does: str


@dataclass(frozen=True, slots=True)
class DemoCode:
    """A code as the sample café hangs it up; ``drawing`` is its SVG."""

    place: str
    code: str
    short_url: str
    drawing: Markup

    @property
    def host(self) -> str:
        """Host and port, as people read them off a phone."""
        return urlsplit(self.short_url).netloc


@dataclass(frozen=True, slots=True)
class DemoRow:
    """A place's day so far."""

    code: str
    place: str
    scans: int = 0
    visitors: int = 0
    robots: int = 0


@dataclass(frozen=True, slots=True)
class DemoView:
    """What the sample café's page shows; ``only_here`` when no phone can open its codes.

    ``menu`` is the path of the page that the codes lead to, ``file`` what it is published from; empty without one.
    ``visitors`` is less than the rows' sum when somebody scanned at two places.
    """

    name: str
    rows: tuple[DemoRow, ...]
    visitors: int = 0
    codes: tuple[DemoCode, ...] = ()
    commands: tuple[Command, ...] = ()
    only_here: bool = False
    menu: str = ""
    file: str = ""

    @property
    def scans(self) -> int:
        return sum(row.scans for row in self.rows)

    @property
    def robots(self) -> int:
        return sum(row.robots for row in self.rows)

    @property
    def busiest(self) -> int:
        """The most scans of any place, at least 1: what a full bar stands for."""
        return max((row.scans for row in self.rows), default=0) or 1


def closed(
    workspace: Workspace | None,
    accept_language: str,
    *,
    reason: Reason = "removed",
    at_ms: int | None = None,
    now_ms: int = 0,
) -> bytes:
    """A code that does not lead on, and why. ``at_ms`` is when it ended (``expired``) or opens (``not_yet``).

    Without a workspace, nobody's name stands above it and no moment can be told.
    """
    reader = words.wish(accept_language)
    sentence = reader.words[f"{reason}_text"]
    if workspace and at_ms is not None and reason == "expired":
        sentence = words.ended(reader, at_ms, now_ms, workspace.zone)
    elif workspace and at_ms is not None and reason == "not_yet":
        sentence = words.opens(reader, at_ms, now_ms, workspace.zone)
    return _in_language(
        "public/closed.html",
        accept_language,
        workspace=workspace,
        reason=reason,
        sentence=sentence,
        again=reason in _PASSING,
    )


def password(
    workspace: Workspace, accept_language: str, *, action: str, problem: PasswordProblem = ""
) -> bytes:
    """Asks for a code's password, which is sent to ``action`` as the field ``password``.

    ``problem`` is what the last try came to: it was wrong, or there were so many that one has to wait.
    """
    return _in_language(
        "public/password.html", accept_language, workspace=workspace, action=action, problem=problem
    )


def confirm(workspace: Workspace, accept_language: str, *, action: str) -> bytes:
    """Asks whether a code with a limited number of uses is to be opened; a yes is the field ``confirm``."""
    return _in_language("public/confirm.html", accept_language, workspace=workspace, action=action)


def not_found(accept_language: str) -> bytes:
    """No page and no code has this address."""
    return _in_language("public/not_found.html", accept_language)


def preview(target: str, workspace: Workspace, short_url: str, accept_language: str) -> bytes:
    """Where a code leads, before going there. Raises Invalid for a target that is no web address."""
    return _in_language(
        "public/preview.html",
        accept_language,
        workspace=workspace,
        short_url=short_url,
        target=_parts(urljoin(short_url, target)),
    )


def welcome(base_url: str) -> bytes:
    """The front page of a server with nothing on it yet."""
    return _render("public/welcome.html", base_url=base_url, commands=_FIRST_COMMANDS)


def demo(view: DemoView) -> bytes:
    """The front page of the sample café; its numbers are replaced by `live`."""
    return _render("public/demo.html", view=view)


def live(view: DemoView) -> bytes:
    """Today's numbers alone, as a fragment."""
    return _render("public/live.html", view=view)


def demo_commands(data_folder: str) -> tuple[Command, ...]:
    """What to type to see the sample café from the command line."""
    return (
        Command(f"export SCANLY_DATA={shlex.quote(data_folder)}", "Choose the café's data folder"),
        Command(
            f'scanly site publish "$SCANLY_DATA/{FILE}"',
            "Change a price in that file: the page is new at once",
        ),
        Command("scanly stats", "All scans of the last 30 days"),
        Command("scanly stats table-7 --since 90d", "One table since its code was printed"),
        Command(
            "scanly link edit table-7 --target https://example.com/lunch",
            "The same paper leads elsewhere at once",
        ),
    )


_FIRST_COMMANDS = (
    Command("scanly link add https://example.com/menu --code menu", "Make a short link"),
    Command(
        "scanly qr make https://example.com/menu --dynamic -o menu.svg",
        "Draw a code that can lead elsewhere later",
    ),
    Command("scanly stats", "See who scanned"),
)


class _Target(NamedTuple):
    """An address cut around its host, so that the host can stand out."""

    before: str
    host: str
    after: str


def _parts(address: str) -> _Target:
    found = _WEB_ADDRESS.fullmatch(address)
    if found is None:
        raise Invalid.field("target", "is no web address.")
    return _Target(*found.groups())


def _in_language(template: str, accept_language: str, **values: object) -> bytes:
    reader = words.wish(accept_language)
    return _render(template, language=reader.language, words=reader.words, **values)


def _render(template: str, **values: object) -> bytes:
    shared = {"language": words.ENGLISH, "static": static.address}
    return _environment().get_template(template).render(shared | values).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(asset()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

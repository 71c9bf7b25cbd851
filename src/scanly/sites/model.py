"""A site as values: everything a page is made from, as plain values that JSON and YAML can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec import field as struct_field

from scanly.core.ids import WorkspaceId

# A text that visitors read: one for all languages, or one for each.
Text = str | dict[str, str]


class Show(Struct, frozen=True, omit_defaults=True):
    """When a block is on the page: local dates or moments (ISO 8601); a date alone is the whole day."""

    start: str = ""
    end: str = ""


class Block(Struct, frozen=True, omit_defaults=True):
    """One block of a page. ``values`` are those of its type's fields, in their normal form."""

    id: str
    type: str
    values: dict[str, Any] = {}
    title: Text | None = None
    hidden: bool = False
    show: Show = Show()


class Site(Struct, frozen=True, omit_defaults=True):
    """A small page in one or more languages; the first language is the one it is written in.

    ``theme`` names one that Scanly brings, ``own_theme`` is the text of the owner's own; ``corners`` are px.
    """

    slug: str
    title: Text
    languages: tuple[str, ...] = ("en",)
    description: Text | None = None
    kind: str = "business"
    theme: str = "kirana"
    own_theme: str = ""
    brand: str = ""
    corners: int | None = None
    text: str = "normal"
    buttons: str = ""
    background: str = ""
    logo: dict[str, Any] | None = None
    picture: dict[str, Any] | None = None
    time_zone: str = "UTC"
    currency: str = "EUR"
    country: str = ""
    unlisted: bool = False
    invited: bool = False
    expires: str = ""
    blocks: tuple[Block, ...] = ()

    @property
    def language(self) -> str:
        """The one that texts are in which say no language."""
        return self.languages[0]

    def block(self, block_id: str) -> Block | None:
        return next((block for block in self.blocks if block.id == block_id), None)


def language_path(path: str, languages: tuple[str, ...], tag: str) -> str:
    """Where a site at ``path`` (empty for a host's front) has its page in a language; the first needs no name."""
    return (path if tag == languages[0] else f"{path}/{tag}") or "/"


class State(Struct, frozen=True):
    """What visitors did that shows on a page, by the block's id: coupons claimed, and seats taken by slot (Unix ms)."""

    claimed: Mapping[str, int] = struct_field(default_factory=dict[str, int])
    taken: Mapping[str, Mapping[int, int]] = struct_field(default_factory=dict[str, Mapping[int, int]])


class Published(Struct, frozen=True):
    """A site as visitors find it. ``host`` is `links.hosts.DEFAULT` unless it is bound to one.

    ``state`` changes whenever something else than the release changes the page.
    """

    id: int
    workspace_id: WorkspaceId
    host: str
    slug: str
    front: bool
    release_id: int
    hash: str
    state: int
    password: str
    site: Site
    pictures: dict[str, Any]


class Known(Struct, frozen=True):
    """A site as its workspace knows it; ``release_id`` is what visitors see, None while nothing is published."""

    id: int
    host: str
    slug: str
    front: bool = False
    release_id: int | None = None
    state: int = 0
    has_password: bool = False
    created_ms: int = 0
    changed_ms: int = 0


class Release(Struct, frozen=True):
    """One version of a site for ever: the file as it was given, what was read from it, the pictures it shows.

    ``hash`` is of content and pictures, so the same page has the same hash.
    """

    id: int
    hash: str
    source: str
    site: Site
    pictures: dict[str, Any]
    created_ms: int


class Publication(Struct, frozen=True):
    """Something became live (or, without a release, nothing): when, by whom, by which command."""

    id: int
    release_id: int | None
    at_ms: int
    who: str
    what: str
    hash: str = ""


class Plan(Struct, frozen=True):
    """A release (or, without one, nothing) becomes live at a moment."""

    id: int
    release_id: int | None
    at_ms: int
    who: str
    hash: str = ""


class Guest(Struct, frozen=True):
    """Somebody invited to a page by name."""

    id: int
    name: str
    expires_ms: int | None
    created_ms: int

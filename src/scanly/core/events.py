"""What can be left in the outbox for others to react to; one struct per event, named in the past tense."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from scanly.core.ids import AnswerId, LinkId


class Event(msgspec.Struct, frozen=True):
    """A fact. ``NAME`` is what subscribers ask for; the fields are its payload."""

    NAME: ClassVar[str] = ""


class LinkAdded(Event, frozen=True):
    """A short address was made."""

    NAME: ClassVar[str] = "link.added"

    link_id: LinkId
    host: str
    code: str
    target: str


class LinkEdited(Event, frozen=True):
    """A short address leads elsewhere, or is described differently."""

    NAME: ClassVar[str] = "link.edited"

    link_id: LinkId
    host: str
    code: str
    target: str
    changed: tuple[str, ...]


class LinkRemoved(Event, frozen=True):
    """A short address was closed; its code stays reserved."""

    NAME: ClassVar[str] = "link.removed"

    link_id: LinkId
    host: str
    code: str


class LinkRestored(Event, frozen=True):
    """A removed short address works again."""

    NAME: ClassVar[str] = "link.restored"

    link_id: LinkId
    host: str
    code: str


class LinkBroken(Event, frozen=True):
    """The target of a short address was found not to answer; ``problem`` says how, without an address."""

    NAME: ClassVar[str] = "link.broken"

    link_id: LinkId
    host: str
    code: str
    target: str
    problem: str


class LinkMended(Event, frozen=True):
    """The target of a short address answers again."""

    NAME: ClassVar[str] = "link.mended"

    link_id: LinkId
    host: str
    code: str
    target: str


class SitePublished(Event, frozen=True):
    """A release of a page is what visitors see."""

    NAME: ClassVar[str] = "site.published"

    site_id: int
    host: str
    slug: str
    release: str


class SiteUnpublished(Event, frozen=True):
    """A page was taken off."""

    NAME: ClassVar[str] = "site.unpublished"

    site_id: int
    host: str
    slug: str


class LeadAdded(Event, frozen=True):
    """A visitor sent a form of a page; ``type`` is its block's. What was written stands in the inbox alone."""

    NAME: ClassVar[str] = "lead.added"

    answer_id: AnswerId
    site_id: int
    block: str
    type: str


class PersonErased(Event, frozen=True):
    """What was kept of somebody is gone: so many of each; scans count on, and are nobody's. Not a word of whom."""

    NAME: ClassVar[str] = "person.erased"

    answers: int
    invitations: int
    gifts: int
    scans: int


class AlertFired(Event, frozen=True):
    """Scans in a local period (``hour`` is 24 unless it was one) made an alert's rule come true."""

    NAME: ClassVar[str] = "alert.fired"

    rule: str
    kind: str
    number: int
    subject: str
    every: str
    since: str
    until: str
    hour: int
    scans: int


class DigestMade(Event, frozen=True):
    """The numbers of a day or a week, and what they say in plain words."""

    NAME: ClassVar[str] = "digest.made"

    rule: str
    every: str
    since: str
    until: str
    scans: int
    visitors: int
    before: int
    sentences: tuple[str, ...]


EVENTS: tuple[type[Event], ...] = (
    LinkAdded,
    LinkEdited,
    LinkRemoved,
    LinkRestored,
    LinkBroken,
    LinkMended,
    SitePublished,
    SiteUnpublished,
    LeadAdded,
    PersonErased,
    AlertFired,
    DigestMade,
)

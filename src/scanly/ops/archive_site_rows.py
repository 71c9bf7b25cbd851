"""The rows of an archive that belong to sites: the pages with their past and plans, and what visitors sent."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.ops.archive_rows import Count, Document, Id, Word

# A site's file has a million characters at most; what was read from it also holds a theme of the owner's own.
Content = Annotated[str, Meta(max_length=8_000_000)]
Yes = Annotated[int, Meta(ge=0, le=1)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
BlockId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,62}\Z")]


class SiteRow(msgspec.Struct, frozen=True):
    """``release_id`` is what visitors see; ``password`` is a salted hash."""

    id: Id
    workspace_id: Id
    host: Word
    slug: Word
    front: Yes
    release_id: Id | None
    state: Id
    password: Word | None
    created_ms: Id
    changed_ms: Id


class ReleaseRow(msgspec.Struct, frozen=True):
    """``source`` is the file as it was given; ``content`` and ``pictures`` are JSON objects."""

    id: Id
    workspace_id: Id
    site_id: Id
    hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
    source: Document
    content: Content
    pictures: Document
    created_ms: Id


class PublicationRow(msgspec.Struct, frozen=True):
    """What became live when; without a release the site was taken off."""

    id: Id
    workspace_id: Id
    site_id: Id
    release_id: Id | None
    at_ms: Id
    who: Word
    what: Word


class SitePlanRow(msgspec.Struct, frozen=True):
    id: Id
    workspace_id: Id
    site_id: Id
    release_id: Id | None
    at_ms: Id
    who: Word


class InvitationRow(msgspec.Struct, frozen=True):
    """``token`` is the hash of what stands in the guest's address."""

    id: Id
    workspace_id: Id
    site_id: Id
    name: Word
    token: Digest
    expires_ms: Id | None
    created_ms: Id


class AnswerRow(msgspec.Struct, frozen=True):
    """``fields`` is a JSON object of texts."""

    id: Id
    workspace_id: Id
    site_id: Id
    release: Word
    block: BlockId
    type: Word
    status: Word
    fields: Document
    consent: Word
    language: Word
    digest: Digest
    created_ms: Id


class BookingRow(msgspec.Struct, frozen=True):
    answer_id: Id
    workspace_id: Id
    site_id: Id
    block: BlockId
    slot_ms: Id
    seat: Count


class CouponRow(msgspec.Struct, frozen=True):
    """``token`` is the hash of what the visitor holds."""

    token: Digest
    workspace_id: Id
    site_id: Id
    block: BlockId
    number: Count
    created_ms: Id


class CardRow(msgspec.Struct, frozen=True):
    """``token`` is the hash of what the visitor holds."""

    token: Digest
    workspace_id: Id
    site_id: Id
    block: BlockId
    stamps: Count
    rewards: Count
    stamped_ms: Id


class PinRow(msgspec.Struct, frozen=True):
    """``kept`` is a salted hash."""

    site_id: Id
    block: BlockId
    workspace_id: Id
    kept: Word

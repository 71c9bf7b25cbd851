"""The rows of an archive, by table: plain words that any program can read, and how long each may be."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.scans.model import TEXT_LIMIT

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Word = Annotated[str, Meta(max_length=TEXT_LIMIT)]
Long = Annotated[str, Meta(max_length=16_384)]
Document = Annotated[str, Meta(max_length=1_000_000)]
DayText = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]


class About(msgspec.Struct, frozen=True):
    """What the file is; one row."""

    format: int
    version: Word
    made_at: Word
    workspace: Word


class WorkspaceRow(msgspec.Struct, frozen=True):
    id: Id
    name: Word
    time_zone: Word
    language: Word
    currency: Word
    logo: Word
    accent: Word
    background: Word
    privacy: Word
    created_ms: Id


class PersonRow(msgspec.Struct, frozen=True):
    id: Id
    workspace_id: Id
    name: Word
    email: Word
    role: Word
    created_ms: Id


class HostRow(msgspec.Struct, frozen=True):
    """A host under which codes of the default host were printed."""

    host: Word
    since_ms: Id


class LinkRow(msgspec.Struct, frozen=True):
    """``tags`` is a JSON array, ``terms`` a JSON object; archives of before there were terms have none."""

    id: Id
    workspace_id: Id
    host: Word
    code: Word
    target: Long
    title: Word
    tags: Long
    campaign: Word
    placement: Word
    origin: Word | None
    created_ms: Id
    changed_ms: Id
    removed_ms: Id | None
    terms: Document | None = None


class QrCodeRow(msgspec.Struct, frozen=True):
    """``style`` is a JSON object."""

    id: Id
    workspace_id: Id
    link_id: Id | None
    type: Word
    content: Long
    name: Word
    caption: Word
    style: Long
    encoder: Word
    origin: Word | None
    created_ms: Id


class PictureRow(msgspec.Struct, frozen=True):
    """``variants`` is a JSON array; the files that it names are in ``sqlar``."""

    workspace_id: Id
    name: Word
    hash: Word
    width: Count
    height: Count
    variants: Document
    kept_ms: Id


class AgentRow(msgspec.Struct, frozen=True):
    text: Word
    kind: Word
    rules: Count


class ScanRow(msgspec.Struct, frozen=True):
    """``link_id`` is a link's or a site's, here and below; ``day`` is the local date of the workspace.

    ``visitor`` is a hash that means nothing any more; ``part`` what of a site was clicked, or who was invited.
    """

    id: Id
    link_id: Id
    scanned_at: Word
    day: DayText
    kind: Word
    outcome: Word
    visitor: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    agent: Word
    country: Word
    city: Word
    language: Word
    referrer: Word
    source: Word
    medium: Word
    campaign: Word
    term: Word
    content: Word
    rule: Id
    part: Word = ""


class TotalRow(msgspec.Struct, frozen=True):
    link_id: Id
    day: DayText
    kind: Word
    outcome: Word
    scans: Count


class PartRow(msgspec.Struct, frozen=True):
    """The totals of what has a part."""

    link_id: Id
    day: DayText
    kind: Word
    outcome: Word
    part: Word
    scans: Count


class VisitorRow(msgspec.Struct, frozen=True):
    """``id`` is a link's, a site's or a workspace's, as ``scope`` says."""

    scope: Word
    id: Id
    day: DayText
    visitors: Count


class MediaRow(msgspec.Struct, frozen=True):
    """A file; ``data`` is deflated when that made it smaller than ``sz``."""

    name: Word
    mode: int
    mtime: int
    sz: Count
    data: bytes

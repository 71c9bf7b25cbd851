"""The rows of an archive, by table: plain words that any program can read, and how long each may be."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.scans.model import NO_HOUR, TEXT_LIMIT

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Word = Annotated[str, Meta(max_length=TEXT_LIMIT)]
Long = Annotated[str, Meta(max_length=16_384)]
Document = Annotated[str, Meta(max_length=1_000_000)]
# A month of such days can still be added up in 31 bits.
MOST_OF_DAY = 69_000_000
OfDay = Annotated[int, Meta(ge=0, le=MOST_OF_DAY)]
MOST_COUNTED = 48_000_000
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


class PlacementRow(msgspec.Struct, frozen=True):
    """A line of the register of printed things; ``cost_minor`` is in the smallest unit of ``currency``."""

    link_id: Id
    workspace_id: Id
    batch: Word
    place: Word
    photo: Word
    cost_minor: Id | None
    currency: Word
    printed_on: DayText | None
    replace_by: DayText | None
    copies: Count
    note: Long
    created_ms: Id
    changed_ms: Id
    removed_ms: Id | None


class PictureRow(msgspec.Struct, frozen=True):
    """``variants`` is a JSON array; the files that it names are in ``sqlar``."""

    workspace_id: Id
    name: Word
    hash: Word
    width: Count
    height: Count
    variants: Document
    kept_ms: Id


class PrinterRow(msgspec.Struct, frozen=True):
    """A printer's correction in micrometres, and in millionths above or below 1."""

    workspace_id: Id
    name: Word
    paper: Word
    nudge_x_um: int
    nudge_y_um: int
    scale_x_ppm: int
    scale_y_ppm: int
    measured_ms: Id


class GoalRow(msgspec.Struct, frozen=True):
    """``subject_id`` is a site's, or a link's where scans count; 0 where ``tag`` says which links."""

    id: Id
    workspace_id: Id
    name: Word
    what: Word
    subject_id: Id
    part: Word
    tag: Word
    created_ms: Id


class AlertRuleRow(msgspec.Struct, frozen=True):
    """``about_id`` is a link's or a site's; ``judged`` the last period that was looked at."""

    id: Id
    workspace_id: Id
    name: Word
    kind: Word
    number: Id
    every: Word
    about: Word
    about_id: Id
    about_text: Word
    judged: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    firing: Annotated[int, Meta(ge=0, le=1)]
    created_ms: Id


class AlertRow(msgspec.Struct, frozen=True):
    """What fired, also by rules that are gone; ``told`` is a JSON object."""

    rule_id: Id
    every: Word
    period: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
    workspace_id: Id
    at_ms: Id
    told: Document


class AgentRow(msgspec.Struct, frozen=True):
    """A User-Agent and what it is taken for; whoever imports it looks for himself."""

    text: Word
    kind: Word
    reason: Word = ""
    device: Word = ""
    model: Word = ""
    system: Word = ""
    browser: Word = ""
    app: Word = ""


class ScanRow(msgspec.Struct, frozen=True):
    """``link_id`` is a link's or a site's, here and below; ``day`` and ``hour`` are local to the workspace.

    ``visitor`` is a hash that means nothing any more; ``part`` what of a site was clicked, or who was invited;
    ``drive`` the link's campaign at that time, while ``campaign`` may be another of the visited address. ``ruling``
    is the version of the rules that judged it. The ``hour`` 24 is not known.
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
    hour: Annotated[int, Meta(ge=0, le=NO_HOUR)] = NO_HOUR
    flags: Annotated[int, Meta(ge=0, le=255)] = 0
    drive: Word = ""
    reason: Word = ""
    ruling: Word = ""
    period: DayText | None = None


class KeptRow(msgspec.Struct, frozen=True):
    """From which day on every scan of a workspace is in ``scans``; of earlier days there are rollups alone."""

    workspace_id: Id
    since: DayText


class RollupRow(msgspec.Struct, frozen=True):
    """A day of a link, a site, a host, a campaign or a whole workspace, as ``scope`` says.

    ``link_id`` is 0 and ``name`` empty where neither tells it. ``scans`` (of a site, views) are people's, ``visitors``
    each of them once; then come visits by kind. ``counted`` is a JSON object: by breakdown and value how many scans
    and visitors, or how often where people are not told apart.
    """

    scope: Word
    workspace_id: Id
    link_id: Id
    name: Word
    day: DayText
    scans: OfDay
    visitors: OfDay
    person: OfDay
    bot: OfDay
    preview: OfDay
    prefetch: OfDay
    test: OfDay
    counted: Annotated[str, Meta(max_length=MOST_COUNTED)]


class MediaRow(msgspec.Struct, frozen=True):
    """A file; ``data`` is deflated when that made it smaller than ``sz``."""

    name: Word
    mode: int
    mtime: int
    sz: Count
    data: bytes

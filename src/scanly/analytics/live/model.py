"""A scan and the latest numbers as somebody who watches sees them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from scanly.core.ids import LinkId


class Seen(msgspec.Struct, frozen=True):
    """A scan that was counted; ``code`` and ``placement`` of its link, or ``site``, as they are now.

    ``kind``, ``outcome`` and ``device`` are words for programs, ``city`` and ``model`` names; what is unknown is empty.
    """

    id: str
    at: str
    at_ms: int
    link_id: LinkId
    code: str
    site: str
    placement: str
    kind: str
    outcome: str
    device: str
    model: str
    system: str
    browser: str
    country: str
    city: str
    language: str
    referrer: str
    rule: str
    part: str


class Named(NamedTuple):
    """What a link or site is called: its code or slug, with its host where it is bound to one."""

    code: str = ""
    site: str = ""
    placement: str = ""


class Lately(msgspec.Struct, frozen=True):
    """People in the last minutes and today: ``today`` scans by ``visitors``."""

    last_5_minutes: int
    last_30_minutes: int
    today: int
    visitors: int

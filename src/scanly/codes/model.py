"""A saved QR code: all that is needed to draw the identical artwork again."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from scanly.core.ids import LinkId, QrCodeId


class QrCode(msgspec.Struct, frozen=True, kw_only=True):
    """``link_id`` is None for a static code; ``style`` as `qr.style.Style` in plain values."""

    id: QrCodeId
    link_id: LinkId | None
    type: str
    content: str
    name: str
    caption: str
    style: Mapping[str, object]
    encoder: str
    origin: str | None
    created_ms: int

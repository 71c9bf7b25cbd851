"""Queries of saved QR codes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.codes.model import QrCode
from scanly.codes.tables import qr_codes
from scanly.core.ids import WorkspaceId
from scanly.db.upsert import insert_all_new


async def add_codes(connection: AsyncConnection, workspace_id: WorkspaceId, codes: Sequence[QrCode]) -> None:
    """Saves codes; those whose origin is there already are passed over."""
    rows = [msgspec.structs.asdict(code) | {"workspace_id": workspace_id} for code in codes]
    if rows:
        await insert_all_new(connection, qr_codes, rows, keys=["workspace_id", "origin"])

"""What people can do with saved QR codes."""

from __future__ import annotations

from collections.abc import Sequence

from scanly.accounts.policy import permitted
from scanly.codes import store
from scanly.codes.model import QrCode
from scanly.core.ids import WorkspaceId
from scanly.work.call import Call


@permitted("code.add")
async def save_codes(call: Call, workspace_id: WorkspaceId, codes: Sequence[QrCode]) -> None:
    """Saves what codes were made of; a code of a known origin is there already."""
    async with call.db.write() as connection:
        await store.add_codes(connection, workspace_id, codes)

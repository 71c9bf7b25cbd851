"""Queries of printers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import WorkspaceId
from scanly.db.upsert import upsert
from scanly.press.printers.model import PPM, UM, Correction, Printer
from scanly.press.printers.tables import printers


async def keep_printer(connection: AsyncConnection, workspace_id: WorkspaceId, printer: Printer) -> None:
    """Writes it, in the place of one of the same name."""
    (x, y), (across, down) = printer.correction.nudge_mm, printer.correction.scale
    row = {
        "workspace_id": workspace_id,
        "name": printer.name,
        "paper": printer.paper,
        "nudge_x_um": round(x * UM),
        "nudge_y_um": round(y * UM),
        "scale_x_ppm": round((across - 1) * PPM),
        "scale_y_ppm": round((down - 1) * PPM),
        "measured_ms": printer.measured_ms,
    }
    await upsert(connection, printers, row, keys=["workspace_id", "name"])


async def list_printers(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Printer]:
    """By name."""
    query = select(printers).where(printers.c.workspace_id == workspace_id).order_by(printers.c.name)
    return [_printer(row) for row in await connection.execute(query)]


async def remove_printer(connection: AsyncConnection, workspace_id: WorkspaceId, name: str) -> None:
    mine = and_(printers.c.workspace_id == workspace_id, printers.c.name == name)
    await connection.execute(delete(printers).where(mine))


def _printer(row: Row[Any]) -> Printer:
    return Printer(
        name=row.name,
        paper=row.paper,
        correction=Correction.of_whole((row.nudge_x_um, row.nudge_y_um), (row.scale_x_ppm, row.scale_y_ppm)),
        measured_ms=row.measured_ms,
    )

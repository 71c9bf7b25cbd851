"""The printers of a workspace and their corrections."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey

from scanly.db.types import MAIN, Big, Small, Words, table

# In micrometres and millionths, so that they are whole numbers; ``scale`` is what is above (or below) 1.
printers = table(
    "printers",
    MAIN,
    Column("workspace_id", Big, ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("name", Words, primary_key=True),
    Column("paper", Words, nullable=False),
    Column("nudge_x_um", Small, nullable=False),
    Column("nudge_y_um", Small, nullable=False),
    Column("scale_x_ppm", Small, nullable=False),
    Column("scale_y_ppm", Small, nullable=False),
    Column("measured_ms", Big, nullable=False),
)

"""The table of pictures; the bytes lie in a `Storage`."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint

from scanly.db.types import MAIN, Big, Json, Small, Words, table

# ``hash`` is that of the file that was given; ``variants`` a JSON array of `Variant`, which names the files made of it.
pictures = table(
    "pictures",
    MAIN,
    Column("workspace_id", Big, nullable=False),
    Column("name", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Column("width", Small, nullable=False),
    Column("height", Small, nullable=False),
    Column("variants", Json, nullable=False),
    Column("kept_ms", Big, nullable=False),
    PrimaryKeyConstraint("workspace_id", "name"),
)

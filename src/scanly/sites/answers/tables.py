"""What visitors sent, and what they were given: answers, booked seats, coupons, stamp cards."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, UniqueConstraint

from scanly.db.types import MAIN, Big, Json, Small, Words, table

# ``consent`` is the sentence that was agreed to. ``digest`` finds the same answer sent twice; it is keyed with
# a salt that is destroyed with its day.
answers = table(
    "site_answers",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("release", Words, nullable=False),
    Column("block", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("fields", Json, nullable=False),
    Column("consent", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("created_ms", Big, nullable=False),
    Index("site_answers_by_workspace", "workspace_id", "id"),
    Index("site_answers_by_site", "site_id", "digest"),
)

# A seat of a slot belongs to one answer.
bookings = table(
    "site_bookings",
    MAIN,
    Column("answer_id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("block", Words, nullable=False),
    Column("slot_ms", Big, nullable=False),
    Column("seat", Small, nullable=False),
    UniqueConstraint("site_id", "block", "slot_ms", "seat"),
)

# ``token`` is the hash of what the visitor was given to come back with; who asks twice on a day gets the same.
coupons = table(
    "site_coupons",
    MAIN,
    Column("token", Words, primary_key=True),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("block", Words, nullable=False),
    Column("number", Small, nullable=False),
    Column("created_ms", Big, nullable=False),
    UniqueConstraint("site_id", "block", "number"),
)

# A card is its ``token``'s hash; it is kept from its first stamp on.
cards = table(
    "site_cards",
    MAIN,
    Column("token", Words, primary_key=True),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("block", Words, nullable=False),
    Column("stamps", Small, nullable=False),
    Column("rewards", Small, nullable=False),
    Column("stamped_ms", Big, nullable=False),
)

# What the staff types to mark a stamp; ``kept`` is a salted hash.
pins = table(
    "site_pins",
    MAIN,
    Column("site_id", Big, nullable=False),
    Column("block", Words, nullable=False),
    Column("workspace_id", Big, nullable=False),
    Column("kept", Words, nullable=False),
    PrimaryKeyConstraint("site_id", "block"),
)

"""What happened: raw scans with their words, packed rollups, and how far the journal has been read.

The ingester writes these tables with plain SQL (it must not load SQLAlchemy); this is their one definition.
"""

from __future__ import annotations

from sqlalchemy import DDL, Column, Index, LargeBinary, PrimaryKeyConstraint, UniqueConstraint, event
from sqlalchemy.sql.schema import SchemaItem

from scanly.analytics.counting.packed import COUNTERS, PARTS
from scanly.db.types import EVENTS, Big, Small, Words, table

# ``link_id`` is the id of a link or of a site, ``host`` the number of the group of the host it is bound to.
subjects = table(
    "subjects",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("link_id", Big, nullable=False, unique=True),
    Column("workspace_id", Big, nullable=False),
    Column("host", Small, nullable=False, server_default="0"),
)

# What of a workspace is counted together: all of it (kind "workspace"), a host, a campaign of links.
groups = table(
    "groups",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("workspace_id", Big, nullable=False),
    Column("name", Words, nullable=False),
    UniqueConstraint("workspace_id", "kind", "name"),
)

words = table(
    "words",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("text", Words, nullable=False),
    UniqueConstraint("kind", "text"),
)

agents = table(
    "agents",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("text", Words, nullable=False, unique=True),
    Column("kind", Small, nullable=False),
    Column("reason", Words, nullable=False, server_default=""),
    Column("device", Words, nullable=False, server_default=""),
    Column("model", Words, nullable=False, server_default=""),
    Column("system", Words, nullable=False, server_default=""),
    Column("browser", Words, nullable=False, server_default=""),
    Column("app", Words, nullable=False, server_default=""),
    Column("ruling", Small, nullable=False, server_default="0"),
    Column("last_day", Small, nullable=False, server_default="0"),
)

# What agents count for that are the same to us: ``key`` is a JSON array of device, model, system, browser and app,
# ``counted`` msgpack of ``{dimension: words.number}``.
profiles = table(
    "profiles",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("counted", LargeBinary, nullable=False),
)

# The versions of the rules by which visits were judged.
rulings = table(
    "rulings",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("version", Words, nullable=False, unique=True),
    Column("at_ms", Big, nullable=False),
)

# Columns of words, ``rule``, ``part`` and ``reason`` hold words.number, ``drive`` groups.number; 0 for none.
scans = table(
    "scans",
    EVENTS,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("subject", Small, nullable=False),
    Column("day", Small, nullable=False),
    Column("kind", Small, nullable=False),
    Column("outcome", Small, nullable=False),
    Column("visitor", Big, nullable=False),
    Column("agent", Small, nullable=False),
    Column("country", Small, nullable=False),
    Column("city", Small, nullable=False),
    Column("language", Small, nullable=False),
    Column("referrer", Small, nullable=False),
    Column("source", Small, nullable=False),
    Column("medium", Small, nullable=False),
    Column("campaign", Small, nullable=False),
    Column("term", Small, nullable=False),
    Column("content", Small, nullable=False),
    Column("rule", Big, nullable=False),
    Column("part", Small, nullable=False, server_default="0"),
    Column("hour", Small, nullable=False, server_default="24"),
    Column("flags", Small, nullable=False, server_default="0"),
    Column("drive", Small, nullable=False, server_default="0"),
    Column("reason", Small, nullable=False, server_default="0"),
    Column("ruling", Small, nullable=False, server_default="0"),
    Column("period", Small, nullable=False, server_default="0"),
    # SQLite adds the id to every index by itself.
    Index("scans_by_subject", "subject").ddl_if(dialect="sqlite"),
    Index("scans_by_subject", "subject", "id").ddl_if(dialect="postgresql"),
    parted_by="id",
)
# The ingester makes a partition for each month; what is far from the present goes here.
event.listen(
    scans,
    "after_create",
    DDL("CREATE TABLE scans_rest PARTITION OF scans DEFAULT").execute_if(dialect="postgresql"),
)


def _packed() -> list[SchemaItem]:
    """Plain counters, then what is packed (`scanly.analytics.counting.packed`)."""
    counters = (Column(name, Small, nullable=False) for name in COUNTERS)
    return [*counters, *(Column(part, LargeBinary) for part in PARTS)]


# Of a scope (`packed.SCOPES`), a number within it, and a local day or a month.
rollups = table(
    "rollups",
    EVENTS,
    Column("scope", Small, nullable=False),
    Column("number", Small, nullable=False),
    Column("day", Small, nullable=False),
    *_packed(),
    PrimaryKeyConstraint("scope", "number", "day"),
    clustered=True,
)

rollup_months = table(
    "rollup_months",
    EVENTS,
    Column("scope", Small, nullable=False),
    Column("number", Small, nullable=False),
    Column("month", Small, nullable=False),
    *_packed(),
    PrimaryKeyConstraint("scope", "number", "month"),
    clustered=True,
)

seen = table(
    "seen",
    EVENTS,
    Column("day", Small, nullable=False),
    Column("key", Big, nullable=False),
    PrimaryKeyConstraint("day", "key"),
    clustered=True,
)

# Batches that are stored and not counted yet, where several nodes store into one database (`rolling`).
arrivals = table(
    "arrivals",
    EVENTS,
    Column("number", Big, primary_key=True, autoincrement=True),
    Column("at_ms", Big, nullable=False),
    Column("scans", Small, nullable=False),
    Column("rows", LargeBinary, nullable=False),
    counted=True,
)

# Scans in the order in which they were counted: a row per batch, ``ids`` a msgpack array. Numbers are given by one
# writer at a time, so who has read up to one has missed none.
feed = table(
    "feed",
    EVENTS,
    Column("seq", Big, primary_key=True, autoincrement=True),
    Column("at_ms", Big, nullable=False),
    Column("ids", LargeBinary, nullable=False),
    counted=True,
)

# What is known of the whole: "folded" the newest month that is folded, "raw_since" the first day of which every
# raw scan is kept, "seen_since" that of which no visitor key was ever removed; how often others must look again:
# "profiles" were read anew, visitor keys ("forgotten") changed, "agents" removed.
states = table(
    "states",
    EVENTS,
    Column("name", Words, primary_key=True),
    Column("value", Big, nullable=False),
)

# Workspaces whose raw scans are to be judged (stage 0) and counted (stage 1) again, and the next day to do.
recounts = table(
    "recounts",
    EVENTS,
    Column("workspace_id", Big, primary_key=True, autoincrement=False),
    Column("zone", Words, nullable=False),
    Column("stage", Small, nullable=False),
    Column("next_day", Small, nullable=False),
)

positions = table(
    "positions",
    EVENTS,
    Column("source", Words, primary_key=True),
    Column("segment", Big, nullable=False),
    Column("offset", Big, nullable=False),
    Column("at_ms", Big, nullable=False),
)

ingest_notes = table(
    "ingest_notes",
    EVENTS,
    Column("at_ms", Big, nullable=False),
    Column("source", Words, nullable=False),
    Column("segment", Big, nullable=False),
    Column("message", Words, nullable=False),
)

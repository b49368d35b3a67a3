"""Tables of xAPI statements: video events, statements of an LMS, and what was voided.

The keys follow the order in which an LRS stores, so that inserts append; measured, an index by account
costs more than reading the table through once does (decision 0004, xAPI facts section 4.3). Nothing here
is checked by foreign keys: rows come by the hundred thousand and their numbers are made beside them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, SmallInteger, Table, Text, UniqueConstraint

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

activity_key = Table(
    "activity_key",
    metadata,
    tenant_key(),
    key("id", Integer),
    needed("text"),
    Column("title", Text),
    UniqueConstraint("tenant", "text"),
)
"""Short numbers for the long IRIs of activities; the title is what statements call it, where they do."""

watch_event = Table(
    "watch_event",
    metadata,
    tenant_key(checked=False),
    key("source"),
    key("stored", Instant),
    key("id"),
    needed("account", Integer),
    needed("activity", Integer),
    Column("session", Text),
    needed("at", Instant),
    needed("verb", SmallInteger),
    Column("position", BigInteger),
    Column("target", BigInteger),
    Column("rate", Integer),
    Column("length", BigInteger),
    sqlite_with_rowid=False,
)

lms_statement = Table(
    "lms_statement",
    metadata,
    tenant_key(checked=False),
    key("source"),
    key("stored", Instant),
    key("id"),
    needed("account", Integer),
    needed("verb"),
    needed("object"),
    needed("activity", Integer),
    needed("at", Instant),
    Column("raw", Text),
    Column("maximum", Text),
    Column("by", Integer),
    Column("characters", Integer),
    sqlite_with_rowid=False,
)

voided_statement = Table(
    "voided_statement",
    metadata,
    tenant_key(checked=False),
    key("source"),
    key("id"),
    Column("settled", Boolean(create_constraint=False), nullable=False),
    sqlite_with_rowid=False,
)
"""May come before its target. Settled once those whose statement it was are
touched or scored again."""

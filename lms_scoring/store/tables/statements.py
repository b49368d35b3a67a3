"""Tables of xAPI statements: video events, statements of an LMS, and what was voided.

The keys follow the order in which an LRS stores, so that inserts append; measured, an index by account
costs SQLite more than reading the table through once does (decision 0004, xAPI facts section 4.3), and
PostgreSQL next to nothing: there whoever asks for one person reads that person's. Nothing here is checked by
foreign keys: rows come by the hundred thousand and their numbers are made beside them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
)

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

ONLY_ON = "only on"
"""In what an index says of itself: the kind of database that has it."""

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

for _told in (watch_event, lms_statement):
    Index(
        f"ix_{_told.name}_tenant_source_account",
        *(_told.c[name] for name in ("tenant", "source", "account")),
        info={ONLY_ON: "postgresql"},
    ).ddl_if(dialect="postgresql")

DELETED = lms_statement.c.verb == literal_column("'post_deleted'")
"""That a post was deleted, in the words of the index of all that say so."""
Index(
    "ix_lms_statement_deletions",
    lms_statement.c.tenant,
    lms_statement.c.source,
    info={ONLY_ON: "postgresql"},
    postgresql_where=DELETED,
).ddl_if(dialect="postgresql")

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

unsettled = Index(
    "ix_voided_statement_unsettled",
    *(voided_statement.c[name] for name in ("tenant", "source", "settled")),
    sqlite_where=voided_statement.c.settled == false(),
    postgresql_where=voided_statement.c.settled == false(),
)
"""For those few, among all that were ever voided. SQLite takes the key instead, unless `settled` is in it."""

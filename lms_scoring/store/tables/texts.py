"""Tables of what people wrote, and of the marks by which works that are alike find each other."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

evidence_text = Table(
    "evidence_text",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("source"),
    key("kind"),
    key("record"),
    needed("number", Integer),
    needed("account", Integer),
    needed("activity"),
    Column("at", Instant),
    needed("told_at", Instant),
    needed("size", Integer),
    needed("digest", LargeBinary),
    Column("text", Text),
    Column("unsigned", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("tenant", "number"),
    ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    Index(None, "tenant", "account"),
)
"""The text of a record in its latest version only, with a number of its own; `course` is "" for a shared
source. `text` is NULL where a shared source said that it was taken away, which an earlier word about it must
not undo. `unsigned`: a hand-in whose marks are not made yet; marks were called signatures once.
"""

unsigned_text = Index(
    "ix_evidence_text_unsigned",
    evidence_text.c.tenant,
    evidence_text.c.course,
    evidence_text.c.number,
    sqlite_where=evidence_text.c.unsigned == true(),
    postgresql_where=evidence_text.c.unsigned == true(),
)

text_mark = Table(
    "text_mark",
    metadata,
    tenant_key(checked=False),
    key("number", Integer),
    key("mark", BigInteger),
    Index(None, "tenant", "mark"),
    sqlite_with_rowid=False,
)
"""Marks of a hand-in (`domain/doubts/marks.py`): works that share one may be alike."""

text_touched = Table(
    "text_touched", metadata, tenant_key(checked=False), key("course"), key("account", Integer)
)
"""Accounts whose texts, or likes of theirs, changed since somebody looked at them in the course."""

activity_text = Table(
    "activity_text",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("source"),
    key("activity"),
    needed("text"),
)
"""What a task says of itself; quoting it is no copying."""
